"""Why a text could not be read, what was inferred in reading one, and why no judgement is made. In both languages."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Stable keys; words for people are in `REASONS`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    WORDS = "words"
    BAD_VALUE = "bad_value"
    EXPONENT_LOST = "exponent_lost"
    EXPONENT_FLAT = "exponent_flat"
    NUMBER_SIZE = "number_size"
    COMMA = "comma"
    BLANK_INSIDE = "blank_inside"
    L_FLAG = "l_flag"
    LABELS = "labels"
    TWO_UNITS = "two_units"
    RANGE_TURNED = "range_turned"
    UNIT_UNKNOWN = "unit_unknown"
    LIMIT_CUT = "limit_cut"
    BAD_LIMIT = "bad_limit"
    BAD_PLAN = "bad_plan"
    BAD_DAY = "bad_day"
    NO_DAY = "no_day"
    SHORT_YEAR = "short_year"
    DAY_OR_MONTH = "day_or_month"
    NO_SUCH_DAY = "no_such_day"
    YEAR_RANGE = "year_range"
    SERIAL = "serial"


REASONS: dict[Why, tuple[str, str]] = {
    Why.EMPTY: ("单元格为空", "the cell is empty"),
    Why.TOO_LONG: ("超过2000字，不是一个值", "more than 2,000 characters: not one value"),
    Why.WORDS: ("是文字，不是测得值；按原文保留", "words, not a measured value; kept as they are"),
    Why.BAD_VALUE: (
        "不是认得的写法；请按“数值”和“单位”分列填写",
        "not a form that is known; give value and unit apart",
    ),
    Why.EXPONENT_LOST: (
        "“×10”后面的指数丢失；请从原报告补上",
        "the exponent after ×10 is lost; take it from the original report",
    ),
    Why.EXPONENT_FLAT: (
        "指数写平了：“×105”可能是×10⁵也可能是×105；请写成×10^5",
        "a flat exponent: ×105 may mean ×10⁵ or ×105; write ×10^5",
    ),
    Why.NUMBER_SIZE: ("数字太长或指数太大", "too many digits, or an exponent beyond 30"),
    Why.COMMA: (
        "逗号可能分隔千位，也可能分隔几个数；请用分号分隔各数",
        "the comma may part thousands or several values; part values by ；",
    ),
    Why.BLANK_INSIDE: ("数字中间有空格，可能是两个数", "a blank inside a number: it may be two"),
    Why.L_FLAG: (
        "数字后的L可能是升，也可能表示低于检出限；请写明单位",
        "the L behind the number may be litres or mark a value below the detection limit; give the unit",
    ),
    Why.LABELS: ("编号①②…不连续", "the labels ①②… are not in order"),
    Why.TWO_UNITS: ("同一结果写了两个不同单位", "two different units for one result"),
    Why.RANGE_TURNED: ("范围前大后小", "a range whose first end is the greater"),
    Why.UNIT_UNKNOWN: (
        "单位不在单位表中；按原文保留，不换算",
        "a unit that the table does not know; kept, not converted",
    ),
    Why.LIMIT_CUT: ("限量值不完整（被截断）；请从标准补上", "the limit is cut short; take it from the standard"),
    Why.BAD_LIMIT: ("不是认得的限量写法；如“≤0.2 mg/kg”", "not a known form of a limit; such as ≤0.2 mg/kg"),
    Why.BAD_PLAN: ("采样方案的n、c、m、M有误（需n≥1，c<n，m<M）", "a sampling plan needs n ≥ 1, c < n, m < M"),
    Why.BAD_DAY: ("不是日期；请写成2026-01-03", "not a date; write 2026-01-03"),
    Why.NO_DAY: ("只有年月，没有日", "year and month without a day"),
    Why.SHORT_YEAR: ("年份只有两位；请写四位", "a year of two digits; write four"),
    Why.DAY_OR_MONTH: (
        "分不清哪个是日、哪个是月；请写成2026-01-03",
        "day and month cannot be told apart; write 2026-01-03",
    ),
    Why.NO_SUCH_DAY: ("没有这一天或这一时刻", "there is no such day or time"),
    Why.YEAR_RANGE: ("年份不在1900至2199", "a year outside 1900 to 2199"),
    Why.SERIAL: (
        "可能是Excel日期序列号；确认后按序列号读取",
        "may be a day number of Excel; say so to have it read as one",
    ),
}


class Inferred(StrEnum):
    """What a reading rests on besides the text itself. Words for people are in `INFERENCES`."""

    JOINED = "joined"
    NUMBER_PUT_BACK = "number_put_back"
    THOUSANDS = "thousands"
    L_FLAG = "l_flag"
    LIMIT_TURNED = "limit_turned"

    @property
    def zh(self) -> str:
        return INFERENCES[self][0]

    @property
    def en(self) -> str:
        return INFERENCES[self][1]


INFERENCES: dict[Inferred, tuple[str, str]] = {
    Inferred.JOINED: ("结果被拆在两格，已拼合", "a result split between two cells was put together"),
    Inferred.NUMBER_PUT_BACK: (
        "同一数字被从多处移走，已推断放回",
        "one number was taken out of several places; it was put back by inference",
    ),
    Inferred.THOUSANDS: ("逗号按千位分隔符读", "the comma was read as parting thousands"),
    Inferred.L_FLAG: (
        "数字后的L按“低于检出限”标志读",
        "L behind the number was read as the mark of a value below the detection limit",
    ),
    Inferred.LIMIT_TURNED: ("符号与数字颠倒，已按≤读", "sign and number are swapped; read as ≤"),
}


@dataclass(frozen=True, slots=True)
class NotReadable:
    """A text without a reading. `text` is what it says, put together where it was split, so that nothing is lost."""

    text: str
    why: Why

    @property
    def zh(self) -> str:
        return REASONS[self.why][0]

    @property
    def en(self) -> str:
        return REASONS[self.why][1]


class Unread(Exception):
    """Inside this room only: a reader gives up. Its front turns it into NotReadable."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
