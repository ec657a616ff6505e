"""How a column's text becomes a value, as SQL. One place: rules, profile and rejected rows read alike."""

from collections.abc import Collection, Iterable

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.source import text_sql

PLACEHOLDERS = ("/", "／", "-", "－", "—", "——", "--", "无", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan", "\\N")
"""Written where there is nothing; "/" is the field's own word for not applicable (DB5101/T 1-2018)."""
TRUE = ("true", "True", "TRUE", "1", "是", "有", "Y", "y")
FALSE = ("false", "False", "FALSE", "0", "否", "没有", "N", "n")
"""What may be handed in; a mapping reads more (`spec.measure.TRUTH`), and writes these."""
_LONGEST = max(len(p.encode()) for p in PLACEHOLDERS)
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(12288) || chr(160)"
_DAYS = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y%m%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
)
_TIMES = (
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y%m%d%H%M%S",
)
_NUMBER = "[+-]?[0-9]+([.][0-9]+)?"


def name(text: str) -> str:
    """An identifier as SQL."""
    return '"' + text.replace('"', '""') + '"'


def _list(values: tuple[str, ...]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in values)


def raw(column: BoundColumn) -> str:
    return text_sql(column.column)


def text(column: BoundColumn) -> str:
    """Over `x__r`: without blanks around; NULL for blank and for a placeholder."""
    given = f"{column.id}__r"
    if column.column.type not in ("VARCHAR", "VARCHAR[]"):
        return given
    return bare(given, column.codes)


def bared(column: BoundColumn, few: bool = False) -> str:
    """Over `x__r`: without blanks around. To trim costs as much as all else, so that it is done only where some blank is; not
    where there are few words, whose function is computed once a word and a condition would not be."""
    given, e = f"{column.id}__r", column.element
    if not _written(column):
        return given
    trimmed = f"trim({given}, {_BLANKS})"
    if few:
        return trimmed
    some = " OR ".join(f"contains({given}, {blank})" for blank in _BLANKS.split(" || "))
    if e and e.type.exact and not e.many and not e.codes and (e.type.length or 0) > _LONGEST:
        # Not of the length laid down, or nothing around it.
        some = f"strlen({given}) <> {e.type.length} AND ({some})"
    return f"CASE WHEN {some} THEN {trimmed} ELSE {given} END"


def text_of_bared(column: BoundColumn, few: bool = False) -> str:
    """Over `x__b`: the same as `text`."""
    bared = f"{column.id}__b"
    if not _written(column):
        return bared
    if few:
        return f"CASE WHEN {_nothing(column)} THEN NULL ELSE {bared} END"
    return without_placeholder(bared, column.codes)


def filled(column: BoundColumn, few: bool = False) -> str:
    """Over `x__b` and `x__t`: more than a placeholder stands there."""
    return f"NOT {_nothing(column)}" if few and _written(column) else f"{column.id}__t IS NOT NULL"


def _nothing(column: BoundColumn) -> str:
    """Over `x__b`, never NULL, a function of it alone and so computed once a word."""
    nothing = ["", *(p for p in PLACEHOLDERS if p not in column.codes)]
    listed = " || chr(31) || ".join("'" + p.replace("'", "''") + "'" for p in nothing)
    return f"contains(chr(31) || {listed} || chr(31), concat(chr(31), {column.id}__b, chr(31)))"


def written(column: BoundColumn) -> str:
    """Over `x__b` and `x__n`: something stands there, be it a placeholder."""
    return f"coalesce({column.id}__b <> '', FALSE)" if _written(column) else f"{column.id}__n IS NOT NULL"


def _written(column: BoundColumn) -> bool:
    return column.column.type in ("VARCHAR", "VARCHAR[]")


def bare(given: str, keep: Collection[str] = ()) -> str:
    """SQL of a text without blanks around; NULL for blank and for a placeholder but those in `keep`."""
    return without_placeholder(f"trim({given}, {_BLANKS})", keep)


def without_placeholder(trimmed: str, keep: Collection[str] = ()) -> str:
    nothing = tuple(p for p in PLACEHOLDERS if p not in keep)
    longest = max(len(p.encode()) for p in nothing)
    return (
        f"CASE WHEN strlen({trimmed}) > {longest} THEN {trimmed} WHEN {trimmed} = '' OR {one_of(trimmed, nothing)} THEN NULL "
        f"ELSE {trimmed} END"
    )


