"""With files alone: each file lifts the answer one level, and none that is forged, stale or another's lifts it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.codes.submitting import Counter, counter, rolled_back
from tests.conftest import Seeded

from zhijian.codes import credential, log, offline, parse
from zhijian.codes.model import CodesError, CredentialRefused, Issued, State
from zhijian.codes.offline import Offline
from zhijian.codes.qr import text as qr_text
from zhijian.codes.status import StatusListRefused
from zhijian.codes.status import seal as seal_status
from zhijian.codes.status import unseal as unseal_status
from zhijian.codes.trust import TrustList, TrustListRefused, revoked, seal, unseal
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

ANYONE = Scope.anyone()


@dataclass(frozen=True)
class Files:
    """What a person without a network has in hand for one logged report."""

    lab: Counter
    at: datetime
    qr: str
    trust: bytes
    roots: dict[Suite, PublicKey]
    status: bytes
    proof: bytes
    digest: bytes
    issued: Issued

    def verify(self, text: str | None = None, at: datetime | None = None, **how: Any) -> Offline:
        return offline.verify(text or self.qr, at or self.at, **{"root_keys": self.roots, **how})

    @property
    def known(self) -> TrustList:
        return unseal(self.trust, self.roots)


@pytest.fixture(scope="module")
def files(seeded: Seeded) -> Iterator[Files]:
    lab = counter(seeded)
    with lab.node.transaction() as db:
        issued = lab.issue(db, "OFFLINE-FILES-1")
    with lab.node.sequencer(lab.at) as sequencer:
        while sequencer.run_once(lab.at):
            pass
    with rolled_back(lab.node) as db:
        yield files_of(lab, issued, db)


def files_of(lab: Counter, issued: Issued, db: Any) -> Files:
    desk, office, ring = lab.node.desk(db), lab.node.office(db), lab.node.keyring()
    seen = desk.answer(db, ANYONE, issued.code, issued.verifier, lab.at)
    assert seen.full is not None
    status = office.status_list(db, seen.status.list_id, 900, lab.at)
    sealed = office.sealed_trust(db)
    assert status is not None
    assert sealed is not None
    return Files(
        lab, lab.at + timedelta(minutes=1), office.qr_texts(issued)[0], sealed, {s: k.public for s, k in ring.roots.items()},
        status, desk.proof(db, ANYONE, issued.code, issued.verifier), bytes.fromhex(seen.full.file_digest), issued,
    )  # fmt: skip


def test_each_file_lifts_the_answer_by_a_level(files: Files) -> None:
    trust, status, proof = {"trust": files.trust}, {"status": files.status}, {"proof": files.proof}
    reached = [
        files.verify(),
        files.verify(**trust),
        files.verify(**trust, **status),
        files.verify(**trust, **status, **proof),
        files.verify(**trust, **status, **proof, file_digest=files.digest),
    ]
    assert [o.level for o in reached] == [0, 1, 2, 3, 4]
    assert [o.status for o in reached] == [None, None, "valid", "valid", "valid"]
    assert reached[-1].file_matches is True
    assert reached[-1].host_known is True
    assert reached[-1].logged_at is not None
    assert reached[1].trust_version == files.known.version


def test_a_level_without_the_one_below_is_not_claimed(files: Files) -> None:
    assert files.verify(trust=files.trust, proof=files.proof).level == 1, "status is not known"
    assert files.verify(trust=files.trust, file_digest=files.digest).level == 1


def test_another_file_is_told_apart_and_lowers_nothing(files: Files) -> None:
    seen = files.verify(trust=files.trust, status=files.status, proof=files.proof, file_digest=bytes(32))
    assert (seen.level, seen.file_matches) == (3, False)


def test_a_bare_code_and_a_small_qr_reach_level_0(files: Files) -> None:
    for text in (files.issued.code, qr_text("https://verify.example", files.issued.code, files.issued.verifier)):
        assert files.verify(text, trust=files.trust, status=files.status).level == 0


def test_a_genuine_credential_behind_another_code_is_refused(files: Files, seeded: Seeded) -> None:
    other = parse(seeded.shown["valid"]["code"])
    with pytest.raises(CredentialRefused, match="the QR names"):
        files.verify(files.qr.replace(files.issued.code, other), trust=files.trust)


def test_a_qr_that_points_elsewhere_says_so(files: Files) -> None:
    host = files.qr.split("/")[2]
    assert files.verify(files.qr.replace(host, "EVIL.EXAMPLE"), trust=files.trust).host_known is False


def test_a_withdrawn_report_is_seen_by_a_fresh_list_and_a_stale_list_says_nothing(files: Files) -> None:
    with rolled_back(files.lab.node) as db:
        files.lab.change(db, files.issued.code, State.WITHDRAWN)
        fresh = files_of(files.lab, files.issued, db).status
    assert files.verify(trust=files.trust, status=fresh).status == "invalid"
    later = files.verify(at=files.at + timedelta(days=1), trust=files.trust, status=files.status)
    assert (later.level, later.status, later.stale) == (1, None, True)


def resealed(files: Files, key: PrivateKey, kid: bytes, **changes: Any) -> bytes:
    held = unseal_status(files.status, lambda _: files.lab.node.signing_key.public, files.at)
    return seal_status(replace(held, **changes), key, kid)


def test_a_list_of_another_month_or_province_is_refused(files: Files) -> None:
    node = files.lab.node
    for other in ("33-2020-01", "99-2026-11"):
        with pytest.raises(StatusListRefused, match="the credential names"):
            raw = resealed(files, node.signing_key, node.issuing.kid, list_id=other)
            files.verify(trust=files.trust, status=raw)


def test_a_list_that_an_institution_signed_is_refused(files: Files) -> None:
    raw = resealed(files, files.lab.key, bytes.fromhex(files.lab.kid))
    with pytest.raises(StatusListRefused, match="does not speak for"):
        files.verify(trust=files.trust, status=raw)


def changed_trust(files: Files, **changes: Any) -> bytes:
    """The trust list with its node's key changed, sealed by the same roots."""
    node = files.lab.node.issuing.kid.hex()
    keys = tuple(replace(k, **changes) if k.kid == node else k for k in files.known.keys)
    return seal(replace(files.known, keys=keys), files.lab.node.roots())


