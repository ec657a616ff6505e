"""What the log commits to: a leaf hides its record, opens to no other, and looks unrelated to its neighbours."""

import hashlib
from datetime import UTC, datetime

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codes.sealing import AT, CODE

from zhijian.codes import record
from zhijian.codes.model import CredentialRefused, State
from zhijian.codes.secrets import hmac_sm3

REGISTRATION = record.registration(CODE, b"credential", bytes(32), AT, "a1b2c3d4", b"\2" * 32, 7, None)
CHANGE = record.change(CODE, State.WITHDRAWN, AT, "institution", "示例检测", "标识有误", None, "a1b2c3d4", b"\3" * 64)
TAG_KEY = b"\5" * 32


def test_a_registration_says_what_its_docstring_says() -> None:
    micros = int(AT.timestamp()) * 1_000_000
    said = [1, CODE, b"credential", bytes(32), micros, "a1b2c3d4", b"\2" * 32, 7, None]
    assert cbor2.loads(REGISTRATION) == said
    assert cbor2.dumps(said, canonical=True) == REGISTRATION


def test_a_change_says_what_its_docstring_says() -> None:
    micros = int(AT.timestamp()) * 1_000_000
    said = [2, CODE, "withdrawn", micros, "institution", "示例检测", "标识有误", None, "a1b2c3d4", b"\3" * 64]
    assert cbor2.loads(CHANGE) == said


@pytest.mark.parametrize(("made", "kind"), [(REGISTRATION, 1), (CHANGE, 2)])
def test_a_leaf_is_kind_digest_and_tag_and_shows_no_code(made: bytes, kind: int) -> None:
    leaf, digest = record.entry(made, TAG_KEY), hashlib.sha256(made).digest()
    assert leaf == bytes([kind]) + digest + hmac_sm3(TAG_KEY, digest)[:16]
    assert len(leaf) == record.ENTRY_BYTES == 49
    assert CODE.encode() not in leaf


def test_an_institution_finds_its_leaf_and_nobody_else_sees_whose_it_is() -> None:
    other = record.registration(CODE, b"credential", bytes(32), AT, "a1b2c3d4", b"\2" * 32, 8, None)
    mine, next_mine = record.entry(REGISTRATION, TAG_KEY), record.entry(other, TAG_KEY)
    assert mine[33:] != next_mine[33:], "two leaves of one institution carry no common mark"
    assert record.entry(REGISTRATION, b"\6" * 32)[33:] != mine[33:]


@given(st.integers(0, len(REGISTRATION) * 8 - 1))
def test_a_leaf_opens_to_its_record_and_to_no_flipped_bit_of_it(bit: int) -> None:
    leaf = record.entry(REGISTRATION, TAG_KEY)
    flipped = (int.from_bytes(REGISTRATION, "big") ^ 1 << bit).to_bytes(len(REGISTRATION), "big")
    assert record.opens(leaf, REGISTRATION)
    assert not record.opens(leaf, flipped)
    assert not record.opens(leaf, REGISTRATION + b"\0")
    assert not record.opens(leaf + b"\0", REGISTRATION)


def test_a_leaf_of_another_kind_does_not_open() -> None:
    leaf = record.entry(REGISTRATION, TAG_KEY)
    assert not record.opens(b"\2" + leaf[1:], REGISTRATION)


def test_leaf_and_record_travel_in_one_piece() -> None:
    leaf = record.entry(REGISTRATION, TAG_KEY)
    assert record.unstaple(record.staple(leaf, REGISTRATION)) == (leaf, REGISTRATION)


@given(st.binary(max_size=200))
def test_what_was_not_stapled_is_refused(raw: bytes) -> None:
    with pytest.raises(CredentialRefused):
        record.unstaple(raw)


def test_a_record_is_read_back_as_what_was_put_down() -> None:
    read = record.read_registration(REGISTRATION)
    assert read == record.Registration(CODE, b"credential", bytes(32), AT, "a1b2c3d4", b"\2" * 32, 7)
    change = record.StateChange(
        CODE, State.WITHDRAWN, AT, "institution", "示例检测", "标识有误", None, "a1b2c3d4", b"\3" * 64
    )
    assert record.read_change(CHANGE) == change


def test_a_record_of_one_kind_is_none_of_the_other() -> None:
    with pytest.raises(CredentialRefused):
        record.read_registration(CHANGE)
    with pytest.raises(CredentialRefused):
        record.read_change(REGISTRATION)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_time_comes_back_to_the_microsecond(at: datetime) -> None:
    """A row that differs from its record by one microsecond would be an alarm."""
    made = record.registration(CODE, b"c", bytes(32), at, "k", b"r", 0, None)
    assert record.read_registration(made).registered_at == at


@given(st.binary(max_size=100))
def test_any_bytes_are_a_record_or_a_refusal(raw: bytes) -> None:
    for read in (record.read_registration, record.read_change):
        with pytest.raises(CredentialRefused):
            read(raw)


fields = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary(max_size=8)
    | st.text(max_size=8)
    | st.lists(st.integers())
)


@given(st.lists(fields, min_size=7, max_size=9))
def test_any_fields_are_a_record_or_a_refusal(rest: list[object]) -> None:
    for kind, read in ((1, record.read_registration), (2, record.read_change)):
        try:
            read(cbor2.dumps([kind, *rest]))
        except CredentialRefused:
            continue


@pytest.mark.parametrize("at", [2, 3, 6])
@pytest.mark.parametrize("value", [5, [1, 2, 3]], ids=["number", "list"])
def test_a_number_is_not_taken_for_as_many_bytes(at: int, value: object) -> None:
    said = cbor2.loads(REGISTRATION)
    said[at] = value
    with pytest.raises(CredentialRefused):
        record.read_registration(cbor2.dumps(said))
