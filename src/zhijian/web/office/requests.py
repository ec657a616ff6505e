"""`/office/requests`: what one account asks for and another one confirms: keys revoked, personal data exported."""

from datetime import UTC, datetime

from zhijian.codes import Keyring
from zhijian.identity import four_eyes, rights
from zhijian.identity.four_eyes import EXPORT_PEOPLE, REVOKE_KEY, Request, RequestRefused, RequestUnknown
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import listing
from zhijian.spec import specification
from zhijian.web.office.door import Answer, Asked, File, NotThere, Page, Sent, Shown, field_of
from zhijian.web.office.people_file import people_csv
from zhijian.web.say import zh

PATH = "/office/requests"
ONE = PATH + "/{request}"
PER_PAGE = 50
STATES = {
    "waiting": zh("待复核"), "expired": zh("过期未复核"), "refused": zh("未同意"), "confirmed": zh("已同意，待执行"), "done": zh("已执行"),
    "failed": zh("未能执行"), "open": zh("已同意，可下载"), "over": zh("过期未下载"),
}  # fmt: skip
KINDS = {REVOKE_KEY.id: zh("吊销签名密钥"), EXPORT_PEOPLE.id: zh("导出人员信息（不打码）")}
WRONG = {
    "reason": zh("理由写 5 到 500 个字"),
    "waits": zh("您已为同一对象提出申请，还在等复核"),
    "key": zh("没有这把密钥，或不在您的辖区；密钥编号是 8 位十六进制"),
    "revoked": zh("这把密钥已经吊销"),
    "since": zh("失窃时间应是过去的时间"),
    "subject": zh("填本辖区内登记机构的统一社会信用代码，或两位省码"),
    "own": zh("自己的申请要由另一个账号复核"),
    "decided": zh("这个申请已经有结果了"),
    "expired": zh("这个申请过期了，请重新申请"),
    "opinion": zh("意见写 5 到 500 个字"),
    "decision": zh("请选同意或不同意"),
    "taken": zh("文件已经下载过一次；再要请重新申请"),
    "not-open": zh("文件不能下载：还没有同意，或已过 24 小时"),
}


def listed(asked: Asked) -> Shown:
    return _list(asked, "", "", {}, 200)


def _list(asked: Asked, form: str, wrong: str, filled: dict[str, str], status: int) -> Shown:
    """`form`: in which something is wrong."""
    everything = asked.query.get("state", "") == "all"
    with field_of("before", asked.query.get("before", ""), "申请的编号，如 120", "number of a request, such as 120"):
        before = int(asked.query["before"][:18]) if asked.query.get("before") else None
    found = four_eyes.listed(asked.db, asked.who.scope, waiting=not everything, before=before, most=PER_PAGE)
    rows = [one for one in found if everything or one.state_at(asked.at) in ("waiting", "confirmed", "open")]
    older = f"?{'state=all&' if everything else ''}before={found[-1].id}" if len(found) == PER_PAGE else ""
    return Shown("requests.html", {
        "rows": rows, "older": older, "everything": everything, "states": STATES, "kinds": KINDS, "at": asked.at,
        "may_revoke": asked.who.may(REVOKE_KEY.asks), "may_export": asked.who.may(EXPORT_PEOPLE.asks),
        "form": form, "wrong": WRONG.get(wrong, ""), "filled": filled,
    }, status)  # fmt: skip


def ask_revocation(asked: Asked) -> Answer:
    filled = {name: str(asked.form.get(name, "")).strip()[:600] for name in ("kid", "since", "reason")}
    try:
        place, detail = _of_key(asked, filled["kid"].lower(), filled["since"])
        made = four_eyes.ask(asked.db, asked.who, REVOKE_KEY, filled["kid"].lower(), filled["reason"], asked.at, place=place, detail=detail)  # fmt: skip
    except RequestRefused as why:
        return _list(asked, "key", why.value, filled, 422)
    return Sent(f"{PATH}/{made.id}")


def _of_key(asked: Asked, kid: str, since: str) -> tuple[str, dict[str, str]]:
    """(province, detail). Raises: RequestRefused."""
    found = Keyring.holder(asked.db, kid)
    place = listing.province_of(asked.db, asked.who.scope, found[0]) if found else None
    if found is None or place is None:
        raise RequestRefused("key")
    if found[1] is not None:
        raise RequestRefused("revoked")
    if not since:
        return place, {"uscc": found[0]}
    try:
        stolen = datetime.fromisoformat(since).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RequestRefused("since") from None
    if stolen > asked.at:
        raise RequestRefused("since")
    return place, {"uscc": found[0], "since": stolen.isoformat()}


