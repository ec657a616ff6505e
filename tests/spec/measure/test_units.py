"""Units have one normal form, and conversion loses nothing."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhijian.spec.measure import UnitUnknown, convert, unit
from zhijian.spec.measure.units import Unit, UnitsDiffer, _table

ALL = sorted({made.symbol for made in _table()[0].values()})
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)


def known(text: str) -> Unit:
    found = unit(text)
    assert isinstance(found, Unit), text
    return found


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("mg/kg", "mg/kg"), ("MG/KG", "mg/kg"), ("ｍｇ／ｋｇ", "mg/kg"), ("㎎/㎏", "mg/kg"), ("mg / kg", "mg/kg"),
        ("毫克/千克", "mg/kg"), ("毫克每千克", "mg/kg"), ("mg·kg⁻¹", "mg/kg"), ("mg.kg-1", "mg/kg"), ("（mg/kg）", "mg/kg"),
        ("µg/kg", "μg/kg"), ("μg/kg", "μg/kg"), ("ug/kg", "μg/kg"), ("微克/千克", "μg/kg"),
        ("CFU/g", "CFU/g"), ("cfu/g", "CFU/g"), ("cfu/ml", "CFU/mL"), ("MPN/100ml", "MPN/100mL"), ("/25g", "/25g"), ("/25 G", "/25g"),
        ("mg/L", "mg/L"), ("mg/l", "mg/L"), ("g/100g", "g/100g"), ("w/%", "g/100g"), ("%", "%"), ("％", "%"),
        ("mg/(kg·d)", "mg/(kg·d)"), ("mg/(kg.d)", "mg/(kg·d)"), ("dB(A)", "dB(A)"), ("dB（A）", "dB(A)"), ("MPa", "MPa"), ("kN", "kN"),
        ("℃", "℃"), ("°C", "℃"), ("摄氏度", "℃"), ("m/s", "m/s"), ("mm", "mm"), ("㎜", "mm"), ("㎡", "m²"), ("m2", "m²"), ("m^3", "m³"),
        ("个", "个"), ("无量纲", "无量纲"), ("pH值", "无量纲"), ("mg/kg（以Al计）", "mg/kg（以Al计）"),
    ],
)  # fmt: skip
def test_the_ways_a_unit_is_written_have_one_normal_form(written: str, symbol: str) -> None:
    assert known(written).symbol == symbol


def test_case_is_kept_where_it_makes_another_unit() -> None:
    assert (known("mΩ").factor, known("MΩ").factor) == (Decimal("0.001"), Decimal(1000000))
    assert (known("mN").symbol, known("MN").symbol) == ("mN", "MN")
    assert isinstance(unit("MΩΩ"), UnitUnknown)


@pytest.mark.parametrize("text", ["", "µ/g", "勺", "mg/kg/", "5mg/kg", "千瓦时每每", "x" * 3000])
def test_a_unit_that_nobody_knows_is_kept_with_a_reason(text: str) -> None:
    found = unit(text)
    assert isinstance(found, UnitUnknown)
    assert found.zh
    assert found.en


@pytest.mark.parametrize("symbol", ALL)
def test_a_normal_form_is_its_own_normal_form_and_its_base_is_of_its_quantity(symbol: str) -> None:
    one = known(symbol)
    assert one.symbol == symbol
    assert known(one.base).quantity == one.quantity
    assert known(one.base).factor == 1


@example("<=\x08")
@given(st.text(max_size=40))
def test_reading_a_unit_again_changes_nothing(text: str) -> None:
    first = unit(text)
    assert unit(first.symbol) == first


@given(NUMBERS, st.sampled_from(ALL), st.data())
def test_there_and_back_is_the_same(value: Decimal, name: str, data: st.DataObject) -> None:
    source = known(name)
    target = known(data.draw(st.sampled_from([one for one in ALL if known(one).quantity == source.quantity])))
    back = convert(convert(value, source, target), target, source)
    assert abs(back - value) <= abs(value) * Decimal("1e-90")
    if source.quantity != "time":
        assert back == value


def test_known_conversions() -> None:
    for value, source, target, expected in (
        ("0.2", "mg/kg", "μg/kg", "200"), ("1", "g/100g", "mg/kg", "10000"), ("250", "MPN/100g", "MPN/g", "2.5"),
        ("1.5", "MPa", "kPa", "1500"), ("90", "min", "h", "1.5"), ("3", "g/L", "mg/mL", "3"), ("100", "mg/100mL", "g/L", "1"),
    ):  # fmt: skip
        assert convert(Decimal(value), known(source), known(target)) == Decimal(expected)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("mg/kg", "mg/L"),
        ("%", "g/100g"),
        ("CFU/g", "CFU/mL"),
        ("/25g", "/10g"),
        ("mg/kg（以Al计）", "mg/kg"),
        ("℃", "K"),
    ],
)
def test_units_of_two_quantities_are_never_converted(source: str, target: str) -> None:
    with pytest.raises(UnitsDiffer) as refused:
        convert(Decimal(1), known(source), known(target))
    assert refused.value.why == "units_differ"
