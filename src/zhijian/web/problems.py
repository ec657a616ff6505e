"""Problem documents (RFC 9457) of the public door: `why` is stable, the words say what to do next."""

from http import HTTPStatus
from typing import NamedTuple

import msgspec
from starlette.responses import Response

from zhijian.kit.problem import MEDIA_TYPE, Problem
from zhijian.web.service import CodeMalformed, CodesError


class _Words(NamedTuple):
    status: int
    zh: str
    en: str
    detail: str
    remedy_zh: str
    remedy_en: str


_WORDS: dict[str, _Words] = {
    "code-malformed": _Words(
        400, "不是报告编码", "The text is no report code", "The characters of the code do not fit together.",
        "请对照报告上的编码再输一次，共 18 位。", "Compare with the 18 characters printed on the report.",
    ),
    "code-unknown": _Words(
        404, "未找到这个编码", "Nobody registered this code", "The code is well formed, and there is no record of it.",
        "先向出具机构核实。刚签发的报告可能几天后才登记。未找到不等于报告有假。",
        "Ask the issuing institution. A new report may be registered days later. No record is no verdict.",
    ),
    "verifier-wrong": _Words(
        403, "校验码不符", "The verifier does not belong to this code", "The code is registered with another verifier.",
        "请对照报告上编码旁边的 6 位校验码再输一次。", "Compare with the six symbols beside the code.",
    ),
    "credential-refused": _Words(
        422, "二维码未通过核验", "The QR's credential was refused", "What the QR carries was not signed for this code.",
        "请直接输入报告上的编码查询，并与手中的报告逐项核对。",
        "Type the code that is printed on the report and compare it item by item.",
    ),
    "evidence-broken": _Words(
        500, "没有答案：平台的记录互相矛盾", "No answer: the records contradict each other", "The fault is ours; the operator was told.",
        "已报警，暂时不能回答。请联系出具机构。", "Ask the issuing institution, and try again later.",
    ),
    "signer-revoked": _Words(
        410, "登记不作数：签名密钥当时已作废", "The registration does not count: the key was revoked",
        "It was registered with a key after the time of its compromise.",
        "不要使用这份报告，请向出具机构核实。", "Do not use the report; ask the institution.",
    ),
    "foreign-host": _Words(
        422, "二维码指向另一个网站", "The QR points to another website", "Its host is none on which codes are verified.",
        "请核对报告上的编码后在这里输入。", "Compare the printed code and type it here.",
    ),
    "body-malformed": _Words(
        400, "请求体不合要求", "The body is not what is expected", "The body is not JSON of the expected form.",
        '请发送 JSON，例如 {"code": "…"} 或 {"digest": {"algorithm": "sm3", "value": "…"}}。',
        'Send JSON such as {"code": "…"} or {"digest": {"algorithm": "sm3", "value": "…"}}.',
    ),
    "body-too-large": _Words(
        413, "请求体太大", "The body is too large", "The body exceeds the limit.",
        "只发送摘要，不要发送文件。", "Send the digest, never the file.",
    ),
    "too-many-requests": _Words(
        429, "请求太频繁", "Too many requests", "This address asked too often.",
        "请等 Retry-After 给出的秒数后再试。", "Wait for the seconds given in Retry-After.",
    ),
    "not-found": _Words(
        404, "没有这个地址", "There is nothing at this address", "The path is unknown.", "请检查地址。", "Check the address.",
    ),
    "method-not-allowed": _Words(
        405, "不支持这个方法", "The method is not allowed here", "The path exists, with other methods.",
        "请看 Allow 头。", "See the Allow header.",
    ),
    "internal": _Words(500, "服务器内部错误", "Something went wrong here", "The fault is ours and was recorded.",
                        "请稍后再试。", "Try again later."),
}  # fmt: skip


def problem(why: str, detail: str | None = None, headers: dict[str, str] | None = None, **members: object) -> Problem:
    """To be raised, or given to `respond`."""
    status, zh, en, known, remedy_zh, remedy_en = _WORDS[why]
    return Problem(status, why, zh, en, remedy_zh=remedy_zh, remedy_en=remedy_en, headers=headers, detail=detail or known,
                   **members)  # fmt: skip


def respond(problem: Problem) -> Response:
    headers = {**problem.headers, "cache-control": "no-store"}
    return Response(msgspec.json.encode(problem.body), problem.status, headers, MEDIA_TYPE)


def problem_of(error: CodesError) -> Problem:
    if isinstance(error, CodeMalformed):
        return problem(
            error.why, reason=error.reason, value=error.value, position=error.position, suggestion=error.suggestion
        )
    return problem(error.why, value=error.value) if error.why in _WORDS else problem("internal")


def status_of(error: CodesError) -> int:
    known = _WORDS.get(error.why)
    return known.status if known else HTTPStatus.INTERNAL_SERVER_ERROR
