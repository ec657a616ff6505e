"""What an inspected file comes to, in one word: the finding that the banner says.

Green is said of two kinds of file only: bytes that are registered, and a registered original whose seal by a known key
covers all that was added. Every way out of here that is not one of these is amber, red or grey.
"""

from enum import StrEnum

from zhijian.web.service import Inspected, Verdict


class Finding(StrEnum):
    SAME_SEALED = "same-sealed"
    """The registered bytes, under a seal that covers them."""
    SAME = "same"
    """The registered bytes; whether sealed or not, the digest says it."""
    SEALED = "sealed"
    """Not registered itself: the registered original with stamp and seal behind it, and nothing after the seal."""
    RESAVED = "resaved"
    CONTRADICTORY = "contradictory"
    """Registered bytes that name more than one report."""
    UNSURE = "unsure"
    """Nothing shows that it was changed, and nothing that it was not."""
    ELSEWHERE = "elsewhere"
    """The bytes are registered, under another code than the file bears."""
    NO_FILE = "no-file"
    """The code is only reserved: there is nothing to compare with yet."""
    EDITED = "edited"
    NOT_REGISTERED = "not-registered"
    """The code is registered, and this is not its file."""
    NO_CODE = "no-code"
    CODE_UNKNOWN = "code-unknown"
    SIGNER_REVOKED = "signer-revoked"
    EVIDENCE_BROKEN = "evidence-broken"


_REASONS = {"code-unknown": Finding.CODE_UNKNOWN, "signer-revoked": Finding.SIGNER_REVOKED}


def finding(one: Inspected) -> Finding:
    verdict = one.found.verdict
    if one.reason is not None:
        return _REASONS.get(one.reason, Finding.EVIDENCE_BROKEN)
    if one.answer is None:
        return Finding.NO_CODE
    if verdict is Verdict.EDITED:
        return Finding.EDITED
    if one.bytes_are in ("handed-out", "original"):
        if one.found.contradictions:
            return Finding.CONTRADICTORY
        return Finding.SAME_SEALED if verdict is Verdict.UNCHANGED else Finding.SAME
    if not one.has_files:
        return Finding.NO_FILE
    if one.also:
        return Finding.ELSEWHERE
    if verdict in (Verdict.UNCHANGED, Verdict.RESAVED):
        return _of_sealed(one)
    return Finding.UNSURE if one.bytes_are == "begins-with-original" else Finding.NOT_REGISTERED


def _of_sealed(one: Inspected) -> Finding:
    """A known key sealed it. Whether it sealed what is registered is another question: nobody seals two reports under one
    code but for a reason."""
    begins = one.bytes_are == "begins-with-original"
    if one.sealed_original is False:
        return Finding.NOT_REGISTERED
    if one.found.verdict is Verdict.UNCHANGED:
        # A sealed OFD cannot begin with its original; there the seal covers what the stamp says of it.
        names = one.found.kind == "ofd" and one.sealed_original is True and not one.found.contradictions
        return Finding.SEALED if begins or names else Finding.UNSURE
    # Without the manifest no page was compared: "re-saved" would then promise more than is known.
    compared = one.found.manifest is not None
    return Finding.RESAVED if compared and (begins or one.sealed_original) else Finding.UNSURE
