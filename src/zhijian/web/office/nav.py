"""The navigation: what one may not see is not there."""

from dataclasses import dataclass

from zhijian.kit.principal import Principal
from zhijian.web.say import zh


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    name: str
    act: str


NAV: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        zh("总览"),
        (
            Entry("/office", zh("工作台"), "desk.see"),
            Entry("/office/due", zh("到期事项"), "desk.see"),
            Entry("/office/compare", zh("地区比较"), "areas.compare"),
        ),
    ),
    (zh("数据"), (Entry("/quality", zh("质量自查"), "desk.see"), Entry("/spec", zh("数据规范"), "desk.see"))),
    (
        zh("对象"),
        (
            Entry("/office/institutions", zh("机构与能力"), "institutions.see"),
            Entry("/office/reports", zh("报告与编码"), "reports.see"),
            Entry("/office/twins", zh("疑似重复"), "twins.judge"),
        ),
    ),
    (
        zh("监管"),
        (
            Entry("/office/cases", zh("案件处置"), "cases.see"),
            Entry("/office/draws", zh("双随机抽查"), "draws.see"),
            Entry("/office/requests", zh("双人复核"), "requests.see"),
        ),
    ),
    (
        zh("系统"),
        (
            Entry("/office/accounts", zh("账号"), "accounts.manage"),
            Entry("/office/audit", zh("审计"), "audit.see"),
            Entry("/office/me", zh("我的账号"), "desk.see"),
        ),
    ),
)


def nav_of(who: Principal) -> list[tuple[str, list[Entry]]]:
    kept = [(group, [e for e in entries if who.may(e.act)]) for group, entries in NAV]
    return [(group, entries) for group, entries in kept if entries]
