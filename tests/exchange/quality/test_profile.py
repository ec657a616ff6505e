"""Every column at a glance: what is filled, how it looks, and nothing that leads to people."""

from pathlib import Path

from tests.exchange.quality.planted import SITES, STAFF, judged, put

from zhijian.exchange.quality.profile import profiled
from zhijian.exchange.quality.result import ColumnProfile, Count


def profile(folder: Path, text: str) -> dict[str, ColumnProfile]:
    with judged(folder, put(folder, t=text)) as (_, result):
        return {c.name: c for c in result.tables[0].columns}


def test_blank_placeholder_and_filled_are_told_apart(tmp_path: Path) -> None:
    columns = profile(tmp_path, "a,b\n1,\n/,x\n 　,无\n2,N/A\n")
    assert [(c.filled, c.blank, c.placeholder) for c in columns.values()] == [(2, 1, 1), (1, 1, 2)]


def test_lengths_extremes_values_and_shapes(tmp_path: Path) -> None:
    columns = profile(tmp_path, "批号\nAB-12\nAB-13\nAB-12\n样品（7）\n")
    (c,) = columns.values()
    assert (c.distinct, c.shortest, c.longest, c.least, c.most) == (3, 5, 5, "AB-12", "样品（7）")
    assert c.values[0] == Count("AB-12", 2)
    assert c.shapes == (Count("AA-99", 3), Count("汉（9）", 1))


def test_readable_is_by_the_elements_type_and_extremes_are_by_value(tmp_path: Path) -> None:
    text = SITES.replace("2020/2/1", "2019年2月1日").replace("S4,,,某路 4 号,", "S4,,,某路 4 号,下个月")
    day = profile(tmp_path, text)["启用日期"]
    assert (day.element, day.read_as, day.filled, day.readable) == ("used_from", "date", 4, 3)
    assert (day.least, day.most) == ("2019-02-01", "2020-01-01")


def test_a_column_of_no_element_says_whether_it_holds_days_or_numbers(tmp_path: Path) -> None:
    columns = profile(tmp_path, "x,y,z\n2020-01-01,1.5,甲\n2020/1/2,2,乙\n")
    assert [(c.dated, c.numeric) for c in columns.values()] == [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]


def test_personal_values_are_masked_by_the_specification_and_by_the_header(tmp_path: Path) -> None:
    columns = profile(tmp_path, STAFF)
    name, phone = columns["姓名"], columns["联系电话"]
    assert name.masked
    assert phone.masked
    assert {v.value for v in name.values} == {"王＊＊", "李＊"}
    assert {v.value for v in phone.values} == {"138＊＊＊＊5678", "139＊＊＊＊5678"}
    assert name.least is name.most is phone.least is None


def test_a_column_that_only_its_header_calls_a_persons_is_masked(tmp_path: Path) -> None:
    (c,) = profile(tmp_path, "检测员\n王小明\n").values()
    assert (c.masked, c.values) == (True, (Count("王＊＊", 1),))


def test_a_phone_number_is_starred_in_any_column(tmp_path: Path) -> None:
    (c,) = profile(tmp_path, "备注\n找张三 13812345678\n").values()
    assert "3812345678" not in str(c)


def test_an_empty_column_and_an_empty_table_have_a_profile(tmp_path: Path) -> None:
    assert profile(tmp_path, "a,b\n,1\n")["a"].distinct == 0
    assert profile(tmp_path, "a,b\n")["a"].rows == 0


def test_of_a_big_table_values_are_counted_over_rows_spread_evenly(tmp_path: Path) -> None:
    text = "n,a\n" + "".join(f"{n},x\n" for n in range(3000))
    with judged(tmp_path, put(tmp_path, t=text)) as (check, _):
        n, a = profiled(check.con, check.bounds[0], 3000, cells=2000)
    assert (n.looked_at, n.filled) == (1000, 3000)
    assert abs(n.distinct / 3000 - 1) < 0.15
    assert a.values == (Count("x", 1000),)
    assert (n.shortest, n.longest, n.most) == (1, 4, "999"), "over all rows"
