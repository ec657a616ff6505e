"""A cell of standards taken apart: number with year, clause, name; several of them where it holds several.

《食品安全国家标准 食品中铅的测定》GB 5009.12-2023 第一法, GB/T 5750.6-2023(4.1) 生活饮用水标准检验方法, and whatever
else stands in such cells. A method that is a book has its title for a number (`spec.values.standard_code`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zhijian.spec import CHECKS

Why = Literal["", "standard-year-missing", "standard-unreadable"]
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x2236: 0x3A} | dict.fromkeys(
    (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63), 0x2D
)  # fmt: skip
"""One character for one, so that places in both texts are the same."""
_KNOWN = (
    "GBZ|GBJ|GJB|GB|HJ|NY|SN|SL|CJJ|CJ|JGJ|JG|JC|JTG|JTJ|JT|YY|YC|QB|HG|SH|SY|DL|DZ|BB|FZ|GA|GY|GM|HY|JB|JJF|JJG|LB|LD|"
    "LS|LY|MH|MT|MZ|NB|QC|QJ|RB|SB|SC|SJ|TB|TD|TY|WB|WS|XB|YB|YD|YS|YZ|CECS|XF|KA|ISO|IEC|EN"
)
"""Those whose numbers mean a standard even without a year. Others are known by their year."""
_NUMBER = r"\d+(?:\.\d+)*[A-Z]?"
_YEAR = r"(?:19|20)\d{2}(?!\d)|\d{2}(?!\d)"
_FOUND = re.compile(
    rf"""(?P<notice>[\u4e00-\u9fff]{{2,8}}部(?:公告)?\s?第?\s?\d+\s?号\s?(?:公告)?\s?-\s?\d+\s?-\s?\d{{4}}(?!\d))
    |(?P<book>《[^《》]+》\s?(?:\([^()]*版[^()]*\)|\d{{4}}\s?年?版|第[^《》;\d]{{1,4}}版)[^《》;]*)
    |(?<![A-Za-z0-9/])(?P<prefix>(?:DBS?\d{{2,6}}|[A-Z]{{1,6}})(?:\s?/\s?[A-Z]{{1,6}}|\s?/)?)\s?(?P<number>{_NUMBER}(?:-\d{{1,3}}(?=\s?[-:]\s?(?:19|20)\d\d))?)
      \s?(?P<mark>[-:])\s?(?P<year>{_YEAR})(?P<change>/XG\d-\d{{4}})?
    |(?<![A-Za-z0-9/])(?P<bare>(?:DBS?\d{{2,6}}|{_KNOWN})(?:\s?/\s?[A-Z]{{1,6}}|\s?/)?)\s?(?P<bareno>{_NUMBER})(?![\d-])""",
    re.X,
)  # fmt: skip
_CLAUSE = re.compile(
    r"""\s*(?:\(\s?(?=[\d第方附条款])[^()《》]{1,60}\)|第[一二三四五六七八九十百\d]+(?:法|篇|部分|章|条|节)|方法\s?[A-Z\d一二三四五六七八九十]+
    |附录\s?[A-Z](?:\.\d+)*|[\d]+(?:\.\d+)+(?![\d-])|(?<=[\)\d法篇章])、(?=[第\(\d]))+""",
    re.X,
)
_EDGES = " \t\r\n,，、;；:：.。+和及与/-—"


@dataclass(frozen=True, slots=True)
class Standard:
    """`code` as `spec` wants it; `why` says what is wrong, then `code` is what was found."""

    code: str
    name: str | None = None
    clause: str | None = None
    why: Why = ""

    @property
    def full_name(self) -> str | None:
        """Name with its clause, as a record keeps them."""
        return " ".join(filter(None, (self.name, self.clause))) or None


def standards(text: str) -> tuple[Standard, ...]:
    """
    >>> [(s.code, s.clause, s.name) for s in standards("《食品安全国家标准 食品中铅的测定》GB5009.12—2023 第一法")]
    [('GB 5009.12-2023', '第一法', '食品安全国家标准 食品中铅的测定')]
    >>> [s.code for s in standards("GB/T 5750.6-2023(4.1)；HJ 700-2014\\nISO 4833-1:2013")]
    ['GB/T 5750.6-2023', 'HJ 700-2014', 'ISO 4833-1:2013']
    >>> [s.why for s in standards("GB 5009.12；自编方法")]
    ['standard-year-missing', 'standard-unreadable']
    """
    return tuple(one for start, end in _pieces(text) for one in _of_piece(text[start:end]))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Between semicolons that stand in no brackets. A line break may part two standards, or a name from its number."""
    start, depth = 0, 0
    for at, ch in enumerate(text):
        depth += (ch in "(（《") - (ch in ")）》")
        if ch in ";；" and depth <= 0:
            yield start, at
            start, depth = at + 1, 0
    yield start, len(text)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    code: str
    clause: str | None
    why: Why


