"""Forged, spoilt and borrowed signatures: refused alike, registering nothing, telling nothing."""

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.forging import BATCH, Forged, sig
from tests.api.problem_documents import problem
from tests.conftest import Laboratory, Seeded, laboratory
from tests.lims import leaf

from zhijian.kit.signing import PrivateKey, Suite

Rows = Callable[..., list[Any]]
HONEST = ("@method", "@authority", "@path", "content-digest", "idempotency-key", "report-root")


def test_the_honest_request_of_these_tests_is_accepted(lab: Laboratory) -> None:
    assert Forged(lab, lab.fresh("S-HONEST")).send().status_code == 201


def test_components_may_stand_in_any_order_and_more_may_be_covered(lab: Laboratory) -> None:
    components = (*reversed(HONEST), "content-type")
    assert Forged(lab, lab.fresh("S-ORDER"), components=components).send().status_code == 201


FORGERIES: dict[str, Callable[[Laboratory, Laboratory, dict[str, Any]], Forged]] = {
    "a key made a moment ago": lambda lab, _, r: Forged(lab, r, key=PrivateKey.generate(lab.lims.key.suite)),
    "another institution's key under this keyid": lambda lab, o, r: Forged(lab, r, key=o.lims.key),
    "this key under another institution's keyid": lambda lab, o, r: Forged(lab, r, kid=o.lims.kid),
    "a keyid that nobody has": lambda lab, _, r: Forged(lab, r, kid="00000000"),
    "a keyid with a character more": lambda lab, _, r: Forged(lab, r, kid=lab.lims.kid + "a"),
    "no keyid to speak of": lambda lab, _, r: Forged(lab, r, kid="?"),
    "a long keyid": lambda lab, _, r: Forged(lab, r, kid="a" * 100),
    "a keyid that is SQL": lambda lab, _, r: Forged(lab, r, kid="' OR '1'='1"),
    "the other suite's algorithm": lambda lab, o, r: Forged(lab, r, alg=other_algorithm(lab)),
    "no such algorithm": lambda lab, _, r: Forged(lab, r, alg="none"),
    "an HMAC": lambda lab, _, r: Forged(lab, r, alg="hmac-sha256"),
    "the algorithm in capitals": lambda lab, _, r: Forged(lab, r, alg="SM2-SM3"),
    "signed six minutes ago": lambda lab, _, r: Forged(lab, r, created=int(time.time()) - 360),
    "signed six minutes from now": lambda lab, _, r: Forged(lab, r, created=int(time.time()) + 360),
    "signed in 1970": lambda lab, _, r: Forged(lab, r, created=0),
    "signed in the year 33658": lambda lab, _, r: Forged(lab, r, created=999_999_999_999),
    "signed at no time": lambda lab, _, r: Forged(lab, r, created='"now"'),
    "signed before the beginning": lambda lab, _, r: Forged(lab, r, created=-1),
    "the method left out": lambda lab, _, r: Forged(lab, r, components=without("@method")),
    "the node left out": lambda lab, _, r: Forged(lab, r, components=without("@authority")),
    "signed for another node": lambda lab, _, r: Forged(lab, r, authority="api.other-province.example"),
    "the path left out": lambda lab, _, r: Forged(lab, r, components=without("@path")),
    "the digest left out": lambda lab, _, r: Forged(lab, r, components=without("content-digest")),
    "the idempotency key left out": lambda lab, _, r: Forged(lab, r, components=without("idempotency-key")),
    "the root left out": lambda lab, _, r: Forged(lab, r, components=without("report-root")),
    "nothing covered": lambda lab, _, r: Forged(lab, r, components=()),
    "a component twice": lambda lab, _, r: Forged(lab, r, components=(*HONEST, "@path")),
    "a component that is not there": lambda lab, _, r: Forged(lab, r, components=(*HONEST, "x-more")),
    "a derived component of another kind": lambda lab, _, r: Forged(lab, r, components=(*HONEST, "@status")),
    "eleven components": lambda lab, _, r: Forged(lab, r, components=(*HONEST, *"abcdef")),
    "signed for the batch": lambda lab, _, r: Forged(lab, r, signed_path=BATCH),
    "signed for another path": lambda lab, _, r: Forged(lab, r, signed_path="/api/v1/leases"),
    "a query that was not signed": lambda lab, _, r: Forged(lab, r, query="a=1", components=HONEST),
    "a query that was changed": lambda lab, _, r: Forged(lab, r, query="a=1", signed_query="a=2"),
    "the root of nothing": lambda lab, _, r: Forged(lab, r, root=hashlib.sha256(b"").hexdigest()),
    "a root without its prefix": lambda lab, _, r: Forged(lab, r, root="0" * 64),
    "an empty root": lambda lab, _, r: Forged(lab, r, root=""),
    "a parameter in capitals": lambda lab, _, r: Forged(lab, r, parameters=';Tag="x"'),
    "a parameter with a quote in it": lambda lab, _, r: Forged(lab, r, parameters=';tag="a\\"b"'),
}  # fmt: skip


