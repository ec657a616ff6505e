"""What an act is given, held against what it asks for: each value in its one form, or what is wrong with it (zh, en)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from zhijian.cases.flow.acts import FIELDS, Act, Field
from zhijian.cases.flow.model import CaseUnknown, Fields, Refused
from zhijian.cases.flow.number import read_number
from zhijian.cases.model import tidy
from zhijian.spec import CHECKS

MOST_TEXT, MOST_LINES, MOST_LIST = 200, 2000, 200


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def checked(act: Act, fields: Mapping[str, Any], on: date) -> Fields:
    """The fields as they are kept; what is empty is left out.

    `on`: today in China. Raises: Refused ("fields-wrong"), all wrong fields in it at once.
    """
    kept: dict[str, Any] = {}
    wrong: dict[str, tuple[str, str]] = {}
    for name, value in fields.items():
        if name not in act.needs and name not in act.may:
            asked = "、".join(act.needs + act.may)
            wrong[name] = (f"这一步没有这个字段，有：{asked}", f"this act has no such field; it has: {asked}")
        elif not _is_empty(value):
            try:
                kept[name] = _KINDS[FIELDS[name].kind](value, FIELDS[name], on)
            except _Wrong as why:
                wrong[name] = (why.zh, why.en)
    for name in act.needs:
        if name not in kept and name not in wrong:
            field = FIELDS[name]
            wrong[name] = (f"请填写{field.said.zh}：{field.why.zh}", f"{field.said.en} is missing: {field.why.en}")
    if kept.get("conduct_from", "") > kept.get("conduct_to", "9"):
        wrong["conduct_to"] = ("行为结束日期早于开始日期", "it lies before the first day of the conduct")
    if wrong:
        raise Refused(
            "fields-wrong", f"{act.said.zh}：有 {len(wrong)} 项要改", f"{act.said.en}: {len(wrong)} to mend", wrong
        )
    return kept


def checked_fact(fact: str, value: str, on: date) -> str:
    """The value of one fact, for a correction. Raises: Refused."""
    try:
        return str(_KINDS[FIELDS[fact].kind](value, FIELDS[fact], on))
    except _Wrong as why:
        raise Refused("fields-wrong", "更正：有 1 项要改", "correct: 1 to mend", {"value": (why.zh, why.en)}) from None


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not tidy(value))


def _text(value: Any, _: Field, on: date) -> str:
    return _short(" ".join(_str(value).split()), MOST_TEXT)


def _lines(value: Any, _: Field, on: date) -> str:
    return _short(_str(value), MOST_LINES)


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("应为文字", "should be text")
    return tidy(value)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise _Wrong(f"最长 {most} 字，现在 {len(text)} 字", f"at most {most} characters, these are {len(text)}")
    return text


def _choice(value: Any, field: Field, on: date) -> str:
    text = _str(value)
    if text not in field.choices:
        raise _Wrong(f"应为其中之一：{'、'.join(field.choices)}", f"one of: {', '.join(field.choices)}")
    return text


def _list(value: Any, field: Field, on: date) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_LIST:
        raise _Wrong(f"应为列表，最多 {MOST_LIST} 项", f"a list of at most {MOST_LIST}")
    found = [_choice(one, field, on) if field.choices else _text(one, field, on) for one in value]
    if not all(found) or len(set(found)) < len(found):
        raise _Wrong("有空的或重复的", "one is empty or comes twice")
    return found


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(_str(value))
    except ValueError:
        raise _Wrong("应为日期，如 2026-05-18", "a date such as 2026-05-18") from None


def _past(value: Any, _: Field, on: date) -> str:
    day = _date(value)
    if day > on:
        raise _Wrong(f"不能晚于今天 {on}", f"not after today, {on}")
    return day.isoformat()


def _future(value: Any, _: Field, on: date) -> str:
    day = _date(value)
    if day < on:
        raise _Wrong(f"不能早于今天 {on}", f"not before today, {on}")
    return day.isoformat()


def _count(value: Any, _: Field, on: date) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 53:
        raise _Wrong("应为 0 或正整数", "0 or a positive integer")
    return value


def _money(value: Any, _: Field, on: date) -> str:
    try:
        amount = Decimal(_str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise _Wrong("应为金额（元），写成文字，如 10000.00", 'an amount in yuan as text, such as "10000.00"') from None
    if not 0 <= amount < Decimal(10) ** 12 or amount != Decimal(_str(value)):
        raise _Wrong("应为 0 以上、最多两位小数的金额", "0 or more, with two decimals at most")
    return str(amount)


def _flag(value: Any, _: Field, on: date) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("应为是或否", "should be true or false")
    return value


def _uscc(value: Any, _: Field, on: date) -> str:
    text = _str(value).upper()
    wrong = CHECKS["uscc"](text)
    if wrong and not wrong.warning:
        raise _Wrong(wrong.zh, wrong.en)
    return text


def _case(value: Any, _: Field, on: date) -> str:
    try:
        return read_number(_str(value))
    except CaseUnknown:
        raise _Wrong("应为案件编号，如 浙检查〔2026〕0001", "a number such as 浙检查〔2026〕0001") from None


def _digest(value: Any, _: Field, on: date) -> str:
    text = _str(value).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise _Wrong("应为 64 位十六进制", "64 hexadecimal digits")
    return text


def _time(value: Any, _: Field, on: date) -> str:
    try:
        at = datetime.fromisoformat(_str(value))
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise _Wrong("应为带时区的时间，如 2026-05-18T10:24:00+08:00", "a time with its zone, such as 2026-05-18T10:24:00+08:00") from None  # fmt: skip


_KINDS: Mapping[str, Callable[[Any, Field, date], Any]] = {
    "text": _text, "lines": _lines, "choice": _choice, "list": _list, "past": _past, "future": _future, "count": _count,
    "money": _money, "flag": _flag, "uscc": _uscc, "case": _case, "digest": _digest, "time": _time,
}  # fmt: skip
