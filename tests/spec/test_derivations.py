"""Nothing drifts: every element of every entity is in each derivation, with its type, length, whether it is required, its codes.

JSON Schema, Parquet, SQL (made on a real PostgreSQL), Excel template, data contract, reference page, and the platform's own
tables. What another test shows of one derivation alone is not shown again here.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import openpyxl
import psycopg
import pyarrow as pa
import pytest
import sqlalchemy as sa
from openpyxl.utils import get_column_letter
from pyarrow import parquet
from sqlalchemy.dialects.postgresql import ARRAY

import zhijian.wiring  # noqa: F401  every room's tables are registered
from zhijian.kit.db import metadata
from zhijian.spec import CHECKS, Element, Entity, json_schema, markdown, parquet_schema, specification
from zhijian.spec.catalogue import FORMS, as_sql, example, form
from zhijian.spec.catalogue.sql import columns, parent
from zhijian.spec.versions import as_contract
from zhijian.spec.workbook import template
from zhijian.wiring import Node

SPEC = specification()
ENTITIES = list(SPEC.entities)
ELEMENTS = [(entity.id, e.id) for entity in SPEC.entities.values() for e in entity.elements]
KEPT = [name for name in ENTITIES if name in metadata.tables]

OF_OUR_TABLES = {
    "report key": "(code): the platform's code is the key, the institution's own number is unique in a form of its own",
    "report_item key": "(code, seq): items hang on the report's code",
    "proficiency_result key": "(plan_no, seq): results hang on the round's plan number",
    "many": "text[] without a length and never null: what was admitted was held against the JSON Schema",
    "check": "no CHECK of length or code list: the same, and a released list may not lock old rows out",
    "refers": "no foreign key of report and complaint: a report stays whatever becomes of the certificate it names",
    "refers penalty": "a penalty may name an inspection that nobody handed in",
    "not kept": "entities since 0.2.0 are specified, and no room keeps them yet",
}
"""Where the platform's own tables differ on purpose, each with why. Nothing else may."""


def of(entity: str, name: str) -> Element:
    return SPEC.entities[entity].element(name)


# JSON Schema ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_json_schema_says_what_the_element_says(entity: str, name: str) -> None:
    e, schema = of(entity, name), json_schema(SPEC, entity)
    told = schema["properties"][name]
    assert (name in schema["required"]) == e.required
    one = told["items"] if e.many else told
    kinds = {"text": "string", "integer": "integer", "decimal": "number", "bool": "boolean"}
    wanted = "string" if e.codes else kinds.get(e.type.kind, "string")
    assert (one["type"] if isinstance(one["type"], str) else one["type"][0]) == wanted
    if e.codes:
        assert [c for c in one["enum"] if c is not None] == list(SPEC.codelists[e.codes])
    elif e.type.kind == "text":
        assert (one["minLength"], one["maxLength"]) == (e.type.length if e.type.exact else 1, e.type.length)


# Parquet ----------------------------------------------------------------------------------------------

ARROW = {"text": pa.string(), "date": pa.date32(), "datetime": pa.timestamp("us", "UTC"), "bool": pa.bool_()}


@cache
def written(entity: str) -> pa.Schema:
    """The schema as a reader of the file finds it."""
    return parquet.read_schema(io.BytesIO(form(SPEC, entity, "parquet").content))


