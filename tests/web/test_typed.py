"""What people type or paste, read as they mean it."""

from hypothesis import given
from hypothesis import strategies as st
from tests.web.fakes import CODES, VERIFIER, State

from zhijian.web.typed import CODE_LENGTH, Typed, read_typed, tidy

VALID = CODES[State.VALID]
WIDE = {ord(ch): ord(ch) + 0xFEE0 for ch in map(chr, range(0x21, 0x7F))}
LABELS = [
    "",
    "编码：",
    "编码",
    "报告编码:",
    "报告编码是 ",
    "检验检测报告编码：",
    "code:",
    "Code ",
    "report code: ",
    "CODE No. ",
]
QUOTES = ["", '""', "''", "“”", "「」", "《》", "()", "（）", "[]", "【】"]
VERIFIER_LABELS = [" ", "，校验码：", " 校验码 ", ", verifier: ", "；校验码是"]


@given(
    st.sampled_from(LABELS), st.sampled_from(QUOTES), st.sampled_from(["", "-", " ", "－", "—", "\u2009"]), st.booleans(),
    st.booleans(), st.sampled_from([None, *VERIFIER_LABELS]), st.sampled_from(["", " ", "\n", "\ufeff", "。"]),
)  # fmt: skip
def test_a_code_is_read_out_of_label_quotes_width_and_case(
    label: str, quotes: str, gap: str, wide: bool, lower: bool, verifier: str | None, end: str
) -> None:
    code = gap.join(VALID[start : start + 4] for start in range(0, CODE_LENGTH, 4))
    code = code.lower() if lower else code
    code = code.translate(WIDE) if wide else code
    tail = "" if verifier is None else f"{verifier}{VERIFIER}"
    text = f"{label}{quotes[:1]}{code}{tail}{quotes[1:]}{end}"
    assert read_typed(text) == Typed(VALID, None if verifier is None else VERIFIER, None)


@given(st.sampled_from(["", "见 ", "“", "<"]), st.sampled_from(["", "”", ">", "，谢谢", " 谢谢", "\n"]), st.booleans())
def test_an_address_is_read_out_of_the_words_around_it(before: str, after: str, upper: bool) -> None:
    address = f"https://verify.example/v/{VALID}"
    found = read_typed(before + (address.upper() if upper else address) + after)
    assert found == Typed(VALID, None, "verify.example")


@given(st.text(max_size=60) | st.text("编码code:：“”http/.-3268K7 ", max_size=60))
def test_whatever_is_typed_is_read_as_something_without_stumbling(text: str) -> None:
    assert tidy(read_typed(text).text) == read_typed(text).text


def test_what_a_blank_kept_apart_is_read_the_same_twice() -> None:
    assert read_typed("R\u00b8").text == tidy("R\u00b8") == "\u0156"


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18))
def test_nothing_is_taken_away_from_a_bare_code(code: str) -> None:
    assert read_typed(code) == Typed(code)
