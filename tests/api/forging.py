"""Signed requests with everything about them open to forgery, written from RFC 9421, 2.5, and the form the API asks for."""

import base64
import hashlib
import itertools
import json
import time
from typing import Any

from tests.conftest import Laboratory
from tests.lims import AUTHORITY, leaf

from zhijian.kit.signing import PrivateKey, Suite

SINGLE, BATCH = "/api/v1/reports", "/api/v1/reports:batch"
ALGORITHM = {Suite.SM2: "sm2-sm3", Suite.ES256: "ecdsa-p256-sha256"}
_numbers = itertools.count()


class Forged:
    """One POST. What is not given is what an honest system would send; `headers` and `body` can be spoilt afterwards."""

    def __init__(
        self, lab: Laboratory, report: Any, *, path: str = SINGLE, method: str = "POST", signed_path: str | None = None,
        components: tuple[str, ...] | None = None, created: Any = None, kid: str | None = None, alg: str | None = None,
        key: PrivateKey | None = None, root: str | None = None, parameters: str = "", signed_query: str = "", query: str = "",
        authority: str = AUTHORITY,
    ) -> None:  # fmt: skip
        self.lab, self.method, self.path, self.query = lab, method, path, query
        self.body = report if isinstance(report, bytes) else json.dumps(report, ensure_ascii=False).encode()
        self.headers = {
            "content-type": "application/json",
            "content-digest": f"sha-256=:{base64.b64encode(hashlib.sha256(self.body).digest()).decode()}:",
            "idempotency-key": f"forged-{time.time_ns()}-{next(_numbers)}",
            "report-root": leaf(self.body).hex() if root is None else root,
        }
        values = {**self.headers, "@method": method, "@authority": authority, "@path": path if signed_path is None else signed_path,
                  "@query": f"?{signed_query or query}"}  # fmt: skip
        if components is None:
            components = ("@method", "@authority", "@path", "content-digest", "idempotency-key", "report-root")
            components += ("@query",) if query else ()
        signer = key or lab.lims.key
        listed = " ".join(f'"{c}"' for c in components)
        when = int(time.time()) if created is None else created
        params = f'({listed});created={when};keyid="{kid or lab.lims.kid}";alg="{alg or ALGORITHM[signer.suite]}"{parameters}'
        self.base = "".join(f'"{c}": {values.get(c, "")}\n' for c in components) + f'"@signature-params": {params}'
        self.signature = signer.sign(self.base.encode())
        self.headers |= {"signature-input": f"sig={params}", "signature": sig(self.signature)}

    def send(self, headers: Any = None) -> Any:
        """Send it; `headers` replaces all of them (a list of pairs can repeat one)."""
        url = self.path + (f"?{self.query}" if self.query else "")
        return self.lab.lims.client.request(self.method, url, content=self.body, headers=headers or self.headers)


def sig(signature: bytes) -> str:
    return f"sig=:{base64.b64encode(signature).decode()}:"
