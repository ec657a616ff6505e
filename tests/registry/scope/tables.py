"""Lines of tables as hypothesis makes them: what the form can hold, in the numbers that it would have."""

from datetime import date

from hypothesis import strategies as st

from zhijian.registry.scope_table import Level, Line

SITES = ("S1", "S2", "总部")
_WORDS = st.sampled_from(
    [
        "食品",
        "粮食及其制品",
        "铅",
        "总汞",
        "水 质",
        "注：甲",
        "以下空白",
        "名称",
        "化学需氧量（CODcr）",
        "=1+1",
        "1.1",
        "a_x0041_b",
        "GB 5009",
    ]
)
_CHARS = st.characters(
    min_codepoint=33, max_codepoint=0x9FFF, exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zs", "Zl", "Zp")
)
names = _WORDS | st.text(_CHARS, min_size=1, max_size=5).filter(lambda t: not t.startswith("#"))
titles = (
    st.sampled_from(
        [
            None,
            "食品安全国家标准 食品中铅的测定",
            "食品中铅的测定 第一法",
            "第一法",
            "甲《乙》丙",
            "甲；乙",
            "按 GB 1-2000 测定",
            "水质",
        ]
    )
    | names
)
codes = st.builds(
    "{} {}-{}".format,
    st.sampled_from(["GB", "GB/T", "HJ", "DB33/T"]),
    st.sampled_from(["5009.12", "5750.6", "1", "828"]),
    st.sampled_from([2017, 2023]),
)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31)).map(str)


@st.composite
def tables(draw: st.DrawFn, most: int = 7) -> tuple[Line, ...]:
    """Distinct lines of one certificate, sites together, each with a sequence of its own."""
    paths = draw(st.lists(st.lists(names, min_size=1, max_size=5).map(tuple), min_size=1, max_size=4, unique=True))
    number = draw(st.booleans())
    one_day = draw(days | st.none())
    made: dict[object, Line] = {}
    for n in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(paths))
        levels = tuple(
            Level(name, f"{paths.index(path) + 1}.{i}" if number else None) for i, name in enumerate(path, 1)
        )
        line = Line(
            "161705070076", draw(st.sampled_from(SITES)), draw(st.sampled_from(["", "一、", "A-"])) + str(n + 1), levels,
            draw(codes), draw(titles), draw(st.none() | names), draw(st.none() | names), 
            draw(st.none() | st.sampled_from(["首次", "扩项"])), one_day or draw(days), draw(st.none() | days),
        )  # fmt: skip
        made.setdefault((line.site_no, line.path, line.code, line.standard_name, line.valid_from), line)
    return tuple(sorted(made.values(), key=lambda x: SITES.index(x.site_no)))