def test_a_node_of_another_province_cannot_sign_the_list(files: Files) -> None:
    province = files.issued.code[:2]
    elsewhere = {"11": "12"}.get(province, "11")
    institution = {k.kid for k in files.known.keys if k.holder == "institution"}
    with rolled_back(files.lab.node) as db:
        made, _, places = files.lab.node.office(db).lease(db, files.lab.scope, files.lab.facts(db), 1, files.lab.at)
        place = next(places)
    claims = replace(credential.read(files.issued.credential), code=place.code)
    raw = credential.sign(claims, files.lab.key, bytes.fromhex(files.lab.kid))
    text = qr_text("https://h.example", place.code, "0" * 6, raw)
    assert files.lab.kid in institution
    assert files.verify(text, trust=changed_trust(files, scope=elsewhere)).level == 1
    with pytest.raises(StatusListRefused, match="does not speak for"):
        files.verify(text, trust=changed_trust(files, scope=elsewhere), status=files.status)


@pytest.mark.parametrize("change", ["revoked_at", "not_after"])
def test_a_list_signed_by_a_key_that_is_out_is_refused(files: Files, change: str) -> None:
    """A stolen node key, revoked, could call every report valid for ever."""
    ended = changed_trust(files, **{change: files.lab.at - timedelta(days=1)})
    known = unseal(ended, files.roots)
    assert getattr(known.key(files.lab.node.issuing.kid), change) < files.lab.at
    claims = credential.read(files.issued.credential)
    raw = credential.sign(claims, files.lab.key, bytes.fromhex(files.lab.kid))
    text = qr_text("https://h.example", claims.code, "0" * 6, raw)
    try:
        seen = files.verify(text, trust=ended, status=files.status)
    except StatusListRefused:
        return
    assert seen.status is None


