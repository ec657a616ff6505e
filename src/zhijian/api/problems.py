"""RFC 9457 problem documents: what is wrong, where, why by law, and how to mend it, in Chinese and English."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zhijian.kit.problem import MEDIA_TYPE, Problem
from zhijian.registry import Finding


def respond(problem: Problem) -> Response:
    """The document as the answer to a request."""
    return JSONResponse(problem.body, problem.status, problem.headers, MEDIA_TYPE)


def finding_json(f: Finding) -> dict[str, Any]:
    """One rule that was broken, with its place as a JSON pointer into the report."""
    made: dict[str, Any] = {"rule": f.rule, "pointer": f.pointer, "value": f.value,
                            "message": {"zh": f.zh, "en": f.en}, "remedy": {"zh": f.remedy_zh, "en": f.remedy_en}}  # fmt: skip
    if f.basis:
        made["legal_basis"] = {"law": f.basis.law, "version": f.basis.version, "article": f.basis.article}
    return made


def refused(errors: Sequence[Finding], registered_as: str | None = None) -> Problem:
    """A report that cannot be registered. A duplicate is a conflict (409), all else is 422."""
    first = errors[0]
    status = 409 if first.rule == "own-number-duplicate" else 422
    return Problem(status, first.rule, first.zh, first.en, remedy_zh=first.remedy_zh, remedy_en=first.remedy_en,
                   errors=[finding_json(f) for f in errors], registered_as=registered_as)  # fmt: skip


async def on_problem(_: Request, problem: Exception) -> Response:
    """Exception handler for the app."""
    if not isinstance(problem, Problem):
        return internal()
    return respond(problem)


def unavailable() -> Response:
    """Whether anything was kept is not known when the connection breaks at the end; the same key tells."""
    return respond(Problem(503, "database-unavailable", "数据库暂时不能用，不知道这次请求是否已保存", "the database cannot be used; the request may be lost",
                           remedy_zh="稍后用同一个 Idempotency-Key 重试", remedy_en="try again later with the same Idempotency-Key",
                           headers={"Retry-After": "10"}))  # fmt: skip


def unsigned() -> Response:
    """The node's key lies in a device that does not answer. Nothing of the request was kept."""
    return respond(Problem(503, "signer-unavailable", "签名设备暂时不能用，这次请求没有保存",
                           "the signing device cannot be used; nothing of this request was kept",
                           remedy_zh="稍后用同一个 Idempotency-Key 重试", remedy_en="try again later with the same Idempotency-Key",
                           headers={"Retry-After": "10"}))  # fmt: skip


def internal() -> Response:
    """Whatever went wrong inside stays inside; the log line has it."""
    return respond(Problem(500, "internal", "服务器内部错误", "internal error", remedy_zh="请稍后用同一个 Idempotency-Key 重试",
                           remedy_en="try again later with the same Idempotency-Key"))  # fmt: skip
