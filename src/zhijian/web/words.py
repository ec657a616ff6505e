"""What each state says: the word, what it proves and does not prove, and what the reader can do.

Wording: conclusion first, no blame. Red (`penalty`) is for findings of the regulator, and for a file whose own seal
shows that it was edited (`inspect_words`, decision 0010); for nothing else.
"""

from dataclasses import dataclass

from zhijian.web.say import zh
from zhijian.web.service import Standing, State


@dataclass(frozen=True, slots=True)
class StateWords:
    kind: str
    """CSS class of the band."""
    sign: str
    """Name of the drawing in parts/sign.html."""
    word: str
    changed: str
    """The same in the state history."""
    yes: tuple[str, ...]
    no: tuple[str, ...]
    advice: str | None


STATES: dict[State, StateWords] = {
    State.RESERVED: StateWords(
        "stopped", "clock", zh("尚未登记"), zh("领取编码"),
        (zh("这个编码已由该机构领取，供断网时使用"),),
        (zh("已经有一份登记的报告。手中的报告现在还无法核验"),),
        zh("机构断网时签发的报告，最长 7 天内补登记。手中已有报告的，请先不要使用：过几天再查，或打机构的公开电话问清。过了 7 天仍未登记，可以反映问题。"),
    ),
    State.VALID: StateWords(
        "valid", "tick", zh("在册有效"), zh("签发，登记为有效"),
        (zh("这个编码由该机构签发，并在全国登记"), zh("到查询时为止，没有更正、替换或撤回")),
        (zh("报告的结论一定正确"),),
        None,
    ),
    State.CORRECTED: StateWords(
        "changed", "arrow", zh("已更正"), zh("更正"),
        (zh("这份报告由该机构签发过"), zh("机构已用新报告更正了它")),
        (zh("机构有违法行为。更正是机构自己的改正"), zh("旧报告里没有改的内容仍可单独使用")),
        zh("请向对方索取新报告，以新报告为准。"),
    ),
    State.REPLACED: StateWords(
        "changed", "arrow", zh("已替换"), zh("替换"),
        (zh("这份报告由该机构签发过"), zh("机构已用新报告替换了它")),
        (zh("机构有违法行为。替换是机构自己的改正"), zh("旧报告仍可使用")),
        zh("请向对方索取新报告，以新报告为准。"),
    ),
    State.WITHDRAWN: StateWords(
        "stopped", "minus", zh("已撤回"), zh("撤回"),
        (zh("这份报告由该机构签发过"), zh("机构已声明不再使用它")),
        (zh("机构有违法行为。撤回是机构自己的更正"), zh("撤回之前的使用是否妥当")),
        zh("联系出具机构，问清是否重新检测。对方仍要您接受这份报告时，可以向市场监管部门反映。"),
    ),
    State.DOUBTED: StateWords(
        "care", "alert", zh("存疑"), zh("监管部门开始核查"),
        (zh("这份报告由该机构签发过"), zh("监管部门正在核查它")),
        (zh("报告不实或虚假。核查还没有结论"), zh("报告可以放心使用")),
        zh("重要用途请等核查结论，或换一家机构重新检测。"),
    ),
    State.INACCURATE: StateWords(
        "penalty", "cross", zh("认定不实"), zh("监管部门认定不实"),
        (zh("监管部门已认定这份报告不实"), zh("认定已写入公开日志")),
        (zh("该机构的其他报告也有问题"), zh("委托方或样品有问题")),
        zh("请不要使用这份报告。已经使用的，请告知对方并重新检测。"),
    ),
    State.FALSE: StateWords(
        "penalty", "cross", zh("认定虚假"), zh("监管部门认定虚假"),
        (zh("监管部门已认定这份报告虚假"), zh("认定已写入公开日志")),
        (zh("该机构的其他报告也有问题"), zh("委托方参与了造假")),
        zh("请不要使用这份报告。已经使用的，请告知对方，并向市场监管部门反映。"),
    ),
}  # fmt: skip

NOT_THE_PAPER = zh("您手中的纸或文件就是登记的那一份，请核对下表或比对文件")
NOT_THE_PAPER_YET = zh("您手中的纸或文件就是登记的那一份，请输入校验码逐项核对，或比对文件")
FILE_EQUAL = zh("您选的文件与登记的逐字节相同")
NO_WITNESS = zh("平台没有改动过日志。目前还没有外部见证")
DEMO_WITNESS = "demo-witness"
"""How the names of witnesses begin that `zhijian demo` runs itself."""
NO_OUTSIDE_WITNESS = zh("平台没有改动过日志。演示见证由平台自己运行，证明不了这一点")
NO_LOG = zh("登记已写入公开日志。这一条还没有进入检查点")

STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.IN_FORCE: ("valid", zh("证书有效")),
    Standing.EXPIRED: ("stopped", zh("证书过期")),
    Standing.NOT_YET: ("stopped", zh("证书尚未生效")),
    Standing.SUSPENDED: ("care", zh("证书暂停")),
    Standing.REVOKED: ("penalty", zh("证书已撤销")),
    Standing.CANCELLED: ("stopped", zh("证书已注销")),
    Standing.NONE: ("bare", zh("没有使用 CMA 标志")),
}
"""Tag class and word."""

LEVELS = (zh("格式"), zh("签名"), zh("状态"), zh("日志"), zh("文件"))
STATUS_VALUES = (zh("有效"), zh("无效"), zh("暂停使用"), zh("已有新报告"))
PARTIES = {"institution": zh("机构说明：{reason}"), "regulator": zh("{actor}说明：{reason}")}

DATA = (
    zh("合格"), zh("不合格"), zh("不判定"), zh("检验"), zh("检测"), zh("检定"), zh("校准"), zh("核查"),
    zh("委托送检"), zh("委托抽样"), zh("监督抽检"),
)  # fmt: skip
"""Values of code lists that appear in data and are words rather than names."""
