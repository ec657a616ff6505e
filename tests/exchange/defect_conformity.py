"""Classes of defects against conformity: codes, forms, lengths, characters, units."""

import re

from tests.exchange.clean import Cell
from tests.exchange.defects import Defect
from tests.exchange.planting import cells, put

_FULL = str.maketrans("0123456789", "０１２３４５６７８９")


def _garbled(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")


def _lost(text: str) -> str:
    return text.encode("gb18030").decode("utf-8", errors="replace").encode("utf-8").decode("gb18030", errors="replace")


def _yearless(text: str) -> str:
    return re.sub(r"[-:][0-9]{2,4}$", "", text)


def _inside(part: str) -> "type[str] | object":
    return lambda text: text[: len(text) // 2] + part + text[len(text) // 2 :]


def _other_check(text: str) -> Cell:
    return text[:17] + ("2" if text[17] != "2" else "3")


def _has(column: str, *parts: str):  # type: ignore[no-untyped-def]
    return lambda row: any(part in (row[column] or "") for part in parts)


def _dated(column: str):  # type: ignore[no-untyped-def]
    return lambda row: bool(re.search(r"-[0-9]{4}$", row[column] or ""))


DEFECTS = [
    Defect("code-unknown", "code-unknown", "类别写了表外的代码", put("report", "kind", "抽查")),
    Defect("code-unknown-many", "code-unknown", "岗位中混入表外的代码", cells("staff", "roles", lambda t: t + "；门卫")),
    Defect("code-in-words", "code-in-words", "判定写了名称", put("report", "verdict", "不作判定")),
    Defect("date-slashes", "date-form", "日期用斜线", cells("report", "issued_on", lambda t: t.replace("-", "/"))),
    Defect("date-unreadable", "date-form", "日期写了文字", put("report", "received_on", "三月上旬")),
    Defect("date-serial", "date-form", "日期成了电子表格的序列数", put("sample", "keep_until", "46082")),
    Defect("date-impossible", "date-form", "二月三十日", put("capability", "valid_from", "2025-02-30")),
    Defect("time-unreadable", "time-form", "时间写了文字", put("sample", "received_at", "上午")),
    Defect("time-day-only", "time-form", "时间只有日期", cells("sample", "received_at", lambda t: t[:10])),
    Defect("number-with-unit", "number-form", "数字带单位", cells("report", "file_pages", lambda t: t + "页")),
    Defect("number-comma", "number-form", "数字带千分位", put("report", "sample_count", "1,200")),
    Defect("bool-mark", "bool-form", "是否写成勾", put("report", "cma_marked", "√")),
    Defect("text-too-long", "too-long", "标题过长", cells("report", "title", lambda t: t * 60)),
    Defect("number-too-long", "too-long", "页数过大", put("report", "file_pages", "1234567")),
    Defect("number-cut", "wrong-length", "证书编号少一位", cells("capability", "number", lambda t: t[:11])),
    Defect("too-many-places", "too-many-places", "小数过多", put("sample", "quantity", "1.23456")),
    Defect("uscc-letter", "uscc-form", "信用代码写了字母 O", cells("instrument", "uscc", lambda t: t[:9] + "O" + t[10:])),
    Defect("uscc-check", "uscc-check", "信用代码校验位不符", cells("staff", "uscc", _other_check)),
    Defect("cma-number", "cma-number-form", "证书编号带字母", cells("report", "certificate_number", lambda t: "C" + t[1:])),
    Defect("division-name", "division-form", "区划写了名称", put("site", "division", "某某区")),
    Defect("division-unknown", "division-unknown", "区划代码不存在", put("institution", "division", "270101")),
    Defect("standard-year", "standard-without-year", "方法缺年号", cells("capability", "standard", _yearless, _dated("standard"))),
    Defect("item-standard-year", "standard-without-year", "项目方法缺年号",
           cells("report_item", "standard", _yearless, _dated("standard"))),
    Defect("digest-upper", "digest-form", "摘要成了大写", cells("report", "file_digest", str.upper)),
    Defect("phone-words", "phone-form", "电话写了文字", put("institution", "contact_phone", "见名片")),
    Defect("personal-number", "personal-number", "地址里写了身份证号",
           cells("report", "client_address", lambda t: t + "（11010519491231002X）")),
    Defect("zero-width", "hidden-character", "名称里有零宽字符", cells("sample", "name", _inside("\u200b"))),
    Defect("markup", "markup", "结果里有上标标记", cells("report_item", "result", lambda t: t + "×10<sup>5</sup>")),
    Defect("entity", "markup", "名称里有转义空格", cells("report", "sample_name", _inside("&nbsp;"))),
    Defect("blank-after", "blanks-around", "末尾有空格", cells("report", "title", lambda t: t + " ")),
    Defect("blank-wide", "blanks-around", "开头有全角空格", cells("instrument", "maker", lambda t: "\u3000" + t)),
    Defect("line-break", "line-break-inside", "单元格内换行", cells("report", "client_address", _inside("\n"))),
    Defect("full-width", "full-width", "编号写了全角数字", cells("instrument", "model", lambda t: (t + "1").translate(_FULL))),
    Defect("bracket-mix", "bracket-mix", "括号全半角混用",
           cells("capability", "object", lambda t: t.replace("（", "(").replace("）", ")"), _has("object", "（"))),
    Defect("latin-garbled", "mojibake", "按错误编码读成乱码", cells("report", "client_name", _garbled)),
    Defect("lost-garbled", "mojibake", "转码后成锟斤拷", cells("sample", "client_name", _lost)),
    Defect("unit-case", "unit-spelling", "单位大小写不对",
           cells("report_item", "unit", lambda t: t.replace("mg/", "MG/"), _has("unit", "mg/"))),
    Defect("unit-two-spellings", "unit-spelling", "同一单位两种写法",
           cells("report_item", "unit", lambda t: t.replace("mg/L", "mg/l"), _has("unit", "mg/L"))),
    Defect("unit-holds-result", "unit-holds-result", "数量级写进单位", put("report_item", "unit", "×10⁵CFU/g")),
]  # fmt: skip
