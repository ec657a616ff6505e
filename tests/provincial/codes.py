"""The platform's own codes: what `sys_dict` holds, each with the value of the specification that it stands for."""

CODES: dict[str, dict[str, str]] = {
    "frlx": {"1": "企业", "2": "事业", "3": "其他"},
    "syz": {"1": "国有", "2": "民营", "3": "集体", "4": "港澳台", "5": "外资", "9": "其他"},
    "zc": {"1": "正高", "2": "副高", "3": "中级", "4": "初级", "5": "无"},
    "xl": {"1": "博士", "2": "硕士", "3": "本科", "4": "专科", "5": "其他"},
    "zszt": {"1": "有效", "2": "暂停", "3": "撤销", "4": "注销"},
    "bgsx": {"01": "名称", "02": "地址", "04": "法定代表人", "06": "技术负责人", "09": "标准变更", "99": "其他"},
    "pc": {"1": "首次", "2": "扩项", "3": "地址变更", "4": "标准变更", "5": "复查"},
    "cq": {"1": "自有", "2": "租赁", "3": "借用"},
    "sbzt": {"1": "在用", "2": "停用", "3": "故障", "4": "报废"},
    "jdlx": {"1": "检定", "2": "校准", "3": "核查"},
    "bgxs": {"1": "检验", "2": "检测"},
    "jylb": {"1": "委托送检", "2": "委托抽样", "3": "监督抽检"},
    "pd": {"1": "合格", "0": "不合格", "9": "不判定"},
    "zysf": {"SM3": "sm3", "SHA256": "sha256"},
    "jcfs": {"1": "双随机", "2": "专项", "3": "举报核查", "4": "线索核查", "5": "整改复查", "9": "其他"},
    "wtxz": {"1": "基本条件", "2": "无资质", "3": "超范围", "4": "标志证书", "5": "报告管理", "6": "不实", "7": "虚假", "8": "其他"},
    "zgzt": {"0": "待整改", "1": "已提交", "2": "通过", "3": "不通过"},
    "bmzt": {"在册有效": "valid", "已更正": "corrected", "已替换": "replaced", "已撤回": "withdrawn", "存疑": "doubted"},
    "bgf": {"机构": "institution", "监管": "regulator"},
    "tslx": {"1": "paper-differs", "2": "content-doubtful", "3": "not-tested", "4": "name-misused", "5": "other"},
    "tsjd": {"已收到": "received", "已转办": "passed-on", "已办结": "closed"},
}  # fmt: skip
"""Kind of code → code of the platform → value of the specification."""

NAMES: dict[str, dict[str, str]] = {
    "tslx": {"1": "编码与纸面不符", "2": "报告内容可疑", "3": "未检测出具", "4": "机构冒用", "5": "其他"},
}
"""What the dictionary calls a code where that is not the specification's own value."""

_BACK = {kind: {value: code for code, value in pairs.items()} for kind, pairs in CODES.items()}


def code(kind: str, value: str | None) -> str | None:
    """The platform's code.

    >>> code("pd", "不合格")
    '0'
    """
    return None if value is None else _BACK[kind][value]


def dictionary() -> list[tuple[str, str, str]]:
    """(kind, code, name), as `sys_dict` holds them."""
    return [
        (kind, key, NAMES.get(kind, {}).get(key, value)) for kind, pairs in CODES.items() for key, value in pairs.items()
    ]
