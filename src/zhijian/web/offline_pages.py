"""The page that goes on working without a network, and the service worker that keeps it.

The worker's version is a hash of everything it keeps, so that a browser sees at once when anything of it changed.
"""

import hashlib
import json
from itertools import product
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from zhijian.spec import specification
from zhijian.web.offline_words import OUTCOMES, REASONS
from zhijian.web.prefs import Prefs
from zhijian.web.render import Renderer, static_names
from zhijian.web.service import VerifyService
from zhijian.web.settings import DoorSettings
from zhijian.web.verify_pages import VerifyPages

SHELL_FILES = "offline-shell.json"
"""Beside manifest.json: the built files that the page needs."""
VARIANTS = [Prefs(lang, size) for lang, size in product(("zh", "en"), ("normal", "large"))]  # type: ignore[arg-type]


class OfflinePages:
    def __init__(self, pages: VerifyPages, renderer: Renderer, service: VerifyService, settings: DoorSettings) -> None:
        self._pages, self._renderer, self._service, self._settings = pages, renderer, service, settings
        self._made: tuple[dict[str, str], str] | None = None
        """Root keys, and the worker made for them: all else in it stands while the process runs."""

    def routes(self) -> list[BaseRoute]:
        return [Route("/offline", self.page), Route("/sw.js", self.worker)]

    async def page(self, request: Request) -> Response:
        return self._pages.respond(request, "offline.html", **await run_in_threadpool(self._values))

    async def worker(self, _: Request) -> Response:
        body = await run_in_threadpool(self._worker)
        if body is None:
            raise HTTPException(404)
        return Response(body, media_type="text/javascript", headers={"cache-control": "no-cache"})

    def _values(self) -> dict[str, Any]:
        roots = dict(self._service.root_keys())
        return {
            "roots": roots,
            "fingerprints": {suite: fingerprint(point) for suite, point in roots.items()},
            "provinces": specification().codelists["province"],
            "outcomes": OUTCOMES,
            "reasons": REASONS,
        }

    def _worker(self) -> str | None:
        """The built worker, told what to keep; None before the build."""
        values = self._values()
        if self._made is None or self._made[0] != values["roots"]:
            made = self._make(values)
            if made is None:
                return None
            self._made = values["roots"], made
        return self._made[1]

    def _make(self, values: dict[str, Any]) -> str | None:
        folder = self._settings.static_dir
        name, listed = static_names(folder).get("sw.js"), folder / SHELL_FILES
        if name is None or not listed.is_file():
            return None
        code = (folder / name).read_text("utf-8")
        files = [f"/static/{one}" for one in json.loads(listed.read_text("utf-8"))]
        bodies = [self._renderer.page("offline.html", prefs, **values) for prefs in VARIANTS]
        version = hashlib.sha256("\0".join([code, *files, *bodies]).encode()).hexdigest()[:16]
        pages = [f"/offline?lang={prefs.lang}&size={prefs.size}" for prefs in VARIANTS]
        return f"const SHELL = {json.dumps({'version': version, 'pages': pages, 'files': files})};\n{code}"


def fingerprint(point: str) -> str:
    """Half of the SHA-256 over the key's point, in groups that two people can read to each other.

    >>> fingerprint("04" + "00" * 64)[:14]
    '59ef 1a5a 00f3'
    """
    digits = hashlib.sha256(bytes.fromhex(point)).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
