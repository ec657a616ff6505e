"""A laboratory without the node: credential and verifier made by hand, from the documentation of `codes.credential`,
`codes.facts` and `codes.secrets`, with cbor2 and cryptography alone."""

import base64
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes, hmac
from tests.conftest import Laboratory

from zhijian.kit.signing import PrivateKey, Suite

SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
COSE = {Suite.ES256: -7, Suite.SM2: -65537}


@dataclass
class Claims:
    """The eight claims in their order; every one can be spoilt before signing."""

    code: Any
    issued_at: Any
    file_digest: Any
    facts_digest: Any
    cma_number: Any
    status_list: Any
    status_index: Any
    log: Any
    tail: list[Any] = field(default_factory=list)

    def payload(self) -> bytes:
        claims = [self.code, self.issued_at, self.file_digest, self.facts_digest, self.cma_number, self.status_list,
                  self.status_index, self.log]  # fmt: skip
        return cbor2.dumps([*claims, *self.tail], canonical=True)


class Offline:
    """What one lease lets a laboratory do. `lease` is the answer of the API."""

    def __init__(self, lab: Laboratory, lease: dict[str, Any]) -> None:
        self.lab, self.lease = lab, lease
        self.free = list(lease["codes"])

    def report(self, own_number: str, **changes: Any) -> tuple[dict[str, Any], Claims]:
        """A report under the next code, and what its credential has to say."""
        place = self.free.pop(0)
        report = self.lab.fresh(own_number, code=place["code"], **changes)
        return report, self.claims(report, place)

    def claims(self, report: dict[str, Any], place: dict[str, Any]) -> Claims:
        cma = int(report["certificate_number"]).to_bytes(5, "big") if report["cma_marked"] else None
        return Claims(
            base31(place["code"][:16]).to_bytes(10, "big"), int(datetime.now(UTC).timestamp()),
            bytes.fromhex(report["file_digest"]), facts_digest(self.lab.uscc, report)[:16], cma, self.lease["status_list"],
            place["status_index"], self.lease["log"],
        )  # fmt: skip

    def submit(self, report: dict[str, Any], claims: Claims, **how: Any) -> Any:
        return self.lab.lims.submit({**report, "credential": text(self.sealed(claims, **how))})

    def sealed(
        self, claims: Claims, *, key: PrivateKey | None = None, kid: str | None = None, algorithm: int | None = None,
        unprotected: Any = None, header: dict[Any, Any] | None = None, tag: int = 18, signature: bytes | None = None,
    ) -> bytes:  # fmt: skip
        """COSE_Sign1 (RFC 9052, 4.4) over the claims, by the laboratory's own key."""
        signer = key or self.lab.lims.key
        named = bytes.fromhex(kid or self.lab.lims.kid)
        protected = cbor2.dumps({1: algorithm or COSE[signer.suite], 4: named, **(header or {})}, canonical=True)
        payload = claims.payload()
        made = signature or signer.sign(cbor2.dumps(["Signature1", protected, b"", payload], canonical=True))
        return cbor2.dumps(cbor2.CBORTag(tag, [protected, unprotected or {}, payload, made]), canonical=True)

    def verifier(self, report: dict[str, Any]) -> str:
        """The six symbols for the paper, by the lease's verifier key."""
        return verifier(bytes.fromhex(self.lease["verifier_key"]), report["code"], facts_digest(self.lab.uscc, report))


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def base31(symbols: str) -> int:
    value = 0
    for symbol in symbols:
        value = value * 31 + SYMBOLS.index(symbol)
    return value


def facts_digest(uscc: str, report: dict[str, Any]) -> bytes:
    lines = ["zhijian-facts-v1", f"uscc={uscc}"]
    lines += facts_of(report, "", {"code", "credential", "items"})
    for item in report["items"]:
        lines += facts_of(item, f"item.{item['seq']}.", {"seq"})
    state = hashes.Hash(hashes.SM3())
    state.update(unicodedata.normalize("NFC", "\n".join(lines) + "\n").encode())
    return state.finalize()


def facts_of(record: dict[str, Any], prefix: str, but: set[str]) -> list[str]:
    lines = []
    for name in sorted(set(record) - but):
        values = record[name]
        if isinstance(values, list):
            lines += [f"{prefix}{name}.{n}={plain(one)}" for n, one in enumerate(values, 1)]
        elif values is not None:
            lines.append(f"{prefix}{name}={plain(values)}")
    return lines


def plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def verifier(key: bytes, code: str, facts: bytes) -> str:
    state = hmac.HMAC(key, hashes.SM3())
    state.update(code.encode() + facts)
    value, out = int.from_bytes(state.finalize()[:16], "big") % 31**6, ""
    for _ in range(6):
        value, digit = divmod(value, 31)
        out = SYMBOLS[digit] + out
    return out
