"""Is a record that is handed in well-formed, and may this caller say it of this institution?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import past_store, store
from zhijian.registry.past_store import Key, key_in
from zhijian.registry.tables import BY_NAME, NATIONAL, PARENTS, elements_of, key_of, parent_key
from zhijian.spec import CHECKS, json_schema, specification

Record = dict[str, Any]
Objection = tuple[str, str]
"""Pointer and reason."""
_OWN_KEY = ("certificate", "inspection", "penalty", "proficiency_result")
"""Entities whose key does not say whose they are: one that is there stays its institution's."""


def unfolded(records: Sequence[tuple[str, Record]]) -> Iterator[tuple[str, Record]]:
    """Parts nested in a record as records of their own."""
    for entity, record in records:
        spec = specification().entities.get(entity)
        for part, nested in spec.parts.items() if spec and entity in BY_NAME else ():
            if isinstance(inside := record.get(part), list) and all(isinstance(one, dict) for one in inside):
                key = {k: record.get(k) for k in parent_key(nested)}
                yield entity, {k: v for k, v in record.items() if k != part}
                yield from ((nested, one | key) for one in inside)
                break
        else:
            yield entity, record


@cache
def _schema(entity: str) -> dict[str, Any]:
    """Of a record in a table of its own: parts stand by themselves, and name their whole."""
    schema = json_schema(specification(), entity)
    for part in specification().entities[entity].parts:
        del schema["properties"][part]
        schema["required"].remove(part)
    for whole in specification().entities.values():
        if entity in whole.parts.values():
            repeated = {k: json_schema(specification(), whole.id)["properties"][k] for k in parent_key(entity)}
            schema["properties"] |= repeated
            schema["required"] += list(repeated)
    return schema


@cache
def _validator(entity: str, *, key_only: bool = False) -> Draft202012Validator:
    schema = _schema(entity)
    if key_only:
        properties = {k: schema["properties"][k] for k in key_of(entity)}
        schema = schema | {"properties": properties, "required": list(properties)}
    return Draft202012Validator(schema, validate_formats=True)


def wrong(entity: str, record: Record) -> Objection | None:
    """Why the record is none of the specification."""
    if entity not in BY_NAME:
        return "", f"no such entity in the registry: {entity}"
    for error in _validator(entity).iter_errors(record):
        return "/" + "/".join(str(p) for p in error.instance_path), error.message
    for element in specification().entities[entity].elements:
        value = record.get(element.id)
        if element.check and isinstance(value, str) and (said := CHECKS[element.check](value)) and not said.warning:
            return f"/{element.id}", f"{said.zh} {said.en}"
    return None


def wrong_key(entity: str, key: Record) -> Objection | None:
    """Why nothing can be removed by this: it is not exactly the key of one of our records, or of what is not removed."""
    if entity not in BY_NAME:
        return "", f"no such entity in the registry: {entity}"
    if entity == "institution":
        return "", "机构不删除；证书注销即可 an institution is not removed; its certificates end"
    for error in _validator(entity, key_only=True).iter_errors(key):
        return "/" + "/".join(str(p) for p in error.instance_path), error.message
    return None


def typed(entity: str, record: Record) -> Record:
    """Every element with its value as the database gives it back; of several values none is []."""
    row: Record = {}
    for e in elements_of(entity):
        value = record.get(e.id)
        if value is not None and e.type.kind == "date":
            value = date.fromisoformat(value)
        elif value is not None and e.type.kind == "decimal":
            value = Decimal(str(value)).quantize(Decimal(1).scaleb(-e.type.places), ROUND_HALF_UP)
        row[e.id] = [] if value is None and e.many else value
    return row