def test_what_a_revoked_key_signed_counts_only_with_the_logs_proof(files: Files) -> None:
    """trust.py: a signature counts only if the log saw it before its key was revoked."""
    stolen = bytes.fromhex(files.lab.kid)
    ended = seal(revoked(files.known, files.lab.kid, files.lab.at), files.lab.node.roots())
    backdated = replace(
        credential.read(files.issued.credential), issued_at=files.lab.at.replace(microsecond=0) - timedelta(days=3)
    )
    text = qr_text("https://h.example", backdated.code, "0" * 6, credential.sign(backdated, files.lab.key, stolen))
    try:
        assert files.verify(text, trust=ended, status=files.status).level == 0
    except CredentialRefused:
        pass


def test_what_a_revoked_key_signed_after_its_end_is_refused(files: Files) -> None:
    ended = seal(
        revoked(files.known, files.lab.node.issuing.kid.hex(), files.lab.at - timedelta(days=1)), files.lab.node.roots()
    )
    with pytest.raises(CredentialRefused, match="was revoked"):
        files.verify(trust=ended)


def test_a_proof_of_another_report_is_refused(files: Files, seeded: Seeded) -> None:
    shown = seeded.shown["valid"]
    with rolled_back(files.lab.node) as db:
        other = files.lab.node.desk(db).proof(db, ANYONE, shown["code"], shown["verifier"])
        bare = files.lab.node.desk(db).proof(db, ANYONE, files.issued.code)
    with pytest.raises(CredentialRefused, match="another report"):
        files.verify(trust=files.trust, proof=other)
    with pytest.raises(CredentialRefused):
        files.verify(trust=files.trust, proof=bare)


def test_a_byte_of_the_proof_that_was_changed_is_refused(files: Files) -> None:
    body = bytearray(files.proof)
    for at in range(0, len(body), 23):
        was = body[at]
        body[at] = ord("A") if was != ord("A") else ord("B")
        try:
            seen = files.verify(trust=files.trust, status=files.status, proof=bytes(body))
            # A line that no signature covers may change: the proof still shows the same leaf in the same log.
            assert seen.logged_at == files.verify(trust=files.trust, proof=files.proof).logged_at
        except (CodesError, log.LogError):
            pass
        body[at] = was


def test_an_unsigned_trust_list_lifts_nothing(files: Files) -> None:
    forged = json.loads(files.trust)
    forged["signatures"] = []
    with pytest.raises(TrustListRefused):
        files.verify(trust=json.dumps(forged).encode())


def test_a_trust_list_without_root_keys_lifts_nothing(files: Files) -> None:
    forged = json.loads(files.trust)
    forged["signatures"] = []
    try:
        assert offline.verify(files.qr, files.at, trust=json.dumps(forged).encode()).level == 0
    except TrustListRefused:
        pass


def test_what_was_accepted_once_is_asked_for_its_time_and_its_roots_again(files: Files) -> None:
    """Lists are kept by their very bytes and keys: neither another hour nor another root rides on that."""
    assert files.verify(trust=files.trust, status=files.status).level == 2
    late = files.known.expires_at
    with pytest.raises(TrustListRefused) as ran_out:
        files.verify(at=late, trust=files.trust, status=files.status)
    assert ran_out.value.stale
    assert files.verify(at=files.at + timedelta(days=2), trust=files.trust, status=files.status).stale
    others = {suite: PrivateKey.generate(suite).public for suite in files.roots}
    with pytest.raises(TrustListRefused):
        files.verify(trust=files.trust, status=files.status, root_keys=others)
    with pytest.raises(TrustListRefused):
        files.verify(trust=files.trust, status=files.status, newest_trust=files.known.version + 1)
