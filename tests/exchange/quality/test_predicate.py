"""What a rule may say is a list: nothing else reaches the engine."""

from datetime import date

import pytest

from zhijian.exchange.quality import predicate
from zhijian.exchange.quality.predicate import Absent, NotAllowed, RuleWrong, cells, rows

ON = date(2026, 11, 1)
COLUMNS = {"title", "issued_on", "limit", "kind"}


@pytest.mark.parametrize(
    "sql",
    [
        "read_text('/etc/passwd') = ''",
        "title IN (SELECT name FROM read_csv('/etc/passwd'))",
        "getenv('HOME') = ''",
        "title = (SELECT 1)",
        "EXISTS (SELECT 1 FROM duckdb_settings())",
        "current_setting('memory_limit') = ''",
        "title = ''; DROP TABLE finding",
        "COPY finding TO '/tmp/x'",
        "ATTACH '/tmp/x'",
        "PRAGMA version",
        "SET memory_limit = '1TB'",
        "title LIKE getvariable('x')",
        "list_transform([1], x -> read_blob('/etc/passwd')) IS NULL",
        "text(read_text('x')) = ''",
    ],
)
def test_a_rule_reaches_no_file_no_setting_and_no_other_statement(sql: str) -> None:
    with pytest.raises(RuleWrong):
        cells(sql, COLUMNS, ON)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM report, glob('*')",
        "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
        "INSERT INTO report SELECT 1",
        "SELECT * FROM report; SELECT 1",
        "CREATE TABLE x AS SELECT 1",
    ],
)
def test_a_query_sees_the_entities_and_nothing_else(sql: str) -> None:
    with pytest.raises(RuleWrong):
        rows(sql, {"report": COLUMNS}, COLUMNS, ON)


def test_a_column_that_is_not_there_is_absent_and_not_wrong() -> None:
    with pytest.raises(Absent, match="conclusion"):
        cells("text(conclusion) <> ''", COLUMNS, ON)
    with pytest.raises(Absent, match="certificate"):
        rows("SELECT _row, 1 AS value FROM certificate", {"report": COLUMNS}, COLUMNS, ON)
    with pytest.raises(Absent, match=r"report\.conclusion"):
        rows("SELECT r._row, r.conclusion AS value FROM report r", {"report": COLUMNS}, {"conclusion"}, ON)


def test_a_cast_that_may_fail_stays_one() -> None:
    """Some dialects of the parser turn TRY_CAST into CAST without a word: then one bad cell would stop the run."""
    assert "TRY_CAST" in cells("TRY_CAST(title AS DOUBLE) > 1", COLUMNS, ON)


def test_today_is_the_day_of_the_check() -> None:
    assert "2026-11-01" in cells("issued_on <= today()", COLUMNS, ON)


def test_what_a_query_needs_is_carried_and_no_more() -> None:
    query = rows(
        "SELECT r._row, text(r.title) AS value FROM report r WHERE r.issued_on > today()",
        {"report": COLUMNS},
        COLUMNS,
        ON,
    )
    assert query.needs == {"report": {"_row", "title__t", "issued_on"}}


def test_names_that_are_words_of_sql_are_quoted() -> None:
    assert '"limit__t"' in cells("text(\"limit\") <> ''", COLUMNS, ON)


def test_a_long_list_is_no_join() -> None:
    codes = ", ".join(f"'{n}'" for n in range(30))
    assert "contains" in cells(f"text(kind) IN ({codes})", COLUMNS, ON).lower()


def test_everything_that_is_named_as_allowed_is_spelt_as_the_parser_spells_it() -> None:
    """A name of no class would be allowed in vain."""
    from sqlglot import exp

    def below(one: type) -> set[str]:
        return {one.__name__.lower()}.union(*(below(c) for c in one.__subclasses__()))

    classes = below(exp.Expr)
    assert not predicate._ALLOWED["functions"] - classes
    assert not predicate._ALLOWED["forms"] - classes
    assert NotAllowed.__mro__[1] is RuleWrong


@pytest.mark.parametrize(
    "sql",
    [
        # A WITH of a file's name in one place does not make the file a table in another.
        """SELECT 1 AS _row, (SELECT string_agg(q.a, '') FROM "/etc/passwd" q) AS value FROM report
           WHERE EXISTS (WITH "/etc/passwd" AS (SELECT 1 AS a) SELECT a FROM "/etc/passwd")""",
        "SELECT 1 AS _row, (SELECT count(*) FROM q) AS value FROM report WHERE EXISTS (WITH q AS (SELECT 1 AS a) SELECT a FROM q)",
        "WITH finding AS (SELECT 1 AS a) SELECT a AS _row, '' AS value FROM finding",
        "WITH a AS (SELECT * FROM m0), m0 AS (SELECT 1 AS _row) SELECT _row, '' AS value FROM a",
    ],
)
def test_a_with_opens_no_way_to_files_or_to_tables_of_ours(sql: str) -> None:
    with pytest.raises(RuleWrong):
        rows(sql, {"report": COLUMNS}, COLUMNS, ON)
