"""Records at rest follow the specification."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
import sqlalchemy as sa
from tests.conftest import Seeded

from zhijian.exchange.migration.collected import ddl, digest, elements_of, quoted, table, typed
from zhijian.kit.migrate import migrations
from zhijian.spec import specification
from zhijian.spec.versions import release

SPEC = specification()


def test_the_migration_made_what_the_specification_of_its_day_says() -> None:
    text = (migrations() / "collected-0.2.0.sql").read_text("utf-8")
    assert text.strip() == (";\n".join(ddl(release("0.2.0"))) + ";").strip()


def test_the_tables_of_the_newest_version_have_the_columns_of_the_specification(seeded: Seeded) -> None:
    """Fails when the specification grows and no migration follows."""
    inspected = sa.inspect(seeded.node.engine)
    for entity in SPEC.entities:
        have = {c["name"]: str(c["type"]) for c in inspected.get_columns(entity, schema="collected")}
        assert {e.id for e in elements_of(SPEC, entity)} == {n for n in have if not n.startswith("_")}, entity


VALUES = {"text": "甲\"乙\\丙,丁\n戊", "integer": "3", "decimal": "12.50", "date": "2026-01-03", "datetime": "2026-01-03 10:11:12",
          "bool": "true"}  # fmt: skip


@pytest.mark.parametrize("entity", list(SPEC.entities))
@pytest.mark.parametrize("blank", [False, True])
def test_both_databases_compute_one_digest(seeded: Seeded, entity: str, blank: bool) -> None:
    elements = elements_of(SPEC, entity)
    given = {
        e.id: None if blank else ("甲；乙" if e.many else VALUES[e.type.kind][: e.type.length or None])
        for e in elements
    }
    con = duckdb.connect()
    texts = ", ".join(f"CAST(? AS VARCHAR) AS {quoted(e.id)}" for e in elements)
    values = ", ".join(f"{typed(e)} AS {quoted(e.id)}" for e in elements)
    made = con.execute(f"SELECT {digest(SPEC, entity, postgres=False)}, * FROM (SELECT {values} FROM (SELECT {texts}))",
                       list(given.values())).fetchone()  # fmt: skip
    assert made is not None
    row = dict(zip((e.id for e in elements), made[1:], strict=True))
    with seeded.node.engine.connect() as db:
        db.execute(sa.text(f"CREATE TEMP TABLE one (LIKE {table(entity)})"))
        for column in ("_province", "_mapping", "_table", "_part", "_source_row", "_n", "_run", "_digest", *row):
            db.execute(sa.text(f"ALTER TABLE one ALTER {quoted(column)} DROP NOT NULL"))
        names = ", ".join(map(quoted, row))
        holders = ", ".join(f"CAST(:v{n} AS text)::{_type(e)}" for n, e in enumerate(elements))
        shown = {f"v{n}": _shown(row[e.id]) for n, e in enumerate(elements)}
        db.execute(sa.text(f"INSERT INTO one ({names}) VALUES ({holders})"), shown)
        (there,) = db.execute(sa.text(f"SELECT {digest(SPEC, entity, postgres=True)} FROM one")).one()
        db.rollback()
    assert there == made[0]


def _type(e: object) -> str:
    from zhijian.spec.catalogue import sql_type

    return sql_type(e)  # type: ignore[arg-type]


def _shown(value: object) -> str | None:
    if isinstance(value, list):
        return "{" + ",".join(f'"{one}"' for one in value) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date) and hasattr(value, "hour"):
        return f"{value}+08"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
