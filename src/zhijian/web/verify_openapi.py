"""OpenAPI of the public addresses that answer in JSON."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zhijian.web.inspect_json import InspectedFile
from zhijian.web.service import Answer

_CODE: dict[str, Any] = {
    "name": "code", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 60},
    "description": "报告编码，不分大小写，横线和空格可以不写", "example": "3326-08K7-M4QX-72RD-9C",
}  # fmt: skip
_VERIFIER: dict[str, Any] = {
    "name": "v", "in": "query", "required": False, "schema": {"type": "string"},
    "description": "6 位校验码；有它才看得到样品、结果和摘要", "example": "7KQ2MX",
}  # fmt: skip
_WHY = {400: "编码或请求格式不对 Malformed", 403: "校验码不对 Wrong verifier", 404: "未找到 Not found", 413: "过大 Too large",
        422: "凭证不被接受 Credential refused", 429: "过于频繁 Too many requests"}  # fmt: skip

_NOT_INSPECTED = {400: "上传中断 The upload broke off", 408: "上传太慢 Too slow", 413: "文件过大 Too large", 415: "不是 PDF 或 OFD Neither PDF nor OFD",
                  422: "文件检查不了 The document cannot be judged", 429: "过于频繁 Too many requests",
                  503: "正在检查别的文件，见 Retry-After Busy"}  # fmt: skip

_REASON: dict[str, Any] = {
    "type": "object", "required": ["why", "zh", "en"], "description": "With incomparable: nothing is said of the file",
    "properties": {"why": {"enum": ["other-algorithm", "no-file"]}, "zh": {"type": "string"}, "en": {"type": "string"}},
}  # fmt: skip


def document() -> dict[str, Any]:
    """The whole description; the schema of an answer is that of the dataclass the room gives."""
    (answer, inspected), schemas = msgspec.json.schema_components(
        [Answer, InspectedFile], ref_template="#/components/schemas/{name}"
    )
    problem = {"application/problem+json": {"schema": {"type": "object", "required": ["type", "title", "status"]}}}
    failed = {str(status): {"description": why, "content": problem} for status, why in _WHY.items()}
    outcome = {
        "type": "object", "required": ["outcome", "answers"],
        "properties": {"outcome": {"enum": ["found", "same", "differs", "incomparable", "unknown"]}, "reason": _REASON,
                       "answers": {"type": "array", "items": answer}},
    }  # fmt: skip
    question = {
        "type": "object", "additionalProperties": False, "minProperties": 1,
        "properties": {
            "qr": {"type": ["string", "null"], "maxLength": 2000}, "code": {"type": ["string", "null"], "maxLength": 2000},
            "verifier": {"type": ["string", "null"], "maxLength": 2000},
            "digest": {"type": "object", "required": ["algorithm", "value"], "additionalProperties": False,
                       "properties": {"algorithm": {"enum": ["sm3", "sha256"]},
                                      "value": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"}}},
        },
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "智检 公众验证 Zhijian, public verification", "version": "1",
                 "description": "报告是否登记、是否改动、现在是否有效。No key is needed; addresses are limited in rate."},
        "paths": {
            "/api/v1/verify/{code}": {"get": {
                "summary": "按编码验证 Verify a code", "operationId": "verify_code", "parameters": [_CODE, _VERIFIER],
                "responses": {"200": _json("答案 The answer", answer), "303": {"description": "规范写法 To the canonical spelling"}, **failed},
            }},
            "/api/v1/verify": {"post": {
                "summary": "按二维码、编码或文件摘要验证 Verify a QR's text, a code, or a file's digest", "operationId": "verify",
                "requestBody": {"required": True, "content": {"application/json": {
                    "schema": question, "example": {"digest": {"algorithm": "sm3", "value": "0" * 64}}}}},
                "responses": {"200": _json("结果 The outcome", outcome), **failed},
            }},
            "/api/v1/inspect": {"post": _inspect(inspected, problem)},
        },
        "components": {"schemas": schemas},
    }  # fmt: skip


_FILE = {"schema": {"type": "string", "format": "binary"}}


def _inspect(inspected: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    refused = {str(status): {"description": why, "content": problem} for status, why in _NOT_INSPECTED.items()}
    return {
        "summary": "检查一个 PDF 或 OFD 是否登记、签章后有没有改动 Judge a PDF or OFD: registered, changed since the seal", "operationId": "inspect",
        "description": "文件在内存里检查，检查完就丢弃。The file is judged in memory and not kept. At most 20 MB; a few a minute.",
        "requestBody": {"required": True, "content": dict.fromkeys(("application/pdf", "application/ofd"), _FILE)},
        "responses": {"200": _json("检查结果 What was found", inspected), **refused},
    }  # fmt: skip


async def openapi(_: Request) -> Response:
    """GET /api/openapi.json of the public door."""
    return JSONResponse(document(), headers={"Cache-Control": "public, max-age=300"})


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
