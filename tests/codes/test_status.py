"""Status lists: the draft's own encodings, and no list believed that is stale, strange or too large."""

import base64
import json
import re
import tracemalloc
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.sealing import AT, KEY, KID, public_of

from zhijian.codes import status
from zhijian.codes.model import CredentialRefused, State
from zhijian.codes.status import StatusList, StatusListRefused, encode, list_id, seal, unseal, value_at
from zhijian.kit.signing import PublicKey, Suite

both = pytest.mark.parametrize("suite", list(Suite))
LIST = StatusList("33-2026-11", AT, AT + timedelta(hours=1), 900, encode(2, {0: 1, 5: 2, 1000: 3}, 5000))
LATER = AT + timedelta(minutes=30)


def published(shared: Path) -> dict[str, tuple[int, bytes]]:
    """Name → (bits, compressed list) of every encoding in the draft's examples."""
    found = {}
    for path in sorted((shared / "vectors/statuslist").glob("status_list_encoding*.md")):
        text = path.read_text().rpartition("encoded:")[2].strip()
        if path.stem.endswith("_json"):
            said = json.loads(re.sub(r"\n\s+(?=[\w-]+\"?)", "", text.replace('\n  "', '"')))
            packed = said["lst"] + "=" * (-len(said["lst"]) % 4)
            found[path.stem] = said["bits"], base64.urlsafe_b64decode(packed)
        elif path.stem.endswith("_cbor"):
            said = cbor2.loads(bytes.fromhex("".join(text.split())))
            found[path.stem] = said["bits"], said["lst"]
    return found


def test_every_published_list_is_written_byte_for_byte_and_read_entry_by_entry(shared: Path) -> None:
    lists = published(shared)
    assert len(lists) == 12
    for name, (bits, packed) in lists.items():
        raw = zlib.decompress(packed)
        size, per_byte = len(raw) * 8 // bits, 8 // bits
        places = [at * per_byte + n for at, byte in enumerate(raw) if byte for n in range(per_byte)]
        values = {i: raw[i * bits // 8] >> (i * bits % 8) & ((1 << bits) - 1) for i in places}
        assert encode(bits, {i: v for i, v in values.items() if v}, size) == packed, name
        for i in [0, size - 1, *values]:
            assert value_at(packed, bits, i) == values.get(i, 0), name


def test_the_drafts_two_first_examples_say_what_its_text_says() -> None:
    """Section 4.1: sixteen entries of one bit are 0xB9 0xA3, twelve of two bits 0xC9 0x44 0xF9."""
    one = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    two = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    assert zlib.decompress(encode(1, dict(enumerate(one)), 16)) == bytes.fromhex("b9a3")
    assert zlib.decompress(encode(2, dict(enumerate(two)), 12)) == bytes.fromhex("c944f9")


def test_our_token_has_the_claims_and_type_of_the_drafts(shared: Path) -> None:
    text = (shared / "vectors/statuslist/status_list_cwt.md").read_text()
    theirs, ours = (
        cbor2.loads(bytes.fromhex("".join(text.split()))),
        cbor2.loads(seal(LIST, KEY[Suite.ES256], KID[Suite.ES256])),
    )
    said, saying = cbor2.loads(theirs.value[2]), cbor2.loads(ours.value[2])
    assert theirs.tag == ours.tag == 18
    assert cbor2.loads(theirs.value[0])[16] == cbor2.loads(ours.value[0])[16] == status.TYPE
    assert set(said) == set(saying)
    assert set(said[status.STATUS_LIST]) == set(saying[status.STATUS_LIST]) == {"bits", "lst"}
    assert value_at(said[status.STATUS_LIST]["lst"], 1, 0) == 1


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_what_is_written_is_read(bits: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 3000))
    values = data.draw(st.dictionaries(st.integers(0, size - 1), st.integers(1, 2**bits - 1), max_size=40))
    packed = encode(bits, values, size)
    for i in {*values, 0, size - 1, *(max(0, n - 1) for n in values)}:
        assert value_at(packed, bits, i) == values.get(i, 0)
    beyond = (size * bits + 7) // 8 * 8 // bits
    with pytest.raises(StatusListRefused, match="no entry"):
        value_at(packed, bits, beyond)


def test_every_state_has_its_value() -> None:
    assert {state.value: value for state, value in status.VALUE.items()} == {
        "reserved": 0, "valid": 0, "withdrawn": 1, "inaccurate": 1, "false": 1, "doubted": 2, "corrected": 3, "replaced": 3,
    }  # fmt: skip
    assert set(status.VALUE) == set(State)


def test_a_bomb_is_not_unpacked_beyond_the_entry_that_is_asked_for() -> None:
    bomb = zlib.compress(bytes(60_000_000), 9)
    tracemalloc.start()
    assert value_at(bomb, 2, 4_000_000) == 0
    with pytest.raises(StatusListRefused):
        value_at(bomb, 2, status.MAX_ENTRIES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize("packed", [b"", b"\0", b"no zlib", zlib.compress(b"")], ids=["none", "zero", "text", "empty"])
def test_what_is_no_list_is_refused(packed: bytes) -> None:
    with pytest.raises(StatusListRefused):
        value_at(packed, 2, 0)


def test_an_index_below_zero_is_no_entry() -> None:
    with pytest.raises(StatusListRefused):
        value_at(LIST.entries, 2, -1)


@both
def test_a_sealed_list_comes_back(suite: Suite) -> None:
    found = unseal(seal(LIST, KEY[suite], KID[suite]), public_of, LATER)
    assert found == LIST
    assert [found.value(i) for i in (0, 1, 5, 1000, 4999)] == [1, 0, 2, 3, 0]


@both
def test_a_stale_list_says_that_only_its_time_is_wrong(suite: Suite) -> None:
    raw = seal(LIST, KEY[suite], KID[suite])
    unseal(raw, public_of, LIST.expires_at - timedelta(seconds=1))
    for at in (LIST.expires_at, LIST.expires_at + timedelta(days=400)):
        with pytest.raises(StatusListRefused, match="expired") as why:
            unseal(raw, public_of, at)
        assert why.value.stale


def resealed(suite: Suite, header: dict[Any, Any] | None = None, **changes: Any) -> bytes:
    """A list signed rightly, with something else in it."""
    claims = cbor2.loads(cbor2.loads(seal(LIST, KEY[suite], KID[suite])).value[2])
    claims |= {getattr(status, name): value for name, value in changes.items()}
    claims = {k: v for k, v in claims.items() if v is not None}
    protected = cbor2.dumps(
        {1: status.ALGORITHM[suite], 4: KID[suite], 16: status.TYPE} | (header or {}), canonical=True
    )
    payload = cbor2.dumps(claims, canonical=True)
    signature = KEY[suite].sign(cbor2.dumps(["Signature1", protected, b"", payload], canonical=True))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]), canonical=True)


