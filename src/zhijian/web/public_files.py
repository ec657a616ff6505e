"""Files that anyone may fetch and check without us: the log, the status lists, the trust list, the root's certificates."""

import re
import ssl
from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from zhijian.codes import Logbook, Office
from zhijian.kit.settings import SettingWrong
from zhijian.kit.signing import Suite
from zhijian.readiness import readiness
from zhijian.web.status_bundle import status_routes
from zhijian.wiring import Node

_HALF_YEAR = re.compile(r"\d{4}h[12]")
_FILE = re.compile(r"checkpoint|history|tile/(?:entries|\d{1,2})/(?:x\d{3}/){0,6}\d{3}(?:\.p/\d{1,3})?")
IMMUTABLE = "public, max-age=31536000, immutable"


def routes(node: Node, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """`/log/HOST/HALF-YEAR/…` as C2SP tlog-tiles, `/status`, `/status/bundle`, `/status/PP-YYYY-MM`, `/trust`,
    `/trust/root.pem`, `/readyz`."""
    files = _PublicFiles(node, clock)
    return [
        Route("/log/{host}/{half_year}/{name:path}", files.log),
        *status_routes(node, clock),
        Route("/status/{list}", files.status),
        Route("/trust", files.trust),
        Route("/trust/root.pem", files.root_certificates),
        Route("/readyz", files.ready),
    ]


class _PublicFiles:
    def __init__(self, node: Node, clock: Callable[[], datetime]) -> None:
        self._node, self._clock = node, clock

    async def log(self, request: Request) -> Response:
        half_year, name = request.path_params["half_year"], request.path_params["name"]
        settings = self._node.settings
        named = _HALF_YEAR.fullmatch(half_year) and _FILE.fullmatch(name)
        if request.path_params["host"] != settings.log_host or not named:
            raise HTTPException(404)
        path = Logbook.folder(settings.home, f"{settings.log_host}/{half_year}") / name
        if not await run_in_threadpool(path.is_file):
            raise HTTPException(404)
        fixed = name.startswith("tile/") and ".p/" not in name
        kind = "application/octet-stream" if name.startswith("tile/") else "text/plain; charset=utf-8"
        return FileResponse(path, media_type=kind, headers={"Cache-Control": IMMUTABLE if fixed else "no-cache"})

    async def status(self, request: Request) -> Response:
        ttl_s = self._node.settings.status_ttl_s
        sealed = await run_in_threadpool(self._read_status, request.path_params["list"], ttl_s)
        if sealed is None:
            raise HTTPException(404)
        return Response(sealed, media_type="application/statuslist+cwt",
                        headers={"Cache-Control": f"public, max-age={min(60, ttl_s)}"})  # fmt: skip

    def _read_status(self, wanted: str, ttl_s: int) -> bytes | None:
        with self._node.transaction() as db:
            return self._node.office(db).status_list(db, wanted, ttl_s, self._clock())

    async def trust(self, _: Request) -> Response:
        sealed = await run_in_threadpool(self._read_trust)
        if sealed is None:
            raise HTTPException(404)
        return Response(sealed, media_type="application/json", headers={"Cache-Control": "public, max-age=60"})

    def _read_trust(self) -> bytes | None:
        with self._node.transaction() as db:
            return Office.sealed_trust(db)

    async def root_certificates(self, _: Request) -> Response:
        """Both suites' in one file: ES256 for seals on PDF, SM2 for OFD."""
        text = await run_in_threadpool(self._read_roots)
        return Response(text, media_type="application/x-pem-file", headers={"Cache-Control": "public, max-age=60"})

    def _read_roots(self) -> str:
        try:
            return "".join(ssl.DER_cert_to_PEM_cert(self._node.root_certificate(suite)) for suite in Suite)
        except SettingWrong:  # a node that was prepared by an older version has none yet
            raise HTTPException(404) from None

    async def ready(self, _: Request) -> Response:
        found = await run_in_threadpool(readiness, self._node, self._clock())
        return JSONResponse(found.document(), 200 if found.reason is None else 503)
