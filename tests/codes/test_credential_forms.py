"""Whatever is not the one canonical form is refused, even when a right key signed it."""

import struct
from collections.abc import Callable

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.codes.sealing import ALG, AT, CODE, KID, claims, head, protected_of, public_of, sealed

from zhijian.codes import credential
from zhijian.codes.code import number
from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import Suite

both = pytest.mark.parametrize("suite", list(Suite))
Values = dict[str, bytes]


def values(**changes: bytes) -> Values:
    """The eight claims, each as CBOR."""
    return {
        "code": head(2, 10) + number(CODE[:16]).to_bytes(10, "big"),
        "issued_at": head(0, int(AT.timestamp())),
        "file_digest": head(2, 32) + bytes(range(32)),
        "facts_digest": head(2, 16) + bytes(range(16)),
        "cma": head(2, 5) + (161705070076).to_bytes(5, "big"),
        "list": head(0, 2611),
        "index": head(0, 1_234_567),
        "log": head(0, 1),
    } | changes


def payload(**changes: bytes) -> bytes:
    return head(4, 8) + b"".join(values(**changes).values())


@both
def test_the_form_written_by_hand_is_the_one_that_is_accepted(suite: Suite) -> None:
    raw = sealed(suite, protected_of(suite), payload())
    assert credential.verify(raw, public_of).claims == claims()


DOUBLE = b"\xfb"
PAYLOADS = {
    "a longer integer": lambda: payload(log=head(0, 1, 1)),
    "a longer time": lambda: payload(issued_at=head(0, int(AT.timestamp()), 8)),
    "a longer head of bytes": lambda: payload(file_digest=head(2, 32, 2) + bytes(range(32))),
    "a longer head of the array": lambda: head(4, 8, 1) + payload()[1:],
    "an array without end": lambda: b"\x9f" + payload()[1:] + b"\xff",
    "bytes in pieces": lambda: payload(code=b"\x5f" + values()["code"] + b"\xff"),
    "a byte after it": lambda: payload() + b"\0",
    "a claim too few": lambda: head(4, 7) + payload()[1:-1],
    "a claim too many": lambda: head(4, 9) + payload()[1:] + b"\0",
    "a map": lambda: head(5, 8) + b"".join(head(0, n) + v for n, v in enumerate(values().values())),
    "a tagged integer": lambda: payload(log=head(6, 2) + head(2, 1) + b"\1"),
    "a null instead of a number": lambda: payload(index=b"\xf6"),
    "a text instead of a number": lambda: payload(index=head(3, 1) + b"5"),
    "a negative index": lambda: payload(index=head(1, 4)),
    "a negative time": lambda: payload(issued_at=head(1, 4)),
    "a time beyond all calendars": lambda: payload(issued_at=head(0, 2**63)),
    "a code that is too large": lambda: payload(code=head(2, 10) + b"\xff" * 10),
    "a code of nine bytes": lambda: payload(code=head(2, 9) + bytes(9)),
    "a code of eleven bytes": lambda: payload(code=head(2, 11) + b"\0" + values()["code"][1:]),
    "a file digest of 31 bytes": lambda: payload(file_digest=head(2, 31) + bytes(31)),
    "a facts digest of 32 bytes": lambda: payload(facts_digest=head(2, 32) + bytes(32)),
    "a certificate number of four bytes": lambda: payload(cma=head(2, 4) + bytes(4)),
    "an undefined": lambda: payload(cma=b"\xf7"),
    "nothing": lambda: b"",
    "no CBOR": lambda: b"\xff",
}  # fmt: skip
LOOSE = {
    "a time with a fraction": lambda: payload(issued_at=DOUBLE + struct.pack(">d", AT.timestamp() + 0.1)),
    "an index as a float": lambda: payload(index=b"\xf9\x45\x00"),
    "a truth instead of a number": lambda: payload(log=b"\xf5"),
    "a code as a list": lambda: payload(code=head(4, 10) + bytes(10)),
    "a file digest as text": lambda: payload(file_digest=head(3, 32) + b"a" * 32),
    "a facts digest as a list": lambda: payload(facts_digest=head(4, 16) + b"\1" * 16),
    "a certificate number of no bytes": lambda: payload(cma=head(2, 0)),
    "a certificate number of 13 digits": lambda: payload(cma=head(2, 5) + (10**12).to_bytes(5, "big")),
}  # fmt: skip


