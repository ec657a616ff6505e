"""The shipped mapping of the food notices, on the real files: every row is accounted for, and the shares are those of the page.

Nothing of the files is kept here but counts.
"""

from datetime import date
from pathlib import Path

import duckdb
import pytest

import zhijian
from zhijian.exchange.mapping import Mapped, applied
from zhijian.exchange.mapping.checking import checked
from zhijian.exchange.mapping.gathering import Gathered, gathered
from zhijian.exchange.mapping.shipping import mapping_of
from zhijian.exchange.source import opened
from zhijian.spec import specification
from zhijian.spec.measure import NotReadable, read_limit, read_result

REAL = Path(zhijian.__file__).parents[2].parent / "shared" / "data"
DOCS = Path(zhijian.__file__).parents[2] / "docs" / "reference" / "foodmate.md"
pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real notices are not beside this checkout (../shared/data)"
)
REPORTS, ITEMS = "通报 → report", "通报 → report_item"


class Notices:
    def __init__(self) -> None:
        self.con, spec = duckdb.connect(), specification()
        self.mapping = mapping_of("foodmate", spec)
        tables = opened(self.con, sorted(REAL.glob("food_sampling_*.csv")), REAL)
        self.found: Gathered = gathered(self.mapping, tables)
        self.mapped: Mapped = applied(self.con, self.mapping, self.found.tables, spec)

    def one(self, query: str) -> int:
        (count,) = self.con.execute(query).fetchone() or (0,)
        return int(count)


@pytest.fixture(scope="module")
def notices() -> Notices:
    return Notices()


def test_every_row_is_a_record_or_is_left_out_and_listed(notices: Notices) -> None:
    rows = notices.one(f"SELECT count(*) FROM {notices.found.tables['通报'].relation}")
    for part, label in enumerate((REPORTS, ITEMS)):
        assert notices.mapped.records[label] + notices.mapped.left_out[label] == rows
        assert notices.one(f"SELECT count(*) FROM left_out WHERE part = {part}") == notices.mapped.left_out[label]
    assert (rows, notices.mapped.records[REPORTS], notices.mapped.records[ITEMS]) == (4896, 4729, 157)


def test_of_the_items_with_a_result_six_in_seven_are_read_and_the_others_are_kept_as_text(notices: Notices) -> None:
    published = notices.one("SELECT count(result) FROM out_report_item")
    as_text = notices.one("SELECT count(*) FROM loss WHERE element = 'result' AND kind = 'as-text'")
    assert notices.one("SELECT count(*) FROM loss WHERE kind = 'lost'") == 0
    assert (published, published - as_text) == (98, 84)


def test_what_is_read_reads_the_same_again(notices: Notices) -> None:
    """The test of the values themselves: they are canonical, each with its unit and limit."""
    rows = notices.con.execute(
        'SELECT i.result, i.unit, i."limit" FROM out_report_item i WHERE result IS NOT NULL AND NOT EXISTS '
        "(SELECT 1 FROM loss l WHERE l.row = i._row AND l.kind = 'as-text')"
    ).fetchall()
    for result, unit, limit in rows:
        again = read_result(result, unit)
        assert not isinstance(again, NotReadable)
        assert again.text == result
        assert limit is None or not isinstance(read_limit(limit), NotReadable)
    whole = sum(limit is not None for _, _, limit in rows)
    assert whole == 79


def test_each_loss_names_its_file_and_row_and_why(notices: Notices) -> None:
    losses = notices.con.execute("SELECT row, value, zh, en FROM loss").fetchall()
    assert len(losses) == notices.mapped.losses == 64
    for row, value, zh, en in losses:
        file, line = notices.found.place("通报", row)
        assert file.startswith("food_sampling_")
        assert line >= 2
        assert value
        assert zh
        assert en


def test_no_laboratory_is_invented_and_what_is_absent_is_listed(notices: Notices) -> None:
    made = checked(notices.con, notices.mapping, notices.found, specification(), date(2026, 11, 1))
    absent = {(a.entity, a.element) for a in made.absent}
    assert absent >= {
        ("report", "uscc"),
        ("report", "signatory"),
        ("report", "file_digest"),
        ("report_item", "standard"),
    }
    assert {(i.element, i.value) for i in made.invented} == {("kind", "监督抽检"), ("form", "检验"), ("seq", "1")}
    assert not [u for u in made.unused if u.filled]
    assert not made.untranslated
    assert [(m.element, m.count) for m in made.misfits if m.check == "required-blank"] == [("result", 59)]


def test_the_page_says_what_was_seen() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for figure in ("4,896", "4,729", "167", "157", "98", "84", "79", "59", "29"):
        assert figure in page
