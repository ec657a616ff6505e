"""What acts of the audit trail are called. An act of a case has the name that its form has."""

from collections.abc import Mapping

from zhijian.cases.flow.acts import ACTS
from zhijian.web.say import Say, zh

NAMES: Mapping[str, str] = {
    "sign-in": zh("登录"), "sign-in.refused": zh("登录未成"), "sign-out": zh("退出"), "sessions.ended": zh("结束其他登录"),
    "account.added": zh("开账号"), "account.closed": zh("停用账号"), "password.changed": zh("改密码"), "password.given": zh("给新密码"),
    "passkey.added": zh("登记通行密钥"), "passkey.removed": zh("删除通行密钥"), "passkey.suspect": zh("通行密钥可能被复制"),
    "request.asked": zh("提出双人复核申请"), "request.confirmed": zh("复核同意"), "request.refused": zh("复核不同意"),
    "request.carried-out": zh("已按复核执行"), "request.failed": zh("未能按复核执行"),
    "personal.revealed": zh("查看个人信息"), "personal.exported": zh("导出个人信息"), "audit.exported": zh("导出审计记录"),
    "institutions.export": zh("导出列表"),
    "refused": zh("被拒绝的操作"),
    "report.state": zh("变更报告状态"), "key.granted": zh("批准密钥"), "key.refused": zh("不批准密钥"), "key.revoked": zh("吊销密钥"),
    "draw.draft": zh("拟定抽查方案"), "draw.commit": zh("公布抽查承诺"), "draw.run": zh("抽取"), "draw.publish": zh("公开抽查"),
    "draw.withdraw": zh("撤回抽查"), "draw.leads": zh("按抽查立案"), "draw.evaluate": zh("登记抽查结果"), "case.checklist": zh("交检查表"),
    "scope.confirmed": zh("确认能力表"), "twins.judge": zh("判定疑似重复"), "feed.made": zh("生成日历地址"), "feed.ended": zh("停止日历订阅"),
    "node.backed-up": zh("备份节点"), "node.restored": zh("恢复节点"), "node.recovered": zh("恢复后重新启用"),
}  # fmt: skip
_CASE = "case."


def name_of(act: str, t: Say) -> str:
    """The act itself where it has no name."""
    if act in NAMES:
        return t(NAMES[act])
    if act.startswith(_CASE) and (found := ACTS.get(act.removeprefix(_CASE))):
        return t("案件：{act}", act=found.said.en if t.lang == "en" else found.said.zh)
    return act


def all_acts() -> tuple[str, ...]:
    """That there can be, in the order of a choice."""
    return (*NAMES, *(f"{_CASE}{act}" for act in ACTS))