@both
@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ({16: "application/statuslist+jwt"}, {}),
        ({16: None}, {}),
        ({1: -8}, {}),
        ({}, {"STATUS_LIST": {"bits": 1, "lst": LIST.entries}}),
        ({}, {"STATUS_LIST": {"bits": 2}}),
        ({}, {"STATUS_LIST": None}),
        ({}, {"EXPIRES": None}),
        ({}, {"EXPIRES": "tomorrow"}),
        ({}, {"EXPIRES": 2**70}),
        ({}, {"ISSUED": None}),
        ({}, {"SUBJECT": None}),
    ],
)
def test_a_list_that_says_something_else_is_refused(
    suite: Suite, header: dict[Any, Any], changes: dict[str, Any]
) -> None:
    with pytest.raises(StatusListRefused) as why:
        unseal(resealed(suite, header, **changes), public_of, LATER)
    assert not why.value.stale


def test_the_list_never_chooses_its_algorithm() -> None:
    for suite, other in ((Suite.SM2, Suite.ES256), (Suite.ES256, Suite.SM2)):
        with pytest.raises(StatusListRefused):
            unseal(resealed(suite, {1: status.ALGORITHM[other]}), public_of, LATER)
        with pytest.raises(StatusListRefused):
            point = KEY[suite].public.point
            unseal(resealed(suite), lambda _, other=other, point=point: PublicKey(other, point), LATER)


def test_whoever_may_not_speak_for_the_province_is_refused() -> None:
    def nobody(kid: bytes) -> PublicKey:
        raise CredentialRefused(kid.hex(), "does not speak for province 33")

    with pytest.raises(StatusListRefused, match="does not speak for province 33"):
        unseal(seal(LIST, KEY[Suite.SM2], KID[Suite.SM2]), nobody, LATER)


@both
def test_a_flipped_bit_of_what_was_signed_is_refused(suite: Suite) -> None:
    raw = seal(LIST, KEY[suite], KID[suite])
    protected, _, payload, signature = cbor2.loads(raw).value
    number = int.from_bytes(raw, "big")
    for piece in (protected, payload, signature):
        start = raw.index(piece)
        for bit in range(start * 8, (start + len(piece)) * 8):
            with pytest.raises(StatusListRefused):
                unseal((number ^ 1 << len(raw) * 8 - 1 - bit).to_bytes(len(raw), "big"), public_of, LATER)


@pytest.mark.parametrize("form", ["another tag", "an unprotected header", "a byte after it", "a longer array"])
def test_a_list_in_another_form_is_refused(form: str) -> None:
    raw = seal(LIST, KEY[Suite.ES256], KID[Suite.ES256])
    pieces = cbor2.loads(raw).value
    forms = {
        "another tag": cbor2.dumps(cbor2.CBORTag(98, pieces)),
        "an unprotected header": cbor2.dumps(cbor2.CBORTag(18, [pieces[0], {1: -65537}, *pieces[2:]])),
        "a byte after it": raw + b"\0",
        "a longer array": raw[:1] + b"\x98\x04" + raw[2:],
    }
    with pytest.raises(StatusListRefused):
        unseal(forms[form], public_of, LATER)


def test_a_list_of_tomorrow_is_not_believed_today() -> None:
    with pytest.raises(StatusListRefused):
        unseal(seal(LIST, KEY[Suite.ES256], KID[Suite.ES256]), public_of, AT - timedelta(days=1))


@settings(max_examples=300, deadline=2000)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_raise_nothing_else(raw: bytes) -> None:
    with pytest.raises(StatusListRefused):
        unseal(raw, public_of, LATER)


def test_lists_are_named_by_province_and_month() -> None:
    assert [list_id("33", 2601), list_id("10", 9912)] == ["33-2026-01", "10-2099-12"]


def test_a_list_of_a_nation_month_at_one_per_mille_is_small() -> None:
    """600 M a year are 50 M a month over 31 provinces; 2 MB for the nation-year are 5.4 kB a list."""
    size = 50_000_000 // 31
    packed = encode(2, {i * 997 % size: 1 for i in range(size // 1000)}, size)
    assert len(packed) * 31 * 12 < 2_000_000
