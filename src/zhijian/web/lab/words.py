"""What the desk says: the order of a report's fields, its steps, and the words that its modules show."""

from collections.abc import Mapping

from zhijian.web.say import zh

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (zh("报告"), ("own_number", "title", "form", "kind", "cma_marked", "certificate_number", "site_no")),
    (zh("委托和样品"), ("client_name", "client_address", "sample_name", "sample_no", "sample_count", "sample_batch", "producer",
                   "sampling_place", "sampled_on", "received_on")),
    (zh("检验检测和签发"), ("tested_from", "tested_to", "prepared_by", "reviewed_by", "signatory", "issued_on", "verdict",
                     "conclusion", "subcontracted")),
)  # fmt: skip
"""Every element of the report but those the platform fills in."""
LISTS: Mapping[str, str] = {
    "certificate_number": "list-certificates", "site_no": "list-sites", "prepared_by": "list-people",
    "reviewed_by": "list-people", "signatory": "list-signatories", "tester": "list-people",
    "parameter": "list-parameters", "standard": "list-standards", "instruments": "list-instruments",
}  # fmt: skip
"""Field → the list of the institution's own records that it suggests from."""
STEPS = (
    ("check", zh("按规则核对，排版")),
    ("register", zh("签名，登记，取得编码")),
    ("stamp", zh("盖上编码和二维码")),
    ("file", zh("登记盖码后的文件")),
)
SAID: Mapping[str, str] = {
    "not-a-key": zh("这不是密钥文件。请选择机构保存的密钥文件（.json）。"),
    "file-wanted": zh("请先选择密钥文件。"),
    "passphrase-wanted": zh("这个密钥文件有口令，请输入。"),
    "passphrase-wrong": zh("口令不对，或文件损坏。"),
    "kid-wanted": zh("请输入密钥编号：8 位，0–9 和 a–f，批准时由运营方告知。"),
    "passphrase-short": zh("口令至少 10 个字符。"),
    "passphrases-differ": zh("两次输入的口令不一样。"),
    "uscc-wanted": zh("请输入 18 位统一社会信用代码。"),
    "signature-wrong": zh("平台不认这个密钥：可能还没有批准，已经停用，或电脑时间不准（相差 5 分钟以上）。"),
    "sandbox-empty": zh("测试机构已领完，请运营方补充。"),
    "registered-only": zh("已登记，文件还没有盖码。请再点一次签发，只做剩下的步骤。报告编码"),
    "documents-busy": zh("平台正在处理别的文件，请过几秒再试。"),
    "institution-busy": zh("本机构的另一个请求还在处理，请过几秒再试。"),
    "database-unavailable": zh("平台的数据库暂时不能用。请稍后再点一次，不会重复登记。"),
    "offline": zh("连不上平台。检查网络后再试；已填的内容还在。"),
    "trouble": zh("平台出错，没有办成。请稍后再试；已填的内容还在。"),
    "stamped": zh("已盖码并登记"),
    "not-registered": zh("没有登记这个文件：请用登记时的原始文件，或先登记报告"),
    "not-pdf": zh("不是 PDF 文件"),
    "too-large": zh("超过 20 MB"),
    "issued": zh("已签发"),
    "sheet-wanted": zh("请先选择填好的表格。"),
    "pages-wanted": zh("自带文件的报告要在表里写页数"),
    "error": zh("要改"),
    "warning": zh("请留意"),
    "working": zh("正在办"),
    "change": zh("变更"),
    "reason-wanted": zh("请写原因，至少 2 个字。"),
    "successor-wanted": zh("请写后继报告的编码。"),
    "valid-until": zh("有效期至"),
    "rows": zh("项"),
    "people": zh("人"),
    "signatories": zh("授权签字人"),
    "uncalibrated": zh("未在检定校准有效期内"),
    "shown": zh("已列出"),
}
