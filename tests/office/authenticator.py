"""A passkey in software: what a browser sends, and what an attacker would."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key for one account. `verified`: whether it says that it knows its user."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    handle: bytes = b""
    count: int = 0
    verified: bool = True

    def made(self, options: str, origin: str, **said: Any) -> str:
        """The answer to registration options."""
        asked = json.loads(options)
        self.handle = raw(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        held = (
            self._data(asked["rp"]["id"], 0x40)
            + bytes(16)
            + struct.pack(">H", len(self.id))
            + self.id
            + cbor2.dumps(cose)
        )
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": held})
        client = self._client("webauthn.create", asked, origin, said)
        return self._sent({"clientDataJSON": b64(client), "attestationObject": b64(attested)})

    def shown(self, options: str, origin: str, **said: Any) -> str:
        """The answer to options of signing in."""
        asked = json.loads(options)
        self.count += 1
        held, client = self._data(said.pop("rp", asked["rpId"]), 0), self._client("webauthn.get", asked, origin, said)
        signature = self.key.sign(held + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(held),
                "signature": b64(signature),
                "userHandle": b64(self.handle),
            }
        )

    def _data(self, rp: str, flags: int) -> bytes:
        return hashlib.sha256(rp.encode()).digest() + struct.pack(
            ">BI", flags | 1 | (4 if self.verified else 0), self.count
        )

    def _client(self, kind: str, asked: dict[str, Any], origin: str, said: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": origin, **said}).encode()

    def _sent(self, response: dict[str, str]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})
