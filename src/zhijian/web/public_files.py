"""Files that anyone may fetch and check without us: the log, the status lists, the trust list."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from zhijian.codes import log_folder
from zhijian.wiring import Node

_HALF_YEAR = re.compile(r"\d{4}h[12]")
_FILE = re.compile(r"checkpoint|history|tile/(?:entries|\d{1,2})/(?:x\d{3}/){0,6}\d{3}(?:\.p/\d{1,3})?")
IMMUTABLE = "public, max-age=31536000, immutable"


def routes(node: Node, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """`/log/HOST/HALF-YEAR/…` as C2SP tlog-tiles, `/status/PP-YYYY-MM`, `/trust`, `/readyz`."""

    async def log_file(request: Request) -> Response:
        half_year, name = request.path_params["half_year"], request.path_params["name"]
        if (
            request.path_params["host"] != node.settings.log_host
            or not _HALF_YEAR.fullmatch(half_year)
            or not _FILE.fullmatch(name)
        ):
            raise HTTPException(404)
        path = log_folder(node.settings.home, f"{node.settings.log_host}/{half_year}") / name
        if not await run_in_threadpool(path.is_file):
            raise HTTPException(404)
        fixed = name.startswith("tile/") and ".p/" not in name
        kind = "application/octet-stream" if name.startswith("tile/") else "text/plain; charset=utf-8"
        return FileResponse(path, media_type=kind, headers={"Cache-Control": IMMUTABLE if fixed else "no-cache"})

    async def status(request: Request) -> Response:
        def read() -> bytes | None:
            with node.transaction() as db:
                return node.office(db).status_list(db, request.path_params["list"], node.settings.status_ttl_s, clock())

        sealed = await run_in_threadpool(read)
        if sealed is None:
            raise HTTPException(404)
        return Response(sealed, media_type="application/statuslist+cwt",
                        headers={"Cache-Control": f"public, max-age={min(60, node.settings.status_ttl_s)}"})  # fmt: skip

    async def trust(_: Request) -> Response:
        def read() -> bytes | None:
            with node.transaction() as db:
                return node.office(db).sealed_trust(db)

        return Response(
            await run_in_threadpool(read) or b"",
            media_type="application/json",
            headers={"Cache-Control": "public, max-age=60"},
        )

    async def ready(_: Request) -> Response:
        def look() -> dict[str, Any]:
            with node.transaction() as db:
                version = node.trust(db).version
            return {"ready": True, "trust_version": version, "log": node.log_standing(clock())}

        return JSONResponse(await run_in_threadpool(look))

    return [
        Route("/log/{host}/{half_year}/{name:path}", log_file),
        Route("/status/{list}", status),
        Route("/trust", trust),
        Route("/readyz", ready),
    ]
