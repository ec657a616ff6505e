"""Inspect an OFD that somebody holds: the same evidence and the same verdicts as of a PDF, from what an OFD has.

There is no manifest: a seal covers files, not bytes of the container, so that a program which packs the container anew
changes nothing of what was sealed. A page counts as edited when one of the files that it is made of is; while a file that
pages may share is (a font, a picture, the document's own description), no page counts as the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from zhijian.codes import qr
from zhijian.codes.code import parse
from zhijian.codes.document import ofd_body
from zhijian.codes.document.found import Contradiction, FileFound, Inspection, PageFound, SignatureFound
from zhijian.codes.document.manifest import KeyOf
from zhijian.codes.document.ofd import Judges, KeyOfKid, OfdInspection, OfdSignature, inspect_ofd
from zhijian.codes.document.ofd_annotations import annotations_by_page
from zhijian.codes.document.ofd_attach import attached_of
from zhijian.codes.document.ofd_body import Body, Page
from zhijian.codes.document.ofd_xml import NAMESPACE, parsed
from zhijian.codes.document.printed import FOOTER, VERIFIER
from zhijian.codes.document.seal import QR_SUFFIX
from zhijian.codes.log.proof import FILE_SUFFIX
from zhijian.codes.model import Code, CodesError, CredentialRefused
from zhijian.kit.digests import Digests
from zhijian.kit.signing import PublicKey

MAX_TEXT = 4_000_000
"""Characters of pages' text that are looked at for printed codes."""


def inspect_file(
    ofd: bytes, roots: Sequence[bytes], key_of: KeyOf, maker_of: KeyOf, at: datetime, named: Code | None = None
) -> Inspection:
    """`roots` are DER, with SM2 keys; `maker_of` knows who makes seals for a code's institution. `named` is the report's code
    where the caller knows it and the file does not say one: a file sealed elsewhere bears none.

    Raises: DocumentRefused, see `ofd_body` and `ofd`.
    """
    body = Body.of(ofd)
    pages = body.pages()
    annotated = annotations_by_page(body)
    printed, verifier = _printed(body, pages, annotated)
    files = attached_of(body)
    symbol, proof = _one(files, QR_SUFFIX), _one(files, FILE_SUFFIX)
    text = symbol.decode("latin-1") if symbol is not None else None
    claimed = _code(body.said(ofd_body.CODE))
    shown = next((code for code in printed if code is not None), None)
    code = claimed or _code_of_symbol(text) or named
    found = inspect_ofd(ofd, Judges(roots, _for(key_of, code), _for(maker_of, code) or _nobody, at))
    standings = _files(found)
    owned = {path for page in pages for path in (page.path, annotated.get(page.id))}
    shared = any(one.name not in owned for one in standings)
    return Inspection(
        Digests.of(ofd), None, code, shown, verifier, text, proof, tuple(map(_signature, found.signatures)), None, "manifest-absent",
        tuple(_page(n, page, found, standings, annotated, one, shared) for n, (page, one) in enumerate(zip(pages, printed, strict=True), 1)),
        (), tuple(_contradictions(files, code, text, printed, found)), found.verdict, "ofd", standings, _original_said(body),
    )  # fmt: skip


def _for(key_of: KeyOf, code: Code | None) -> KeyOfKid | None:
    return (lambda kid: key_of(kid, code)) if code is not None else None


def _nobody(kid: bytes) -> PublicKey:
    raise CredentialRefused(kid.hex(), "without a code nobody is known")


def _code(text: str | None) -> Code | None:
    try:
        return parse(text) if text else None
    except CodesError:
        return None


def _code_of_symbol(text: str | None) -> Code | None:
    try:
        return qr.read(text).code if text else None
    except CodesError:
        return None


def _one(files: list[tuple[str, bytes]], suffix: str) -> bytes | None:
    found = [data for called, data in files if called.endswith(suffix)]
    return found[0] if len(found) == 1 else None


def _original_said(body: Body) -> dict[str, str]:
    said = {"sm3": body.said(ofd_body.ORIGINAL_SM3), "sha256": body.said(ofd_body.ORIGINAL_SHA256)}
    return {algorithm: value for algorithm, value in said.items() if value}