def ask_export(asked: Asked) -> Answer:
    filled = {name: str(asked.form.get(name, "")).strip()[:600] for name in ("subject", "reason")}
    subject = filled["subject"].upper()
    try:
        place = _place_of(asked, subject)
        made = four_eyes.ask(asked.db, asked.who, EXPORT_PEOPLE, subject, filled["reason"], asked.at, place=place)
    except RequestRefused as why:
        return _list(asked, "export", why.value, filled, 422)
    return Sent(f"{PATH}/{made.id}")


def _place_of(asked: Asked, subject: str) -> str:
    """Province of an institution, or the province itself, within the scope. Raises: RequestRefused."""
    provinces = asked.who.scope.provinces
    if subject in specification().codelists["province"] and (provinces is None or subject in provinces):
        return subject
    if len(subject) == 18 and (place := listing.province_of(asked.db, asked.who.scope, subject)):
        return place
    raise RequestRefused("subject")


def show(asked: Asked) -> Shown:
    return _shown(asked, _found(asked), "", "", 200)


def _found(asked: Asked) -> Request:
    """Raises: NotThere."""
    if not (text := asked.path["request"]).isdecimal() or len(text) > 18:
        raise NotThere
    try:
        return four_eyes.one(asked.db, asked.who.scope, int(text))
    except RequestUnknown:
        raise NotThere from None


def _shown(asked: Asked, one: Request, wrong: str, opinion: str, status: int) -> Shown:
    state = one.state_at(asked.at)
    deciding = asked.who.may("requests.decide") and asked.who.may(one.kind.confirms) and state == "waiting"
    other = one.decided_login or (asked.who.login if deciding else "")
    return Shown("request.html", {
        "one": one, "state": state, "states": STATES, "kinds": KINDS, "wrong": WRONG.get(wrong, ""), "opinion": opinion,
        "deciding": deciding and asked.who.account != one.asked_by, "own": deciding and asked.who.account == one.asked_by,
        "may_take": state == "open" and asked.who.account == one.asked_by, "needed": rights()[one.kind.confirms],
        "together": bool(other) and four_eyes.made_together(asked.db, one.asked_login, other),
        "open_until": one.decided_at + four_eyes.OPEN if one.decided_at else None,
    }, status)  # fmt: skip


def decide(asked: Asked) -> Answer:
    one, opinion = _found(asked), str(asked.form.get("opinion", "")).strip()[:600]
    decision = str(asked.form.get("decision", ""))
    if decision not in ("confirm", "refuse"):
        return _shown(asked, one, "decision", opinion, 422)
    try:
        four_eyes.decide(asked.db, asked.who, one.id, decision == "confirm", opinion, asked.at)
    except RequestRefused as why:
        return _shown(asked, one, why.value, opinion, 422)
    return Sent(f"{PATH}/{one.id}")


def take(asked: Asked) -> Answer:
    """The file, once. Raises: NotThere, NotAllowed."""
    one = _found(asked)
    of = {"province": one.subject} if len(one.subject) == 2 else {"uscc": one.subject}
    content = people_csv(listing.people(asked.db, asked.who.scope, **of), one, asked.who, asked.at)
    try:  # noted last: until the end of the transaction nobody else is
        four_eyes.take(asked.db, asked.who, one.id, asked.at)
    except RequestUnknown:
        raise NotThere from None
    except RequestRefused as why:
        return _shown(asked, one, why.value, "", 422)
    return File(content, "text/csv; charset=utf-8", f"people-{one.subject}-{one.id}.csv")  # fmt: skip


PAGES = (
    Page(PATH, "requests.see", listed),
    Page(PATH + "/keys", REVOKE_KEY.asks, ask_revocation, "POST"),
    Page(PATH + "/exports", EXPORT_PEOPLE.asks, ask_export, "POST"),
    Page(ONE, "requests.see", show),
    Page(ONE, "requests.decide", decide, "POST"),
    Page(ONE + "/file", EXPORT_PEOPLE.asks, take, "POST"),
)
