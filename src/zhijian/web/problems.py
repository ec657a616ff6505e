"""Problem documents (RFC 9457) of the public door: `why` is stable, the words say what to do next."""

from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from zhijian.web.service import CodeMalformed, CodesError


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    title: str
    detail: str
    remedy: dict[str, str]


PROBLEMS: dict[str, Problem] = {
    "code-malformed": Problem(
        400, "The text is no report code", "The characters of the code do not fit together.",
        {"zh": "请对照报告上的编码再输一次，共 18 位。", "en": "Compare with the 18 characters printed on the report."},
    ),
    "code-unknown": Problem(
        404, "Nobody registered this code", "The code is well formed, and there is no record of it.",
        {"zh": "先向出具机构核实。刚签发的报告可能几天后才登记。未找到不等于报告有假。",
         "en": "Ask the issuing institution. A new report may be registered days later. No record is no verdict."},
    ),
    "verifier-wrong": Problem(
        403, "The verifier does not belong to this code", "The code is registered with another verifier.",
        {"zh": "请对照报告上编码旁边的 6 位校验码再输一次。", "en": "Compare with the six symbols beside the code."},
    ),
    "credential-refused": Problem(
        422, "The QR's credential was refused", "What the QR carries was not signed for this code.",
        {"zh": "请直接输入报告上的编码查询，并与手中的报告逐项核对。",
         "en": "Type the code that is printed on the report and compare it item by item."},
    ),
    "evidence-broken": Problem(
        500, "No answer: the records contradict each other", "The fault is ours; the operator was told.",
        {"zh": "平台的记录互相矛盾，已报警，暂时不能回答。请联系出具机构。", "en": "Ask the issuing institution, and try again later."},
    ),
    "foreign-host": Problem(
        422, "The QR points to another website", "Its host is none on which codes are verified.",
        {"zh": "二维码指向别的网站，请核对报告上的编码后在这里输入。", "en": "Compare the printed code and type it here."},
    ),
    "proof-pending": Problem(
        404, "There is no proof yet", "No checkpoint of the log includes this report.",
        {"zh": "登记后几秒内写入日志，请稍后再下载。", "en": "Reports enter the log within seconds. Try again later."},
    ),
    "body-malformed": Problem(
        400, "The body is not what is expected", "The body is not JSON of the expected form.",
        {"zh": "请发送 JSON，例如 {\"code\": \"…\"} 或 {\"digest\": {\"algorithm\": \"sm3\", \"value\": \"…\"}}。",
         "en": "Send JSON such as {\"code\": \"…\"} or {\"digest\": {\"algorithm\": \"sm3\", \"value\": \"…\"}}."},
    ),
    "body-too-large": Problem(
        413, "The body is too large", "The body exceeds the limit.",
        {"zh": "只发送摘要，不要发送文件。", "en": "Send the digest, never the file."},
    ),
    "too-many-requests": Problem(
        429, "Too many requests", "This address asked too often.",
        {"zh": "请等 Retry-After 给出的秒数后再试。", "en": "Wait for the seconds given in Retry-After."},
    ),
    "not-found": Problem(
        404, "There is nothing at this address", "The path is unknown.",
        {"zh": "请检查地址。", "en": "Check the address."},
    ),
    "method-not-allowed": Problem(
        405, "The method is not allowed here", "The path exists, with other methods.",
        {"zh": "请看 Allow 头。", "en": "See the Allow header."},
    ),
    "internal": Problem(
        500, "Something went wrong here", "The fault is ours and was recorded.",
        {"zh": "请稍后再试。", "en": "Try again later."},
    ),
}  # fmt: skip


def problem(why: str, detail: str | None = None, headers: dict[str, str] | None = None, **members: object) -> Response:
    """`members` are extension members; None among them is left out."""
    known = PROBLEMS[why]
    body: dict[str, object] = {
        "type": f"urn:zhijian:problem:{why}",
        "title": known.title,
        "status": known.status,
        "detail": detail or known.detail,
        "why": why,
        "remedy": known.remedy,
    }
    body.update({name: value for name, value in members.items() if value is not None})
    return Response(
        msgspec.json.encode(body),
        known.status,
        {**(headers or {}), "cache-control": "no-store"},
        media_type="application/problem+json",
    )


def problem_of(error: CodesError) -> Response:
    if isinstance(error, CodeMalformed):
        return problem(
            error.why, reason=error.reason, value=error.value, position=error.position, suggestion=error.suggestion
        )
    if error.why not in PROBLEMS:
        return problem("internal")
    return problem(error.why, value=error.value)


def status_of(error: CodesError) -> int:
    known = PROBLEMS.get(error.why)
    return known.status if known else HTTPStatus.INTERNAL_SERVER_ERROR
