"""`/office/accounts`: who has an account in one's own area; made and closed by whoever manages it."""

from collections.abc import Callable

from zhijian.identity import accounts
from zhijian.identity.model import Account, AccountWrong, NotAllowed
from zhijian.kit.principal import OF_LABORATORY, Role
from zhijian.registry.listing import province_of
from zhijian.spec import specification
from zhijian.web.office.door import Answer, Asked, NotThere, Page, Sent, Shown, Wrong
from zhijian.web.say import zh

PATH = "/office/accounts"
ROLES = {
    Role.NATIONAL: zh("国家局"), Role.PROVINCIAL: zh("省级监管"), Role.CITY: zh("市级监管"), Role.INSPECTOR: zh("检查员"),
    Role.REVIEWER: zh("评审员"), Role.MANAGER: zh("机构负责人"), Role.CLERK: zh("机构报告员"), Role.AUDITOR: zh("审计员"),
    Role.ADMINISTRATOR: zh("账号管理员"),
}  # fmt: skip
WRONG = {
    "login": zh("账号用 3 到 60 个小写字母、数字、点、横线或下划线"),
    "name": zh("请填姓名"),
    "login-taken": zh("这个账号已经有人用了，请换一个"),
    "area": zh("地区不对：省级填两位省码，市级填四位市码"),
    "laboratory": zh("机构人员填本辖区内登记机构的统一社会信用代码，监管人员不填"),
    "short": zh("密码至少 12 个字符"),
    "long": zh("密码最长 200 个字符"),
    "plain": zh("密码太好猜：不要用账号、连续或重复的字符"),
    "not-allowed": zh("只能在本辖区或本机构内开账号，也不能给出自己没有的权限"),
    "reason": zh("请写明停用的理由"),
}


def show(asked: Asked) -> Shown:
    return _shown(asked, "", {})


def _shown(asked: Asked, wrong: str, filled: dict[str, str], status: int = 200) -> Shown:
    return Shown("accounts.html", {
        "rows": accounts.listed(asked.db, asked.who.scope),
        "roles": {role: ROLES[role] for role in accounts.may_give(asked.who)}, "names_of": ROLES,
         "wrong": WRONG.get(wrong, ""), "filled": filled,
        "names": specification().codelists["province"], "laboratory": asked.who.scope.institutions is not None,
    }, status)  # fmt: skip


def add(asked: Asked) -> Answer:
    filled = {name: str(asked.form.get(name, "")).strip()[:60] for name in ("login", "name", "role", "area")}
    if filled["role"] not in set(Role):
        raise Wrong("role", filled["role"], "列出的角色之一", "one of the roles listed")
    role, area = Role(filled["role"]), filled["area"].upper()
    password = str(asked.form.get("password", ""))
    try:
        province, city, uscc = _where(asked, role, area)
        accounts.add(asked.db, asked.who, filled["login"], filled["name"], role, password, asked.at,
                     province=province, city=city, uscc=uscc)  # fmt: skip
    except (AccountWrong, NotAllowed) as why:
        return _shown(asked, why.value if isinstance(why, AccountWrong) else "not-allowed", filled, 422)
    return Sent(PATH)


def _where(asked: Asked, role: Role, area: str) -> tuple[str | None, str | None, str | None]:
    """(province, city, USCC). Raises: AccountWrong for an area that there is not, a laboratory that is not registered, or is not within one's own area."""
    if role not in OF_LABORATORY:
        if area and (
            area[:2] not in specification().codelists["province"] or len(area) not in (2, 4) or not area.isdecimal()
        ):
            raise AccountWrong("area")
        return area[:2] or None, area if len(area) == 4 else None, None
    if (province := province_of(asked.db, asked.who.scope, area)) is None:
        raise AccountWrong("laboratory")
    return province, None, area


def close(asked: Asked) -> Answer:
    """Raises: NotThere for an account of another area."""
    found, reason = _found(asked), str(asked.form.get("reason", "")).strip()[:200]
    if not reason:
        return _shown(asked, "reason", {}, 422)
    return _done(asked, lambda: accounts.close(asked.db, asked.who, found, reason, asked.at))


def give_password(asked: Asked) -> Answer:
    """Raises: NotThere for an account of another area."""
    found, password = _found(asked), str(asked.form.get("password", ""))
    return _done(asked, lambda: accounts.give_password(asked.db, asked.who, found, password, asked.at))


def _found(asked: Asked) -> Account:
    if (found := accounts.found(asked.db, asked.who.scope, asked.path["login"])) is None:
        raise NotThere
    return found


def _done(asked: Asked, act: Callable[[], None]) -> Answer:
    try:
        act()
    except (AccountWrong, NotAllowed) as why:
        return _shown(asked, why.value if isinstance(why, AccountWrong) else "not-allowed", {}, 422)
    return Sent(PATH)


PAGES = (
    Page(PATH, "accounts.manage", show, of_accounts=True),
    Page(PATH, "accounts.manage", add, "POST", of_accounts=True),
    Page(PATH + "/{login}/close", "accounts.manage", close, "POST", of_accounts=True),
    Page(PATH + "/{login}/password", "accounts.manage", give_password, "POST", of_accounts=True),
)