def arrow(e: Element) -> pa.DataType:
    n = e.type
    if n.kind == "decimal":
        one = pa.decimal128(n.length, n.places)
    elif n.kind == "integer":
        one = pa.int64() if 10**n.length - 1 > 2**31 - 1 else pa.int32()
    else:
        one = ARROW[n.kind]
    return pa.list_(pa.field("item", one, nullable=False)) if e.many else one


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_a_parquet_file_carries_the_element_with_its_type_and_words(entity: str, name: str) -> None:
    e, field = of(entity, name), written(entity).field(name)
    assert field.type == arrow(e) or str(field.type) == str(arrow(e))
    assert field.nullable == (not e.required)
    told = {k.decode(): v.decode() for k, v in field.metadata.items() if not k.startswith(b"PARQUET:")}
    wanted = {
        "zh": e.zh,
        "en": e.en,
        "notation": e.notation,
        "sensitivity": e.sensitivity,
        "source": e.source,
        "since": e.since,
    }
    wanted |= {k: v for k in ("unit", "codes", "check", "refers", "mask", "until") if (v := getattr(e, k))}
    assert told == wanted


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_parquet_schema_has_its_version_and_nested_records_as_lists(entity: str) -> None:
    schema, model = written(entity), SPEC.entities[entity]
    assert schema.names == [*(e.id for e in model.elements), *model.parts]
    assert schema.metadata[b"zhijian.version"].decode() == SPEC.version
    assert (schema.metadata[b"zhijian.entity"].decode(), schema.metadata[b"zh"].decode()) == (entity, model.zh)
    for part, nested in model.parts.items():
        struct = schema.field(part).type.value_type
        assert [(f.name, f.type, f.nullable) for f in struct] == [(f.name, f.type, f.nullable) for f in written(nested)]
        assert struct.field("seq").metadata[b"zh"].decode() == SPEC.entities[nested].element("seq").zh


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_example_record_goes_into_parquet_and_comes_back(entity: str) -> None:
    from datetime import date, datetime
    from decimal import Decimal

    def typed(name: str, record: dict[str, Any]) -> dict[str, Any]:
        kinds = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "decimal": lambda v: Decimal(str(v))}
        made = {e.id: kinds.get(e.type.kind, lambda v: v)(record[e.id]) for e in SPEC.entities[name].elements}
        return made | {part: [typed(n, one) for one in record[part]] for part, n in SPEC.entities[name].parts.items()}

    record = typed(entity, example(SPEC, entity))
    schema, out = parquet_schema(SPEC, entity), io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([record], schema=schema), out)
    assert parquet.read_table(out).to_pylist() == [record]


# SQL, on a real server --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(node: Node) -> Iterator[psycopg.Cursor[Any]]:
    """All tables made from the text, in a schema of their own; nothing of it stays."""
    url = node.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as link, link.cursor() as cursor:
        cursor.execute("CREATE SCHEMA derived")
        cursor.execute("SET search_path = derived")
        cursor.execute(as_sql(SPEC))
        yield cursor
        link.rollback()


def rows(cursor: psycopg.Cursor[Any], sql: str, *values: object) -> list[tuple[Any, ...]]:
    return list(cursor.execute(sql, values or None))


def sql_kind(e: Element) -> str:
    n = e.type
    one = {"text": f"character varying({n.length})", "integer": "bigint" if n.length > 9 else "integer",
           "decimal": f"numeric({n.length},{n.places})", "date": "date", "datetime": "timestamp with time zone", "bool": "boolean"}[n.kind]  # fmt: skip
    return f"{one}[]" if e.many else one


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_sql_makes_every_element_a_column_with_its_comment(tables: psycopg.Cursor[Any], entity: str) -> None:
    model = SPEC.entities[entity]
    found = rows(tables, """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(a.attrelid, a.attnum)
        FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 ORDER BY a.attnum""", f"derived.{entity}")  # fmt: skip
    assert [(name, kind, required) for name, kind, required, _ in found] == [(e.id, sql_kind(e), e.required) for e in columns(SPEC, model)]  # fmt: skip
    for (_, _, _, comment), e in zip(found, columns(SPEC, model), strict=True):
        assert comment.startswith(f"{e.zh}；{e.definition_zh.rstrip('。')}")
        assert not e.unit or e.unit in comment
    ((about,),) = rows(tables, "SELECT obj_description(%s::regclass)", f"derived.{entity}")
    assert about == f"{model.zh}：{model.definition_zh}"
    above = parent(SPEC, model)
    keys = rows(tables, """
        SELECT a.attname FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY k.n""", f"derived.{entity}")  # fmt: skip
    assert tuple(name for (name,) in keys) == (*(above.key if above else ()), *model.key)


def test_the_sql_lets_every_reference_be_followed(tables: psycopg.Cursor[Any]) -> None:
    found = set(rows(tables, """
        SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'derived'::regnamespace"""))  # fmt: skip
    wanted = {(n, e.refers) for n, entity in SPEC.entities.items() for e in entity.elements if e.refers}
    wanted |= {(of, name) for name, entity in SPEC.entities.items() for of in entity.parts.values()}
    assert found == wanted


