"""An inspection as text for people, verdict first, and as JSON for machines."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zhijian.cli.say import local
from zhijian.codes import grouped
from zhijian.kit.digests import Digests

if TYPE_CHECKING:
    from zhijian.codes.document.found import Inspection

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_STANDING = {
    "unchanged": "未改动 unchanged", "edited": "有改动 edited", "moved": "换了位置 moved", "added": "后加的 added",
    "uncertain": "不能确定，页面以外的文件有改动 uncertain: files besides the pages were changed",
    "not-compared": "没有可信的清单或签章可比 not compared: there is no manifest, or no known seal",
}  # fmt: skip
_FILES = {
    "changed": "签章后改过 changed", "missing": "不见了 missing", "uncovered": "签章没有覆盖，可能是后加的 not covered, perhaps added",
}  # fmt: skip
_COVERS = {
    "whole-file": "整个文件 the whole file",
    "revision": "较早的一版 an earlier revision",
    "part": "部分字节 a part",
}
_LATER = {
    "none": "无 none", "permitted": "允许的 permitted", "forbidden": "不允许的 forbidden", "unknown": "不明 unknown",
}  # fmt: skip


def data(i: "Inspection", at: datetime, trust_version: int) -> dict[str, Any]:
    zh, en = i.words()
    sealed = i.manifest
    return {
        "verdict": i.verdict.value, "words": {"zh": zh, "en": en}, "as_of": at, "trust_version": trust_version, "code": i.code,
        "code_printed": i.code_printed, "verifier_printed": i.verifier_printed, "file": _part(i.whole),
        "original": _part(i.original) if i.original else None, "qr": i.qr,
        "proof": i.proof.decode("utf-8", "replace") if i.proof is not None else None,
        "signatures": [
            {"field": _whole(s.field), "by": _whole(s.by), "number": _whole(s.number), "kid": s.kid.hex() if s.kid else None, "intact": s.intact,
             "known": s.is_known, "covers": s.covers, "certifies": s.certifies, "later": s.later, "signed_at": s.signed_at,
             "problem": s.problem, "seal_name": _whole(s.seal_name) or None}
            for s in i.signatures
        ],
        "manifest": {"kid": sealed.kid.hex(), "sealed_at": sealed.manifest.sealed_at, "pages": len(sealed.manifest.pages)}
        if sealed else None,
        "manifest_problem": i.manifest_problem,
        "pages": [{"number": p.number, "standing": p.standing, "sealed_as": p.sealed_as, "code_printed": p.code_printed}
                  for p in i.pages],
        "pages_missing": list(i.pages_missing), "pages_dropped": list(i.pages_dropped),
        "kind": i.kind, "files": [{"name": _whole(f.name), "standing": f.standing} for f in i.files],
        "original_said": dict(i.original_said) or None,
        "contradictions": [{"why": c.why, "zh": c.zh, "en": c.en} for c in i.contradictions],
    }  # fmt: skip


def text(d: dict[str, Any]) -> str:
    """Names come out of a stranger's file: nothing in them may move the cursor or turn the line round."""
    return "\n".join(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", line) for line in _lines(d))


def _lines(d: dict[str, Any]) -> Iterable[str]:
    yield f"{d['words']['zh']} {d['words']['en']}"
    yield f"编码 code: {grouped(d['code']) if d['code'] else '无 none'}；页面所印 as printed: " + (
        f"{grouped(d['code_printed'])} {d['verifier_printed'] or ''}".rstrip() if d["code_printed"] else "无 none"
    )
    yield f"文件 file: {_part_text(d['file'])}"
    if d["original"]:
        yield f"盖码前的原始文件 original: {_part_text(d['original'])}"
    yield from (_signature(s) for s in d["signatures"])
    if d["kind"] == "pdf":
        yield _manifest(d)
    yield from _pages(d)
    yield from (f"容器内文件 file in the container: {f['name']}，{_FILES[f['standing']]}" for f in d["files"])
    yield from (f"矛盾 contradiction: {c['zh']} {c['en']}" for c in d["contradictions"])
    yield f"证书和密钥以 {local(d['as_of'])} 为准，信任列表第 {d['trust_version']} 版 keys as of that time, by that trust list"
    yield "这里只看文件；报告现在是否有效，请用 zhijian verify this is about the file alone: whether the report is valid says zhijian verify"


def _signature(s: dict[str, Any]) -> str:
    intact = "完好 intact" if s["intact"] else "不成立 does not hold"
    known = "可信 known" if s["known"] else "不可信 unknown"
    who = f"{s['by'] or '?'} {s['number'] or ''}".rstrip()
    when = f"，自称签于 says it was made {_when(s['signed_at'])}" if s["signed_at"] else ""
    why = f"，{s['problem']}" if s["problem"] else ""
    called = f"，印章 seal {s['seal_name']}" if s["seal_name"] else ""
    return (f"签章 signature: {who}{called}，密钥 key {s['kid'] or '?'}，{intact}，{known}{why}；覆盖 covers {_COVERS[s['covers']]}，"
            f"此后改动 later changes {_LATER[s['later']]}{when}")  # fmt: skip


def _manifest(d: dict[str, Any]) -> str:
    m = d["manifest"]
    if m is None:
        return f"指纹清单 manifest: {d['manifest_problem']}"
    return f"指纹清单 manifest: {m['pages']} 页 pages，密钥 key {m['kid']}，签于 sealed {_when(m['sealed_at'])}"


def _pages(d: dict[str, Any]) -> Iterable[str]:
    for standing, words in _STANDING.items():
        numbers = [p["number"] for p in d["pages"] if p["standing"] == standing]
        if numbers:
            yield f"页 pages {', '.join(map(str, numbers))}: {words}"
    if d["pages_dropped"]:
        yield f"缺少签章时的页 sealed pages that are missing: {', '.join(map(str, d['pages_dropped']))}"


def _whole(text: str | None) -> str | None:
    """A stranger's text without half characters, which no terminal takes."""
    return None if text is None else text.encode("utf-8", "replace").decode()


def _when(at: datetime) -> str:
    """As `local`; also of a time that a stranger wrote, which may lie at the end of all days."""
    try:
        return local(at)
    except (OverflowError, ValueError):
        return at.isoformat()


def _part(part: Digests) -> dict[str, Any]:
    return {"bytes": part.length, "sm3": part.sm3.hex(), "sha256": part.sha256.hex()}


def _part_text(p: dict[str, Any]) -> str:
    return f"{p['bytes']} 字节 bytes，SM3 {p['sm3']}，SHA-256 {p['sha256']}"
