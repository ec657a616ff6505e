"""A laboratory's side of the API `/api/v1`, in one file that imports nothing of the platform: copy it into a LIMS.

It needs `cryptography` for ES256 keys, or `gmalglib` for SM2, and the standard library. What is sent again after a broken
connection keeps its idempotency key, so that no report is registered twice; with an `Outbox` that holds over a crash of
the LIMS, too. The API says itself what it takes: `/api/openapi.json`, docs/howto/lims.md.

    client = Client("https://api.example", Key.load("key.json"))
    issued = client.submit(report)
    print(issued["printed"], issued["verifier"])
"""

import base64
import hashlib
import http.client
import json
import os
import random
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

BATCH_MAX = 1000
PDF, OFD = "application/pdf", "application/ofd"
_ALGORITHM = {"ES256": "ecdsa-p256-sha256", "SM2-SM3": "sm2-sm3"}
Report = dict[str, Any]


class Refused(Exception):
    """The API said no, for good: the problem document (RFC 9457) says which field, by which rule, and how to mend it."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('why')}: {problem.get('title')}")
        self.status, self.problem = status, problem

    @property
    def why(self) -> str:
        """Stable key of the reason."""
        return str(self.problem.get("why"))


class Unreachable(Exception):
    """No usable answer after all tries. What was sent may or may not be registered: send it again with the same key."""


@dataclass(frozen=True)
class Key:
    """An institution's signing key. `kid` is eight hex digits, `suite` ES256 or SM2-SM3, `secret` 32 bytes."""

    kid: str
    suite: str
    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, path: str | Path, kid: str = "") -> "Key":
        """From a JSON file with `suite`, `secret` in hex, and `kid`, unless it is given here.

        Raises: ValueError that says what is wrong with the file.
        """
        try:
            found = json.loads(Path(path).read_text("utf-8"))
            key = cls(str(kid or found["kid"]), str(found["suite"]), bytes.fromhex(found["secret"]))
        except (ValueError, KeyError, TypeError) as why:
            raise ValueError(f"{path}: 不是密钥文件 no key file with kid, suite, secret: {why!r}") from None
        if key.suite not in _ALGORITHM or len(key.secret) != 32:
            raise ValueError(f"{path}: 算法应为 suite must be {' | '.join(_ALGORITHM)}，secret 32 字节 bytes")
        return key

    def sign(self, message: bytes) -> bytes:
        """Raw r ‖ s, 64 bytes."""
        if self.suite == "ES256":
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import ec
            from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

            key = ec.derive_private_key(int.from_bytes(self.secret, "big"), ec.SECP256R1())
            r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        from gmalglib.sm2 import SM2

        return bytes(SM2(sk=self.secret, rnd_fn=os.urandom).sign(message))


