"""The verification server as `zhijian verify` asks it: what can go wrong between the two is said in one line."""

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.parse import urlsplit

from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, fail

HINT_ZH = "--server 应写成 http://主机:端口，例如 http://127.0.0.1:8001"
HINT_EN = "write --server http://HOST:PORT, such as http://127.0.0.1:8001"
_FINDINGS = {"code-unknown", "verifier-wrong", "credential-refused", "foreign-host"}
"""Problems (`why`) that tell something of the report; the other refusals tell of the question."""


class Server:
    """Ends the command with status 2 when `address` is none."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        try:
            parts = urlsplit(self._address)
            well_written = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
            well_written = well_written and not (parts.path or parts.query or parts.fragment) and address.isascii()
        except ValueError:
            well_written = False
        if not well_written:
            fail(WRONG_USE, f"不是服务地址 {address!r}。{HINT_ZH}", f"{address!r} is no server's address: {HINT_EN}")

    def ask(self, path: str, body: Any = None, *, wants: str) -> dict[str, Any]:
        """The JSON object with the key `wants`. Every other answer ends the command."""
        raw = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, raw, {"Content-Type": "application/json"} if raw else {})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                found = json.loads(answer.read())
        except urllib.error.HTTPError as why:
            self._refused(why)
        except ValueError:
            self._no_server()
        except (OSError, HTTPException) as why:
            said = str(getattr(why, "reason", why)) or type(why).__name__
            fail(COULD_NOT, f"连不上 {self._address}（{said}）。服务在运行吗？{HINT_ZH}",
                 f"cannot reach {self._address}. Is the server running? {HINT_EN}")  # fmt: skip
        if not isinstance(found, dict) or wants not in found:
            self._no_server()
        return dict(found)

    def _refused(self, why: urllib.error.HTTPError) -> NoReturn:
        try:
            problem = json.loads(why.read())
            reason, title, remedy = problem["why"], problem["title"], "\n".join(problem["remedy"].values())
        except (ValueError, KeyError, TypeError, AttributeError, OSError, HTTPException):
            self._no_server(why.code)
        if reason in {"http-404", "not-found"}:
            self._no_server(why.code)
        busy = why.code == 429 or why.code >= 500
        fail(FINDINGS if reason in _FINDINGS else COULD_NOT if busy else WRONG_USE, f"{title}\n{remedy}")

    def _no_server(self, status: int = 200) -> NoReturn:
        fail(COULD_NOT, f"{self._address} 不是验证服务（答复 {status}，不是所要的 JSON）。{HINT_ZH}",
             f"{self._address} is no verification server (it answers {status}, not the JSON asked for): {HINT_EN}")  # fmt: skip
