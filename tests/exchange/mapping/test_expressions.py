"""What a mapping's SQL may say: the row's own columns, and nothing that lies beside them."""

from pathlib import Path

import pytest
from tests.exchange.mapping.mapped import Outcome

from zhijian.exchange.mapping import MappingWrong

HEAD = """
mapping: demo
specification: 0.2.0
tables: {人员: {files: "*.csv"}, 仪器: {files: "*.csv"}}
"""
TABLES = {"人员": [{"编号": "P1", "姓名": "王一"}], "仪器": [{"号": "P1", "数": "1"}]}
PLACES = {
    "sql": 'records: [{entity: report_item, from: 仪器, fields: {result: {sql: "SQL"}}}]',
    "where": 'records: [{entity: report_item, from: 仪器, where: "(SQL) IS NULL", fields: {result: 数}}]',
    "find": 'records: [{entity: report_item, from: 仪器, fields: {tester: {sql: "SQL", find: {in: 人员, by: 姓名, take: 编号}}}}]',
    "join": 'records: [{entity: report_item, from: 仪器, join: [{table: 人员, on: {号: 编号}, where: "(SQL) IS NULL"}], fields: {result: 数}}]',
    "derived": 'derived: {在职: {from: 人员, add: {x: "SQL"}}}\nrecords: [{entity: report_item, from: 仪器, fields: {result: 数}}]',
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_mapping_reads_no_file_of_the_machine(place: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nopen sesame\n")
    for query in (f"(SELECT word FROM '{secret}' LIMIT 1)", f"(FROM '{secret}')", "(VALUES (1))",
                  f"CASE WHEN EXISTS (SELECT 1 FROM '{secret}') THEN 1 END"):  # fmt: skip
        with pytest.raises(MappingWrong, match="join"):
            Outcome(HEAD + PLACES[place].replace("SQL", query), TABLES)


@pytest.mark.parametrize("today", ["current_date", "today()", "date_part('year', current_date)"])
def test_a_value_does_not_change_with_the_day_on_which_it_is_carried(today: str) -> None:
    with pytest.raises(MappingWrong, match="current_date"):
        Outcome(HEAD + PLACES["sql"].replace("SQL", f"CAST({today} AS VARCHAR)"), TABLES)


def test_an_expression_over_the_rows_columns_is_still_read() -> None:
    made = Outcome(HEAD + PLACES["sql"].replace("SQL", "CASE WHEN 号 IN ('P1', 'P2') THEN (数) END"), TABLES)
    assert [r["result"] for r in made.records("report_item")] == ["1"]
