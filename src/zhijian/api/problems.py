"""RFC 9457 problem documents: what is wrong, where, why by law, and how to mend it, in Chinese and English."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zhijian.registry import Finding

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Raised anywhere in a request; its transaction rolls back and the caller gets this document."""

    def __init__(
        self, status: int, why: str, zh: str, en: str, *, remedy_zh: str = "", remedy_en: str = "",
        errors: Sequence[Finding] = (), headers: dict[str, str] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(why)
        self.status, self.headers = status, headers or {}
        self.body: dict[str, Any] = {
            "type": f"urn:zhijian:problem:{why}", "title": f"{zh} {en}", "status": status, "why": why,
            "remedy": {"zh": remedy_zh, "en": remedy_en},
        }  # fmt: skip
        if errors:
            self.body["errors"] = [finding_json(f) for f in errors]
        self.body.update({k: v for k, v in more.items() if v is not None})

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, self.headers, MEDIA_TYPE)


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
    return Problem(status, first.rule, first.zh, first.en, remedy_zh=first.remedy_zh, remedy_en=first.remedy_en, errors=errors,
                   registered_as=registered_as)  # fmt: skip


async def on_problem(_: Request, problem: Exception) -> Response:
    """Exception handler for the app."""
    if not isinstance(problem, Problem):
        return internal()
    return problem.response()


def internal() -> Response:
    """Whatever went wrong inside stays inside; the log line has it."""
    return Problem(500, "internal", "服务器内部错误", "internal error", remedy_zh="请稍后用同一个 Idempotency-Key 重试",
                   remedy_en="try again later with the same Idempotency-Key").response()  # fmt: skip
