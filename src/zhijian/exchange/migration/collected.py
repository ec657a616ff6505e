"""What a province's records look like at rest: one table an entity, derived from the specification, and one digest a record that
DuckDB and PostgreSQL compute alike, so that both sides of a migration can be added up and compared.

Schema `collected`; every table is partitioned by `_province` and carries where each record came from.
"""

from zhijian.exchange.bound import key_of_parent
from zhijian.spec import Element, Entity, Specification
from zhijian.spec.catalogue import sql_type

SCHEMA = "collected"
ORIGIN = ("_province", "_mapping", "_part", "_table", "_source_row", "_n", "_run", "_digest")
_FIELD, _ABSENT = "chr(31)", "chr(30)"


def elements_of(spec: Specification, entity_id: str) -> tuple[Element, ...]:
    """Columns of the table: of a part, the key of its parent first."""
    entity = spec.entities[entity_id]
    return (*key_of_parent(spec, entity), *entity.elements)


def key_of(spec: Specification, entity_id: str) -> tuple[str, ...]:
    entity = spec.entities[entity_id]
    return (*(e.id for e in key_of_parent(spec, entity)), *entity.key)


def parent_of(spec: Specification, entity: Entity) -> Entity | None:
    return next((p for p in spec.entities.values() if entity.id in p.parts.values()), None)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def table(entity_id: str) -> str:
    return f"{SCHEMA}.{quoted(entity_id)}"


def partition(entity_id: str, province: str) -> str:
    return f"{SCHEMA}.{quoted(f'{entity_id}_{province}')}"


def ddl(spec: Specification) -> list[str]:
    """CREATE TABLE of every entity."""
    return [_table_ddl(spec, entity_id) for entity_id in spec.entities]


def _table_ddl(spec: Specification, entity_id: str) -> str:
    columns = [f"{quoted(e.id)} {sql_type(e)}" for e in elements_of(spec, entity_id)]
    key = ", ".join(quoted(k) for k in ("_province", *key_of(spec, entity_id)))
    return (
        f"CREATE TABLE {table(entity_id)} (_province varchar(2) NOT NULL, _mapping varchar(60) NOT NULL, _part integer NOT NULL, _table varchar(200) NOT NULL, "
        f"_source_row bigint NOT NULL, _n integer NOT NULL, _run integer NOT NULL, _digest bigint NOT NULL, {', '.join(columns)}, "
        f"PRIMARY KEY ({key})) PARTITION BY LIST (_province)"
    )


def partition_ddl(entity_id: str, province: str) -> str:
    return (
        f"CREATE TABLE IF NOT EXISTS {partition(entity_id, province)} PARTITION OF {table(entity_id)} "
        f"FOR VALUES IN ('{province}')"
    )


def typed(e: Element) -> str:
    """DuckDB: the element's text as its type; NULL where it cannot be."""
    name = quoted(e.id)
    if e.many:
        return f"CASE WHEN {name} IS NOT NULL THEN {pieces(e)} END"
    kinds = {"date": "DATE", "bool": "BOOLEAN", "datetime": "TIMESTAMP"}
    if e.type.kind == "decimal":
        return f"TRY_CAST({name} AS DECIMAL({e.type.length}, {e.type.places}))"
    if e.type.kind == "integer":  # 3.0 is one, and no cast of DuckDB's takes it for one
        return f"TRY_CAST(TRY_CAST({name} AS DECIMAL(38, 6)) AS BIGINT)"
    return name if e.type.kind == "text" else f"TRY_CAST({name} AS {kinds[e.type.kind]})"


def pieces(e: Element) -> str:
    """DuckDB: what stands in one text of an element that has several values."""
    return f"list_filter(list_transform(string_split_regex({quoted(e.id)}, '[;；\\n]'), x -> trim(x)), x -> x <> '')"


def copied(e: Element) -> str:
    """DuckDB: the typed value as COPY of PostgreSQL reads it. A time without a zone is China's."""
    name = quoted(e.id)
    if e.many:
        each = f"list_transform({name}, x -> '\"' || replace(replace(x, '\\', '\\\\'), '\"', '\\\"') || '\"')"
        return f"'{{' || array_to_string({each}, ',') || '}}'"
    return f"strftime({name}, '%Y-%m-%d %H:%M:%S+08')" if e.type.kind == "datetime" else name


def _canonical(e: Element, *, postgres: bool) -> str:
    name = quoted(e.id)
    if e.many:
        return f"array_to_string({name}, ';')"
    if e.type.kind == "datetime":
        if postgres:
            return f"to_char({name} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')"
        return f"strftime({name}, '%Y-%m-%d %H:%M:%S')"
    return f"CAST({name} AS {'text' if postgres else 'VARCHAR'})"


def digest(spec: Specification, entity_id: str, *, postgres: bool) -> str:
    """SQL of a record's digest, a bigint of 60 bits: not a secret, but no two records share it by chance."""
    texts = ", ".join(f"coalesce({_canonical(e, postgres=postgres)}, {_ABSENT})" for e in elements_of(spec, entity_id))
    md5 = f"md5(concat_ws({_FIELD}, {texts}))"
    if postgres:
        return f"('x' || lpad(substr({md5}, 1, 15), 16, '0'))::bit(64)::bigint"
    return f"CAST('0x' || substr({md5}, 1, 15) AS BIGINT)"