def beyond(e: Element) -> list[Any]:
    """Values that the element does not take, by length, range or code list."""
    n = e.type
    if e.codes:
        bad: list[Any] = ["没有这个"[: n.length]]
    elif n.kind == "text":
        bad = ["文" * (n.length + 1), *(["文" * (n.length - 1)] if n.exact else [] if e.many else [""])]
    elif n.kind in ("integer", "decimal"):
        bad = [(e.minimum or 0) - 1, 10 ** (n.length - n.places)]
    else:
        bad = []
    if e.many:
        # PostgreSQL cannot look into a list with a CHECK; codes and the type's own length it does hold.
        return [[b] for b in bad if e.codes or len(b) > n.length] + ([[]] if e.required else [])
    return bad + ([None] if e.required else [])


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_tables_take_an_example_and_refuse_what_an_element_does_not_take(
    tables: psycopg.Cursor[Any], entity: str
) -> None:
    model = SPEC.entities[entity]
    above = parent(SPEC, model)
    record = (example(SPEC, above.id) if above else {}) | example(SPEC, entity)
    names = [e.id for e in columns(SPEC, model)]
    listed = ", ".join(f'"{n}"' for n in names)
    insert = f"INSERT INTO lone ({listed}) VALUES ({', '.join(['%s'] * len(names))})"
    tables.execute("SAVEPOINT one")
    # The same columns and checks, without what other tables would have to hold first.
    tables.execute(f"CREATE TABLE lone (LIKE derived.{entity} INCLUDING CONSTRAINTS INCLUDING INDEXES)")
    tables.execute(insert, [record[n] for n in names])
    tables.execute("DELETE FROM lone")
    for e in model.elements:
        for value in beyond(e):
            tables.execute("SAVEPOINT two")
            with pytest.raises((psycopg.IntegrityError, psycopg.DataError)):
                tables.execute(insert, [value if n == e.id else record[n] for n in names])
                pytest.fail(f"{entity}.{e.id} took {value!r}")
            tables.execute("ROLLBACK TO two")
    tables.execute("ROLLBACK TO one")


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_sql_of_one_entity_runs_alone(tables: psycopg.Cursor[Any], entity: str) -> None:
    tables.execute("SAVEPOINT one")
    tables.execute("CREATE SCHEMA alone")
    tables.execute("SET search_path = alone")
    tables.execute(form(SPEC, entity, "sql").content.decode())
    made = {name for (name,) in rows(tables, "SELECT tablename FROM pg_tables WHERE schemaname = 'alone'")}
    assert made == {entity, *SPEC.entities[entity].parts.values()}
    tables.execute("ROLLBACK TO one")


# Excel template ---------------------------------------------------------------------------------------


@cache
def book(entity: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template([entity])))


def sheet_of(entity: Entity) -> tuple[Any, dict[str, str]]:
    """The sheet of an entity in the template of its outermost one, and the letter of each column."""
    above = parent(SPEC, entity)
    page = book((above or entity).id)[entity.sheet or entity.zh]
    return page, {c.value.split("\n")[0]: get_column_letter(c.column) for c in page[2] if c.value}


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_a_template_has_a_column_that_asks_for_the_element_and_offers_its_codes(entity: str, name: str) -> None:
    e, model = of(entity, name), SPEC.entities[entity]
    page, letters = sheet_of(model)
    if e.refers == "institution" and model.source == "institution":
        assert name not in letters, "who signs says whose it is"
        return
    head, letter = page[f"{letters[name]}1"], letters[name]
    numbered = parent(SPEC, model) is not None and model.key == (name,)
    assert head.value == (f"{e.zh} *" if e.required and not numbered else e.zh)
    assert f"{e.zh} {e.en}" in head.comment.text
    assert not e.unit or e.codes or e.unit in head.comment.text
    rules = [
        r
        for r in page.data_validations.dataValidation
        if any(str(one).startswith(f"{letter}3:") for one in r.sqref.ranges)
    ]
    if e.codes and not e.many:
        sheet, span = re.fullmatch(r"'(.+)'!(.+)", rules[0].formula1).groups()  # type: ignore[union-attr]
        offered = [str(c.value).split(" ")[0] for (c,) in page.parent[sheet][span.replace("$", "")]]
        assert offered == list(SPEC.codelists[e.codes])
    elif e.type.kind == "text" and not e.many:
        assert (rules[0].type, rules[0].formula1) == ("textLength", str(e.type.length))
        assert (rules[0].operator == "equal") == e.type.exact


