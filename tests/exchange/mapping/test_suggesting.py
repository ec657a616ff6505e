"""A mapping is proposed: what is sure is nearly always right, what is not sure is said to be open, and the file can be used."""

from pathlib import Path

import duckdb
import pytest
from tests.exchange.mapping.known import NOTICES, PLATFORM, Truth
from tests.exchange.mapping.test_foodmate import REAL
from tests.exchange.tables import written
from tests.provincial import build

from zhijian.exchange.mapping import applied, gathering, read_mapping
from zhijian.exchange.mapping.proposal import SURE, Proposal
from zhijian.exchange.mapping.suggesting import as_yaml, proposed
from zhijian.exchange.source import SourceTable, opened, opened_database
from zhijian.spec import specification

SPEC = specification()


class Proposed:
    def __init__(self, con: duckdb.DuckDBPyConnection, tables: list[SourceTable]) -> None:
        self.con, self.tables = con, tables
        self.proposal: Proposal = proposed(con, tables, SPEC)
        self.text = as_yaml(self.proposal, SPEC, "proposed", tables[0])

    def against(self, truth: Truth) -> tuple[float, float, list[str]]:
        """(precision, recall, what is wrong); a proposal for a table that holds no records counts as wrong."""
        sure = [(p.table, p.entity, g.element, g.column) for p in self.proposal.parts for g in p.sure]
        wrong = [f"{t} {e}.{x} <- {c}" for t, e, x, c in sure if truth.get((t, e), {}).get(x) != c]
        known = sum(map(len, truth.values()))
        return 1 - len(wrong) / len(sure), (len(sure) - len(wrong)) / known, wrong


def of_files(folder: Path, **tables: list[dict[str, str]]) -> Proposed:
    con = duckdb.connect()
    return Proposed(con, list(opened(con, [written(folder, n, rows) for n, rows in tables.items()], folder)))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Proposed:
    folder = tmp_path_factory.mktemp("platform")
    url = f"sqlite:///{folder}/platform.db"
    build(url, seed=11, scale=1)
    con = duckdb.connect()
    return Proposed(con, list(opened_database(con, url, folder)))


def test_on_the_invented_platform_nearly_all_that_is_sure_is_right_and_most_is_found(platform: Proposed) -> None:
    precision, recall, wrong = platform.against(PLATFORM)
    assert precision >= 0.95, wrong
    assert recall >= 0.85


@pytest.mark.skipif(not REAL.is_dir(), reason="the real notices are not beside this checkout (../shared/data)")
def test_on_the_food_notices_all_that_is_sure_is_right(tmp_path: Path) -> None:
    con = duckdb.connect()
    made = Proposed(con, list(opened(con, sorted(REAL.glob("food_sampling_*.csv")), tmp_path)))
    precision, recall, wrong = made.against(NOTICES)
    assert precision >= 0.95, wrong
    assert recall >= 0.6


def test_the_proposal_is_a_mapping_that_can_be_carried_out(platform: Proposed) -> None:
    mapping = read_mapping(platform.text, SPEC)
    found = gathering.gathered(mapping, platform.tables)
    mapped = applied(platform.con, mapping, found.tables, SPEC)
    assert mapped.records["jg_jbxx → institution"] > 0
    assert mapped.records["bg_kuanbiao → report_item"] > 0
    (linked,) = platform.con.execute("SELECT count(uscc) / count(*) FROM out_report_item").fetchone() or (0,)
    assert linked > 0.9
    assert all(f.confidence is not None and f.confidence >= SURE for r in mapping.records for f in r.fields)


def test_no_column_goes_to_two_elements_and_no_element_has_two_columns(platform: Proposed) -> None:
    for part in platform.proposal.parts:
        columns = [g.column for g in part.sure if "." not in g.column]
        elements = [g.element for g in part.guesses]
        assert len(columns) == len(set(columns)), part.table
        assert len(elements) == len(set(elements)), part.table


def test_every_proposal_says_what_it_rests_on(platform: Proposed) -> None:
    assert all(g.evidence for part in platform.proposal.parts for g in part.guesses)


def test_codes_are_translated_by_the_sources_own_dictionary(platform: Proposed) -> None:
    report = next(p for p in platform.proposal.parts if p.entity == "report")
    verdict = next(g for g in report.guesses if g.element == "verdict")
    assert {k: verdict.codes[k] for k in ("1", "0")} == {"1": "合格", "0": "不合格"}


def test_of_two_columns_that_fit_alike_neither_is_chosen(tmp_path: Path) -> None:
    rows = [{"场所编号": f"S{n}", "场所名称": f"场{n}", "行政区划": "330108", "场所地址": f"路{n}号", "地点名称": "", "单位地址": "x",
             "启用日期": f"2020-01-0{n}", "启用时间": f"2021-01-0{n}"} for n in range(1, 6)]  # fmt: skip
    made = of_files(tmp_path, 场所=[{**r, "启用日期": r["启用时间"]} for r in rows])
    site = next(p for p in made.proposal.parts if p.entity == "site")
    assert {g.element for g in site.sure} >= {"site_no", "name"}
    twice = of_files(tmp_path, 场所=[{**r, "used_from": r["启用日期"], "Used from": r["启用日期"]} for r in rows])
    site = next(p for p in twice.proposal.parts if p.entity == "site")
    used = next(g for g in site.guesses if g.element == "used_from")
    assert not used.sure
    assert "同样合适" in used.evidence[-1]


def test_values_that_contradict_the_name_keep_a_column_open(tmp_path: Path) -> None:
    rows = [{"证书编号": n, "发证机关": "某局", "发证日期": "不详", "有效期至": "2026-01-01", "统一社会信用代码": "91330100MA0000001X"}
            for n in ("161705070076", "161705070077", "161705070078", "161705070079")]  # fmt: skip
    made = of_files(tmp_path, 证书=rows)
    (part,) = made.proposal.parts
    assert part.entity == "certificate"
    assert "issued_on" not in {g.element for g in part.sure}
    assert "# issued_on: 发证日期" in made.text


def test_a_table_of_something_else_is_not_recognised(tmp_path: Path) -> None:
    made = of_files(tmp_path, 日志=[{"用户": "a", "操作": "登录", "时间": "2026-01-01"}])
    assert not made.proposal.parts
    assert not read_mapping(made.text, SPEC).records
    assert "认不出" in made.text
