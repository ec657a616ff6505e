"""Files as the fake service knows them: bytes, and what an inspection of them would find."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from zhijian.codes.document.found import Contradiction, Inspection, PageFound, SignatureFound, Verdict
from zhijian.codes.document.manifest import Manifest, VerifiedManifest
from zhijian.kit.digests import Digests
from zhijian.kit.signing import Suite
from zhijian.web.service import BytesAre, Code, DocumentRefused

SEALED_AT = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
KNOWN = SignatureFound(
    "ZhijianSeal", "示例检测（浙江）有限公司", "91330100MA2EXAMP0X", b"\x01\x02", True, True, "whole-file", True, "none", "",
    SEALED_AT, None,
)  # fmt: skip
STRANGER = replace(KNOWN, by="某某公司", is_known=False, problem="certificate-untrusted")
BROKEN = replace(KNOWN, intact=False, covers="revision", later="forbidden", problem="signature-broken")
SIGNATURES = {
    Verdict.UNCHANGED: (KNOWN,), Verdict.RESAVED: (BROKEN,), Verdict.EDITED: (replace(KNOWN, covers="revision", later="forbidden"),),
    Verdict.NOT_SEALED: (), Verdict.STRANGER: (STRANGER,),
}  # fmt: skip


def part(content: bytes) -> Digests:
    return Digests.of(content)


def inspection(content: bytes, code: Code | None, verdict: Verdict = Verdict.NOT_SEALED, **changes: Any) -> Inspection:
    """Three pages; `edited` numbers are not as they were sealed."""
    edited = changes.pop("edited", ())
    has_manifest = changes.pop("has_manifest", verdict in {Verdict.UNCHANGED, Verdict.RESAVED, Verdict.EDITED})
    pages = tuple(
        PageFound(n, "edited" if n in edited else "unchanged", n, code)
        if has_manifest
        else PageFound(n, "not-compared", None, code)
        for n in (1, 2, 3)
    )
    manifest = Manifest(code, "sm3", bytes(32), (bytes(32),) * 3, SEALED_AT) if has_manifest and code else None
    made = Inspection(
        whole=part(content), original=None, code=code, code_printed=code, verifier_printed=None, qr=None, proof=None,
        signatures=SIGNATURES[verdict], manifest=VerifiedManifest(manifest, b"\x01\x02", Suite.SM2) if manifest else None,
        manifest_problem=None if manifest else "manifest-absent", pages=pages, pages_missing=(), contradictions=(), verdict=verdict,
    )  # fmt: skip
    return replace(made, **changes)


OTHER_PAGE = Contradiction("page-of-another", "第 2 页印着另一个报告编码。", "Pages 2 bear another code.")


@dataclass(frozen=True)
class Paper:
    found: Inspection
    bytes_are: BytesAre
    sealed_original: bool | None
    also: tuple[Code, ...]


@dataclass
class Papers:
    """By content; a PDF that nobody put here is one without a code or a seal."""

    known: dict[bytes, Paper] = field(default_factory=dict)

    def put(
        self, content: bytes, code: Code | None, verdict: Verdict = Verdict.NOT_SEALED, *, bytes_are: BytesAre = "other",
        sealed_original: bool | None = None, also: tuple[Code, ...] = (), **changes: Any,
    ) -> bytes:  # fmt: skip
        self.known[content] = Paper(inspection(content, code, verdict, **changes), bytes_are, sealed_original, also)
        return content

    def of(self, content: bytes) -> Paper:
        """Raises: DocumentRefused."""
        if not content.startswith(b"%PDF-"):
            raise DocumentRefused("not-pdf", "", "不是 PDF 文件；请导出为 PDF。", "This is no PDF; export it as PDF.")
        return self.known.get(content) or Paper(inspection(content, None), "other", None, ())