@dataclass(slots=True)
class Known:
    """What stands in the registry, or came earlier in the same call: parents, and to whom they belong."""

    provinces: dict[str, str]
    """USCC → province."""
    owners: dict[str, dict[Key, str]]
    """Entity → key → USCC."""
    tests: set[Key] = field(default_factory=set)
    """Proficiency tests."""

    @classmethod
    def of(cls, db: Db, records: Sequence[tuple[str, Record]]) -> "Known":
        """What stands there of well-formed records. Their institutions are locked until the transaction ends."""
        if any(entity in ("institution", *NATIONAL) for entity, _ in records):
            store.one_at_a_time(db)  # nobody else adds one meanwhile
        owners = {name: _owners(db, name, records) for name in _OWN_KEY}
        usccs = {r["uscc"] for _, r in records if "uscc" in r}.union(*(found.values() for found in owners.values()))
        plans = [{"plan_no": r["plan_no"]} for _, r in records if "plan_no" in r]
        tests = set(past_store.current(db, Scope.everything(), "proficiency_test", plans)) if plans else set()
        return cls(store.lock(db, Scope.everything(), usccs), owners, tests)

    def owner(self, entity: str, record: Record) -> str | None:
        """USCC of the institution concerned; None when that is not known, for the parent or the record is not there."""
        if "uscc" in record:
            return str(record["uscc"])
        known = entity if entity in _OWN_KEY else PARENTS[entity]
        return self.owners[known].get(key_in(known, record))

    def objection(self, scope: Scope, entity: str, record: Record) -> Objection | None:
        """Why a well-formed record cannot be taken: no parent, another's, or outside the scope."""
        if entity in NATIONAL:
            return self._of_the_nation(scope, entity, record)
        if (said := self._without_parent(entity, record)) is not None:
            return said
        if (uscc := self.owner(entity, record)) is None:
            return f"/{key_of(entity)[0]}", "没有这条记录 no such record"
        if entity in _OWN_KEY and self.owners[entity].get(key_in(entity, record), uscc) != uscc:
            return f"/{key_of(entity)[0]}", f"{_zh(entity)}登记在另一机构名下 it is registered for another institution"
        province = self.provinces.get(uscc, record["division"][:2] if entity == "institution" else None)
        if province is None:
            return "/uscc", f"没有登记机构 {uscc} no such institution"
        if (said := _outside(scope, entity, record, uscc, province)) is not None:
            return said
        self.provinces[uscc] = province
        if entity in _OWN_KEY:
            self.owners[entity][key_in(entity, record)] = uscc
        return None

    def _without_parent(self, entity: str, record: Record) -> Objection | None:
        parent = PARENTS.get(entity)
        if parent == "proficiency_test":
            missing, known = key_in(parent, record) not in self.tests, record.get("uscc")
        elif parent in self.owners:
            known = self.owners[parent].get(key_in(parent, record))
            missing = known is None
        else:
            return None
        pointer = f"/{key_of(parent)[0]}"
        if missing:
            return pointer, f"没有登记{_zh(parent)} {key_in(parent, record)[0]} no such {parent}"
        if record.get("uscc", known) != known:
            return "/uscc", f"{_zh(parent)}属于另一机构 the {parent} is another institution's"
        return None

    def _of_the_nation(self, scope: Scope, entity: str, record: Record) -> Objection | None:
        key = key_in(entity, record)
        if scope.institutions is not None or (scope.provinces is not None and key in self.tests):
            return f"/{key_of(entity)[0]}", "outside the caller's scope"
        self.tests.add(key)
        return None


def _owners(db: Db, name: str, records: Sequence[tuple[str, Record]]) -> dict[Key, str]:
    keys = key_of(name)
    asked = {tuple([r[k] for k in keys]) for _, r in records if all(r.get(k) is not None for k in keys)}
    rows = [dict(zip(keys, one, strict=True)) for one in asked]
    found = past_store.current(db, Scope.everything(), name, rows) if rows else {}
    return {key: row["uscc"] for key, row in found.items()}


def _outside(scope: Scope, entity: str, record: Record, uscc: str, province: str) -> Objection | None:
    if scope.institutions is not None:
        if uscc not in scope.institutions:
            return "/uscc", "outside the caller's scope"
        if specification().entities[entity].source != "institution":
            return "", f"{_zh(entity)}不由机构自己登记 an institution does not register this itself"
    there = {province, record["division"][:2] if entity == "institution" else province}
    if scope.provinces is not None and not there <= scope.provinces:
        return "/division" if entity == "institution" else "/uscc", "outside the caller's scope"
    return None


def _zh(entity: str) -> str:
    return specification().entities[entity].zh
