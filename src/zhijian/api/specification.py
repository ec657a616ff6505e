"""The specification by the API: public, the same for everybody until the next version, so that it is kept and compared by its tag."""

import json
from functools import cache
from hashlib import sha256
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Path, Query, Request
from starlette.responses import Response

from zhijian.api import openapi
from zhijian.api.parameters import only_known
from zhijian.kit.problem import Problem
from zhijian.kit.threads import in_thread
from zhijian.spec import specification
from zhijian.spec.catalogue import JSON, Form, form
from zhijian.spec.versions import as_data

KEEP = "public, max-age=300"
"""Five minutes, then the tag is asked about: an update of the platform may bring another version."""
Kind = Literal["json", "json-schema", "template", "parquet", "odcs", "sql", "example"]


def routes(app: FastAPI) -> None:
    @app.get("/api/v1/spec", dependencies=[Depends(only_known)], **openapi.SPEC)
    async def specification_whole(request: Request) -> Response:
        return _answer(request, await in_thread(_whole))

    @app.get("/api/v1/spec/{entity}", dependencies=[Depends(only_known)], **openapi.SPEC_ENTITY)
    async def specification_of(
        request: Request,
        entity: Annotated[str, Path(min_length=1, max_length=60, description="实体，如 report")],
        kind: Annotated[Kind, Query(alias="format", description="要哪种形式 which form")] = "json",
    ) -> Response:
        if entity not in specification().entities:
            there = "、".join(specification().entities)
            raise Problem(404, "entity-unknown", f"没有实体 {entity[:60]}", f"no such entity {entity[:60]}",
                          remedy_zh=f"有：{there}", remedy_en=f"there are: {there}")  # fmt: skip
        made = await in_thread(_made, entity, kind)
        return _answer(request, made, None if kind == "json" else made.name)


@cache
def _whole() -> Form:
    return Form("specification.json", JSON, json.dumps(as_data(specification()), ensure_ascii=False).encode())


@cache
def _made(entity: str, kind: Kind) -> Form:
    """Bounded: as many as there are entities and forms."""
    return form(specification(), entity, kind)


def _answer(request: Request, made: Form, name: str | None = None) -> Response:
    tag = f'"{sha256(made.content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": KEEP}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(made.content, media_type=made.media_type, headers=headers)
