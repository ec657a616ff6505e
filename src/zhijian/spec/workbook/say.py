"""What is said of a cell, in both languages, with how to mend it. Keys are stable."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from zhijian.spec.model import CodeEntry, Element
from zhijian.spec.values import Wrong
from zhijian.spec.workbook.model import Severity


@dataclass(frozen=True, slots=True)
class Said:
    """A finding before it has its place. `value` is what stands there or what was read."""

    severity: Severity
    why: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    value: str | None = None


def _error(why: str, e: Element, zh: str, en: str, remedy_zh: str, remedy_en: str, value: str | None = None) -> Said:
    return Said("error", why, f"{e.zh}：{zh}", f"{e.en}: {en}", remedy_zh, remedy_en, _short(value))


def _warning(why: str, e: Element, zh: str, en: str, remedy_zh: str, remedy_en: str, value: str | None = None) -> Said:
    return Said("warning", why, f"{e.zh}：{zh}", f"{e.en}: {en}", remedy_zh, remedy_en, _short(value))


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= 100 else value[:99] + "…"


def error_value(e: Element, value: str) -> Said:
    return _error("error-value", e, f"单元格是错误值 {value}", f"the cell holds the error {value}",
                  "更正公式，或直接填写内容", "mend the formula, or type what belongs here", value)  # fmt: skip


def formula_empty(e: Element) -> Said:
    return _error("formula-without-value", e, "公式没有保存计算结果", "a formula without a saved result",
                  "在 Excel 或 WPS 中打开并保存一次，或选择性粘贴为数值", "open and save it in Excel or WPS, or paste it as a value")  # fmt: skip


def formula(e: Element, value: str) -> Said:
    return _warning("formula", e, f"单元格是公式，读作 {_short(value)}", f"a formula, read as {_short(value)}",
                    "核对；不对时直接填写内容", "check it; type the content if it is wrong", value)  # fmt: skip


def number_as_text(e: Element, value: str) -> Said:
    return _warning("number-as-text", e, f"单元格不是文本，读作 {value}；编号前面的 0、结果末尾的 0 可能已丢失",
                    f"the cell is no text, read as {value}; leading or trailing zeros may be lost",
                    "核对；不对时把单元格设为文本格式再重新输入", "check it; if wrong set the cell to text and type it again", value)  # fmt: skip


def digits_lost(e: Element, value: str) -> Said:
    return _error("digits-lost", e, "超过 15 位的数字已被表格软件改掉末几位", "a number of more than 15 digits has lost its last ones",
                  "把单元格设为文本格式，再重新输入", "set the cell to text and type it again", value)  # fmt: skip


def line_break(e: Element, value: str) -> Said:
    return _warning("line-break", e, "换行读作空格", "line breaks are read as blanks", "核对", "check it", value)


def respelt(e: Element, value: str, read: str) -> Said:
    return _warning("respelt", e, f"{_short(value)} 读作 {_short(read)}（全角、空格、大小写）",
                    f"{_short(value)} is read as {_short(read)} (width, blanks, case)", "核对", "check it", read)  # fmt: skip


def invisible(e: Element, value: str, what: str) -> Said:
    return _error("text-invisible", e, f"含有看不见的字符（{what}）", f"holds an invisible character ({what})",
                  "删去内容，重新输入，不要粘贴", "delete it and type it again, do not paste", value)  # fmt: skip


def wrong_length(e: Element, value: str, length: int, *, exact: bool) -> Said:
    zh = f"应为 {length} 个字符，现在 {len(value)} 个" if exact else f"最多 {length} 个字符，现在 {len(value)} 个"
    en = f"{'exactly' if exact else 'at most'} {length} characters, this has {len(value)}"
    return _error("text-length", e, zh, en, "核对并改短" if not exact else "核对", "check it", value)


def check_failed(e: Element, value: str, wrong: Wrong) -> Said:
    make = _warning if wrong.warning else _error
    return make(f"{e.check}-malformed", e, wrong.zh, wrong.en, f"核对{e.zh}", f"check the {e.en.lower()}", value)


def code_unknown(e: Element, value: str, codes: Mapping[str, CodeEntry]) -> Said:
    names = {c.zh: c for c in codes.values()} | {c.code: c for c in codes.values()}
    close = get_close_matches(value, list(names), n=1, cutoff=0.5)
    listed = "、".join(c.zh for c in list(codes.values())[:8]) + ("…" if len(codes) > 8 else "")
    hint = f"是不是“{names[close[0]].zh}”？" if close else ""
    return _error("code-unknown", e, f"“{_short(value)}”不在代码表内", f"{_short(value)!r} is not in the code list",
                  f"{hint}从下拉列表选：{listed}", f"choose from the list: {', '.join(list(codes)[:8])}", value)  # fmt: skip


def no_number(e: Element, value: str) -> Said:
    return _error(
        "number-malformed", e, "应为数字", "should be a number", "只写数字，不带单位", "digits only, no unit", value
    )


def no_integer(e: Element, value: str) -> Said:
    return _error("integer-malformed", e, "应为整数", "should be an integer", "改为整数", "make it an integer", value)


def out_of_range(e: Element, value: str, least: int, below: int) -> Said:
    return _error("number-range", e, f"应不小于 {least}，小于 {below}", f"should be at least {least} and below {below}",
                  "核对数值", "check the number", value)  # fmt: skip


def no_bool(e: Element, value: str) -> Said:
    return _error(
        "bool-malformed",
        e,
        "应为“是”或“否”",
        "should be 是 (yes) or 否 (no)",
        "从下拉列表选",
        "choose from the list",
        value,
    )


def no_date(e: Element, value: str) -> Said:
    return _error("date-malformed", e, "不是日期，或没有这一天", "no date, or no such day",
                  "写成 2026-11-03", "write it like 2026-11-03", value)  # fmt: skip


def serial_as_date(e: Element, value: str, read: str) -> Said:
    return _warning("serial-as-date", e, f"{value} 读作日期 {read}", f"{value} is read as the date {read}",
                    "核对；把单元格设为日期格式", "check it; set the cell to a date format", read)  # fmt: skip


def time_dropped(e: Element, value: str, read: str) -> Said:
    return _warning("time-dropped", e, f"{value} 只取日期 {read}", f"of {value} only the day {read} is kept",
                    "核对", "check it", read)  # fmt: skip


def one_value(e: Element, value: str) -> Said:
    return _warning("one-value", e, f"“{_short(value)}”读作一个值", f"{_short(value)!r} is read as one value",
                    "几个值之间用分号或换行隔开", "separate several values by ; or a line break", value)  # fmt: skip


def missing(e: Element) -> Said:
    return _error("missing", e, "必填，没有填写", "is required and empty", f"填写{e.zh}", f"fill in the {e.en.lower()}")