def without(name: str) -> tuple[str, ...]:
    return tuple(c for c in HONEST if c != name)


def other_algorithm(lab: Laboratory) -> str:
    return "ecdsa-p256-sha256" if lab.lims.key.suite is Suite.SM2 else "sm2-sm3"


@pytest.mark.parametrize("what", FORGERIES)
@pytest.mark.parametrize("suite", list(Suite))
def test_a_forged_request_is_refused_and_registers_nothing(
    seeded: Seeded, api: TestClient, rows: Rows, what: str, suite: Suite
) -> None:
    lab, other = (laboratory_of(seeded, api, s) for s in (suite, other_suite(suite)))
    report = lab.fresh(f"S-FORGED-{suite}")
    body = problem(FORGERIES[what](lab, other, report).send(), 400, 401)
    assert body["why"] != "json-malformed"
    assert not rows("SELECT 1 FROM report WHERE own_number = :n", n=f"S-FORGED-{suite}")


_laboratories: dict[Suite, Laboratory] = {}


def laboratory_of(seeded: Seeded, api: TestClient, suite: Suite) -> Laboratory:
    if suite not in _laboratories:
        _laboratories[suite] = laboratory(seeded, api, suite)
    return _laboratories[suite]


def other_suite(suite: Suite) -> Suite:
    return next(s for s in Suite if s is not suite)


SPOILT: dict[str, Callable[[Forged], Any]] = {
    "no signature": lambda f: f.headers.pop("signature"),
    "no signature input": lambda f: f.headers.pop("signature-input"),
    "neither": lambda f: (f.headers.pop("signature"), f.headers.pop("signature-input")),
    "an empty signature": lambda f: f.headers.update(signature="sig=::"),
    "another label": lambda f: f.headers.update(signature=f.headers["signature"].replace("sig=", "sig1=")),
    "two labels": lambda f: f.headers.update(signature=f"{f.headers['signature']}, sig2=:AAAA:"),
    "not Base64": lambda f: f.headers.update(signature="sig=:????:"),
    "Base64 of a wrong length": lambda f: f.headers.update(signature="sig=:AAAAA:"),
    "hexadecimal": lambda f: f.headers.update(signature=f"sig=:{f.signature.hex()}:"),
    "a byte behind the signature": lambda f: f.headers.update(signature=sig(f.signature + b"\0")),
    "a byte before the signature": lambda f: f.headers.update(signature=sig(b"\0" + f.signature)),
    "a byte too few": lambda f: f.headers.update(signature=sig(f.signature[:-1])),
    "r and s exchanged": lambda f: f.headers.update(signature=sig(f.signature[32:] + f.signature[:32])),
    "nothing but zeros": lambda f: f.headers.update(signature=sig(bytes(64))),
    "the largest numbers": lambda f: f.headers.update(signature=sig(b"\xff" * 64)),
    "DER": lambda f: f.headers.update(signature=sig(b"\x30\x44\x02\x20" + f.signature[:32] + b"\x02\x20" + f.signature[32:])),
    "one bit of the signature": lambda f: f.headers.update(signature=sig(f.signature[:-1] + bytes([f.signature[-1] ^ 1]))),
    "another body": lambda f: setattr(f, "body", f.body.replace(b"S-SPOILT", b"S-SPOIL2")),
    "a body with a blank behind": lambda f: setattr(f, "body", f.body + b" "),
    "another body with its own digest": lambda f: restate(f, f.body.replace(b"S-SPOILT", b"S-SPOIL2")),
    "another body with its own digest and root": lambda f: restate(f, f.body.replace(b"S-SPOILT", b"S-SPOIL2"), root=True),
    "no digest": lambda f: f.headers.pop("content-digest"),
    "a digest of another kind": lambda f: f.headers.update({"content-digest": "sha-512=:AAAA:"}),
    "no root": lambda f: f.headers.pop("report-root"),
    "the root in capitals": lambda f: f.headers.update({"report-root": f.headers["report-root"].upper()}),
    "no idempotency key": lambda f: f.headers.pop("idempotency-key"),
    "another idempotency key": lambda f: f.headers.update({"idempotency-key": "another"}),
    "an empty idempotency key": lambda f: f.headers.update({"idempotency-key": ""}),
    "an endless idempotency key": lambda f: f.headers.update({"idempotency-key": "k" * 20_000}),
    "a blank inside the idempotency key": lambda f: f.headers.update({"idempotency-key": "a b"}),
    "another method's address": lambda f: setattr(f, "path", "/api/v1/leases"),
    "the batch's address": lambda f: setattr(f, "path", BATCH),
    "the address spelt with percent": lambda f: setattr(f, "path", "/api/v1/report%73"),
    "a query added": lambda f: setattr(f, "query", "x=1"),
    "created spelt otherwise": lambda f: f.headers.update(
        {"signature-input": f.headers["signature-input"].replace(";created=1", ";created=01")}
    ),
    "a parameter added": lambda f: f.headers.update({"signature-input": f.headers["signature-input"] + ';nonce="n"'}),
    "a component added": lambda f: f.headers.update(
        {"signature-input": f.headers["signature-input"].replace('"report-root"', '"report-root" "content-type"')}
    ),
    "blanks in the signature input": lambda f: f.headers.update(
        {"signature-input": f.headers["signature-input"].replace(";", " ; ")}
    ),
    "an endless signature input": lambda f: f.headers.update({"signature-input": "sig=(" + '"a" ' * 5000 + ")"}),
    "a keyid parameter twice": lambda f: f.headers.update({"signature-input": f.headers["signature-input"] + ';keyid="00000000"'}),
    "bytes above ASCII in the signature input": lambda f: f.headers.update(
        {"signature-input": f.headers["signature-input"].encode() + "；".encode()}  # type: ignore[dict-item]
    ),
    "bytes above ASCII in the idempotency key": lambda f: f.headers.update({"idempotency-key": b"\xe9\xff"}),  # type: ignore[dict-item]
    "a line end in the idempotency key": lambda f: f.headers.update({"idempotency-key": 'a\n"@path": /api/v1/leases'}),
}  # fmt: skip


