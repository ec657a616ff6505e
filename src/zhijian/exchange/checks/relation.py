"""What rules over more than one row share."""

from collections.abc import Iterable, Iterator

from zhijian.exchange.bound import Bound, BoundColumn, plain
from zhijian.exchange.checks.forms import table
from zhijian.exchange.checks.model import Rows
from zhijian.exchange.model import Text

ALWAYS = "DATE '9999-12-31'"
"""End of a span that lasts."""
EVENTS = {
    "report": "issued_on",
    "report_item": "tested_on",
    "sample": "received_at",
    "calibration": "calibrated_on",
}
"""What flows, and the day that places a record in time."""


def lasting(alias: str, first: str, last: str, on: str) -> str:
    """The span first … last of `alias`, both days included, covers `on`.

    A span without an end ends 300 years after its beginning, not on a fixed day: where the column is missing altogether
    a constant would compare with `on` alone, and DuckDB would leave its hash join for a loop over all pairs.
    """
    end = f"coalesce(maybe({alias}.{last}), CAST({alias}.{first} + INTERVAL 300 YEAR AS DATE))"
    return f"{alias}.{first} <= {on} AND {end} >= {on}"


def overlap(a: str, b: str, first: str, last: str) -> str:
    return f"{a}.{first} <= coalesce({b}.{last}, {ALWAYS}) AND {b}.{first} <= coalesce({a}.{last}, {ALWAYS})"


def headed(bound: Bound, words: Iterable[str]) -> Iterator[BoundColumn]:
    """Columns that are no element and whose header is one of `words`."""
    wanted = {plain(w) for w in words}
    return (c for c in bound.columns if c.element is None and plain(c.column.name) in wanted)


def silent(bound: Bound, on: tuple[str, ...], why: Text) -> Rows:
    """A rule that does not apply, and says why."""
    nothing = Text("", "")
    entity = bound.entity.id if bound.entity else ""
    return Rows(
        entity,
        on,
        f"SELECT _row, '' AS value FROM {table(bound)} WHERE FALSE",
        "SELECT 0",
        nothing,
        nothing,
        without=why,
    )


def event(bound: Bound) -> str | None:
    """The column that places a row of this table in time, as a DATE, where there is one."""
    column = EVENTS.get(bound.entity.id) if bound.entity else None
    return column if column and bound.column(column) else None


def percent(share: str) -> str:
    """SQL: a share as people read it."""
    return f"CAST(CAST(round(100 * ({share})) AS INTEGER) AS VARCHAR) || ' %'"


def plain_name(column: str) -> str:
    """SQL: a name without what people write differently, width, blanks, brackets."""
    return f"regexp_replace(lower(translate({column}, {_WIDE})), '[\\s()·.,\"]+', '', 'g')"


def plain_text(column: str) -> str:
    """SQL: without width, case and blanks, as `registry` compares parameters."""
    return f"regexp_replace(lower(translate({column}, {_WIDE})), '\\s+', '', 'g')"


def plain_standard(column: str) -> str:
    """SQL: a standard's code as `registry` compares them: upper case, one kind of hyphen, no blanks.

    Width is that of ASCII only: DuckDB has no NFKC, and codes hold nothing else.
    """
    hyphens = "'‐‑‒–—―−', '-------'"
    return f"regexp_replace(upper(translate(translate({column}, {_WIDE}), {hyphens})), '\\s+', '', 'g')"


def _wide() -> str:
    wide = "".join(chr(c + 0xFEE0) for c in range(0x21, 0x7F) if c != 0x27) + "\u3000"
    narrow = "".join(chr(c) for c in range(0x21, 0x7F) if c != 0x27) + " "
    return f"'{wide}', '{narrow}'"


_WIDE = _wide()
