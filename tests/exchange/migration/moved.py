"""The invented platform moved, and what is then in the target, in the form of the specification."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zhijian.exchange.mapping import read_mapping
from zhijian.exchange.migration import MigrationRun
from zhijian.exchange.migration.collected import elements_of
from zhijian.exchange.migration.model import Migration
from zhijian.exchange.migration.store import begun, loaded, steps_done
from zhijian.kit.scope import Scope
from zhijian.spec import specification

AT = datetime(2026, 11, 1, 4, tzinfo=UTC)
ON = date(2026, 11, 1)
SCOPE = Scope.everything()
FILE = Path(__file__).parents[2] / "provincial" / "mapping.yaml"


def parts_of(*tables: str) -> str:
    """The platform's mapping with the parts alone that come from these tables: the way is the same, and shorter."""
    head, *parts = re.split(r"(?m)^(?=  - entity: )", FILE.read_text("utf-8"))
    kept = [part for part in parts if re.match(rf"  - entity: \w+\n    from: ({'|'.join(tables)})\n", part)]
    assert len(kept) == len(tables)
    return head + "".join(kept)


def run_of(work: Path, number: int = 1, province: str = "33", text: str = "", **more: Any) -> MigrationRun:
    text, spec = text or FILE.read_text("utf-8"), specification()
    migration = Migration(read_mapping(text, spec), hashlib.sha256(text.encode()).hexdigest(), province, number)
    return MigrationRun(migration, spec, work, ON, **more)


def carry(one: MigrationRun, target: sa.Engine, source: sa.Engine) -> None:
    for _ in one.extract(source):
        pass
    with target.begin() as db:
        begun(db, SCOPE, one.migration, one.spec, str(source.url), AT)
        done = steps_done(db, SCOPE, one.migration)
    for step in one.steps(done):
        ready = one.carry(step)
        with target.begin() as db:
            loaded(db, SCOPE, one.migration, one.spec, step.part, step.chunk, ready, AT)


def content(target: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every collected row and every record in quarantine, but not when it came."""
    found = {}
    with target.connect() as db:
        for entity in specification().entities:
            rows = db.execute(sa.text(f"SELECT * FROM collected.{entity}")).mappings()
            found[entity] = sorted(tuple(str(v) for k, v in row.items() if k != "_run") for row in rows)
        rows = db.execute(sa.text("SELECT * FROM migration_quarantine")).mappings()
        found["quarantine"] = sorted(tuple(str(v) for k, v in row.items() if k not in ("id", "run")) for row in rows)
    return found


def records(target: sa.Engine) -> Iterator[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    """(entity, key, record) as `tests.provincial.true_records` has them."""
    spec = specification()
    with target.connect() as db:
        for entity in spec.entities:
            for row in db.execute(sa.text(f"SELECT * FROM collected.{entity}")).mappings():
                record = {e.id: _plain(row[e.id]) for e in elements_of(spec, entity) if row[e.id] is not None}
                yield entity, key_of(entity, record), record


def key_of(entity: str, record: dict[str, Any]) -> tuple[Any, ...]:
    above = {"report_item": ("uscc", "own_number"), "proficiency_result": ("plan_no",)}.get(entity, ())
    key = (*above, *specification().entities[entity].key)
    made = tuple(record.get(name) for name in key)
    for name in above:
        record.pop(name, None)
    return made


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(timezone(timedelta(hours=8))).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            return value
