"""Masks keep what their rule says and nothing more."""

import pytest
from hypothesis import assume, example, given
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
        ("微信@13812345678", "＊" * 14),
        ("zhang3@微信", "＊" * 9),
        ("wang@localhost", "＊" * 14),
        ("wang@138.1234.5678", "＊" * 18),
        ("a@b@example.com", "＊" * 15),
        ("wang@1381234.5678.com", "w＊＊＊@1＊＊＊＊＊＊＊＊＊＊＊.com"),
    ],
)
def test_contacts_are_masked_by_what_they_are(text: str, masked: str) -> None:
    assert mask.contact(text) == masked


def test_numbers_and_mail_in_words_are_starred_and_the_rest_is_left() -> None:
    assert mask.words("2026年5月，打13812345678或 a.b@c.cn") == "2026年5月，打1＊＊＊＊＊＊＊＊＊＊或 a＊＊＊＊＊＊＊"


@example("13812345678", "@")
@given(
    st.text("0123456789０１２３４５６７８９", min_size=7, max_size=18),
    st.text(st.characters(exclude_categories=("L", "N", "M", "Cs"), exclude_characters=mask.STAR), max_size=4),
)
def test_of_a_number_one_digit_is_left_whatever_stands_between_its_digits(digits: str, between: str) -> None:
    masked = mask.words(f"打{between.join(digits)}找我")
    assert sum(ch.isdigit() for ch in masked) == 1
    assert (masked[0], masked[1], masked[-2:]) == ("打", digits[0], "找我")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("138.1234.5678", "5678"),
        ("138/1234/5678", "5678"),
        ("１３８－１２３４－５６７８", "５６７８"),
        ("138·1234·5678", "5678"),
        ("138_1234_5678", "5678"),
        ("138\u200b1234\n5678", "5678"),
        ("身份证11010519491231002X", "002X"),
        ("QQ 10001", "0001"),
        ("我的qq号是：1 0 0 0 1", "0 1"),
        ("ＱＱ：１０００１", "０１"),
        ("微信zhang_3", "hang_3"),
        ("微信号：zhang-3.", "hang-3"),
        ("加微信 ID：wxid_ab12", "xid_ab12"),
        ("WeChat: zhang3", "hang3"),
        ("wx zhang3", "hang3"),
    ],
)
def test_what_leads_to_a_person_is_starred_however_it_is_written(text: str, secret: str) -> None:
    masked = mask.words(f"报告有误。{text}")
    assert secret not in masked
    assert masked.startswith("报告有误。")
    assert len(masked) == len(text) + 5
    assert mask.words(masked) == masked


@pytest.mark.parametrize(
    "text", ["2026年5月第2页，结果 1.62 mg/L", "通过微信支付 300 元", "HJ 84-2016", "在微信里看到的"]
)
def test_words_that_lead_to_nobody_are_left(text: str) -> None:
    assert mask.words(text) == text


@given(words)
def test_words_masked_twice_are_masked_once(text: str) -> None:
    assert mask.words(mask.words(text)) == mask.words(text)
