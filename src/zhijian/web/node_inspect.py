"""A file judged by the node: its bytes aside, what is registered in two transactions around that.

Not one transaction: the bytes may take a minute, and the database is not kept waiting for them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from zhijian import documents
from zhijian.kit.db import Db
from zhijian.kit.digests import Digests
from zhijian.kit.scope import Scope
from zhijian.web.service import (
    Answer,
    BytesAre,
    Code,
    CodesError,
    Desk,
    EvidenceBroken,
    Inspected,
    Inspection,
    RegisteredFiles,
    State,
    Verdict,
)
from zhijian.wiring import Node

log = structlog.get_logger("web.verify")


def inspect(node: Node, raw: bytes, at: datetime) -> Inspected:
    """See `VerifyService.inspect`."""
    with node.transaction() as db:
        trust, filed_at = node.trust(db), _filed_at(node, db, raw)
    found = documents.inspect(node, trust, raw, filed_at or at)
    with node.transaction() as db:
        return _judged(node, db, found, at)


def _filed_at(node: Node, db: Db, raw: bytes) -> datetime | None:
    try:
        return node.desk(db).filed_at(db, Scope.anyone(), hashlib.sha256(raw).digest())
    except EvidenceBroken:
        return None  # the same alarm is raised, and then told, when the answer is asked for


def _judged(node: Node, db: Db, found: Inspection, at: datetime) -> Inspected:
    desk, scope = node.desk(db), Scope.anyone()
    claimed = found.code or found.code_printed
    try:
        same = _registered_under(desk, db, found, at)
        code = claimed or _most_in_need_of_care(same)
        if code is None:
            return Inspected(found, None, None, None, "other", False, None, ())
        answer = desk.answer(db, scope, code, None, at)
        files = desk.registered_files(db, scope, code)
    except CodesError as why:
        if isinstance(why, EvidenceBroken):
            log.error("evidence_broken", code=why.value, detail=str(why)[:300])
        return Inspected(found, claimed, None, why.why, "other", False, None, ())
    also = tuple(one.code for one in same if one.code != code)
    bytes_are = _bytes_are(found, files) if files else "other"
    named = _sealed_original(found, files) if files else None
    return Inspected(found, code, answer, None, bytes_are, files is not None, named, also)


def _registered_under(desk: Desk, db: Db, found: Inspection, at: datetime) -> list[Answer]:
    """Reports that have exactly these bytes, each once."""
    answers: dict[Code, Answer] = {}
    for algorithm in ("sm3", "sha256"):
        same = desk.by_digest(db, Scope.anyone(), algorithm, found.whole.by(algorithm), at)
        answers |= {one.code: one for one in same}
    return [*answers.values()]


def _most_in_need_of_care(same: Sequence[Answer]) -> Code | None:
    """Of several reports with one file, one that is not valid: it must not hide behind another that is."""
    ordered: Iterable[Answer] = sorted(same, key=lambda one: one.state is State.VALID)
    return next((one.code for one in ordered), None)


def _bytes_are(found: Inspection, files: RegisteredFiles) -> BytesAre:
    whole = found.whole.sm3.hex(), found.whole.sha256.hex()
    if any((file.sm3, file.sha256) == whole for file in files.handed_out):
        return "handed-out"
    if _is_original(found.whole, files):
        return "original"
    began = found.original
    return "begins-with-original" if began is not None and _is_original(began, files) else "other"


def _is_original(part: Digests, files: RegisteredFiles) -> bool:
    algorithm, digest = files.original
    return part.by(algorithm) == digest


def _sealed_original(found: Inspection, files: RegisteredFiles) -> bool | None:
    algorithm, digest = files.original
    if found.kind == "ofd":  # the seal covers what the stamp says, where a known one holds
        said = found.original_said.get(algorithm) if found.verdict is Verdict.UNCHANGED else None
        return said == digest if said is not None else None
    if found.manifest is None or found.manifest.manifest.algorithm != algorithm:
        return None
    return found.manifest.manifest.original_digest.hex() == digest
