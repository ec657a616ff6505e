"""Days, times and codes as the pages write them. Times on pages are Asia/Shanghai."""

from datetime import date, datetime

from markupsafe import Markup

from zhijian.kit.clock import SHANGHAI


def day(on: date) -> Markup:
    """
    >>> day(date(2026, 5, 12))
    Markup('<time datetime="2026-05-12">2026-05-12</time>')
    """
    return _marked(on.isoformat(), on.isoformat())


def minute(at: datetime) -> Markup:
    return _time(at, "%Y-%m-%d %H:%M", "minutes")


def second(at: datetime) -> Markup:
    return _time(at, "%Y-%m-%d %H:%M:%S", "seconds")


def clock_time(at: datetime) -> Markup:
    return _time(at, "%H:%M", "minutes")


def _time(at: datetime, pattern: str, precision: str) -> Markup:
    local = at.astimezone(SHANGHAI)
    return _marked(local.isoformat(timespec=precision), local.strftime(pattern))


def _marked(exact: str, shown: str) -> Markup:
    """Both written here out of numbers: there is nothing to escape."""
    return Markup(f'<time datetime="{exact}">{shown}</time>')  # noqa: S704


def groups(code: str) -> list[str]:
    """
    >>> groups("332608K7M4QX72RD9C")
    ['3326', '08K7', 'M4QX', '72RD', '9C']
    """
    return [code[start : start + 4] for start in range(0, len(code), 4)]


def hyphenated(code: str) -> str:
    return "-".join(groups(code))


def code_link(code: str) -> Markup:
    return Markup('<a class="code" href="/v/{}">{}</a>').format(code, hyphenated(code))
