"""What is verified offline, twice: by codes.offline and by the modules of the offline page. Nothing here needs a database."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.codes.sealing import AT, CODE, KEY, KID, ROOT, ROOT_POINTS, claims, protected_of, sealed, trust, trusted
from tests.codes.test_credential_forms import HEADERS, LOOSE, OUTERS, PAYLOADS, PYTHON_EQUAL, payload

from zhijian.codes import credential, record
from zhijian.codes.code import compose
from zhijian.codes.credential import kid_of
from zhijian.codes.log import SHA256, LogProof, Signer, Verifier
from zhijian.codes.log.audit_path import inclusion_path
from zhijian.codes.log.checkpoint import Checkpoint, sm3_line
from zhijian.codes.log.key import SM2
from zhijian.codes.log.note import sign_note
from zhijian.codes.logbook import sm2_check
from zhijian.codes.qr import text as qr_text
from zhijian.codes.status import StatusList, encode
from zhijian.codes.status import seal as seal_status
from zhijian.codes.trust import TrustedLog, TrustList, seal
from zhijian.kit.signing import PrivateKey, Suite

HOST = "verify.zhijian.example"
ORIGIN = "log.zhijian.example/2026h2"
NODE = {suite: PrivateKey(suite, bytes([n + 21]) * 32) for n, suite in enumerate(Suite)}
NODE_KID = {suite: kid_of(key.public) for suite, key in NODE.items()}
LOG_ED = Signer.ed25519(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
_LOG_SM2 = PrivateKey(Suite.SM2, b"\x51" * 32)
LOG_SM2 = Signer(Verifier(ORIGIN, SM2, _LOG_SM2.public.point, sm2_check), _LOG_SM2.sign)
INDEX = {"valid": 1000, "invalid": 5, "suspended": 6, "superseded": 7}
LIST = StatusList(
    "33-2026-11", AT - timedelta(minutes=5), AT + timedelta(minutes=10), 900, encode(2, {5: 1, 6: 2, 7: 3}, 5000)
)


@dataclass(frozen=True)
class Case:
    text: str
    at: datetime = AT
    trust: bytes | None = None
    status: bytes | None = None
    proof: bytes | None = None
    digest: bytes | None = None
    newest: int = 0
    roots: dict[str, str] = field(default_factory=lambda: {s.value: k.point.hex() for s, k in ROOT_POINTS.items()})

    def plain(self) -> dict[str, Any]:
        """As JSON holds it: bytes in base64, the time in whole microseconds."""
        packed = {k: v and base64.b64encode(v).decode() for k, v in (
            ("trust", self.trust), ("status", self.status), ("proof", self.proof), ("digest", self.digest))}  # fmt: skip
        micros = round(self.at.timestamp()) * 10**6 + self.at.microsecond
        return {"text": self.text, "at": micros, "newest": self.newest, "roots": self.roots, **packed}


def keys(**node: Any) -> tuple[Any, ...]:
    """Both keys of the institution, and both of the node."""
    nodes = (
        replace(trusted(s), kid=NODE_KID[s].hex(), name=f"node-{s}", point=NODE[s].public.point.hex(), holder="node",
                scope="10,33", **node)
        for s in Suite
    )  # fmt: skip
    return (*(trusted(s) for s in Suite), *nodes)


def known(*of: Any, **changes: Any) -> TrustList:
    logs = (TrustedLog(1, ORIGIN, LOG_ED.verifier.vkey(), LOG_SM2.verifier.vkey()),)
    return trust(*(of or keys()), **{"logs": logs, "issued_at": AT - timedelta(hours=1), **changes})


TRUST = seal(known(), ROOT)


def signed(suite: Suite = Suite.SM2, by_node: bool = True, **changes: Any) -> bytes:
    key, kid = (NODE[suite], NODE_KID[suite]) if by_node else (KEY[suite], KID[suite])
    return credential.sign(claims(**{"status_index": INDEX["valid"], **changes}), key, kid)


def qr(raw: bytes, code: Any = CODE, host: str = HOST) -> str:
    return qr_text(f"https://{host}", code, "7KQ2MX", raw)


def status(suite: Suite = Suite.SM2, key: PrivateKey | None = None, kid: bytes | None = None, **changes: Any) -> bytes:
    return seal_status(replace(LIST, **changes), key or NODE[suite], kid or NODE_KID[suite])


STATUS = status()


def proof(raw: bytes, code: Any = CODE, at: datetime = AT, signers: Any = (LOG_ED, LOG_SM2), count: int = 7) -> bytes:
    """The stapled proof of a registration that is leaf 3 of a small log."""
    kept = record.registration(code, raw, bytes(32), at, "abcd0123", bytes(32), 0, None)
    leaf = record.entry(kept, bytes(32))
    leaves = [leaf if n == 3 else bytes([n]) * 49 for n in range(count)]

    def nodes(height: int, index: int) -> bytes:
        return SHA256.perfect(SHA256.leaves(leaves[index << height : (index + 1) << height]))

    root = SHA256.bag([nodes(2, 0), nodes(1, 2), nodes(0, 6)])
    note = sign_note(Checkpoint(ORIGIN, count, root, (sm3_line(bytes(32)),)).text(), list(signers))
    path = tuple(inclusion_path(nodes, 3, count))
    return LogProof(3, path, note, record.staple(leaf, kept)).text()


def flipped(raw: bytes, bit: int) -> bytes:
    """One bit of it changed."""
    changed = bytearray(raw)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def _files(**changes: Any) -> dict[str, Any]:
    return {"trust": TRUST, "status": STATUS, **changes}


def cases() -> Iterator[tuple[str, Case]]:
    for suite in Suite:
        good = signed(suite)
        yield f"valid, {suite}", Case(qr(good), **_files(status=status(suite)))
        yield f"in the log, {suite}", Case(qr(good), **_files(proof=proof(good)))
        yield f"file equal, {suite}", Case(qr(good), **_files(proof=proof(good), digest=bytes(range(32))))
        yield f"file differs, {suite}", Case(qr(good), **_files(digest=bytes(32)))
        own = signed(suite, by_node=False)
        yield f"unregistered?, {suite}", Case(qr(own), **_files())
        yield f"signed by the institution and logged, {suite}", Case(qr(own), **_files(proof=proof(own)))
        yield f"forged signature, {suite}", Case(qr(good[:-1] + bytes([good[-1] ^ 1])), **_files())
        yield f"another suite, {suite}", Case(qr(_other_suite(suite)), **_files())
    for word in ("invalid", "suspended", "superseded"):
        yield word, Case(qr(signed(status_index=INDEX[word])), **_files())
    yield from _codes_and_texts()
    yield from _forms()
    yield from _trust_lists()
    yield from _status_lists()
    yield from _proofs()


def _other_suite(suite: Suite) -> bytes:
    """Says the other algorithm in the header, under a kid that is bound to this one."""
    other = next(s for s in Suite if s is not suite)
    return sealed(suite, protected_of(other, NODE_KID[suite]), payload())


def _codes_and_texts() -> Iterator[tuple[str, Case]]:
    good = signed()
    text = qr(good)
    yield "bare code", Case(CODE, **_files())
    yield "bare code as people type it", Case(" 3326 08k7 oo49 m3o2 ar ", **_files())
    yield "small QR", Case(f"HTTPS://{HOST.upper()}/{CODE}/7KQ2MX", **_files())
    yield "the page's address", Case(f"https://{HOST}/v/{CODE}", **_files())
    yield "one wrong character", Case(f"{CODE[:-1]}X", **_files())
    yield "two wrong characters", Case(f"{CODE[:5]}XX{CODE[7:]}", **_files())
    yield "too short", Case(CODE[:-1], **_files())
    yield "a symbol that is never used", Case(CODE[:-1] + "ß", **_files())
    yield "a province that is none", Case(compose("99", 2026, "08K7", 1), **_files())
    yield "without a trust list", Case(text)
    yield "lower case", Case(text.lower(), **_files())
    yield "other host", Case(qr(good, host="evil.example"), **_files())
    yield "the host before an at sign", Case(qr(good, host=f"{HOST}@evil.example"), **_files())
    yield "the host with a port", Case(qr(good, host=f"{HOST}:8443"), **_files())
    yield "another report's code", Case(qr(good, code=compose("33", 2026, "08K7", 5)), **_files())
    yield "tail too short", Case(f"https://{HOST}/{CODE}/7KQ2M", **_files())
    yield "tail no Base41", Case(text[:-1] + "#", **_files())
    yield "tail with a group of no bytes", Case(text[:-2] + "::", **_files())
    yield "three path pieces", Case(text + "/more", **_files())
    yield "empty", Case("", **_files())
    yield "words", Case("not a code at all", **_files())
    yield "signed in the future", Case(qr(signed(issued_at=AT + timedelta(minutes=6))), **_files())
    yield "clocks that differ a little", Case(qr(signed(issued_at=AT + timedelta(minutes=4))), **_files())
    yield "no CMA mark", Case(qr(signed(cma_number=None)), **_files())


def _forms() -> Iterator[tuple[str, Case]]:
    suite = Suite.ES256
    protected = protected_of(suite)
    good = sealed(suite, protected, payload())
    yield "written by hand", Case(qr(good), **_files())
    for name, made in (PAYLOADS | LOOSE).items():
        yield f"payload: {name}", Case(qr(sealed(suite, protected, made())), **_files())
    for name, header in HEADERS.items():
        yield f"header {name}", Case(qr(sealed(suite, header(suite), payload())), **_files())
    for name, raw in PYTHON_EQUAL.items():
        yield f"header as {name}", Case(qr(sealed(suite, raw, payload())), **_files())
    for name, outer in OUTERS.items():
        yield f"outside {name}", Case(qr(sealed(suite, protected, payload(), **outer(good))), **_files())
    yield "257 bytes", Case(qr(good + bytes(257 - len(good))), **_files())


def _trust_lists() -> Iterator[tuple[str, Case]]:
    text, own = qr(signed()), qr(signed(by_node=False))
    day = timedelta(days=1)
    for root in Suite:
        yield f"trust list without {root}", Case(text, **_files(trust=seal(known(), {root: ROOT[root]})))
        wrong = {**ROOT, root: KEY[root]}
        yield f"trust list with another {root}", Case(text, **_files(trust=seal(known(), wrong)))
    yield "trust list flipped", Case(text, **_files(trust=flipped(TRUST, 8 * 300)))
    yield (
        "trust list unsigned",
        Case(text, **_files(trust=json.dumps({**json.loads(TRUST), "signatures": []}).encode())),
    )
    yield "trust list no JSON", Case(text, **_files(trust=b"{"))
    yield "trust list empty", Case(text, **_files(trust=b"[]"))
    yield "older trust list", Case(text, **_files(newest=8))
    yield "the same trust list again", Case(text, **_files(newest=7))
    yield "trust list run out", Case(text, **_files(trust=seal(known(expires_at=AT), ROOT)))
    yield "unknown kid", Case(text, **_files(trust=seal(known(*keys()[:2]), ROOT)))
    yield "key of another institution", Case(own, **_files(trust=seal(known(*_scoped("0000")), ROOT)))
    yield "node of another province", Case(text, **_files(trust=seal(known(*keys()[:2], *_nodes(scope="10,11")), ROOT)))
    yield "revoked node key", Case(text, **_files(trust=seal(known(*keys(revoked_at=AT)), ROOT)))
    yield "key revoked later", Case(text, **_files(trust=seal(known(*keys(revoked_at=AT + day)), ROOT)))
    yield "key not yet valid", Case(text, **_files(trust=seal(known(*keys(not_before=AT + day)), ROOT)))
    yield "key at its last moment", Case(text, **_files(trust=seal(known(*keys(not_after=AT)), ROOT)))
    yield (
        "key a microsecond late",
        Case(text, at=AT + timedelta(milliseconds=1), **_files(trust=seal(known(*keys(not_after=AT)), ROOT))),
    )


def _scoped(scope: str) -> tuple[Any, ...]:
    return (*(trusted(s, scope=scope) for s in Suite), *keys()[2:])


def _nodes(**changes: Any) -> tuple[Any, ...]:
    return tuple(replace(key, **changes) for key in keys()[2:])


def _status_lists() -> Iterator[tuple[str, Case]]:
    text = qr(signed())
    yield "no status list", Case(text, trust=TRUST)
    yield "stale status list", Case(text, **_files(status=status(expires_at=AT)))
    yield (
        "stale list of a withdrawn one",
        Case(qr(signed(status_index=INDEX["invalid"])), **_files(status=status(expires_at=AT))),
    )
    yield "status list of the future", Case(text, **_files(status=status(issued_at=AT + timedelta(minutes=6))))
    yield "list of another month", Case(text, **_files(status=status(list_id="33-2026-10")))
    yield "list of another province", Case(text, **_files(status=status(list_id="10-2026-11")))
    yield "list too short", Case(text, **_files(status=status(entries=encode(2, {}, 1000))))
    yield "list just long enough", Case(text, **_files(status=status(entries=encode(2, {}, 1001))))
    yield "list not packed", Case(text, **_files(status=status(entries=b"nonsense")))
    yield "list that an institution signed", Case(text, **_files(status=status(key=KEY[Suite.SM2], kid=KID[Suite.SM2])))
    yield "list under an unknown kid", Case(text, **_files(status=status(kid=b"\0\0\0\0")))
    yield "list under the other suite's kid", Case(text, **_files(status=status(kid=NODE_KID[Suite.ES256])))
    yield "list with a byte after it", Case(text, **_files(status=STATUS + b"\0"))
    yield "list cut off", Case(text, **_files(status=STATUS[:-1]))
    yield "list empty", Case(text, **_files(status=b"\xa0"))
    yield "index beyond all lists", Case(qr(signed(status_index=1 << 26)), **_files())


def _proofs() -> Iterator[tuple[str, Case]]:
    good = signed()
    whole, text = proof(good), qr(good)
    yield "proof without a status list", Case(text, trust=TRUST, proof=whole)
    yield "proof of another report", Case(text, **_files(proof=proof(signed(Suite.ES256))))
    yield "proof of another code", Case(text, **_files(proof=proof(good, code=compose("33", 2026, "08K7", 5))))
    yield "proof without its record", Case(text, **_files(proof=replace(LogProof.parse(whole), extra=b"").text()))
    yield "proof at another index", Case(text, **_files(proof=replace(LogProof.parse(whole), index=2).text()))
    yield (
        "proof with a path too short",
        Case(text, **_files(proof=replace(LogProof.parse(whole), path=LogProof.parse(whole).path[:-1]).text())),
    )
    yield "checkpoint without the SM2 line", Case(text, **_files(proof=proof(good, signers=(LOG_ED,))))
    yield "checkpoint without the Ed25519 line", Case(text, **_files(proof=proof(good, signers=(LOG_SM2,))))
    stranger = Signer.ed25519(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
    yield "checkpoint signed by a stranger", Case(text, **_files(proof=proof(good, signers=(stranger, LOG_SM2))))
    yield (
        "checkpoint signed by a stranger too",
        Case(text, **_files(proof=proof(good, signers=(LOG_ED, LOG_SM2, stranger)))),
    )
    yield "proof no proof", Case(text, **_files(proof=b"c2sp.org/tlog-proof@v1\nindex 1\n"))
    revoked = seal(known(*keys(revoked_at=AT)), ROOT)
    earlier = proof(good, at=AT - timedelta(microseconds=1))
    yield "logged before the key was revoked", Case(text, trust=revoked, proof=earlier)
    yield "logged when the key was revoked", Case(text, trust=revoked, proof=whole)
