"""OpenAPI of `/api/v1`, with schemas derived from the specification and examples that were run."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from zhijian.api.keys import KEY_SCHEMA
from zhijian.api.own import LEASE_SCHEMA, STATE_SCHEMA
from zhijian.api.webhooks import NOTHING_SCHEMA, WEBHOOK_SCHEMA
from zhijian.api.workbooks import XLSX
from zhijian.codes import intake

EXAMPLE: dict[str, Any] = {
    "own_number": "SL-HJ-2026-04417", "cma_marked": True, "certificate_number": "241112340186", "site_no": "1",
    "title": "检测报告（废水）", "form": "检测", "kind": "委托送检", "client_name": "杭州示例环保有限公司", "sample_name": "总排口废水",
    "sample_no": "W-0506-01", "sampled_on": "2026-05-06", "received_on": "2026-05-06", "tested_from": "2026-05-07",
    "tested_to": "2026-05-11", "signatory": "P003", "issued_on": "2026-05-12", "verdict": "不判定", "file_pages": 6,
    "file_digest_algorithm": "sm3", "file_digest": "7c1d9e40b2a86f35d01c44be9a7f2286e5b30d9174cc58fa6e0b93d21f8467ab",
    "items": [{"seq": 1, "parameter": "化学需氧量", "standard": "HJ 828-2017", "result": "38", "unit": "mg/L",
               "instruments": ["YQ-014"], "tested_on": "2026-05-07", "tester": "P011"}],
}  # fmt: skip
ISSUED: dict[str, Any] = {
    "code": "332608K70049M302AR", "printed": "3326-08K7-0049-M302-AR", "verifier": "7KQ2MX", "state": "valid",
    "registered_at": "2026-05-12T08:40:11+00:00", "qr": "HTTPS://VERIFY.ZHIJIAN.EXAMPLE/332608K70049M302AR/7KQ2MX…",
    "qr_small": "HTTPS://VERIFY.ZHIJIAN.EXAMPLE/332608K70049M302AR/7KQ2MX", "credential": "0oROogE6AAEAAARE…",
    "verify_url": "https://verify.zhijian.example/v/332608K70049M302AR", "log": "pending",
}  # fmt: skip
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_HEADERS: list[dict[str, Any]] = [
    {"name": "Signature-Input", "in": "header", "required": True, "schema": {"type": "string"},
     "description": "RFC 9421, label sig; see docs/howto/lims.md"},
    {"name": "Signature", "in": "header", "required": True, "schema": {"type": "string"}, "description": "RFC 9421"},
]  # fmt: skip
_BODY_HEADERS = [
    *_HEADERS,
    {"name": "Content-Digest", "in": "header", "required": True, "schema": {"type": "string"}, "description": "RFC 9530, sha-256"},
    {"name": "Idempotency-Key", "in": "header", "required": True,
     "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
     "description": "A new one for each submission, the same one for a retry"},
]  # fmt: skip
_ROOT = {"name": "Report-Root", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
         "description": "Merkle root (RFC 6962, SHA-256) over the bytes of each report as sent"}  # fmt: skip
_WHY = {400: "Malformed 格式不对", 401: "Signature refused 签名不被接受", 403: "Not shown 不开放", 404: "Not found 未找到", 409: "Conflict 冲突",
        413: "Too large 过大", 415: "Not this media type 类型不对", 422: "Rules broken 不符合规则", 429: "Quota 超出限额",
        503: "Busy, come again 稍后重试"}  # fmt: skip


def _described(
    summary: str, ok: int, answer: dict[str, Any], failures: tuple[int, ...], body: dict[str, Any] | None = None,
    example: Any = None, headers: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    extra: dict[str, Any] = {"parameters": _HEADERS if headers is None else headers}
    if body:
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": body, "example": example}}}
    responses: dict[int, Any] = {ok: {"description": summary, "content": {"application/json": answer}}}
    responses |= {status: {"description": _WHY[status], "content": _PROBLEM} for status in failures}
    return {"summary": summary, "status_code": ok, "responses": responses, "openapi_extra": extra}


def _object(example: Any) -> dict[str, Any]:
    return {"schema": {"type": "object"}, "example": example}


_REPORT = {"$ref": "#/components/schemas/Report"}
SUBMIT_ONE = _described("Submit one report 提交一份报告", 201, _object(ISSUED), (400, 401, 409, 413, 415, 422, 429, 503), _REPORT, EXAMPLE,
                        [*_BODY_HEADERS, _ROOT])  # fmt: skip
SUBMIT_BATCH = _described(
    "Submit up to 1,000 reports 批量提交", 207,
    _object({"issued": 1, "declined": 1, "results": [{"index": 0, "status": 201, "report": ISSUED},
                                                     {"index": 1, "status": 422, "problem": {"why": "signatory-not-authorised"}}]}),
    (400, 401, 413, 415, 422, 429, 503),
    {"type": "object", "required": ["reports"], "additionalProperties": False,
     "properties": {"reports": {"type": "array", "minItems": 1, "maxItems": 1000, "items": _REPORT}}},
    {"reports": [EXAMPLE]}, [*_BODY_HEADERS, _ROOT],
)  # fmt: skip
LIST = _described(
    "Own reports 本机构的报告",
    200,
    _object({"reports": [], "next": "2026-05-12T08:40:11+00:00~332608K70049M302AR"}),
    (400, 401, 422),
)
GET_ONE = _described(
    "One own report 本机构的一份报告", 200, _object({**EXAMPLE, "code": ISSUED["code"]}), (400, 401, 404, 422)
)
CHANGE = _described(
    "Correct, replace or withdraw 更正、替换或撤回", 200, _object({"code": ISSUED["code"], "state": "withdrawn"}),
    (400, 401, 404, 409, 413, 415, 422, 503), STATE_SCHEMA, {"state": "withdrawn", "reason": "样品标识有误"}, _BODY_HEADERS,
)  # fmt: skip
LEASE = _described(
    "Lease codes for offline work 租用编码", 201, _object({"lease": 1, "codes": [{"code": ISSUED["code"], "status_index": 7}]}),
    (400, 401, 413, 415, 422, 429, 503), LEASE_SCHEMA, {"count": 100}, _BODY_HEADERS,
)  # fmt: skip


ASK_KEY = _described(
    "Ask for a further key 申请新密钥", 202, _object({"kid": "a1b2c3d4", "state": "waiting"}),
    (400, 401, 409, 413, 415, 422, 503), KEY_SCHEMA,
    {"name": "LIMS 2027", "suite": "ES256", "point": "04" + "1f" * 64, "proof": "2e" * 64}, _BODY_HEADERS,
)  # fmt: skip
_FILE = {"schema": {"type": "string", "format": "binary"}}


def _of_file(made: dict[str, Any], takes: tuple[str, ...], gives: tuple[str, ...] = ()) -> dict[str, Any]:
    """`made` for a body that is a file, and perhaps an answer that is one."""
    made["openapi_extra"]["requestBody"] = {"required": True, "content": dict.fromkeys(takes, _FILE)}
    if gives:
        made["responses"][made["status_code"]]["content"] = dict.fromkeys(gives, _FILE)
    return made


STAMP = _of_file(
    _described("Stamp the registered original: code, verifier, QR 给登记的原始文件盖码", 200, {},
               (400, 401, 404, 413, 415, 422, 503), headers=_BODY_HEADERS),
    ("application/pdf", "application/ofd"), ("application/pdf", "application/ofd"),
)  # fmt: skip
DOCUMENT = _of_file(
    _described("Register the file as it is handed out 登记发出的报告文件", 201, _object(
        {"code": ISSUED["code"], "media_type": "application/pdf", "bytes": 81234, "sm3": EXAMPLE["file_digest"],
         "sha256": "2f" * 32, "sealed": True, "log": "pending"}), (400, 401, 404, 409, 413, 415, 422, 503), headers=_BODY_HEADERS),
    ("application/pdf", "application/ofd"),
)  # fmt: skip
DOCUMENT["responses"][200] = {**DOCUMENT["responses"][201], "description": "Registered before 此前已登记"}
DRAFT = _described(
    "Check a report and print it, before it is registered 核对并打印，不登记", 200, {}, (400, 401, 413, 415, 422, 503),
    {"type": "object"}, {name: value for name, value in EXAMPLE.items() if not name.startswith("file_")}, _BODY_HEADERS,
)  # fmt: skip
DRAFT["responses"][200] |= {
    "content": {"application/pdf": _FILE},
    "headers": {
        "Report-Pages": {"description": "Pages of the file 页数", "schema": {"type": "integer"}, "required": True}
    },
}
READ_WORKBOOK = _of_file(
    _described("A filled workbook as reports, with what is wrong at which cell 读取填好的表格，不登记", 200, _object({
        "reports": [EXAMPLE], "columns": {"报告": {"own_number": "A"}}, "rows": [["报告", 3, [["检测项目", 3]]]],
        "findings": [{"sheet": "报告", "cell": "C3", "field": "issued_on", "severity": "error", "why": "no-date", "value": "昨天",
                      "message": {"zh": "不是日期", "en": "no day"}, "remedy": {"zh": "写成 2026-05-18", "en": "write 2026-05-18"}}]}),
        (400, 401, 413, 415, 422, 503), headers=_BODY_HEADERS),
    (XLSX,),
)  # fmt: skip
INSTITUTION = _described(
    "What a report may refer to: certificates, sites, people, instruments, capabilities 报告可引用的本机构资料", 200,
    _object({"uscc": "91330100MA2EXAMPL0", "name": "示例检测（浙江）有限公司", "as_of": "2026-05-12", "certificates": [], "sites": [],
             "people": [], "instruments": [], "capabilities": []}), (401,),
)  # fmt: skip
_COUNTS = {"looks": 412, "verified_looks": 37, "wrong_verifier": 12, "after_end": 0, "before_issue": 0}
STATEMENT = _described(
    "What the public saw of own reports 公众查验情况", 200,
    _object({
        "uscc": "91330100MA2EXAMP0X", "from": "2026-05-01", "to": "2026-05-31", "totals": {**_COUNTS, "unknown_looks": 0},
        "days": [{"on": "2026-05-18", "codes": 9, **_COUNTS}], "unknown_codes": [],
        "anomalies": [{"kind": "guessed", "on": "2026-05-18", "code": ISSUED["code"],
                       "numbers": {"wrong_verifier": 12, "places": 1, "verified_looks": 0},
                       "message": {"zh": "这个编码有 12 次校验码或二维码不符……", "en": "12 times the verifier or QR did not belong …"}}],
        "anomalies_left_out": False, "not_judged": [], "counted": {"zh": "数字只是次数和大致网段数……", "en": "The figures are numbers …"},
        "codes": [{"code": ISSUED["code"], "looks": 300, "verified_looks": 30, "wrong_verifier": 12, "days": 6, "places_most": 4,
                   "first_at": "2026-05-12T08:52:00+00:00", "last_at": "2026-05-30T01:10:05+00:00"}],
        "next": f"300~{ISSUED['code']}",
    }),
    (400, 401, 422),
)  # fmt: skip
STATEMENT["description"] = (
    "Days in China, both included, 366 at most; kept for 400 days. `days`, `totals` and `anomalies` come with the first page, "
    "`codes` page by page, most looked at first. 日期含首尾，至多 366 天；计数保存 400 天。逐日、合计和值得留意的事在第一页。"
)
KEYS = _described("Own keys and requests 本机构的密钥", 200, _object({"keys": [], "requests": []}), (401,))

EVENT: dict[str, Any] = {
    "id": "log.zhijian.example/2026h1/41709", "type": "report.state-changed", "timestamp": "2026-05-12T08:40:12+00:00",
    "data": {"code": ISSUED["code"], "printed": ISSUED["printed"], "own_number": EXAMPLE["own_number"], "state": "doubted",
             "changed_at": "2026-05-12T08:40:11+00:00", "by": "regulator", "actor": "某省市场监督管理局", "reason": "正在核查",
             "successor": None, "verify_url": ISSUED["verify_url"], "proof_url": "https://verify.zhijian.example/proof/332608K70049M302AR",
             "log": {"origin": "log.zhijian.example/2026h1", "index": 41709}},
}  # fmt: skip
EVENTS = _described("What happened to own reports, in the log's order 本机构报告的事件", 200,
                    _object({"events": [EVENT], "next": "2026h1.41710", "more": False}), (400, 401, 422))  # fmt: skip
_HOOK: dict[str, Any] = {
    "id": "wh_0123456789abcdef0123", "url": "https://lims.example/zhijian", "types": ["report.logged", "report.state-changed"],
    "state": "unproven", "created_at": "2026-05-12T08:40:11+00:00", "generation": 1, "former_secret_until": None,
    "delivered_to": "2026h1.41710", "failures": 0, "next_attempt_at": "2026-05-12T08:40:11+00:00", "last_attempt": None, "paused": None,
}  # fmt: skip
_SECRET = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
WEBHOOKS = _described("Own webhooks 本机构的推送", 200, _object({"webhooks": [_HOOK]}), (401,))
MAKE_WEBHOOK = _described(
    "Have events pushed 新建推送", 201, _object(_HOOK | _SECRET), (400, 401, 409, 413, 415, 422, 503), WEBHOOK_SCHEMA,
    {"url": "https://lims.example/zhijian", "types": ["report.logged", "report.state-changed"]}, _BODY_HEADERS,
)  # fmt: skip
WEBHOOK = _described("One webhook 一个推送", 200, _object(_HOOK), (401, 404, 422))
DELETE_WEBHOOK = _described(
    "Delete a webhook 删除推送", 200, _object({"id": _HOOK["id"], "deleted": True}), (401, 404, 422)
)
ATTEMPTS = _described("The last hundred deliveries 最近一百次投递", 200, _object({"attempts": [
    {"at": "2026-05-12T08:40:12+00:00", "kind": "ping", "message_id": "msg_" + "0" * 32, "events": 0, "status": 200, "error": None,
     "took_ms": 41}]}), (401, 404, 422))  # fmt: skip
WEBHOOK_CHANGES = {
    name: _described(summary, status, _object(_HOOK | more), (400, 401, 404, 409, 413, 415, 422, 429, 503), NOTHING_SCHEMA, {},
                     _BODY_HEADERS)
    for name, summary, status, more in (
        ("test", "Send a ping 发送探测", 202, {}), ("resume", "Resume a paused webhook 恢复推送", 202, {}),
        ("rotate", "A new secret; the former holds for a day 更换密钥", 200, {"generation": 2} | _SECRET),
    )
}  # fmt: skip

_SPECIFICATION = {"version": "0.2.0", "entities": [], "codelists": {}}
_KEPT: dict[str, Any] = {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
                         "description": "ETag of what is kept 已保存内容的 ETag"}  # fmt: skip


def _public(made: dict[str, Any], more: tuple[str, ...] = ()) -> dict[str, Any]:
    """`made` for what needs no signature and may be kept; `more` media types of its answer."""
    made["responses"] = dict(made["responses"]) | {304: {"description": "What is kept is still right 没有变化"}}
    made["responses"][200]["content"] |= dict.fromkeys(more, _FILE)
    return made


SPEC = _public(
    _described("The data specification, public 数据规范（公开）", 200, _object(_SPECIFICATION), (), headers=[_KEPT])
)
SPEC_ENTITY = _public(
    _described("One entity of it, in one of its forms 一个实体的一种形式", 200, _object(_SPECIFICATION), (404, 422), headers=[_KEPT]),
    ("application/yaml", "text/plain", "application/vnd.apache.parquet", XLSX),
)  # fmt: skip

_FIGURE = {"score": 96.8, "level": 2, "rules": 61}
_HELD: dict[str, Any] = {
    "result": "4f0c" * 16, "on": "2026-11-01", "specification": "0.2.0", "program": "0.1.0", "rules_digest": "9a1b" * 16,
    "rows": 634218, "datasets": ["institution", "report"], "received_at": "2026-11-02T01:20:00+00:00", "by": "浙江省市场监督管理局",
    "score": 95.5, "level": 3, "apart": [],
}  # fmt: skip
_BEHIND: dict[str, Any] = {
    "number": 12, "dataset": "report", "check": "required-blank", "origin": "national", "on": ["signatory"],
    "columns": ["授权签字人"], "severity": "error", "dimension": "completeness", "applicable": 611930, "failing": 4107,
    "cost": 0.41, "why": {"zh": "授权签字人没有填", "en": "signatory is blank"},
    "remedy": {"zh": "从原始记录补填", "en": "fill it in from the original record"},
}  # fmt: skip
_NAMED = {"province": "33", "name": {"zh": "浙江省", "en": "Zhejiang"}}
SCORECARD = _described(
    "Data quality of the provinces: newest figures and trend 各省数据质量", 200,
    _object({"dataset": "*", "dimension": "*", "from": "2025-11-01", "to": "2026-11-01", "specification": "0.2.0", "program": "0.1.0",
             "ranked": 28, "provinces": [_NAMED | {"latest": _HELD, "dimensions": {"completeness": _FIGURE}, "rank": 21,
                                                   "trend": [{"result": "4f0c" * 16, "on": "2026-11-01", "score": 95.5, "level": 3}]}]}),
    (403, 422, 503), headers=[],
)  # fmt: skip
SCORECARD_PROVINCE = _described(
    "One province over time, with what is behind each figure 一省历次结果", 200,
    _object(_NAMED | {"dataset": "*", "from": "2025-11-01", "to": "2026-11-01", "results": [_HELD | {"figures": [
        {"dataset": "*", "dimension": "completeness", **_FIGURE, "failing_count": 1, "failing": [_BEHIND]}]}]}),
    (403, 404, 422, 503), headers=[],
)  # fmt: skip
SCORECARD_RESULT = _described(
    "One result: every figure, every failing rule with its places 一次结果", 200,
    _object(_NAMED | _HELD | {"figures": [{"dataset": "report", "dimension": "completeness", **_FIGURE}],
                              "failing": [_BEHIND | {"places": [{"table": "report.csv", "row": 1204, "other_table": None, "other_row": None}]}]}),
    (403, 404, 422, 503), headers=[],
)  # fmt: skip
for _one in (SCORECARD, SCORECARD_PROVINCE, SCORECARD_RESULT):
    _one["description"] = (
        "`cost` is what a rule takes from the figure, in points; costs and score of a figure make 100. `apart` says why a result "
        "has no rank. `*` stands for all. 分值为该规则从这一得分中扣去的分；apart 为不参加排名的原因；* 为全部。"
    )


def document(app: FastAPI) -> dict[str, Any]:
    """The whole description."""
    made: dict[str, Any] = get_openapi(
        title="智检 API", version="1", routes=app.routes, openapi_version="3.1.0",
        description="Submit reports, get nationally unique codes, change states. How to begin: docs/howto/lims.md. "
        "提交报告、取得全国唯一编码、变更状态。",
    )  # fmt: skip
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas["Report"] = intake.schema()
    schemas["Problem"] = {
        "type": "object", "required": ["type", "title", "status", "why"],
        "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                       "why": {"type": "string", "description": "Stable key"}, "errors": {"type": "array", "items": {"type": "object"}}},
    }  # fmt: skip
    return made
