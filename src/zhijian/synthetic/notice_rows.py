"""Rows of public notices of food sampling, read as they come and cleaned cell by cell; what a cell could not become."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

COLUMNS = (
    "信息来源", "搜索条件", "物料名称", "产品分类", "生产商", "供应商", "生产日期", "批号", "项目分类", "检测项目",
    "单位", "检测结果", "限量值", "判定", "发布单位", "发布日期", "备注",
)  # fmt: skip
_ENCODINGS = ("utf-8-sig", "gb18030")
_BLANK = {"", "/", "／", "-", "—", "--", "无"}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class NoticeError(ValueError):
    """A file that is no notice at all. `why` is stable: encoding, header."""

    def __init__(self, why: str, value: str) -> None:
        super().__init__(f"{why}: {value}")
        self.why = why
        self.value = value


class Why(StrEnum):
    """Why a cell is not (or not wholly) in the records. Words for people: `REASONS`."""

    COLUMNS = "columns"
    NO_SAMPLE = "no_sample"
    NO_PROVINCE = "no_province"
    BAD_DATE = "bad_date"
    OUTSIDE_TERM = "outside_term"
    BAD_VERDICT = "bad_verdict"
    TOO_LONG = "too_long"
    NO_ITEM = "no_item"
    NO_RESULT = "no_result"
    EXPONENT_LOST = "exponent_lost"
    NUMBER_PUT_BACK = "number_put_back"
    VALUE_COUNT = "value_count"
    BAD_VALUE = "bad_value"
    NO_UNIT = "no_unit"
    UNIT_UNKNOWN = "unit_unknown"
    NO_LIMIT = "no_limit"
    LIMIT_CUT = "limit_cut"
    LIMIT_UNREADABLE = "limit_unreadable"
    LIMIT_WITHOUT_SIGN = "limit_without_sign"
    LIMIT_TURNED = "limit_turned"
    NO_ELEMENT = "no_element"


REASONS: dict[Why, tuple[str, str]] = {
    Why.COLUMNS: ("列数不是17", "not 17 columns"),
    Why.NO_SAMPLE: ("没有样品名称", "no sample name"),
    Why.NO_PROVINCE: ("发布单位中认不出省份", "no province can be read from the publisher"),
    Why.BAD_DATE: ("日期无法识别", "not a date"),
    Why.OUTSIDE_TERM: ("日期不在演示证书有效期内", "outside the term of the demonstration certificate"),
    Why.BAD_VERDICT: ("判定既不是合格也不是不合格", "verdict is neither 合格 nor 不合格"),
    Why.TOO_LONG: ("超过规范规定的长度，已截断", "longer than the specification allows; cut"),
    Why.NO_ITEM: ("不合格但未公布项目", "does not conform, yet names no item"),
    Why.NO_RESULT: ("有项目但未公布结果", "an item without a result"),
    Why.EXPONENT_LOST: (
        "10的指数丢失，数值不完整，按原文保留",
        "the exponent of 10 is lost; the text is kept as it is",
    ),
    Why.NUMBER_PUT_BACK: (
        "抓取时同一数字被从多处移走，已推断放回",
        "the crawler took one number out of several places; it was put back by inference",
    ),
    Why.VALUE_COUNT: ("结果个数与采样方案的n不符", "the number of results differs from n of the sampling plan"),
    Why.BAD_VALUE: ("结果无法解析，按原文保留", "a result that cannot be parsed; the text is kept as it is"),
    Why.NO_UNIT: ("没有单位", "no unit"),
    Why.UNIT_UNKNOWN: ("单位不在已知单位中，按原文保留", "not a known unit; the text is kept as it is"),
    Why.NO_LIMIT: ("没有限量值", "no limit"),
    Why.LIMIT_CUT: ("限量值被截断，不完整，按原文保留", "the limit is cut short; the text is kept as it is"),
    Why.LIMIT_UNREADABLE: ("限量值无法解析，按原文保留", "a limit that cannot be parsed; the text is kept as it is"),
    Why.LIMIT_WITHOUT_SIGN: ("限量值没有比较符号，方向未知", "the limit has no sign; its direction is unknown"),
    Why.LIMIT_TURNED: ("限量值符号与数字颠倒，已推断为≤", "sign and number of the limit are swapped; read as ≤"),
    Why.NO_ELEMENT: ("规范中没有对应的数据元", "the specification has no element for it"),
}


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One cell that is not, or not wholly, in the records."""

    file: str
    line: int
    """Line of the file on which the row begins, from 1."""
    column: str
    value: str
    """As it stands in the file."""
    why: Why

    @property
    def reason_zh(self) -> str:
        return REASONS[self.why][0]

    @property
    def reason_en(self) -> str:
        return REASONS[self.why][1]


@dataclass(frozen=True, slots=True)
class Row:
    file: str
    line: int
    raw: tuple[str, ...]
    cells: dict[str, str]
    """Cleaned; blank where the file has a blank, a stroke or 无. Empty when the row has not 17 columns."""

    def lost(self, column: str, why: Why) -> Unmapped:
        value = self.raw[COLUMNS.index(column)] if column in COLUMNS and self.cells else "|".join(self.raw)
        return Unmapped(self.file, self.line, column, value, why)


def read_rows(path: Path) -> tuple[str, Iterator[Row]]:
    """Encoding and rows. Raises NoticeError when no encoding fits or the header is not the notices' one."""
    encoding, text = _decoded(path)
    reader = csv.reader(text.splitlines(keepends=True))
    header = tuple(cell.strip() for cell in next(reader, []))
    if header != COLUMNS:
        raise NoticeError("header", f"{path.name}: {'|'.join(header)[:80]}")
    return encoding, _rows(path.name, reader)


def _rows(file: str, reader: Iterable[list[str]]) -> Iterator[Row]:
    before = getattr(reader, "line_num", 1)
    for raw in reader:
        line, before = before + 1, getattr(reader, "line_num", before + 1)
        if raw:
            whole = len(raw) == len(COLUMNS)
            cells = {name: clean(cell) for name, cell in zip(COLUMNS, raw, strict=True)} if whole else {}
            yield Row(file, line, tuple(raw), cells)


def _decoded(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoticeError("encoding", path.name)


def clean(cell: str) -> str:
    """Trimmed, on one line, tags of mark-up removed (superscripts kept as characters), one sign for micro.

    Angle brackets that belong to a name stay.

    >>> clean(" 10<sup>4</sup>CFU/g "), clean("绿豆饼<脆>"), clean("有限\\n公司 "), clean("/ ")
    ('10⁴CFU/g', '绿豆饼<脆>', '有限公司', '')
    """
    cell = re.sub(r"<sup>(\d+)</sup>", lambda found: found[1].translate(_SUPERSCRIPT), cell, flags=re.I)
    cell = re.sub(r"</?(?:sup|sub|br|p|span|div|font|b|i|a)\b[^>]*>", "", cell, flags=re.I)
    cell = re.sub(r"\s*[\r\n]+\s*", "", cell).replace("µ", "μ").replace("\u3000", " ").strip()
    return "" if cell in _BLANK else cell