def _of_piece(text: str) -> Iterator[Standard]:
    if not text.strip(_EDGES):
        return
    flat = " ".join(text.split())
    hits = list(_hits(flat))
    if not hits:
        yield Standard(flat, why="" if CHECKS["standard_code"](flat) is None else "standard-unreadable",
                       name=_name(flat) if flat.startswith("《") else None)  # fmt: skip
        return
    named_first = bool(flat[: hits[0].start].strip(_EDGES + "《"))
    for n, hit in enumerate(hits):
        before = flat[hits[n - 1].end if n else 0 : hit.start]
        after = flat[hit.end : hits[n + 1].start if n + 1 < len(hits) else len(flat)]
        if before.rstrip().endswith(("(", "（")):  # the number stands in brackets
            before, after = before.rstrip(" (（"), after.lstrip(" )）")
        parts = [before] if named_first else [after]
        if n + 1 == len(hits) and named_first:
            parts.append(after)
        if hit.why == "" and hit.code.startswith("《"):
            parts = [hit.code.partition("》")[0], *(p for p in parts if p.strip(_EDGES))]
        name = " ".join(filter(None, (_name(p) for p in parts)))
        yield Standard(hit.code, name or None, hit.clause, hit.why)


def _hits(flat: str) -> Iterator[_Hit]:
    half = flat.translate(_HALF)
    upper = half.upper() if len(half.upper()) == len(half) else half
    at = 0
    while found := _FOUND.search(upper, at):
        at = found.end()
        tail = _CLAUSE.match(half, at)
        clause = None
        if found["book"] is None and tail and tail.group().strip():
            clause, at = tail.group().strip(), tail.end()
        code = _code(found)
        if found["book"]:
            code = flat[found.start() : found.end()].strip(_EDGES)
        why: Why = "standard-year-missing" if found["bare"] else ""
        if not why and (
            CHECKS["standard_code"](code) is not None or re.search(r"-\d{1,3}-\d{4}$", (found["number"] and code) or "")
        ):
            why = "standard-unreadable"
        yield _Hit(found.start(), at, code, clause, why)


def _code(found: re.Match[str]) -> str:
    if found["notice"]:
        return re.sub(r"\s", "", found["notice"])
    prefix = re.sub(r"\s", "", found["prefix"] or found["bare"] or "")
    if found["bare"]:
        return f"{prefix} {found['bareno']}"
    return f"{prefix} {found['number']}{found['mark']}{found['year']}{found['change'] or ''}"


def _name(part: str) -> str:
    """Without the marks around it; marks of a title within it stay.

    >>> _name("《水质 总磷的测定》"), _name("、水质"), _name("A《B》C")
    ('水质 总磷的测定', '水质', 'A《B》C')
    """
    text = part.strip(_EDGES)
    whole = re.fullmatch(r"《([^《》]*)》?|([^《》]*)》", text)
    return (whole[1] or whole[2] or "").strip(_EDGES) if whole else text
