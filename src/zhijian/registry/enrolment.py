"""Take records of the specification into the registry: checked, in order, with what is refused given back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from zhijian.kit.base31 import number, symbols
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import store
from zhijian.registry.tables import BY_NAME
from zhijian.spec import CHECKS, Entity, json_schema, specification


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that does not conform, with the reason."""

    entity: str
    record: dict[str, Any]
    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    counts: dict[str, int]
    refused: tuple[Refused, ...]


def enrol(db: Db, scope: Scope, records: Iterable[tuple[str, dict[str, Any]]], *, synthetic: bool = False) -> Enrolled:
    """Upsert (entity, record) pairs. Institutions new to the registry get their index in the codes, for good.

    A record that does not conform to the schema, or lies outside `scope`, is refused; the others go on.
    """
    batches: dict[str, list[dict[str, Any]]] = defaultdict(list)
    refused: list[Refused] = []
    listed = list(records)
    known = _Known.of(db, listed)
    for entity, record in listed:
        wrong = _wrong(entity, record) or _outside(scope, entity, record) or known.objection(scope, entity, record)
        if wrong:
            refused.append(Refused(entity, record, *wrong))
        else:
            batches[entity].append(_row(specification().entities[entity], record))
    _number(db, batches["institution"], synthetic)
    for name, table in BY_NAME.items():
        rows = batches[name]
        for start in range(0, len(rows), 5000):
            store.upsert(db, scope, table, rows[start : start + 5000])
    touched = {r["uscc"] for rows in batches.values() for r in rows if "uscc" in r}
    numbers = {r["number"] for name in ("certificate_state", "capability") for r in batches[name]}
    store.touch(db, scope, touched | set(store.owners(db, scope, numbers).values()))
    return Enrolled({name: len(rows) for name, rows in batches.items() if rows}, tuple(refused))


@cache
def _validator(entity: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema(specification(), entity), validate_formats=True)


def _wrong(entity: str, record: dict[str, Any]) -> tuple[str, str] | None:
    if entity not in BY_NAME:
        return "", f"no such entity in the registry: {entity}"
    for error in _validator(entity).iter_errors(record):
        return "/" + "/".join(str(p) for p in error.instance_path), error.message
    for element in specification().entities[entity].elements:
        value = record.get(element.id)
        if element.check and isinstance(value, str) and (wrong := CHECKS[element.check](value)) and not wrong.warning:
            return f"/{element.id}", f"{wrong.zh} {wrong.en}"
    return None


def _outside(scope: Scope, entity: str, record: dict[str, Any]) -> tuple[str, str] | None:
    if scope.institutions is not None and record.get("uscc") not in scope.institutions:
        return "/uscc", "outside the caller's scope"
    if entity == "institution" and scope.provinces is not None and record["division"][:2] not in scope.provinces:
        return "/division", "outside the caller's scope"
    return None


@dataclass(slots=True)
class _Known:
    """What stands in the registry, or came earlier in the same call: parents, and to whom they belong."""

    provinces: dict[str, str]
    """USCC → province."""
    owners: dict[str, str]
    """Certificate number → USCC."""

    @classmethod
    def of(cls, db: Db, records: Sequence[tuple[str, dict[str, Any]]]) -> "_Known":
        usccs = {r["uscc"] for _, r in records if isinstance(r.get("uscc"), str)}
        numbers = {r["number"] for _, r in records if isinstance(r.get("number"), str)}
        owners = store.owners(db, Scope.everything(), numbers)
        return cls(store.provinces(db, Scope.everything(), usccs | set(owners.values())), owners)

    def objection(self, scope: Scope, entity: str, record: dict[str, Any]) -> tuple[str, str] | None:
        """Why a well-formed record cannot be taken: no parent, another's, or outside the scope."""
        if entity in ("certificate_state", "capability"):
            uscc = self.owners.get(record["number"])
            if uscc is None:
                return "/number", f"没有登记证书 {record['number']} no such certificate"
        else:
            uscc = record["uscc"]
        if entity == "certificate" and self.owners.get(record["number"], uscc) != uscc:
            return "/number", "证书登记在另一机构名下 the certificate is registered for another institution"
        province = self.provinces.get(uscc, record["division"][:2] if entity == "institution" else None)
        if province is None:
            return "/uscc", f"没有登记机构 {uscc} no such institution"
        if scope.provinces is not None and province not in scope.provinces:
            return "/uscc", "outside the caller's scope"
        if scope.institutions is not None and uscc not in scope.institutions:
            return "/uscc", "outside the caller's scope"
        self.provinces[uscc] = province
        if entity == "certificate":
            self.owners[record["number"]] = uscc
        return None


def _row(entity: Entity, record: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for e in entity.elements:
        value = record.get(e.id)
        if value is not None and e.type.kind == "date":
            value = date.fromisoformat(value)
        elif value is not None and e.type.kind == "decimal":
            value = Decimal(str(value))
        row[e.id] = [] if value is None and e.many else value
    return row


def _number(db: Db, rows: list[dict[str, Any]], synthetic: bool) -> None:
    """Give each row the next index; the upsert keeps the old one where the institution is known. Gaps do not matter."""
    last = store.last_code_index(db) if rows else None
    for n, row in enumerate(rows, number(last or "0000") + 1):
        row["province"], row["synthetic"] = row["division"][:2], synthetic
        row["code_index"] = symbols(n, 4)
