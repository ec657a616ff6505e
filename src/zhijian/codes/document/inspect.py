"""Inspect a PDF that somebody holds: what it is, who sealed it, and whether its pages show what was sealed.

Three independent things are held against each other: the signatures over bytes, the manifest over what pages show, and
the text printed on the pages. None of them is taken for the others.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pypdf import PdfReader

from zhijian.codes import qr
from zhijian.codes.code import parse
from zhijian.codes.document import content, manifest
from zhijian.codes.document.attach import attached
from zhijian.codes.document.found import Contradiction, Inspection, PageFound, SignatureFound, Verdict
from zhijian.codes.document.manifest import KeyOf, VerifiedManifest
from zhijian.codes.document.printed import Printed, printed
from zhijian.codes.document.reading import PIECE, broken_is_refused, digest_by, read_pdf
from zhijian.codes.document.seal import MANIFEST_SUFFIX, QR_SUFFIX
from zhijian.codes.document.signature import signatures
from zhijian.codes.log.proof import FILE_SUFFIX
from zhijian.codes.model import Code, CodesError, CredentialRefused
from zhijian.kit.digests import Digests


def inspect(pdf: bytes, roots: Sequence[bytes], key_of: KeyOf, at: datetime) -> Inspection:
    """`roots` are DER. `at` is the time at which certificates have to be in force: when the log saw the file, where that is
    known, else now. It takes up to a minute of one core for the largest files: call it aside.

    Raises: DocumentRefused for what cannot be read at all, see `reading` and `frame`, and `too-complex`.
    """
    reader = read_pdf(pdf)
    with broken_is_refused():
        now = content.of_reader(reader)
        files = attached(reader.root_object)
        said = printed(reader)
        verified, problem, claimed = _manifest(files, key_of)
        text, proof = _one(files, QR_SUFFIX), _one(files, FILE_SUFFIX)
        symbol = text.decode("latin-1") if text is not None else None
        original = _original(reader.root_object, pdf)
        code = claimed or _code_of(symbol) or _stamped(reader)
    signed = signatures(pdf, roots, key_of, code, at)
    pages, missing = _compared(now, verified, said)
    against = tuple(_contradictions(files, verified, symbol, original, code, said))
    verdict = _verdict(signed, verified, problem, pages, missing, against)
    shown = next((c for c in said.codes if c is not None), None)
    return Inspection(
        Digests.of(pdf), original[0] if original else None, code, shown, said.verifier, symbol, proof, signed, verified, problem,
        pages, missing, against, verdict,
    )  # fmt: skip


def _one(files: list[tuple[str, bytes]], suffix: str) -> bytes | None:
    found = [data for called, data in files if called.endswith(suffix)]
    return found[0] if len(found) == 1 else None


def _manifest(files: list[tuple[str, bytes]], key_of: KeyOf) -> tuple[VerifiedManifest | None, str | None, Code | None]:
    """The one manifest when it verifies, else why not, and the code that it claims."""
    found = [data for called, data in files if called.endswith(MANIFEST_SUFFIX)]
    if len(found) != 1:
        return None, "manifest-absent" if not found else "several-manifests", None
    try:
        claimed = manifest.read(found[0]).code
    except CredentialRefused:
        return None, "manifest-malformed", None
    try:
        return manifest.verify(found[0], key_of), None, claimed
    except CredentialRefused:
        return None, "manifest-untrusted", claimed


def _original(root: Any, pdf: bytes) -> tuple[Digests, bytes] | None:
    """What stood before the stamp, when the file still has a revision that ends where the stamp says."""
    try:
        length = int(root[PIECE].get_object()["/Length"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not 0 < length < len(pdf) or b"%%EOF" not in pdf[max(0, length - 64) : length]:
        return None
    return Digests.of(pdf[:length]), pdf[:length]


def _stamped(reader: PdfReader) -> Code | None:
    root: Any = reader.root_object
    try:
        return parse(str(root[PIECE].get_object()["/Code"]))
    except (KeyError, TypeError, AttributeError, CodesError):
        return None


def _code_of(symbol: str | None) -> Code | None:
    try:
        return qr.read(symbol).code if symbol else None
    except CodesError:
        return None


def _compared(
    now: tuple[bytes, ...], verified: VerifiedManifest | None, said: Printed
) -> tuple[tuple[PageFound, ...], tuple[int, ...]]:
    codes = said.codes if len(said.codes) == len(now) else (None,) * len(now)
    if verified is None:
        return tuple(PageFound(n, "not-compared", None, c) for n, c in enumerate(codes, 1)), ()
    sealed = verified.manifest.pages
    places: dict[bytes, list[int]] = {}
    for number, one in enumerate(sealed, 1):
        places.setdefault(one, []).append(number)
    pages = []
    for number, (one, printed_code) in enumerate(zip(now, codes, strict=True), 1):
        before = places.get(one, [])
        if number in before:
            pages.append(PageFound(number, "unchanged", number, printed_code))
        elif before:
            pages.append(PageFound(number, "moved", before[0], printed_code))
        else:
            pages.append(PageFound(number, "edited" if number <= len(sealed) else "added", None, printed_code))
    left, missing = Counter(now), []
    for number, one in enumerate(sealed, 1):
        if left[one] == 0:
            missing.append(number)
        left[one] -= 1
    return tuple(pages), tuple(missing)


def _contradictions(
    files: list[tuple[str, bytes]], verified: VerifiedManifest | None, symbol: str | None, original: tuple[Digests, bytes] | None,
    code: Code | None, said: Printed,
) -> list[Contradiction]:  # fmt: skip
    found = _attached_wrongly(files, code)
    if symbol is not None and _code_of(symbol) != code:
        found.append(
            Contradiction("qr-of-another", "所附二维码属于另一份报告。", "The attached QR is of another report.")
        )
    others = [str(n) for n, c in enumerate(said.codes, 1) if c is not None and code is not None and c != code]
    if others:
        listed = ", ".join(others)
        found.append(
            Contradiction(
                "page-of-another", f"第 {listed} 页印着另一个报告编码。", f"Pages {listed} bear another code."
            )
        )
    if (
        verified
        and original
        and digest_by(verified.manifest.algorithm, original[1]) != verified.manifest.original_digest
    ):
        found.append(
            Contradiction(
                "original-differs",
                "文件开头不是签章时的原始报告。",
                "It does not begin with the original that was sealed.",
            )
        )
    return found


def _attached_wrongly(files: list[tuple[str, bytes]], code: Code | None) -> list[Contradiction]:
    found = []
    for suffix in (MANIFEST_SUFFIX, QR_SUFFIX, FILE_SUFFIX):
        named = [called for called, _ in files if called.endswith(suffix)]
        if len(named) > 1:
            found.append(
                Contradiction(
                    "several-attachments", f"有多个 {suffix} 附件。", f"There are several attachments *{suffix}."
                )
            )
        if code is not None and any(called != code + suffix for called in named):
            found.append(
                Contradiction(
                    "attachment-of-another", f"附件 {named[0]} 属于另一份报告。", f"{named[0]} is of another report."
                )
            )
    return found


def _verdict(
    signed: Sequence[SignatureFound], verified: VerifiedManifest | None, problem: str | None, pages: Sequence[PageFound],
    missing: Sequence[int], against: Sequence[Contradiction],
) -> Verdict:  # fmt: skip
    known = [s for s in signed if s.is_known]
    whole = any(s.intact and s.covers == "whole-file" for s in known)
    if verified is not None:
        if against or missing or any(p.standing != "unchanged" for p in pages):
            return Verdict.EDITED
        return Verdict.UNCHANGED if whole else Verdict.RESAVED
    if known:
        if whole and not against and problem == "manifest-absent":
            return Verdict.UNCHANGED
        harmless = any(s.intact and s.later in ("none", "permitted") for s in known)
        return Verdict.RESAVED if harmless and not against and problem == "manifest-absent" else Verdict.EDITED
    return Verdict.STRANGER if signed or problem != "manifest-absent" else Verdict.NOT_SEALED
