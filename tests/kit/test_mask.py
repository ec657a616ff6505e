"""Masks keep what their rule says and nothing more."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhijian.kit import mask

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
people = st.text(HAN, min_size=1, max_size=6)
words = st.text(st.characters(exclude_characters=mask.STAR, exclude_categories=("Cs",)), max_size=40)
firms = st.builds(
    str.__add__, st.text(HAN, min_size=1, max_size=20), st.sampled_from(["", "有限公司", "股份有限公司", "中心", "厂"])
)


@given(people)
def test_of_a_name_only_the_surname_is_left(text: str) -> None:
    masked = mask.name(text)
    assert len(masked) == len(text)
    assert masked[1:] == mask.STAR * (len(text) - 1)
    assert masked[0] == (text[0] if len(text) > 1 else mask.STAR)


@given(st.text("0123456789-+ ", max_size=20))
def test_of_a_phone_at_most_seven_characters_are_left_and_two_are_hidden(text: str) -> None:
    masked = mask.phone(text)
    assert len(masked) == len(text)
    shown = [i for i, ch in enumerate(masked) if ch != mask.STAR]
    assert all(masked[i] == text[i] for i in shown)
    assert set(shown) <= {0, 1, 2, *range(len(text) - 4, len(text))}
    assert not text or len(text) - len(shown) >= min(2, len(text))


@given(firms)
def test_of_a_firm_at_most_the_first_three_characters_and_the_legal_ending_are_left(text: str) -> None:
    assume(text not in mask._ENDINGS)  # a test of its own
    masked = mask.organisation(text)
    body = len(text) - max((len(e) for e in mask._ENDINGS if text.endswith(e)), default=0)
    assert len(masked) == len(text)
    shown = {i for i, ch in enumerate(masked) if ch != mask.STAR}
    assert all(masked[i] == text[i] for i in shown)
    assert shown <= {0, 1, 2, *range(body, len(text))}
    assert body == 1 or len(shown & set(range(body))) < body, "something of the name itself is hidden"


@pytest.mark.parametrize("text", ["有限公司", "公司", "中心", "店"])
def test_a_bare_ending_is_not_made_longer(text: str) -> None:
    assert len(mask.organisation(text)) == len(text)


@pytest.mark.parametrize("text", ["张三", "欧阳修", "司马相如"])
def test_a_natural_person_as_client_is_masked_as_a_name(text: str) -> None:
    assert mask.organisation(text) == mask.name(text)


@given(words)
def test_of_an_address_six_characters_are_left(text: str) -> None:
    masked = mask.address(text)
    assert masked == text[:6] + mask.STAR * max(0, len(text) - 6)


@given(words)
def test_masking_twice_hides_no_less_and_shows_no_more(text: str) -> None:
    for rule in (mask.name, mask.phone, mask.address):
        assert rule(rule(text)) == rule(text)


@given(firms)
def test_masking_a_masked_firm_changes_nothing(text: str) -> None:
    assume(text not in mask._ENDINGS)
    once = mask.organisation(text)
    assert mask.organisation(once) == once


@given(words)
def test_masks_take_any_text(text: str) -> None:
    for rule in (mask.name, mask.phone, mask.address, mask.organisation):
        assert isinstance(rule(text), str)


@given(words)
def test_of_a_contact_that_is_neither_phone_nor_mail_nothing_is_left(text: str) -> None:
    assume("@" not in text and not text.isascii())
    assert set(mask.contact(text)) <= {mask.STAR}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812345678", "138＊＊＊＊5678"),
        ("wang@example.com", "w＊＊＊@example.com"),
        ("w@example.com", "w＊@example.com"),
        ("微信 zhang3", "＊＊＊＊＊＊＊＊＊"),
        ("王小明 13812345678", "＊" * 15),
    ],
)
def test_contacts_are_masked_by_what_they_are(text: str, masked: str) -> None:
    assert mask.contact(text) == masked


def test_numbers_and_mail_in_words_are_starred_and_the_rest_is_left() -> None:
    assert mask.words("2026年5月，打13812345678或 a.b@c.cn") == "2026年5月，打1＊＊＊＊＊＊＊＊＊＊或 a＊＊＊＊＊＊＊"