@pytest.mark.parametrize("form", PAYLOADS)
def test_a_payload_in_another_form_is_refused(form: str) -> None:
    suite = Suite.ES256
    with pytest.raises(CredentialRefused):
        credential.verify(sealed(suite, protected_of(suite), PAYLOADS[form]()), public_of)


@pytest.mark.parametrize("form", LOOSE)
def test_a_claim_of_another_kind_is_refused(form: str) -> None:
    suite = Suite.ES256
    with pytest.raises(CredentialRefused):
        credential.verify(sealed(suite, protected_of(suite), LOOSE[form]()), public_of)


def header(suite: Suite, *pairs: bytes, count: int | None = None) -> bytes:
    return head(5, count if count is not None else len(pairs)) + b"".join(pairs)


def alg(suite: Suite) -> bytes:
    return head(0, 1) + head(1, -1 - ALG[suite])


def kid(suite: Suite) -> bytes:
    return head(0, 4) + head(2, 4) + KID[suite]


HEADERS: dict[str, Callable[[Suite], bytes]] = {
    "in the wrong order": lambda s: header(s, kid(s), alg(s)),
    "with a field twice": lambda s: header(s, alg(s), alg(s), kid(s)),
    "with a content type": lambda s: header(s, alg(s), head(0, 3) + head(0, 0), kid(s)),
    "with a critical field": lambda s: header(s, alg(s), head(0, 2) + head(4, 1) + head(0, 9), kid(s)),
    "with a field of ours": lambda s: header(s, alg(s), kid(s), head(1, 0) + head(0, 0)),
    "without a kid": lambda s: header(s, alg(s)),
    "without an algorithm": lambda s: header(s, kid(s)),
    "empty": lambda s: header(s),
    "of no bytes": lambda s: b"",
    "with a longer integer": lambda s: header(s, head(0, 1, 1) + alg(s)[1:], kid(s)),
    "with a kid as text": lambda s: header(s, alg(s), head(0, 4) + head(3, 4) + b"abcd"),
    "without end": lambda s: b"\xbf" + alg(s) + kid(s) + b"\xff",
    "with a byte after it": lambda s: header(s, alg(s), kid(s)) + b"\0",
    "an array": lambda s: head(4, 2) + head(0, 1) + head(0, 4),
    "with the name of the algorithm": lambda s: header(s, head(0, 1) + head(3, 5) + b"ES256", kid(s)),
    "with another algorithm": lambda s: header(s, head(0, 1) + head(1, 34), kid(s)),
}


@both
@pytest.mark.parametrize("form", HEADERS)
def test_a_protected_header_in_another_form_is_refused(suite: Suite, form: str) -> None:
    with pytest.raises(CredentialRefused):
        credential.verify(sealed(suite, HEADERS[form](suite), payload()), public_of)


# −7 as a half-precision float, and `true` as the key 1; both are in canonical order.
PYTHON_EQUAL = {
    "a float": b"\xa2\x01\xf9\xc7\x00\x04\x44" + KID[Suite.ES256],
    "a truth": b"\xa2\x04\x44" + KID[Suite.ES256] + b"\xf5\x26",
}


@pytest.mark.parametrize("form", PYTHON_EQUAL)
def test_a_header_that_only_python_takes_for_the_same_is_refused(form: str) -> None:
    with pytest.raises(CredentialRefused):
        credential.verify(sealed(Suite.ES256, PYTHON_EQUAL[form], payload()), public_of)