class Client:
    """One institution's access. Safe to use from several threads: it keeps nothing between calls."""

    def __init__(
        self, api: str, key: Key, *, tries: int = 6, timeout_s: float = 60.0, wait: Callable[[float], None] = time.sleep
    ) -> None:
        """`tries` at one request, with growing pauses, when the connection breaks or the server is busy."""
        if urlsplit(api).scheme not in ("http", "https"):
            raise ValueError(f"{api}: 地址应为 the address is http(s)://HOST")
        self._api, self._key = api.rstrip("/"), key
        self._tries, self._timeout_s, self._wait = tries, timeout_s, wait

    def submit(self, report: Report, *, idempotency_key: str = "") -> dict[str, Any]:
        """Register one report; its code, verifier and QR texts.

        Raises: Refused, Unreachable.
        """
        body = _json(report)
        return dict(json.loads(self._post("/api/v1/reports", body, root([leaf(body)]), idempotency_key)))

    def submit_many(
        self, reports: Iterable[Report], *, progress: Callable[[int], None] = lambda _: None
    ) -> Iterator[dict[str, Any]]:
        """Register any number, a thousand at a time; an outcome for each, in order: `status` 201 with `report`, or another
        with `problem`. What is wrong with one report does not hold back the others.

        Raises: Refused for a whole batch (such as a quota), Unreachable.
        """
        waiting, done = iter(reports), 0
        while batch := [*islice(waiting, BATCH_MAX)]:
            yield from self.submit_batch(batch)
            done += len(batch)
            progress(done)

    def submit_batch(self, reports: Sequence[Report], *, idempotency_key: str = "") -> list[dict[str, Any]]:
        """At most a thousand, in one request. See `submit_many`."""
        items = [_json(report) for report in reports]
        body = b'{"reports": [' + b", ".join(items) + b"]}"
        answer = self._post("/api/v1/reports:batch", body, root([leaf(item) for item in items]), idempotency_key)
        return list(json.loads(answer)["results"])

    def change_state(self, code: str, state: str, reason: str, successor: str | None = None) -> dict[str, Any]:
        """`state` is corrected, replaced (both name a successor) or withdrawn.

        Raises: Refused, Unreachable.
        """
        said = {"state": state, "reason": reason} | ({"successor": successor} if successor else {})
        return self.call("POST", f"/api/v1/reports/{quote(code, safe='')}/state", said)

    def report(self, code: str) -> dict[str, Any]:
        """One own report with verifier, history and place in the log."""
        return self.call("GET", f"/api/v1/reports/{quote(code, safe='')}")

    def reports(self, state: str | None = None) -> Iterator[dict[str, Any]]:
        """Own reports, newest first, fetched page by page."""
        for page in self._pages("/api/v1/reports", limit=500, state=state):
            yield from page["reports"]

    def statement(self, from_on: str, to_on: str) -> dict[str, Any]:
        """What the public saw of own reports from one day to another (YYYY-MM-DD, both included), with every code."""
        first, *more = self._pages("/api/v1/statement", **{"from": from_on}, to=to_on, limit=500)
        return {**first, "codes": [one for page in (first, *more) for one in page["codes"]], "next": None}

    def events(self, after: str = "") -> dict[str, Any]:
        """`events` behind a cursor, `next` (keep it once they are dealt with) and `more`; from now on with `end`."""
        return self.call("GET", "/api/v1/events", query=_query(limit=500, after=after))

    def call(self, method: str, path: str, value: Any = None, *, query: str = "") -> dict[str, Any]:
        """Any address of the API that takes and gives JSON, such as /api/v1/webhooks.

        Raises: Refused, Unreachable.
        """
        raw = self._post(path, _json(value)) if method == "POST" else self._request(method, path, query=query)
        return dict(json.loads(raw))

    def stamp(self, code: str, pdf: bytes, place: str = "") -> bytes:
        """The registered original with code, verifier and QR. `place`: a corner, such as top-right; else where there is room."""
        query = f"place={place}" if place else ""
        return self._post(f"/api/v1/reports/{quote(code, safe='')}/stamp", pdf, kind=PDF, query=query)

    def register_file(self, code: str, file: bytes, kind: str = PDF) -> dict[str, Any]:
        """Register the file as it is handed out, stamped and perhaps sealed. The same file again changes nothing."""
        return dict(json.loads(self._post(f"/api/v1/reports/{quote(code, safe='')}/document", file, kind=kind)))

    def lease(self, count: int) -> dict[str, Any]:
        """Codes for work without a network. Keep the answer safe: its key opens the reports' facts."""
        return self.call("POST", "/api/v1/leases", {"count": count})

    def _pages(self, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
        page: dict[str, Any] = {"next": ""}
        while page["next"] is not None:
            yield (page := self.call("GET", path, query=_query(**asked, after=page["next"])))

    def _post(
        self, path: str, body: bytes, root_: str = "", key: str = "", *, kind: str = "application/json", query: str = ""
    ) -> bytes:
        headers = {
            "content-digest": f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:",
            "idempotency-key": key or str(uuid.uuid4()),
        } | ({"report-root": root_} if root_ else {})
        return self._request("POST", path, body, headers, query=query, kind=kind)

    def _request(
        self, method: str, path: str, body: bytes | None = None, covered: dict[str, str] | None = None, *,
        query: str = "", kind: str = "",
    ) -> bytes:  # fmt: skip
        """The answer's body. Every try is signed anew, for a signature is good for five minutes."""
        why: object = None
        for attempt in range(self._tries):
            headers = self._signed(method, path, query, covered or {}) | ({"content-type": kind} if kind else {})
            address = self._api + path + (f"?{query}" if query else "")
            request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310 http(s), see __init__
            try:
                with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                    raw: bytes = answer.read()
                    return raw
            except urllib.error.HTTPError as error:
                pause = _pause(error, attempt)
                why = problem = _problem(error)
                if pause is None:
                    raise Refused(error.code, problem) from None
            except (OSError, http.client.HTTPException) as error:  # refused, reset, timed out, cut in the middle
                pause, why = _growing(attempt), error
            if attempt + 1 < self._tries:
                self._wait(pause)
        raise Unreachable(f"{method} {self._api}{path}: {self._tries} 次都没有成功 tries failed; {why}")

    def _signed(self, method: str, path: str, query: str, covered: dict[str, str]) -> dict[str, str]:
        """RFC 9421."""
        values = {"@method": method, "@authority": urlsplit(self._api).netloc.lower(), "@path": path}
        values |= ({"@query": f"?{query}"} if query else {}) | covered
        names = " ".join(f'"{name}"' for name in values)
        params = f'({names});created={int(time.time())};keyid="{self._key.kid}";alg="{_ALGORITHM[self._key.suite]}"'
        base = "".join(f'"{name}": {value}\n' for name, value in values.items()) + f'"@signature-params": {params}'
        signature = base64.b64encode(self._key.sign(base.encode())).decode()
        return covered | {"signature-input": f"sig={params}", "signature": f"sig=:{signature}:"}


class Outbox:
    """Submissions that survive a crash: each batch lies in a folder, with its idempotency key, until it was answered.

    Call `send` at the start of the program and after every `put`: what was answered before a crash and not noticed is
    answered the same again.
    """

    def __init__(self, folder: str | Path, client: Client) -> None:
        self._folder, self._client = Path(folder), client
        self._folder.mkdir(parents=True, exist_ok=True)

    def put(self, reports: Sequence[Report]) -> Path:
        """Durable on return; not sent yet. At most a thousand."""
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        path, fresh = self._folder / f"{name}.json", self._folder / f".{name}"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"idempotency_key": name, "reports": list(reports)}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        return path

    def send(self, done: Callable[[list[Report], list[dict[str, Any]]], None]) -> int:
        """Send what waits, oldest first; `done` gets reports and outcomes, and only when it returned is the batch
        forgotten. How many batches it was.

        Raises: Refused, Unreachable; and whatever `done` raises. What waits then still waits.
        """
        sent = 0
        for path in sorted(self._folder.glob("*.json")):
            kept = json.loads(path.read_text("utf-8"))
            done(kept["reports"], self._client.submit_batch(kept["reports"], idempotency_key=kept["idempotency_key"]))
            path.unlink()
            sent += 1
        return sent


