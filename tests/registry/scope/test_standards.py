"""A cell of standards, in the ways in which people write them, into number with year, clause and name."""

import pytest

from zhijian.registry.scope_table.standards import standards

LEAD = "食品安全国家标准 食品中铅的测定"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"《{LEAD}》GB 5009.12-2023", [("GB 5009.12-2023", None, LEAD)]),
        (f"《{LEAD}》（GB 5009.12—2023）", [("GB 5009.12-2023", None, LEAD)]),
        (f"《{LEAD} GB 5009.12-2023》", [("GB 5009.12-2023", None, LEAD)]),
        (f"{LEAD}\nGB5009.12-2023 第一法", [("GB 5009.12-2023", "第一法", LEAD)]),
        ("GB 5009.12-2023 第一法", [("GB 5009.12-2023", "第一法", None)]),
        ("GB/T 5750.6-2023(4.1)", [("GB/T 5750.6-2023", "(4.1)", None)]),
        ("GB/T 5750.6-2023 4.1 生活饮用水标准检验方法", [("GB/T 5750.6-2023", "4.1", "生活饮用水标准检验方法")]),
        ("ＧＢ／Ｔ　５７５０．６－２０２３（４．１）", [("GB/T 5750.6-2023", "(4.1)", None)]),
        ("gb 5009.17-2021 第一篇第一法", [("GB 5009.17-2021", "第一篇第一法", None)]),
        ("GB 5009.12-2023、GB 5009.15-2023", [("GB 5009.12-2023", None, None), ("GB 5009.15-2023", None, None)]),
        ("《甲》GB 1-2000《乙》GB/T 2-2001", [("GB 1-2000", None, "甲"), ("GB/T 2-2001", None, "乙")]),
        ("GB 1-2000《甲》\nGB/T 2-2001《乙》", [("GB 1-2000", None, "甲"), ("GB/T 2-2001", None, "乙")]),
        ("《甲》\nGB 1-2000\n《乙》\nGB/T 2-2001", [("GB 1-2000", None, "甲"), ("GB/T 2-2001", None, "乙")]),
        ("水质 总磷的测定 GB 11893-89", [("GB 11893-89", None, "水质 总磷的测定")]),
        ("DB33/T 310007-2021；T/CECS 02-2020;ISO 4833-1:2013",
         [("DB33/T 310007-2021", None, None), ("T/CECS 02-2020", None, None), ("ISO 4833-1:2013", None, None)]),
        ("农业部1025号公告-18-2008 动物源性食品", [("农业部1025号公告-18-2008", None, "动物源性食品")]),
        ("《水和废水监测分析方法》（第四版增补版）", [("《水和废水监测分析方法》（第四版增补版）", None, "水和废水监测分析方法")]),
        ("《中国药典》2020年版四部 通则0832；GB 1-2000", [("《中国药典》2020年版四部 通则0832", None, "中国药典"), ("GB 1-2000", None, None)]),
        ("GB 4806.7-2023（附录A；附录B）", [("GB 4806.7-2023", "(附录A;附录B)", None)]),
    ],
)  # fmt: skip
def test_a_cell_is_taken_apart(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert [(s.code, s.clause, s.name) for s in standards(text)] == expected
    assert all(not s.why for s in standards(text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("GB 5009.12", "standard-year-missing"), ("HJ/T 91", "standard-year-missing"), ("DB33/T 310007", "standard-year-missing"),
        ("企业自编方法", "standard-unreadable"), ("2023", "standard-unreadable"), ("GB 5009-12-2023", "standard-unreadable"),
        ("BJS 201805", "standard-unreadable"),
    ],
)  # fmt: skip
def test_what_has_no_year_or_number_says_so_and_keeps_what_was_found(text: str, why: str) -> None:
    (found,) = standards(text)
    assert (found.code, found.why) == (text, why)


def test_nothing_but_marks_is_no_standard() -> None:
    assert standards(" ；\n、") == ()