def one_of(expression: str, values: Iterable[str]) -> str:
    """SQL of "is one of". DuckDB makes a hash join of every longer IN, and of dozens in one scan a plan ten times as dear.

    >>> one_of("x", ["a", "b"])
    "contains(chr(31) || 'a' || chr(31) || 'b' || chr(31), chr(31) || x || chr(31))"
    """
    listed = " || chr(31) || ".join("'" + v.replace("'", "''") + "'" for v in values)
    return f"contains(chr(31) || {listed} || chr(31), chr(31) || {expression} || chr(31))"


def value(column: BoundColumn) -> str:
    """Over `x__t`, or over `x__n`, the column itself, where the source has the type; another type is read as its text."""
    source, given, kind = f"{column.id}__n", f"{column.id}__t", column.column.type
    wanted = column.element.type.kind if column.element and not column.element.many else "text"
    if wanted == "date":
        return f"CAST({source} AS DATE)" if kind == "DATE" or kind.startswith("TIMESTAMP") else (
            f"CASE WHEN {_figure_first(given)} THEN coalesce(TRY_CAST({given} AS DATE), "
            f"CAST(try_strptime({given}, [{_list(_DAYS)}]) AS DATE)) END")  # fmt: skip
    if wanted == "datetime":
        return f"CAST({source} AS TIMESTAMP)" if kind == "DATE" or kind.startswith("TIMESTAMP") else (
            f"CASE WHEN {_figure_first(given)} THEN coalesce(TRY_CAST({given} AS TIMESTAMP), "
            f"try_strptime({given}, [{_list(_TIMES)}])) END")  # fmt: skip
    if wanted in ("integer", "decimal"):
        return f"CAST({source} AS DOUBLE)" if kind.split("(")[0] in _NUMBERS else (
            f"CASE WHEN regexp_full_match({given}, '{_NUMBER}') THEN TRY_CAST({given} AS DOUBLE) END")  # fmt: skip
    if wanted == "bool":
        return source if kind == "BOOLEAN" else (
            f"CASE WHEN {one_of(given, TRUE)} THEN TRUE WHEN {one_of(given, FALSE)} THEN FALSE END")  # fmt: skip
    return given


_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
                      "FLOAT", "DOUBLE", "DECIMAL"})  # fmt: skip


def _figure_first(given: str) -> str:
    """A cast takes `infinity`, `epoch` and years before Christ for days."""
    return f"{given} >= '0' AND {given} < ':'"


def parts(column: BoundColumn) -> str:
    """Over `x__t`: what stands in one cell, one by one."""
    return f"list_filter(list_transform(string_split_regex({column.id}__t, '[;；\\n]'), x -> trim(x)), x -> x <> '')"


def suspicious(bound: Bound, among: Collection[str]) -> str:
    """Over `x__r` of the columns `among`: may some text of this row hold what nobody should have written? One look for all of them:
    the checks of single columns look closer only where this is true.

    Where a length is laid down, another length in bytes is what makes it so: nothing odd fits into it and leaves it right.
    """
    texts = [c for c in bound.columns if _written(c) and c.id in among]
    exact = [c for c in texts if c.element and c.element.type.exact and not c.element.many and not c.element.codes]
    free = [f"{c.id}__r" for c in texts if c not in exact]
    odd = (
        r"[\x00-\x1e\x7f-\xa0\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{20ac}\x{3000}\x{e000}-\x{f8ff}\x{feff}"
        r"\x{ff10}-\x{ff19}\x{ff21}-\x{ff3a}\x{ff41}-\x{ff5a}\x{fff0}-\x{ffff}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{ff}\\]"
        r"|<[/!A-Za-z]|&[#A-Za-z]|锟|[0-9]{17}[0-9Xx]|^[ ]|[ ]\x1f|\x1f[ ]|[ ]$"
    )
    signs = [f"coalesce(strlen({c.id}__r) <> {c.element.type.length}, FALSE)" for c in exact if c.element]
    signs += [f"regexp_matches(concat_ws(chr(31), {', '.join(free)}), '{odd}')"] if free else []
    return " OR ".join(signs) or "FALSE"
