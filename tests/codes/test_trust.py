"""The trust list: both roots sign it, nothing in it can be changed, and it never goes back."""

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.sealing import AT, KEY, KID, ROOT, ROOT_POINTS, trust, trusted

from zhijian.codes.model import CredentialRefused
from zhijian.codes.trust import ALG, TrustListRefused, revoked, seal, unseal
from zhijian.kit.signing import PrivateKey, Suite

LIST = trust(trusted(Suite.SM2, revoked_at=AT), trusted(Suite.ES256, "node", "33,32"), label="演示")
SEALED = seal(LIST, ROOT)


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def altered(change: Any) -> bytes:
    """The sealed list with `change` applied to its outer JSON."""
    outer = json.loads(SEALED)
    change(outer)
    return json.dumps(outer).encode()


def refused(raw: bytes, newest_seen: int = 0) -> str:
    with pytest.raises(TrustListRefused) as why:
        unseal(raw, ROOT_POINTS, newest_seen)
    return str(why.value)


def test_a_sealed_list_comes_back_whole() -> None:
    assert unseal(SEALED, ROOT_POINTS) == LIST


def test_both_signatures_are_needed() -> None:
    for alone in Suite:
        refused(seal(LIST, {alone: ROOT[alone]}))
        other = {alone: ROOT[alone], **{s: PrivateKey.generate(s) for s in Suite if s is not alone}}
        refused(seal(LIST, other))
    refused(seal(LIST, {}))


