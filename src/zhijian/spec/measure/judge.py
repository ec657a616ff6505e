"""Does a result keep a limit? Yes, no, or why it cannot be said. Nothing is presumed that the two texts do not say.

Every value is taken as the numbers it may stand for: <10 is any number below 10. Only what holds for all of them is said.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from .limit import Limit, LimitKind
from .plan import Plan
from .result import Result, ResultKind
from .units import Unit, UnitsDiffer, UnitUnknown, convert
from .values import Value


class Because(StrEnum):
    """Stable keys; words for people are in `GROUNDS`."""

    KEPT = "kept"
    EXCEEDED = "exceeded"
    NOT_FOUND = "not_found"
    FOUND = "found"
    FOUND_NOT_USED = "found_not_used"
    SAID = "said"
    NO_LIMIT = "no_limit"
    NO_RESULT = "no_result"
    NO_DIRECTION = "no_direction"
    AS_NEEDED = "as_needed"
    REQUIREMENT = "requirement"
    NO_NUMBER = "no_number"
    UNDECIDED = "undecided"
    NO_UNIT = "no_unit"
    UNITS_DIFFER = "units_differ"
    COUNT = "count"
    TRIALS = "trials"
    PARTS = "parts"


GROUNDS: dict[Because, tuple[str, str]] = {
    Because.KEPT: ("在限量之内", "within the limit"),
    Because.EXCEEDED: ("超出限量", "beyond the limit"),
    Because.NOT_FOUND: ("未检出", "not found"),
    Because.FOUND: ("检出，而限量为不得检出", "found, where nothing may be found"),
    Because.FOUND_NOT_USED: (
        "检出不得使用的物质；本底或带入（GB 2760 带入原则）不在此判断之内",
        "found though its use is forbidden; natural content or carry-over (GB 2760) is not considered here",
    ),
    Because.SAID: ("结果本身写明是否符合", "the result itself says whether it conforms"),
    Because.NO_LIMIT: ("没有限量", "there is no limit"),
    Because.NO_RESULT: ("没有结果", "there is no result"),
    Because.NO_DIRECTION: (
        "限量没有比较符号，不知是上限还是下限",
        "the limit has no sign: the most or the least is not said",
    ),
    Because.AS_NEEDED: ("按生产需要适量使用，没有数值限量", "used as needed: there is no number to keep"),
    Because.REQUIREMENT: ("限量是文字要求，结果没有写明是否符合", "the limit is a requirement in words"),
    Because.NO_NUMBER: ("结果没有数值，无法与限量比较", "the result has no number to compare"),
    Because.UNDECIDED: (
        "结果只给出界限，与限量比较不出",
        "the result gives only a bound, and the limit lies beyond it",
    ),
    Because.NO_UNIT: ("结果没有单位，而限量有单位", "the result has no unit, the limit has one"),
    Because.UNITS_DIFFER: ("结果与限量的单位不能换算", "the units of result and limit cannot be converted"),
    Because.COUNT: ("结果个数与采样方案的n不符", "the number of results differs from n of the sampling plan"),
    Because.TRIALS: (
        "初检与复检结论不一致，以何者为准未说明",
        "first and second test disagree, and which counts is not said",
    ),
    Because.PARTS: (
        "同一格有几个限量，结果符合其中一些，适用哪个未说明",
        "several limits in one cell: some are kept, some not",
    ),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    keeps: bool | None
    """None where it cannot be said; `because` has why."""
    because: Because

    @property
    def zh(self) -> str:
        return GROUNDS[self.because][0]

    @property
    def en(self) -> str:
        return GROUNDS[self.because][1]

    def __str__(self) -> str:
        return self.zh


def judge(result: Result, limit: Limit) -> Judgement:
    """
    >>> from zhijian.spec.measure import read_limit, read_result
    >>> judge(read_result("250", "μg/kg"), read_limit("≤0.2mg/kg")).keeps
    False
    >>> judge(read_result("10；10；<10；120；10", "CFU/g"), read_limit("n=5,c=2,m=10,M=10²CFU/g")).en
    'beyond the limit'
    >>> judge(read_result("<0.5", "mg/kg"), read_limit("≤0.2")).en
    'the result gives only a bound, and the limit lies beyond it'
    """
    if limit.kind is LimitKind.SEVERAL:
        return _parts([judge(result, part) for part in limit.parts])
    if limit.kind is LimitKind.NONE:
        return Judgement(None, Because.NO_LIMIT)
    if result.kind is ResultKind.NOT_APPLICABLE:
        return Judgement(None, Because.NO_RESULT)
    if result.kind is ResultKind.CONFORMITY:
        said = limit.kind is LimitKind.CONFORMITY
        return Judgement(result.text == "符合", Because.SAID) if said else Judgement(None, Because.NO_NUMBER)
    if limit.kind in _UNJUDGED:
        return Judgement(None, _UNJUDGED[limit.kind])
    scaled = _in_unit_of(result, limit)
    if isinstance(scaled, Because):
        return Judgement(None, scaled)
    if limit.plan is not None:
        return _plan(scaled, limit.plan)
    return _all([_one(value, scaled, limit) for value in scaled.values], scaled.values)


_UNJUDGED = {
    LimitKind.BARE: Because.NO_DIRECTION,
    LimitKind.AS_NEEDED: Because.AS_NEEDED,
    LimitKind.CONFORMITY: Because.REQUIREMENT,
}


def _parts(each: list[Judgement]) -> Judgement:
    first = each[0]
    return first if all(one.keeps == first.keeps for one in each) else Judgement(None, Because.PARTS)


def _all(each: list[Judgement], values: tuple[Value, ...]) -> Judgement:
    """Every value has to keep the limit; but a first and a second test have to agree."""
    if any(value.label for value in values) and any(one.keeps != each[0].keeps for one in each):
        return Judgement(None, Because.TRIALS)
    return next(one for keeps in (False, None, True) for one in each if one.keeps is keeps)


def _in_unit_of(result: Result, limit: Limit) -> Result | Because:
    """The result in the limit's unit. A limit without one is in the result's: report_item has one field for both."""
    if limit.unit is None:
        return result
    if limit.kind in (LimitKind.NOT_FOUND, LimitKind.NOT_USED):
        examined = {one.symbol for one in (result.unit, limit.unit) if one and one.symbol.startswith("/")}
        return Because.UNITS_DIFFER if len(examined) > 1 else result
    if result.unit is None:
        bare = all(value.number is None for value in result.values) and result.detection_limit is None
        return result if bare else Because.NO_UNIT
    if result.unit.symbol == limit.unit.symbol:
        return result
    if isinstance(result.unit, UnitUnknown) or isinstance(limit.unit, UnitUnknown):
        return Because.UNITS_DIFFER
    source, target = result.unit, limit.unit
    try:
        values = tuple(_converted(value, source, target) for value in result.values)
        found = result.detection_limit
        least = None if found is None else convert(found, source, target)
    except UnitsDiffer:
        return Because.UNITS_DIFFER
    return replace(result, values=values, unit=target, detection_limit=least)


def _converted(value: Value, source: Unit, target: Unit) -> Value:
    if value.number is None:
        # A word is about its unit too: nothing found in 10 g says nothing of 25 g.
        convert(Decimal(1), source, target)
        return value
    return replace(value, number=convert(value.number, source, target), power=None)


def _one(value: Value, result: Result, limit: Limit) -> Judgement:
    if limit.kind in (LimitKind.NOT_FOUND, LimitKind.NOT_USED):
        return _forbidden(value, limit.kind)
    if value.word and (value.word != "未检出" or limit.kind is LimitKind.TOLERANCE):
        return Judgement(None, Because.NO_NUMBER)
    if value.word:
        return _not_found(result.detection_limit, limit)
    kept = [_keeps(value, bound) for bound in _bounds(limit)]
    if all(kept):
        return Judgement(True, Because.KEPT)
    return Judgement(False, Because.EXCEEDED) if False in kept else Judgement(None, Because.UNDECIDED)


def _bounds(limit: Limit) -> tuple[Value, ...]:
    if limit.kind is not LimitKind.TOLERANCE:
        return limit.bounds
    most = limit.bounds[0].amount
    return Value(-most, "≥"), Value(most, "≤")


def _forbidden(value: Value, kind: LimitKind) -> Judgement:
    found = Judgement(False, Because.FOUND if kind is LimitKind.NOT_FOUND else Because.FOUND_NOT_USED)
    if value.word:
        return found if value.word in ("检出", "阳性") else Judgement(True, Because.NOT_FOUND)
    if value.sign in ("<", "≤"):
        return Judgement(None, Because.UNDECIDED)
    return found if value.amount > 0 or value.sign == ">" else Judgement(True, Because.NOT_FOUND)


def _not_found(detection_limit: Decimal | None, limit: Limit) -> Judgement:
    """Below the detection limit; where that is not said, below whatever the limit is, as a fit method detects it."""
    if detection_limit is None:
        least = any(bound.sign in (">", "≥") and (bound.number or 0) > 0 for bound in limit.bounds)
        return Judgement(not least, Because.NOT_FOUND)
    kept = [_keeps(Value(detection_limit, "<"), bound) for bound in limit.bounds]
    if all(kept):
        return Judgement(True, Because.NOT_FOUND)
    return Judgement(False, Because.NOT_FOUND) if False in kept else Judgement(None, Because.UNDECIDED)


def _keeps(value: Value, bound: Value) -> bool | None:
    """Whether each number that `value` may be keeps the bound, none does, or some do."""
    number, most = value.amount, bound.amount
    upper = bound.sign in ("<", "≤")
    below = value.sign in ("<", "≤")
    strict = bound.sign in ("<", ">")
    inside = number < most or (number == most and (not strict or value.sign in ("<", ">")))
    if not upper:
        inside = number > most or (number == most and (not strict or value.sign in ("<", ">")))
    if not value.sign:
        return inside
    if below == upper:
        return True if inside else None
    # <5 against ≥5 and >5 against ≤5: no number keeps it; ≤5 against ≥5 leaves 5 itself.
    beyond = number > most if upper else number < most
    touching = number == most and (value.sign in ("<", ">") or strict)
    return False if beyond or touching else None


def _plan(result: Result, plan: Plan) -> Judgement:
    if len(result.values) != plan.n or result.kind is ResultKind.RANGE:
        return Judgement(None, Because.COUNT)
    over_m = [_over(value, plan.m) for value in result.values]
    over_big = [_over(value, plan.M) if plan.M else False for value in result.values]
    if True in over_big or over_m.count(True) > plan.c:
        return Judgement(False, Because.EXCEEDED)
    if None in over_big or len(over_m) - over_m.count(False) > plan.c:
        return Judgement(None, Because.UNDECIDED)
    return Judgement(True, Because.KEPT)


def _over(value: Value, bound: Value) -> bool | None:
    """Whether a sample lies above a bound of its plan. 检出 lies above nothing; how far, it does not say."""
    if value.word:
        if value.word in ("未检出", "阴性"):
            return False
        return True if bound.number == 0 else None
    kept = _keeps(value, replace(bound, sign="≤"))
    return None if kept is None else not kept