def restate(forged: Forged, body: bytes, *, root: bool = False) -> None:
    forged.body = body
    forged.headers["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    if root:
        forged.headers["report-root"] = leaf(body).hex()


@pytest.mark.parametrize("what", SPOILT)
def test_a_request_spoilt_after_signing_is_refused(lab: Laboratory, rows: Rows, what: str) -> None:
    forged = Forged(lab, lab.fresh("S-SPOILT"))
    SPOILT[what](forged)
    problem(forged.send(), 400, 401, 422)  # 422: a body that is none of that address, seen before its signature
    assert not rows("SELECT 1 FROM report WHERE own_number LIKE 'S-SPOIL%'")


@pytest.mark.parametrize("name", ["signature", "signature-input", "report-root", "content-digest", "idempotency-key"])
def test_a_header_that_stands_twice_is_read_once_or_refused(lab: Laboratory, rows: Rows, name: str) -> None:
    """Whoever puts a second one in the way must not change what is registered."""
    forged = Forged(lab, lab.fresh(f"S-TWICE-{name}"))
    again = {"signature": sig(bytes(64)), "signature-input": "sig=()", "report-root": "00" * 32,
             "content-digest": "sha-256=:AAAA:", "idempotency-key": "smuggled"}[name]  # fmt: skip
    for headers in ([*forged.headers.items(), (name, again)], [(name, again), *forged.headers.items()]):
        assert forged.send(headers).status_code in (201, 400, 401)
    assert not rows("SELECT 1 FROM submission WHERE idempotency_key = 'smuggled'")


def test_a_signature_past_its_own_expiry_is_refused(lab: Laboratory) -> None:
    forged = Forged(lab, lab.fresh("S-EXPIRES"), parameters=f";expires={int(time.time()) - 60}")
    problem(forged.send(), 401)


def test_the_same_bytes_twice_are_one_report_and_one_answer(lab: Laboratory, rows: Rows) -> None:
    forged = Forged(lab, lab.fresh("S-REPLAY"))
    first, again, third = forged.send(), forged.send(), forged.send()
    assert [a.status_code for a in (first, again, third)] == [201, 201, 201]
    assert first.content == again.content == third.content
    assert len(rows("SELECT 1 FROM report WHERE own_number = 'S-REPLAY'")) == 1


def test_a_report_replayed_under_another_institutions_signature_is_not_theirs_to_take(
    lab: Laboratory, other: Laboratory
) -> None:
    """The same bytes, signed by somebody who is not their institution: its rules are held against that one."""
    report = lab.fresh("S-STOLEN")
    problem(Forged(other, report).send(), 422)


def refusals_without_knowledge(lab: Laboratory, rows: Rows) -> dict[str, Any]:
    """What is said to an unknown key, a known key with a wrong signature, a revoked and an expired one."""
    report, said = lab.fresh("S-ORACLE"), {}
    said["unknown"] = Forged(lab, report, kid="00000000").send()
    said["wrong signature"] = Forged(lab, report, key=PrivateKey.generate(lab.lims.key.suite)).send()
    said["wrong algorithm"] = Forged(lab, report, alg=other_algorithm(lab)).send()
    for name, column, value in (
        ("revoked", "revoked_at", "now()"),
        ("revoked from tomorrow", "revoked_at", "now() + interval '1 day'"),
        ("expired", "not_after", "now() - interval '1 minute'"),
        ("not valid yet", "not_before", "now() + interval '1 hour'"),
    ):
        kept = rows(f"SELECT {column} AS v FROM institution_key WHERE kid = :k", k=lab.lims.kid)[0]["v"]
        rows(f"UPDATE institution_key SET {column} = {value} WHERE kid = :k", k=lab.lims.kid)
        try:
            said[name] = Forged(lab, report).send()
        finally:
            rows(f"UPDATE institution_key SET {column} = :v WHERE kid = :k", v=kept, k=lab.lims.kid)
    return said


def test_nobody_learns_which_keys_exist(lab: Laboratory, rows: Rows) -> None:
    said = refusals_without_knowledge(lab, rows)
    for answer in said.values():
        problem(answer, 401, why="signature-wrong")
    assert len({answer.content for answer in said.values()}) == 1, {k: a.text for k, a in said.items()}
    names = [sorted(answer.headers.items()) for answer in said.values()]
    assert all(one == names[0] for one in names)


def test_a_key_out_of_use_registers_nothing_and_one_back_in_use_does(lab: Laboratory, rows: Rows) -> None:
    refusals_without_knowledge(lab, rows)
    assert not rows("SELECT 1 FROM report WHERE own_number = 'S-ORACLE'")
    assert Forged(lab, lab.fresh("S-ORACLE")).send().status_code == 201


def test_an_answer_kept_for_a_key_is_not_given_to_a_revoked_one(lab: Laboratory, rows: Rows) -> None:
    forged = Forged(lab, lab.fresh("S-KEPT"))
    assert forged.send().status_code == 201
    rows("UPDATE institution_key SET revoked_at = now() WHERE kid = :k", k=lab.lims.kid)
    try:
        problem(forged.send(), 401, why="signature-wrong")
    finally:
        rows("UPDATE institution_key SET revoked_at = NULL WHERE kid = :k", k=lab.lims.kid)


def test_a_flood_of_bad_signatures_takes_nothing_from_the_quota(lab: Laboratory, rows: Rows) -> None:
    sql = "SELECT coalesce(sum(reports), 0) AS n FROM key_use WHERE kid = :k"
    before = rows(sql, k=lab.lims.kid)
    stranger = PrivateKey.generate(lab.lims.key.suite)
    for n in range(100):
        problem(Forged(lab, lab.fresh(f"S-FLOOD-{n}"), key=stranger).send(), 401)
    assert rows(sql, k=lab.lims.kid) == before


@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/reports/332608K70049M302AR"])
def test_reading_asks_for_a_signature_too(api: TestClient, lab: Laboratory, path: str) -> None:
    problem(api.get(path), 401)
    headers = lab.lims.headers("GET", path, b"")
    problem(api.get(path + "?limit=5", headers=headers), 401, why="signature-incomplete")
    problem(
        api.get("/api/v1/reports?limit=1", headers=lab.lims.headers("GET", "/api/v1/reports", b"", query="limit=2")),
        401,
    )


def test_a_get_signature_does_not_post(lab: Laboratory) -> None:
    path = "/api/v1/leases"
    body = b'{"count": 1}'
    headers = {**lab.lims.headers("POST", path, body), **lab.lims.headers("GET", path, b"")}
    problem(lab.lims.client.request("POST", path, content=body, headers=headers), 401)
