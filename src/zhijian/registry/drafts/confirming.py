"""A draft kept, held against the table in force, and enrolled once by whoever reviews."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from zhijian.kit.canonical import canonical
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry.drafts import store
from zhijian.registry.enrolment import Enrolled, enrol, remove
from zhijian.registry.scope_table import Line, ScopeTable, from_records

KEPT = timedelta(days=90)
"""A table that nobody confirmed has to be handed in again."""


class NotConfirmed(Exception):
    """`why`: errors, changed (the table in force is another than was seen), done (confirmed before), refused (see `en`)."""

    def __init__(self, why: str, zh: str, en: str) -> None:
        super().__init__(why)
        self.why, self.zh, self.en = why, zh, en


@dataclass(frozen=True, slots=True)
class Draft:
    uscc: str
    digest: str
    """SHA-256 of the file, what was given with it, who handed it in and when."""
    number: str
    """Of the certificate."""
    name: str
    content: bytes
    given: Mapping[str, Any]
    by: str
    at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


def keep(
    db: Db, scope: Scope, uscc: str, province: str, number: str, name: str, content: bytes, given: Mapping[str, Any], by: str, at: datetime
) -> str:  # fmt: skip
    """The digest by which the draft is found. Each handing in is one of its own: a table can come back after another was in force."""
    said = {"given": dict(given), "number": number, "uscc": uscc, "by": by, "at": at.isoformat()}
    digest = hashlib.sha256(canonical(said) + content).hexdigest()
    store.keep(db, scope, {"uscc": uscc, "digest": digest, "province": province, "number": number, "name": name[:200],
                           "content": content, "given": dict(given), "by": by, "at": at})  # fmt: skip
    return digest


def kept(db: Db, scope: Scope, uscc: str, digest: str) -> Draft | None:
    """None where there is none, or it is not the caller's."""
    row = store.one(db, scope, uscc, digest)
    return _draft(row) if row is not None else None


def forget(db: Db, scope: Scope, at: datetime) -> int:
    """Delete what nobody confirmed within `KEPT`; how many."""
    return store.forget(db, scope, at - KEPT)


def _draft(row: Any) -> Draft:
    return Draft(row["uscc"], row["digest"], row["number"], row["name"], bytes(row["content"]), row["given"], row["by"], row["at"],
                 row["confirmed_by"], row["confirmed_at"])  # fmt: skip


def in_force(db: Db, scope: Scope, uscc: str, number: str, on: date) -> tuple[Line, ...]:
    """The certificate's lines that are valid on that day."""
    capabilities, levels = store.capabilities(db, scope, uscc, number)
    return tuple(line for line in from_records(map(_plain, capabilities), levels) if line.valid_on(on))


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in record.items()}


def digest_of(lines: Iterable[Line]) -> str:
    """The same lines in another order have the same."""
    said = sorted(canonical([line.capability, line.level_records]) for line in lines)
    return hashlib.sha256(b"\n".join(said)).hexdigest()


def confirm(
    db: Db, scope: Scope, draft: Draft, table: ScopeTable, seen: str, on: date, by: str, at: datetime
) -> tuple[Enrolled, Enrolled]:
    """Makes the table in force what the draft says: (what was taken in, what was taken out), from `on`. `seen`: `digest_of` of the lines in
    force that the reviewer compared it with.

    Raises: NotConfirmed, and then the caller's transaction must be given up.
    """
    row = store.one(db, scope, draft.uscc, draft.digest, lock=True)
    if row is None or row["confirmed_at"] is not None:
        raise NotConfirmed("done", "这份能力表已登记过", "this table was enrolled before")
    if table.errors or not table.lines:
        raise NotConfirmed("errors", "还有错误，改好再上传", "there are errors: mend them and upload again")
    if late := [line for line in table.lines if line.valid_from and line.valid_from > on.isoformat()]:
        raise NotConfirmed(
            "errors", f"第 {late[0].sequence} 项 {late[0].valid_from} 才生效：到那天再登记，现行的在那之前还有效",
            f"row {late[0].sequence} holds from {late[0].valid_from} only: enrol it on that day, the table in force holds until then"
        )  # fmt: skip
    store.hold(
        db, scope, draft.uscc, draft.number
    )  # two tables of one certificate would each be held against what the other replaces
    now = in_force(db, scope, draft.uscc, draft.number, on)
    if digest_of(now) != seen:
        raise NotConfirmed(
            "changed", "现行能力表刚刚变了，请重新核对", "the table in force has just changed: compare again"
        )
    if strange := [line for line in table.lines if line.number != draft.number]:
        raise NotConfirmed(
            "errors", f"表上有另一张证书 {strange[0].number}", f"it names another certificate, {strange[0].number}"
        )
    records = [("capability", one) for one in table.capabilities] + [("capability_level", one) for one in table.levels]
    source = f"import:scope:{draft.digest[:16]}"
    out = remove(db, scope, [*_gone("capability_level", now, table.lines), *_gone("capability", now, table.lines)], on=on, source=source, at=at)  # fmt: skip
    taken = enrol(db, scope, records, on=on, source=source, at=at)
    for refused in (*out.refused, *taken.refused):
        said = f"{refused.record.get('sequence', '')} {refused.pointer} {refused.reason}"
        raise NotConfirmed("refused", f"没有登记：{said}", f"nothing was enrolled: {said}")
    store.confirmed(db, scope, draft.uscc, draft.digest, by, at)
    return taken, out


def _gone(entity: str, now: Iterable[Line], new: Iterable[Line]) -> list[tuple[str, dict[str, Any]]]:
    """Keys of records that the draft no longer has."""
    names = ("number", "site_no", "sequence", *(("level",) if entity == "capability_level" else ()))

    def keys(lines: Iterable[Line]) -> set[tuple[Any, ...]]:
        of = (line.level_records if entity == "capability_level" else [line.capability] for line in lines)
        return {tuple(record[name] for name in names) for records in of for record in records}

    return [(entity, dict(zip(names, key, strict=True))) for key in sorted(keys(now) - keys(new))]