def leaf(report: bytes) -> bytes:
    """Leaf of one report's bytes (RFC 6962)."""
    return hashlib.sha256(b"\x00" + report).digest()


def root(leaves: list[bytes]) -> str:
    """Merkle root (RFC 6962, SHA-256) in hex: what the signature covers, and so the signature over each report.

    >>> root([leaf(b"a")]) == leaf(b"a").hex()
    True
    """
    while len(leaves) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(leaves[::2], leaves[1::2], strict=False)]
        leaves = pairs + leaves[len(leaves) - len(leaves) % 2 :]
    return leaves[0].hex()


def _query(**given: object) -> str:
    return urlencode({name: value for name, value in given.items() if value})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        found = json.loads(error.read())
        return found if isinstance(found, dict) else {"why": "no-problem", "title": str(found)[:200]}
    except (ValueError, OSError, http.client.HTTPException):
        return {"why": "no-problem", "title": f"HTTP {error.code} {error.reason}"}


def _pause(error: urllib.error.HTTPError, attempt: int) -> float | None:
    """Seconds until the next try; None when another try would bring the same answer."""
    if error.code not in (500, 502, 503, 504):
        return None
    stated = error.headers.get("retry-after", "")
    return min(float(stated), 60.0) if stated.isdigit() else _growing(attempt)


def _growing(attempt: int) -> float:
    """A second, two, four …, half of it by chance, so that many laboratories do not come back at one moment."""
    return float(min(2**attempt, 60)) * (0.5 + random.random() / 2)  # noqa: S311 no secret
