"""The specification as tables of PostgreSQL: text to run, derived, for whoever keeps its records in a database of his own.

Nested records become a table that repeats the key of the record they belong to.
"""

from collections.abc import Iterator, Sequence

from zhijian.spec.model import Element, Entity, Specification


def as_sql(spec: Specification, entities: Sequence[str] = ()) -> str:
    """CREATE TABLE with checks and Chinese comments, for `entities` (all where none is named) and those nested in them.

    A foreign key is made only to a table that is made here, too. Raises: KeyError.
    """
    wanted = dict.fromkeys(entities or spec.entities)
    wanted |= dict.fromkeys(of for name in tuple(wanted) for of in spec.entities[name].parts.values())
    lines = [
        f"-- 数据规范 {spec.version}，由 zhijian spec export --format sql 生成。 Generated for PostgreSQL 12 or newer."
    ]
    for name in wanted:
        lines += ["", *_table(spec, spec.entities[name])]
    references = [line for name in wanted for line in _references(spec, spec.entities[name], wanted)]
    return "\n".join([*lines, *([""] if references else []), *references]) + "\n"


def parent(spec: Specification, entity: Entity) -> Entity | None:
    """The entity in whose records those of `entity` are nested."""
    return next((e for e in spec.entities.values() if entity.id in e.parts.values()), None)


def columns(spec: Specification, entity: Entity) -> tuple[Element, ...]:
    """Of its table: the key of the record it is nested in, then its own."""
    above = parent(spec, entity)
    return (*(above.element(k) for k in above.key), *entity.elements) if above else entity.elements


def _table(spec: Specification, entity: Entity) -> Iterator[str]:
    above = parent(spec, entity)
    key = (*(above.key if above else ()), *entity.key)
    made = columns(spec, entity)
    body = [_column(e) for e in made]
    body += [
        f"  CONSTRAINT {_name(f'{entity.id}_{e.id}_check')} CHECK ({rule})" for e in made if (rule := _rule(spec, e))
    ]
    body.append(f"  PRIMARY KEY ({', '.join(map(_name, key))})")
    yield f"CREATE TABLE {_name(entity.id)} ("
    yield ",\n".join(body)
    yield ");"
    yield f"COMMENT ON TABLE {_name(entity.id)} IS {_text(f'{entity.zh}：{entity.definition_zh}')};"
    for e in made:
        yield f"COMMENT ON COLUMN {_name(entity.id)}.{_name(e.id)} IS {_text(_comment(e))};"


def _column(e: Element) -> str:
    return f"  {_name(e.id)} {sql_type(e)}{' NOT NULL' if e.required else ''}"


def sql_type(e: Element) -> str:
    """
    >>> from zhijian.spec import specification
    >>> sql_type(specification().entities["report"].element("title"))
    'varchar(200)'
    """
    n = e.type
    one = {
        "text": f"varchar({n.length})", "integer": "bigint" if n.length > 9 else "integer",
        "decimal": f"numeric({n.length},{n.places})", "date": "date", "datetime": "timestamp with time zone", "bool": "boolean",
    }[n.kind]  # fmt: skip
    return f"{one}[]" if e.many else one


def _rule(spec: Specification, e: Element) -> str:
    """Of length, range and code list, as SQL; empty where the type says all."""
    name, rules = _name(e.id), []
    codes = ", ".join(_text(code) for code in spec.codelists[e.codes]) if e.codes else ""
    if e.many:
        rules += [f"cardinality({name}) >= 1"] if e.required else []
        rules += [f"{name} <@ ARRAY[{codes}]::varchar[]"] if codes else []
    elif codes:
        rules.append(f"{name} IN ({codes})")
    elif e.type.kind == "text":
        rules.append(f"char_length({name}) {'=' if e.type.exact else '>='} {e.type.length if e.type.exact else 1}")
    elif e.type.kind in ("integer", "decimal"):
        rules.append(f"{name} >= {e.minimum or 0}")
        # An integer column holds more digits than the element has; numeric has its own limit.
        rules += [f"{name} < {10**e.type.length}"] if e.type.kind == "integer" else []
    return " AND ".join(rules)


def _comment(e: Element) -> str:
    parts = [
        e.zh,
        e.definition_zh.rstrip("。"),
        f"单位：{e.unit}" if e.unit else "",
        f"代码表：{e.codes}" if e.codes else "",
    ]
    return "；".join(p for p in parts if p)


def _references(spec: Specification, entity: Entity, made: dict[str, None]) -> Iterator[str]:
    above = parent(spec, entity)
    if above and above.id in made:
        key = ", ".join(map(_name, above.key))
        yield f"ALTER TABLE {_name(entity.id)} ADD FOREIGN KEY ({key}) REFERENCES {_name(above.id)} ({key}) ON DELETE CASCADE;"
    for e in entity.elements:
        if e.refers in made and e.refers and len(key_of := spec.entities[e.refers].key) == 1 and not e.many:
            yield (
                f"ALTER TABLE {_name(entity.id)} ADD FOREIGN KEY ({_name(e.id)}) "
                f"REFERENCES {_name(e.refers)} ({_name(key_of[0])});"
            )


def _name(identifier: str) -> str:
    """Quoted: elements are called `limit` and `by`, too."""
    return f'"{identifier}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