def test_a_signature_in_the_place_of_the_other_is_none() -> None:
    def swap(outer: dict[str, Any]) -> None:
        one, two = outer["signatures"]
        one["signature"], two["signature"] = two["signature"], one["signature"]

    def relabel(outer: dict[str, Any]) -> None:
        one, two = outer["signatures"]
        one["protected"], two["protected"] = two["protected"], one["protected"]

    def same(outer: dict[str, Any]) -> None:
        one, two = outer["signatures"]
        two |= {"protected": two["protected"], "signature": one["signature"]}

    for change in (swap, relabel, same):
        refused(altered(change))


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "", None, 5, ["ES256"]])
def test_another_algorithm_is_none(alg: object) -> None:
    def change(outer: dict[str, Any]) -> None:
        for one in outer["signatures"]:
            one["protected"] = b64(json.dumps({"alg": alg}).encode())

    refused(altered(change))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value where something stands."""
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in leaves(v, (*path, k))]
    if isinstance(value, list):
        return [p for k, v in enumerate(value) for p in leaves(v, (*path, k))]
    return [path]


def test_a_change_of_any_field_is_refused() -> None:
    paths = leaves(json.loads(unb64(json.loads(SEALED)["payload"])))
    assert len(paths) == 5 + 1 + 2 * 9 + 4
    for path in paths:

        def change(outer: dict[str, Any], path: tuple[Any, ...] = path) -> None:
            payload = json.loads(unb64(outer["payload"]))
            place = payload
            for step in path[:-1]:
                place = place[step]
            old = place[path[-1]]
            place[path[-1]] = old + 1 if isinstance(old, int) else f"{old or ''}1"
            outer["payload"] = b64(json.dumps(payload, ensure_ascii=False, sort_keys=True).encode())

        assert "BadSignature" in refused(altered(change))


def test_a_flipped_bit_of_payload_or_header_is_refused() -> None:
    outer = json.loads(SEALED)
    for place in ("payload", "protected"):
        raw = bytearray(unb64(outer["payload"] if place == "payload" else outer["signatures"][0]["protected"]))
        for bit in range(0, len(raw) * 8, 5):
            raw[bit // 8] ^= 1 << bit % 8

            def change(outer: dict[str, Any], place: str = place, text: str = b64(bytes(raw))) -> None:
                (outer if place == "payload" else outer["signatures"][0])[place] = text

            refused(altered(change))
            raw[bit // 8] ^= 1 << bit % 8


def test_its_version_never_goes_back() -> None:
    assert unseal(SEALED, ROOT_POINTS, 7).version == 7
    assert unseal(SEALED, ROOT_POINTS, 6).version == 7
    assert "version 7 is older than 8" in refused(SEALED, 8)


def test_a_list_that_ran_out_is_stale_not_forged() -> None:
    assert unseal(SEALED, ROOT_POINTS, at=LIST.expires_at - timedelta(seconds=1)) == LIST
    for how in ({"at": LIST.expires_at}, {"newest_seen": 8}):
        with pytest.raises(TrustListRefused) as why:
            unseal(SEALED, ROOT_POINTS, **how)
        assert why.value.stale


def test_without_roots_no_list_is_believed() -> None:
    with pytest.raises(TrustListRefused):
        unseal(seal(LIST, {}), {})


def test_a_deeply_nested_list_is_refused() -> None:
    refused(b'{"payload": ' + b"[" * 100_000)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_refused_and_raise_nothing_else(raw: bytes) -> None:
    refused(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["payload", "signatures", "protected", "x"]), inner),
    max_leaves=8,
)  # fmt: skip


@given(json_values)
def test_any_json_is_refused_and_raises_nothing_else(value: object) -> None:
    refused(json.dumps(value).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "x"),
        ("version", None),
        ("issued_at", None),
        ("issued_at", "2026-11-24T08:30:00"),
        ("issued_at", "yesterday"),
        ("keys", None),
        ("keys", [{}]),
        ("logs", [{"number": 1}]),
        ("hosts", 5),
    ],
)
def test_a_list_that_the_roots_signed_must_still_be_one(field: str, value: object) -> None:
    payload = json.loads(unb64(json.loads(SEALED)["payload"])) | {field: value}
    text, signatures = b64(json.dumps(payload).encode()), []
    for suite, key in ROOT.items():
        protected = b64(json.dumps({"alg": ALG[suite]}).encode())
        signatures.append({"protected": protected, "signature": b64(key.sign(f"{protected}.{text}".encode()))})
    refused(json.dumps({"payload": text, "signatures": signatures}).encode())


def test_keys_are_found_by_bytes_and_by_text_and_strangers_are_refused() -> None:
    kid = KID[Suite.SM2]
    assert LIST.key(kid) == LIST.key(kid.hex()) == LIST.keys[0]
    assert LIST.key(kid).public == KEY[Suite.SM2].public
    for stranger in (b"none", "ffffffff", b"", kid.hex().upper(), kid[:3]):
        with pytest.raises(CredentialRefused, match="not in the trust list, version 7"):
            LIST.key(stranger)


def test_logs_are_found_by_number_and_by_origin_and_strangers_are_refused() -> None:
    assert LIST.log(1) == LIST.log("log.zhijian.example/2026h2") == LIST.logs[0]
    for stranger in (2, "log.zhijian.example/2027h1", "1", ""):
        with pytest.raises(CredentialRefused):
            LIST.log(stranger)


def test_a_revocation_is_the_next_version_and_touches_one_key() -> None:
    kid, moment = KID[Suite.ES256].hex(), AT + timedelta(hours=1)
    after = revoked(LIST, kid, moment)
    assert after.version == LIST.version + 1
    assert after.key(kid).revoked_at == moment
    assert replace(after, version=7, keys=(after.keys[0], replace(after.keys[1], revoked_at=None))) == LIST
    with pytest.raises(CredentialRefused):
        revoked(LIST, "ffffffff", moment)


def test_an_institutions_key_never_speaks_for_a_province_and_a_nodes_never_for_an_institution() -> None:
    """The scope of one kind reads like that of the other: `33` is a province, `0033` an institution."""
    institution = trust(trusted(Suite.SM2, "institution", "33"))
    node = trust(trusted(Suite.SM2, "node", "08K7"))
    for known in (institution, node):
        with pytest.raises(CredentialRefused, match="does not speak"):
            known.key_for(KID[Suite.SM2], "33", "08K7", AT)


def test_times_survive_with_their_zone() -> None:
    moment = datetime.fromisoformat("2026-11-24T16:30:00.123456+08:00")
    found = unseal(seal(replace(LIST, issued_at=moment), ROOT), ROOT_POINTS)
    assert found.issued_at == moment
    assert found.issued_at.utcoffset() == timedelta(hours=8)