def _printed(body: Body, pages: Sequence[Page], annotated: dict[str, str]) -> tuple[list[Code | None], str | None]:
    """The code in each page's text, read independently of what the file says of itself; and the verifier."""
    codes: list[Code | None] = []
    verifier, room = None, MAX_TEXT
    for page in pages:
        words = ""
        for path in (page.path, annotated.get(page.id)):
            if path is not None and room > 0:
                tree = parsed(ofd_body.file(body.files, path), path)
                words += "\n".join(one.text or "" for one in tree.iter(f"{{{NAMESPACE}}}TextCode"))
                words += "\n"
        room -= len(words)
        codes.append(next((code for text in reversed(FOOTER.findall(words)) if (code := _code(text))), None))
        if verifier is None and (found := VERIFIER.search(words)):
            verifier = found[1]
    return codes, verifier


def _files(found: OfdInspection) -> tuple[FileFound, ...]:
    """Files that are not as they were sealed by somebody known, each once, by the worst that is said of it."""
    standings: dict[str, Literal["changed", "missing", "uncovered"]] = {}
    for seal in found.signatures:
        if seal.is_known:
            standings |= dict.fromkeys(seal.uncovered, "uncovered")
            standings |= dict.fromkeys(seal.missing, "missing")
            standings |= dict.fromkeys(seal.changed, "changed")
    return tuple(FileFound(name, standings[name]) for name in sorted(standings))


def _page(
    number: int, page: Page, found: OfdInspection, files: Sequence[FileFound], annotated: dict[str, str], printed: Code | None,
    shared: bool,
) -> PageFound:  # fmt: skip
    own = {page.path, annotated.get(page.id, page.path)}
    standings = {one.standing for one in files if one.name in own}
    if not any(seal.is_known for seal in found.signatures):
        return PageFound(number, "not-compared", None, printed)
    if "uncovered" in standings:
        return PageFound(number, "added", None, printed)
    if not standings and shared:
        return PageFound(number, "uncertain", number, printed)
    return PageFound(number, "edited" if standings else "unchanged", number, printed)


def _signature(one: OfdSignature) -> SignatureFound:
    broken = one.by is None or bool(one.changed or one.missing) or one.problem in ("signature-broken", "seal-differs")
    whole = not broken and not one.uncovered
    return SignatureFound(
        one.where, one.by.name if one.by else "", one.by.number if one.by else None, one.kid, not broken, one.is_known,
        "whole-file" if whole else "part", False, "none" if whole else "forbidden", "", one.signed_at, one.problem, one.seal_name,
    )  # fmt: skip


def _contradictions(
    files: list[tuple[str, bytes]], code: Code | None, text: str | None, printed: Sequence[Code | None], found: OfdInspection
) -> list[Contradiction]:  # fmt: skip
    said = []
    if text is not None and _code_of_symbol(text) != code:
        said.append(
            Contradiction("qr-of-another", "所附二维码属于另一份报告。", "The attached QR is of another report.")
        )
    others = ", ".join(
        str(n) for n, one in enumerate(printed, 1) if one is not None and code is not None and one != code
    )
    if others:
        said.append(
            Contradiction(
                "page-of-another", f"第 {others} 页印着另一个报告编码。", f"Pages {others} bear another code."
            )
        )
    for suffix in (QR_SUFFIX, FILE_SUFFIX):
        named = [called for called, _ in files if called.endswith(suffix)]
        if len(named) > 1:
            said.append(
                Contradiction(
                    "several-attachments", f"有多个 {suffix} 附件。", f"There are several attachments *{suffix}."
                )
            )
        if code is not None and any(called != code + suffix for called in named):
            said.append(
                Contradiction(
                    "attachment-of-another", f"附件 {named[0]} 属于另一份报告。", f"{named[0]} is of another report."
                )
            )
    if not found.is_listed:
        said.append(
            Contradiction(
                "seals-unlisted",
                "容器里有签章的文件，目录却没有列出。",
                "It has files of a seal that its list does not name.",
            )
        )
    return said