def test_codes_with_dates_are_told_wherever_a_list_is_shown() -> None:
    dated = [(name, c) for name, codes in SPEC.codelists.items() for c in codes.values() if c.valid_from or c.valid_to]
    assert dated
    for name, c in dated:
        day = str(c.valid_from or c.valid_to)
        assert day in markdown(SPEC).split(f"## `{name}`")[1].split("## ")[0]
        for entity, element in ELEMENTS:
            if of(entity, element).codes == name:
                page, letters = sheet_of(SPEC.entities[entity])
                assert f"{c.code} {c.valid_from or ''}" in page[f"{letters[element]}1"].comment.text
                told = json_schema(SPEC, entity)["properties"][element]["description"]
                assert f"{c.code} from {c.valid_from or 'ever'}" in told


# Data contract and reference page ---------------------------------------------------------------------


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_the_data_contract_and_the_reference_page_have_the_element(entity: str, name: str) -> None:
    e = of(entity, name)
    (told,) = (p for o in contract()["schema"] if o["name"] == entity for p in o["properties"] if p["name"] == name)
    one = told["items"] if e.many else told
    assert (one["physicalType"], told["required"], told["classification"]) == (e.notation, e.required, e.sensitivity)
    assert told["description"] == f"{e.definition_zh} {e.definition_en}"
    custom = {c["property"]: c["value"] for c in told["customProperties"]}
    assert custom.get("codes") == (list(SPEC.codelists[e.codes]) if e.codes else None)
    row = page_rows(entity)[name]
    assert row[1] == f"{e.zh} {e.en}"
    assert row[2].split(" ")[0] == e.notation
    assert row[3:5] == ["是" if e.required else "", f"`{e.codes}`" if e.codes else ""]


@cache
def contract() -> dict[str, Any]:
    return as_contract(SPEC)


@cache
def page_rows(entity: str) -> dict[str, list[str]]:
    section = markdown(SPEC).split(f"\n## {SPEC.entities[entity].zh} `{entity}`\n", 1)[1].split("\n## ")[0]
    found = (re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| `"))
    return {cells[0].strip(" `"): [c.strip() for c in cells] for cells in found}


# The platform's own tables ----------------------------------------------------------------------------


@pytest.mark.parametrize(("entity", "name"), [(entity, name) for entity, name in ELEMENTS if entity in KEPT])
def test_our_own_tables_differ_only_where_the_list_says_so(entity: str, name: str) -> None:
    e, column = of(entity, name), metadata.tables[entity].columns[name]
    assert column.comment == e.zh
    if e.many:
        assert OF_OUR_TABLES["many"]
        assert (type(column.type), column.nullable) == (ARRAY, False)
        return
    made = column.type.compile(dialect=sa.create_engine("postgresql+psycopg://").dialect).lower()
    assert made.replace("varchar", "character varying").replace(", ", ",") == sql_kind(e)
    assert column.nullable == (not e.required)


def test_keys_references_and_what_is_kept_differ_only_where_the_list_says_so() -> None:
    for name in KEPT:
        entity, table = SPEC.entities[name], metadata.tables[name]
        if f"{name} key" not in OF_OUR_TABLES:
            assert tuple(c.name for c in table.primary_key.columns) == entity.key
        named = {(e.id, e.refers) for e in entity.elements if e.refers}
        followed = {(c.name, f.target_fullname.split(".")[0]) for c in table.columns for f in c.foreign_keys}
        if name == "penalty":
            named.remove(("inspection_no", "inspection"))
        assert followed & named == (named if name not in ("report", "complaint") else followed & named), name
        assert not [c for c in table.constraints if isinstance(c, sa.CheckConstraint)], OF_OUR_TABLES["check"]
    assert {n for n in ENTITIES if n not in KEPT} <= {n for n, e in SPEC.entities.items() if e.since == "0.2.0"}


# Examples ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_an_example_fills_the_element_in_and_passes_its_check(entity: str, name: str) -> None:
    e, value = of(entity, name), example(SPEC, entity)[name]
    assert value not in (None, "", [])
    for one in value if e.many else [value]:
        assert e.check is None or CHECKS[e.check](one) is None, one


@pytest.mark.parametrize("kind", list(FORMS))
def test_every_form_of_every_entity_is_made(kind: str) -> None:
    for entity in ENTITIES:
        made = form(SPEC, entity, kind)
        assert made.name.startswith(f"{entity}.")
        assert made.content
