"""A row of a notice as a report of a demonstration laboratory. What the row does not say is invented the same way for all."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from . import notice_labs as labs
from .institution import Record
from .notice_items import UNPUBLISHED, Item, parse_item
from .notice_labs import Demonstration, province_of
from .notice_rows import Row, Unmapped, Why
from .numbering import file_digest

UNPUBLISHED_ITEM = "未公布项目"
"""Stands for all items of a sample that passed: the notice says that they conform and names none."""
INVENTED = (
    "出具机构、资质认定证书、场所、人员、仪器设备及其校准：演示实验室，不是真实出具机构",
    "标准（方法）编号：演示方法 Q/YS，不是真实标准",
    "采样、接样、检测日期：由发布日期倒推（第7、6、5至1日）；签发日期：以发布日期代替",
    "样品编号、报告编号、报告文件摘要、页数：由通报行的内容和位置生成",
    "未公布项目及其结果“未公布”：通报中合格样品没有项目和结果，单项判定取自样品判定",
)
_DAYS_BEFORE = {"sampled_on": 7, "received_on": 6, "tested_from": 5, "tested_to": 1}
_VERDICTS = ("合格", "不合格")
_LENGTHS = {"物料名称": 200, "生产商": 200, "供应商": 300, "批号": 100, "限量值": 100, "检测结果": 200, "检测项目": 200}
"""Longest texts that the specification takes."""


@dataclass(frozen=True, slots=True)
class Mapped:
    province: str
    report: Record
    scope: tuple[str, str, str]
    """Category, object, parameter: the row of the capability table that the report needs."""
    has_item: bool
    item_lost: bool
    """Not all of the item could be parsed."""
    lost: list[Unmapped]


def unusable(row: Row) -> Unmapped | None:
    """The reason why no report can be made of the row."""
    cells = row.cells
    if not cells:
        return row.lost("", Why.COLUMNS)
    day = _date(cells["发布日期"])
    first = labs.TERM[0] + timedelta(days=30)
    tests = (
        ("物料名称", Why.NO_SAMPLE, bool(cells["物料名称"])),
        ("判定", Why.BAD_VERDICT, cells["判定"] in _VERDICTS),
        ("发布单位", Why.NO_PROVINCE, province_of(cells["发布单位"]) is not None),
        ("发布日期", Why.BAD_DATE, day is not None),
        ("发布日期", Why.OUTSIDE_TERM, day is None or first <= day <= labs.TERM[1]),
    )
    return next((row.lost(column, why) for column, why, good in tests if not good), None)


def mapped(row: Row) -> Mapped:
    """For a row that is not `unusable`."""
    cells = row.cells
    lab = Demonstration(province_of(cells["发布单位"]) or "")
    item = parse_item(row) if cells["检测项目"] else Item(UNPUBLISHED_ITEM)
    if not cells["检测项目"] and cells["判定"] == "不合格":
        item.lost.append(("检测项目", Why.NO_ITEM))
    category, _, thing = cells["产品分类"].partition("-->")
    return Mapped(
        province=lab.province,
        report=_report(row, item, lab),
        scope=(category[:100] or "未分类", thing[:200], item.parameter[:200]),
        has_item=bool(cells["检测项目"]),
        item_lost=bool(item.lost),
        lost=[*(row.lost(column, why) for column, why in item.lost), *_without_place(row)],
    )


def _without_place(row: Row) -> list[Unmapped]:
    """Cells that the specification has no element for, or not enough room."""
    cells = row.cells
    found = [row.lost("项目分类", Why.NO_ELEMENT)] if cells["项目分类"] else []
    if cells["生产日期"] not in ("", cells["发布日期"]):
        found.append(row.lost("生产日期", Why.NO_ELEMENT))
    return found + [row.lost(name, Why.TOO_LONG) for name, most in _LENGTHS.items() if len(cells[name]) > most]


def _report(row: Row, item: Item, lab: Demonstration) -> Record:
    cells = row.cells
    published = date.fromisoformat(_date_text(cells["发布日期"]))
    content = "\n".join(cells.values())
    mark = hashlib.sha256(content.encode()).hexdigest()[:8].upper()
    optional = {
        "producer": cells["生产商"][:200],
        "sampling_place": cells["供应商"][:300],
        "sample_batch": cells["批号"][:100],
    }
    return {
        "own_number": f"YS{lab.province}-{published:%Y%m%d}-{mark}",
        "uscc": lab.uscc,
        "cma_marked": True,
        "certificate_number": lab.certificate,
        "site_no": labs.SITE,
        "title": "食品安全监督抽检检验报告（演示，由公开通报生成）",
        "form": "检验",
        "kind": "监督抽检",
        "client_name": _publisher(cells["发布单位"]),
        "sample_name": cells["物料名称"][:200],
        "sample_no": f"{Path(row.file).stem[:40]}-{row.line}",
        **{name: value for name, value in optional.items() if value},
        **{name: _before(published, days) for name, days in _DAYS_BEFORE.items()},
        "prepared_by": labs.WRITER,
        "reviewed_by": labs.REVIEWER,
        "signatory": labs.SIGNATORY,
        "issued_on": published.isoformat(),
        "verdict": cells["判定"],
        "conclusion": _conclusion(cells, item),
        "file_digest": file_digest("sm3", content),
        "file_digest_algorithm": "sm3",
        "file_pages": 1,
        "items": [_item(item, cells["判定"], _before(published, 3))],
    }


def _before(published: date, days: int) -> str:
    return (published - timedelta(days=days)).isoformat()


def _item(item: Item, verdict: str, tested_on: str) -> dict[str, Any]:
    optional = {"unit": (item.unit or "")[:40], "limit": (item.limit or "")[:100]}
    return {
        "seq": 1,
        "parameter": item.parameter[:200],
        "standard": labs.method_code(item.parameter[:200]),
        "result": item.result[:200] or UNPUBLISHED,
        **{name: value for name, value in optional.items() if value},
        "verdict": verdict,
        "instruments": [labs.INSTRUMENT],
        "tested_on": tested_on,
        "tester": labs.TESTER,
    }


def _conclusion(cells: dict[str, str], item: Item) -> str:
    text = f"公开通报的判定：{cells['判定']}。本报告由公开通报生成，仅供演示；实验室、日期、方法、仪器、人员均为虚构。"
    if cells["备注"]:
        text += f"通报备注：{cells['备注']}。"
    if item.remark:
        text += f"通报说明：{item.remark}。"
    return text[:1000]


def _publisher(text: str) -> str:
    inside = re.findall(r"[(（]([^()（）]+)[)）]", text)
    return f"{inside[-1] if inside else text}（通报发布单位）"[:200]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(_date_text(text))
    except ValueError:
        return None


def _date_text(text: str) -> str:
    """2021/1/5 and 2021年1月5日 as 2021-01-05."""
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    return f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}" if parts else text
