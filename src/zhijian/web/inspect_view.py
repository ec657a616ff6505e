"""From an inspected file to what its page shows. Whatever comes out of the file is a stranger's and stays text."""

from dataclasses import dataclass

from markupsafe import Markup

from zhijian.kit.digests import Digests
from zhijian.web import dates
from zhijian.web.answer_view import Band, Tag, answer_view
from zhijian.web.facts_view import Fact
from zhijian.web.inspect_finding import Finding, finding
from zhijian.web.inspect_words import COVERS, FILES, FINDINGS, HEAVIER, OTHER_PROBLEM, PAGES, PROBLEMS
from zhijian.web.say import Say
from zhijian.web.service import Code, Inspected, PageFound, SignatureFound, State
from zhijian.web.words import STATES

MOST_TEXT = 160
"""Characters of what comes out of a file: a name in a certificate may be as long as its writer likes."""
MOST_PAGES_NAMED = 12
MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class PageRow:
    number: int
    tag: Tag
    code: str | None
    is_other: bool
    """It prints another code than the file's."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an OFD's container that is not as it was sealed."""

    name: Markup
    tag: Tag


@dataclass(frozen=True, slots=True)
class Signature:
    tag: Tag
    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class InspectView:
    band: Band
    line: Markup | None
    """What the finding means; None where the band says it, because it has nothing to say of a report."""
    code: Code | None
    is_registered: bool
    groups: list[str]
    state: Tag | None
    pages: list[PageRow]
    missing: str | None
    compared: bool
    signatures: list[Signature]
    against: list[Markup]
    digests: list[Fact]
    also: tuple[Code, ...]
    is_ofd: bool
    files: list[FileRow]
    files_left: int
    """How many more there are than are shown."""


def inspect_view(one: Inspected, t: Say) -> InspectView:
    found, answer = one.found, one.answer
    words = FINDINGS[finding(one)]
    state = STATES[answer.state] if answer else None
    return InspectView(
        band=_band(one, t),
        line=t(words.line) if answer else None,
        code=one.code,
        is_registered=answer is not None,
        groups=dates.groups(one.code or ""),
        state=Tag(state.kind + (" false" if answer and answer.state is State.FALSE else ""), t(state.word)) if state else None,
        pages=[_page(page, one.code, t) for page in found.pages],
        missing=_numbers(found.pages_dropped, t) if found.pages_dropped else None,
        compared=found.manifest is not None or (found.kind == "ofd" and any(s.is_known for s in found.signatures)),
        signatures=[_signature(signature, t) for signature in found.signatures],
        against=[_foreign(said.zh if t.lang == "zh" else said.en) for said in found.contradictions],
        digests=_digests(one, t),
        also=one.also,
        is_ofd=found.kind == "ofd",
        files=[FileRow(_foreign(file.name), Tag("penalty", t(FILES[file.standing]))) for file in found.files[:MOST_FILES]],
        files_left=max(0, len(found.files) - MOST_FILES),
    )  # fmt: skip


def headline(one: Inspected, t: Say) -> Markup:
    """What the file comes to, and before it the report's state where that is not valid: the best of files is of no use when
    its report was withdrawn."""
    word = _finding_word(one, t)
    if one.answer is None or one.answer.state is State.VALID:
        return word
    return t("{state}；{finding}", state=t(STATES[one.answer.state].word), finding=word)


def _band(one: Inspected, t: Say) -> Band:
    words = FINDINGS[finding(one)]
    kind, sign = words.kind, words.sign
    if one.answer is None:
        return Band(kind, sign, headline(one, t), t(words.line))
    of_report = answer_view(one.answer, t).band
    if one.answer.state is not State.VALID and HEAVIER.index(of_report.kind) >= HEAVIER.index(kind):
        kind, sign = of_report.kind, of_report.sign
    return Band(kind, sign, headline(one, t), of_report.line)


def _finding_word(one: Inspected, t: Say) -> Markup:
    what = finding(one)
    if what is Finding.EDITED and one.found.pages_edited:
        return t("签章后有改动：第 {pages} 页", pages=_numbers(one.found.pages_edited, t))
    if what is Finding.EDITED and one.found.pages_missing:
        return t("签章后有改动：少了第 {pages} 页", pages=_numbers(one.found.pages_missing, t))
    return t(FINDINGS[what].word)


def _numbers(pages: tuple[int, ...], t: Say) -> str:
    listed = t.listed(map(str, pages[:MOST_PAGES_NAMED]))
    return listed + "…" if len(pages) > MOST_PAGES_NAMED else listed


def _page(page: PageFound, code: Code | None, t: Say) -> PageRow:
    kind, word = PAGES[page.standing]
    printed = page.code_printed
    return PageRow(
        page.number,
        Tag(kind, t(word, page=page.sealed_as) if page.standing == "moved" else t(word)),
        dates.hyphenated(printed) if printed else None,
        printed is not None and printed != code,
    )


def _signature(one: SignatureFound, t: Say) -> Signature:
    holds = one.intact and one.is_known
    why = None if holds else t(PROBLEMS.get(one.problem or "", OTHER_PROBLEM))
    name = _foreign(one.by) if one.by else t("没有")
    facts = [Fact(t("证书上的名称"), name, note=_foreign(one.number) if one.number else None)]
    if why is not None:
        facts.append(Fact(t("为什么不算"), why))
    if one.seal_name:
        facts.append(Fact(t("印章名称"), _foreign(one.seal_name)))
    facts.append(Fact(t("签的是"), t(COVERS[one.covers])))
    if one.signed_at is not None:
        facts.append(Fact(t("自称签章时间"), dates.second(one.signed_at), note=t("签章者自己写的，没有别的证明")))
    return Signature(Tag("valid", t("认识的签章")) if holds else Tag("care", t("不算数的签章")), facts)


def _foreign(text: str) -> Markup:
    """A stranger's text: cut, and kept from turning the direction of what stands around it."""
    cut = text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…"
    return Markup("<bdi>{}</bdi>").format("".join(one for one in cut if one.isprintable()))


def _digests(one: Inspected, t: Say) -> list[Fact]:
    registered = one.bytes_are in ("handed-out", "original")
    facts = [_digest(t("整个文件"), one.found.whole, t("已登记") if registered else t("没有登记"), t)]
    if one.found.original is not None:
        note = t("是登记的原始报告") if one.bytes_are == "begins-with-original" else None
        facts.append(_digest(t("盖码之前的部分"), one.found.original, note, t))
    return facts


def _digest(term: Markup, part: Digests, note: Markup | None, t: Say) -> Fact:
    bytes_of = Markup('<span class="bytes">sm3:{}</span><span class="bytes">sha256:{}</span>')
    size = t("{count} 字节", count=f"{part.length:,}")
    return Fact(term, bytes_of.format(part.sm3.hex(), part.sha256.hex()), note=t.join([size, note]) if note else size)