SIGNATURE = head(2, 64)
OUTERS: dict[str, Callable[[bytes], dict[str, bytes]]] = {
    "without its tag": lambda s: {"tag": b""},
    "with the tag of COSE_Sign": lambda s: {"tag": head(6, 98)},
    "with the tag of COSE_Mac0": lambda s: {"tag": head(6, 17)},
    "with its tag twice": lambda s: {"tag": head(6, 18) * 2},
    "with a longer tag": lambda s: {"tag": head(6, 18, 1)},
    "with the tag that says CBOR": lambda s: {"tag": head(6, 55799) + head(6, 18)},
    "in an array without end": lambda s: {"array": b"\x9f", "after": b"\xff"},
    "in a longer array": lambda s: {"array": head(4, 4, 1)},
    "with a fifth piece": lambda s: {"array": head(4, 5), "after": b"\0"},
    "with an unprotected kid": lambda s: {"unprotected": head(5, 1) + head(0, 4) + head(2, 4) + KID[Suite.ES256]},
    "with an unprotected algorithm": lambda s: {"unprotected": head(5, 1) + head(0, 1) + head(1, 6)},
    "with an unprotected null": lambda s: {"unprotected": b"\xf6"},
    "with an unprotected list": lambda s: {"unprotected": head(4, 0)},
    "with a byte after it": lambda s: {"after": b"\0"},
    "with itself after it": lambda s: {"after": s},
    "with a signature of 65 bytes": lambda s: {"signature": head(2, 65) + s[-64:] + b"\0"},
    "with a signature of 63 bytes": lambda s: {"signature": head(2, 63) + s[-63:]},
    "with a signature as text": lambda s: {"signature": head(3, 64) + b"a" * 64},
    "with a signature of zeros": lambda s: {"signature": SIGNATURE + bytes(64)},
    "with a longer signature head": lambda s: {"signature": head(2, 64, 2) + s[-64:]},
    "with a detached payload": lambda s: {"payload": b"\xf6"},
    "with a payload as text": lambda s: {"payload": head(3, 3) + b"abc"},
    "with its payload in pieces": lambda s: {"payload": b"\x5f" + head(2, len(payload())) + payload() + b"\xff"},
}


@pytest.mark.parametrize("form", OUTERS)
def test_an_outside_in_another_form_is_refused(form: str) -> None:
    suite = Suite.ES256
    good = sealed(suite, protected_of(suite), payload())
    with pytest.raises(CredentialRefused):
        credential.verify(sealed(suite, protected_of(suite), payload(), **OUTERS[form](good)), public_of)


@settings(max_examples=500, deadline=2000)
@given(st.binary(max_size=300))
@example(b"")
@example(head(6, 18) + head(4, 2**62))
@example(head(6, 18) + head(2, 2**62))
@example(head(6, 18) + head(5, 2**40))
@example(b"\x81" * 255)
@example(b"\xd8\x23\x78\x80" + b"(" * 128)
@example(b"\xd8\x1c" * 120)
def test_any_bytes_are_refused_and_raise_nothing_else(raw: bytes) -> None:
    with pytest.raises(CredentialRefused):
        credential.verify(raw, public_of)


@both
@settings(max_examples=300, deadline=2000)
@given(data=st.data())
def test_any_change_is_refused_and_raises_nothing_else(suite: Suite, data: st.DataObject) -> None:
    raw = bytearray(sealed(suite, protected_of(suite), payload()))
    before = bytes(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    if bytes(raw) != before:
        with pytest.raises(CredentialRefused):
            credential.verify(bytes(raw), public_of)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.binary(max_size=40) | st.text(max_size=20)
    | st.decimals() | st.fractions() | st.datetimes() | st.uuids() | st.ip_addresses(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers() | st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
good_values = st.sampled_from(list(values().values()))


@settings(max_examples=60, deadline=2000)
@given(st.lists(anything, min_size=8, max_size=8) | anything)
def test_whatever_a_right_key_signs_is_a_credential_or_a_refusal(said: object) -> None:
    try:
        inside = cbor2.dumps(said, canonical=True)
    except (ValueError, TypeError, cbor2.CBOREncodeError):
        return
    suite = Suite.ES256
    try:
        credential.verify(sealed(suite, protected_of(suite), inside), public_of)
    except CredentialRefused:
        pass


@settings(max_examples=150, deadline=2000)
@given(st.data())
def test_one_strange_claim_among_right_ones_is_a_credential_or_a_refusal(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(values())))
    try:
        strange = cbor2.dumps(data.draw(anything), canonical=True)
    except (ValueError, TypeError, cbor2.CBOREncodeError):
        return
    suite = Suite.ES256
    try:
        credential.verify(sealed(suite, protected_of(suite), payload(**{name: strange})), public_of)
    except CredentialRefused:
        pass
