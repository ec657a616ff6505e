"""From a self-check's JSON to what is kept of it: figures and failing rules, without a single value of the data. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256

from zhijian.exchange.model import State, Text
from zhijian.exchange.quality.grade import RULE_WEIGHTS, Grade, Grades, Judged, grades_of
from zhijian.exchange.quality.result import FORMAT, CheckResult, GradeResult, ResultWrong, RuleResult, from_json
from zhijian.exchange.scorecard.model import ALL, UNRECOGNISED, Card, Failing, Head, ResultRefused, Score, Spot

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 10**15
ALIKE = 1e-6
"""Points by which a figure may differ for the order of a sum."""


def read(raw: bytes, province: str, at: datetime, on: date, by: str) -> Card:
    """`raw`: the result's file as it is. `on`: today, in China.

    Raises: ResultRefused for what is no result, is of a day to come, or has a grade that does not follow from its rules.
    """
    if len(raw) > MOST_BYTES:
        raise ResultRefused("result-too-large", Text(f"结果文件超过 {MOST_BYTES >> 20} MB", f"the result is larger than {MOST_BYTES >> 20} MB"),
                            Text("按数据集分几次自查，分别交来", "check the data sets one by one and hand each in"))  # fmt: skip
    result, day = _result(raw)
    if day > on:
        raise ResultRefused("day-to-come", Text(f"自查日期 {day} 还没有到", f"the day of the check, {day}, is to come"),
                            Text("核对自查所用电脑的日期，重新自查", "set the date of the machine that checked, and check again"))  # fmt: skip
    grades = grades_of(map(_judged, result.rules))
    if differs(grades, result):
        raise ResultRefused(
            "figures-differ",
            Text("结果里的得分与它的规则对不上：文件改动过，或由评分方法不同的版本得出",
                 "the scores do not follow from the rules: the file was changed, or another version graded it"),
            Text("用当前版本重新自查，原样交来", "check again with the present version and hand in the file as it is"),
        )  # fmt: skip
    return Card(_head(raw, result, province, day, at, by), tuple(_scores(result)), tuple(_failing(result)))


def _result(raw: bytes) -> tuple[CheckResult, date]:
    """Raises: ResultRefused."""
    try:
        if b"\\u0000" in raw:
            raise ValueError("U+0000")  # PostgreSQL keeps none
        result = from_json(raw)
        counts_hold(result)
        return result, date.fromisoformat(result.on)
    except (ResultWrong, ValueError, IndexError) as why:
        zh, en = f"不是 {FORMAT} 格式的自查结果：{why}", f"not a result in the format {FORMAT}: {why}"
        raise ResultRefused("not-a-result", Text(zh[:300], en[:300]),
                            Text("交 zhijian check 写出的 JSON 文件，不要改动", "hand in the JSON that zhijian check wrote, unchanged")) from None  # fmt: skip


def counts_hold(result: CheckResult) -> None:
    """Raises: ValueError, where a rule cannot be."""
    for rule in result.rules:
        tables = (rule.table, *(p.other_table for p in rule.examples if p.other_table is not None))
        if not 0 <= rule.failing <= rule.applicable <= MOST_ROWS or not all(
            0 <= t < len(result.tables) for t in tables
        ):
            raise ValueError(f"rules[{rule.number}]")
        if (rule.state is State.FAILED) != (rule.failing > 0):
            raise ValueError(f"rules[{rule.number}].state")


def differs(grades: Grades, result: CheckResult) -> bool:
    """Whether the result's own figures are others than its rules make."""
    made = {d.value: grade for d, grade in grades.dimensions.items()}
    if made.keys() != result.dimensions.keys():
        return True
    pairs = [(grades.whole, result.whole), *((made[d], result.dimensions[d]) for d in made)]
    return not all(_alike(a, b) for a, b in pairs)


def _alike(a: Grade | None, b: GradeResult | None) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return abs(a.score - b.score) <= ALIKE and (a.level, a.rules) == (b.level, b.rules)


def _judged(rule: RuleResult) -> Judged:
    # Not the share that is written there: everything that is kept follows from the two counts.
    share = rule.failing / rule.applicable if rule.applicable else 0.0
    return Judged(rule.dimension, rule.severity, rule.state, share)


def _counts(rule: RuleResult) -> bool:
    return rule.state in (State.PASSED, State.FAILED) and RULE_WEIGHTS[rule.severity] > 0


def _dataset(result: CheckResult, rule: RuleResult) -> str:
    return result.tables[rule.table].entity or UNRECOGNISED


def _head(raw: bytes, result: CheckResult, province: str, day: date, at: datetime, by: str) -> Head:
    datasets = sorted({_dataset(result, r) for r in result.rules if _counts(r)})
    whole = result.whole
    own = sum(_counts(r) and r.origin != "national" for r in result.rules)
    return Head(
        sha256(raw).hexdigest(), province, day, result.specification, result.program, result.rules_sha256,
        sum(t.rows for t in result.tables), tuple(datasets), own, whole.score if whole else None,
        whole.level if whole else None, at, by,
    )  # fmt: skip


def _scores(result: CheckResult) -> Iterable[Score]:
    of: dict[str, list[RuleResult]] = {ALL: list(result.rules)}
    for rule in result.rules:
        of.setdefault(_dataset(result, rule), []).append(rule)
    for dataset, rules in of.items():
        grades, weights = grades_of(map(_judged, rules)), _weights(rules)
        for dimension, grade in grades.dimensions.items():
            yield Score(dataset, dimension.value, grade.score, grade.level, grade.rules, weights[dimension.value])
        if grades.whole:
            yield Score(dataset, ALL, grades.whole.score, grades.whole.level, grades.whole.rules, 0)


def _weights(rules: Iterable[RuleResult]) -> Mapping[str, int]:
    weights: dict[str, int] = {}
    for rule in filter(_counts, rules):
        weights[rule.dimension.value] = weights.get(rule.dimension.value, 0) + RULE_WEIGHTS[rule.severity]
    return weights


def _failing(result: CheckResult) -> Iterable[Failing]:
    for number, rule in enumerate(result.rules):
        if rule.state is not State.FAILED:
            continue
        name = result.tables[rule.table].name
        spots = tuple(
            Spot(name, p.row, None if p.other_table is None else result.tables[p.other_table].name, p.other_row)
            for p in rule.examples
        )
        yield Failing(
            number, _dataset(result, rule), rule.check, rule.origin, rule.title, rule.basis, rule.on, rule.columns,
            rule.severity, rule.dimension, rule.applicable, rule.failing, rule.why, rule.remedy, spots,
        )  # fmt: skip
