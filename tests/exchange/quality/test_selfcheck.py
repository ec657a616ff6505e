"""The self-check as a whole: a result that can be kept and made again, and a folder that is gone afterwards."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from tests.exchange.quality.planted import CHECKS, ON, SITES, STAFF, judged, put

from zhijian.exchange.model import Severity, State
from zhijian.exchange.quality import CheckRefused, SelfCheck, graded
from zhijian.exchange.quality import result as kept
from zhijian.exchange.quality.result import as_json, from_json

GOLDEN = Path(__file__).with_name("golden.json")


def test_the_planted_faults_are_found_where_they_are(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES, staff=STAFF)) as (_, result):
        found = {(r.check, r.table, r.columns): [e.row for e in r.examples] for r in result.rules if r.failing}
    assert found == {
        ("required-blank", 0, ("场所名称",)): [3, 5],
        ("required-blank", 0, ("行政区划代码",)): [5],
        ("required-blank", 0, ("启用日期",)): [5],
        ("code-unknown", 1, ("学历",)): [3],
    }
    assert [t.rejected for t in result.tables] == [2, 1]
    assert result.tables[0].entity == "site"
    assert result.tables[0].unbound == ("备注",)


def test_the_json_is_the_golden_one(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES, staff=STAFF)) as (_, result):
        made = as_json(result).decode()
    if not GOLDEN.exists():
        GOLDEN.write_text(made, encoding="utf-8")
    now, golden = json.loads(made), json.loads(GOLDEN.read_text("utf-8"))
    for one in (now, golden):  # the specification goes on; what was found does not change with it
        del one["specification"], one["program"]
    assert now == golden, "if it is meant, delete golden.json and run again"


def test_the_same_data_gives_the_same_json_and_it_reads_back(tmp_path: Path) -> None:
    paths = put(tmp_path, sites=SITES, staff=STAFF)
    with judged(tmp_path, paths) as (_, one):
        pass
    with SelfCheck(tmp_path, threads=2) as check:
        check.open(paths)
        other = check.judge(ON, {}, CHECKS)
    assert as_json(one) == as_json(other)
    assert from_json(as_json(one)) == one


def test_digests_are_those_of_the_files_and_change_with_a_rule(tmp_path: Path) -> None:
    paths = put(tmp_path, sites=SITES)
    with judged(tmp_path, paths) as (_, result):
        pass
    assert result.inputs[0].sha256 == sha256(paths[0].read_bytes()).hexdigest()
    with SelfCheck(tmp_path) as check:
        check.open(paths)
        fewer = check.judge(ON, {}, [c for c in CHECKS if c.id != "required-blank"])
    assert fewer.rules_sha256 != result.rules_sha256


def test_the_costs_of_the_rules_add_up_to_the_missing_points(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES, staff=STAFF)) as (check, result):
        assert result.whole is not None
        assert sum(r.cost for r in result.rules) == pytest.approx(100 - result.whole.score)
        whole = graded(check.outcomes).whole
        assert whole is not None
        assert (whole.score, whole.level) == (result.whole.score, result.whole.level)


def test_a_table_that_is_not_recognised_says_what_it_saw_and_what_is_nearest(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, odd="样品名称,判定,天气\n甲,合格,晴\n")) as (_, result):
        pass
    assert result.recognised == 0
    (table,) = result.tables
    assert table.entity is None
    assert [c.name for c in table.columns] == ["样品名称", "判定", "天气"]
    near = table.near[0]
    assert near.entity == "report"
    assert near.found == ("样品名称", "判定")
    assert "签发日期" in near.missing


def test_values_of_personal_columns_are_masked_in_the_examples(tmp_path: Path) -> None:
    text = "统一社会信用代码,人员编号,姓名,学历,入职日期\nU,P1,王小明,大学,2020-01-01\n"
    from zhijian.exchange.checks import Cells, Check
    from zhijian.exchange.model import Dimension, Text

    said = Text("姓名不对", "wrong name")
    name = Check("no-wang", Dimension.ACCURACY, Severity.ERROR, said, said,
                 lambda bound, context: [Cells(("name",), "text(name) <> '王小明'", said, said)])  # fmt: skip
    with SelfCheck(tmp_path) as check:
        check.open(put(tmp_path, staff=text))
        result = check.judge(ON, {}, (name,))
    (rule,) = result.rules
    assert rule.state is State.FAILED
    assert [e.value for e in rule.examples] == ["王＊＊"]
    assert "王小明" not in as_json(result).decode()


@pytest.mark.parametrize(
    ("named", "why", "says"),
    [({"sites.csv": "sight"}, "entity-unknown", "site"), ({"site.csv": "site"}, "table-unknown", "sites.csv")],
)
def test_a_name_that_is_none_is_refused_with_the_nearest(
    named: dict[str, str], why: str, says: str, tmp_path: Path
) -> None:
    with SelfCheck(tmp_path) as check:
        check.open(put(tmp_path, sites=SITES))
        with pytest.raises(CheckRefused) as refused:
            check.judge(ON, named, CHECKS)
    assert refused.value.why == why
    assert says in refused.value.remedy.zh


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with SelfCheck(tmp_path) as check, pytest.raises(CheckRefused) as refused:
        check.open([tmp_path / "none.csv"])
    assert refused.value.why == "file-missing"


def test_nothing_stays_behind_whatever_happened(tmp_path: Path) -> None:
    put(tmp_path, sites=SITES)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ZeroDivisionError), SelfCheck(tmp_path) as check:
        check.open([tmp_path / "sites.csv"])
        check.judge(ON, {}, CHECKS)
        _ = 1 // 0
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"format": "zhijian-check/9"}'])
def test_what_is_no_result_is_refused(raw: bytes) -> None:
    with pytest.raises(kept.ResultWrong):
        from_json(raw)
