"""A laboratory's system as the tests need it, written from docs/howto/lims.md and RFC 9421, not from the server's code."""

import base64
import hashlib
import itertools
import json
import time
from typing import Any

from zhijian.kit.signing import PrivateKey, Suite

_numbers = itertools.count()
AUTHORITY = "127.0.0.1:8000"
"""The host of the API as the settings have it when nobody says otherwise."""


class Lims:
    """Signs every request. `client` is anything with request(method, url, content=, headers=)."""

    def __init__(self, client: Any, kid: str, key: PrivateKey, authority: str = AUTHORITY) -> None:
        self.client, self.kid, self.key, self.authority = client, kid, key, authority

    def headers(
        self, method: str, path: str, body: bytes, *, root: str | None = None, idempotency_key: str | None = None,
        created: int | None = None, query: str = "", leave_out: tuple[str, ...] = (), kind: str = "application/json",
    ) -> dict[str, str]:  # fmt: skip
        values: dict[str, str] = {"@method": method, "@authority": self.authority, "@path": path}
        if query:
            values["@query"] = f"?{query}"
        sent: dict[str, str] = {}
        if method == "POST":
            sent["content-type"] = kind
            sent["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
            sent["idempotency-key"] = idempotency_key or f"test-{time.time_ns()}-{next(_numbers)}"
            if root is not None:
                sent["report-root"] = root
        values |= {k: v for k, v in sent.items() if k != "content-type"}
        covered = [k for k in values if k not in leave_out]
        alg = "sm2-sm3" if self.key.suite is Suite.SM2 else "ecdsa-p256-sha256"
        params = f'({" ".join(json.dumps(c) for c in covered)});created={created or int(time.time())};keyid="{self.kid}";alg="{alg}"'
        base = "".join(f'"{c}": {values[c]}\n' for c in covered) + f'"@signature-params": {params}'
        signature = base64.b64encode(self.key.sign(base.encode())).decode()
        return {**sent, "signature-input": f"sig={params}", "signature": f"sig=:{signature}:"}

    def send(self, method: str, path: str, body: bytes = b"", **how: Any) -> Any:
        url = path + (f"?{how['query']}" if how.get("query") else "")
        return self.client.request(method, url, content=body, headers=self.headers(method, path, body, **how))

    def submit(self, report: dict[str, Any], **how: Any) -> Any:
        body = json.dumps(report, ensure_ascii=False).encode()
        return self.send("POST", "/api/v1/reports", body, root=leaf(body).hex(), **how)

    def submit_batch(self, reports: list[Any], **how: Any) -> Any:
        items = [json.dumps(r, ensure_ascii=False).encode() for r in reports]
        body = b'{"reports": [' + b", ".join(items) + b"]}"
        return self.send("POST", "/api/v1/reports:batch", body, root=merkle([leaf(i) for i in items]).hex(), **how)

    def post(self, path: str, value: Any, **how: Any) -> Any:
        return self.send("POST", path, json.dumps(value).encode(), **how)

    def post_file(self, path: str, file: bytes, kind: str = "application/pdf", **how: Any) -> Any:
        return self.send("POST", path, file, kind=kind, **how)

    def get(self, path: str, query: str = "") -> Any:
        return self.send("GET", path, query=query)


def leaf(raw: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + raw).digest()


def merkle(hashes: list[bytes]) -> bytes:
    """RFC 6962, by levels: an odd one out goes up unchanged."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = paired + ([hashes[-1]] if len(hashes) % 2 else [])
    return hashes[0]
