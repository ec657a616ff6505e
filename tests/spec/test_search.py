"""Whoever looks something up in the specification finds it: by name, meaning, identifier or code, in either language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.spec import specification
from zhijian.spec.catalogue import Hit, find
from zhijian.spec.catalogue.search import folded

SPEC = specification()
ALL = find(SPEC, "")


def test_no_words_find_everything_once() -> None:
    elements = sum(len(e.elements) for e in SPEC.entities.values())
    codes = sum(len(codes) for codes in SPEC.codelists.values())
    assert len(ALL) == len({h.where for h in ALL}) == len(SPEC.entities) + elements + len(SPEC.codelists) + codes


@given(st.sampled_from(ALL), st.sampled_from(["zh", "en", "where", "about_zh", "about_en"]))
def test_a_thing_is_found_by_its_name_identifier_and_definition(hit: Hit, by: str) -> None:
    assert hit in find(SPEC, getattr(hit, by))


@given(st.sampled_from(ALL), st.sampled_from(["zh", "en"]))
def test_what_is_called_exactly_so_comes_before_what_only_holds_the_word(hit: Hit, by: str) -> None:
    wanted = folded(getattr(hit, by))
    called = [wanted in map(folded, (h.zh, h.en, h.name or h.page)) for h in find(SPEC, wanted)]
    assert called == sorted(called, reverse=True)
    assert called[0]


@given(st.text(max_size=20), st.text(max_size=5))
def test_another_word_never_finds_more(words: str, more: str) -> None:
    assert set(find(SPEC, f"{words} {more}")) <= set(find(SPEC, words))


@pytest.mark.parametrize(("query", "where"), [("ＵＳＣＣ", "institution.uscc"), ("第十七条", "annual_report"), ("sm3", "#digest_algorithm/sm3"),
                                              ("GB/T 2260", "site.division"), ("verdict 报告", "report.verdict"), ("mg/kg", "")])  # fmt: skip
def test_width_case_law_and_code_do_not_matter(query: str, where: str) -> None:
    found = {h.where for h in find(SPEC, query)}
    assert where in found if where else found == set()


def test_filters_leave_only_what_has_them() -> None:
    wanted = {f"{n}.{e.id}" for n, of in SPEC.entities.items() for e in of.elements if e.sensitivity == "personal"}
    assert {h.where for h in find(SPEC, "", sensitivity="personal")} == wanted != set()
    assert {h.theme for h in find(SPEC, "", theme="credit")} == {"credit"}


@pytest.mark.parametrize(
    "hit", [h for h in ALL if h.kind != "element"][::40] + [h for h in ALL if h.kind == "element"][::40]
)
def test_a_hit_knows_its_page_and_its_place_on_it(hit: Hit) -> None:
    page, name, kind = hit.page, hit.name, hit.kind
    if kind in ("entity", "element"):
        assert not name or SPEC.entities[page].element(name)
    else:
        assert not name or name in SPEC.codelists[page]
