"""A sample report from the specification's record: what a Chinese laboratory would hand out, for demonstrations and tests.

Contents after GB/T 27025-2019 7.8.2, RB/T 214-2017 4.5.20 and the 2023 criteria, annex 4 item 40: cover, statement,
particulars with conclusion and signatures, results with repeated heads, instruments, end mark. The mark is shown as plain
letters with the certificate's number, because the figure's use is licensed. It is an example of form: laboratories write their
reports with their own systems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.colors import black, lightgrey
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, NextPageTemplate, PageBreak, Spacer, Table, TableStyle

from zhijian.codes.document.ofd_pages import ofd_of
from zhijian.codes.document.sheet import ROOM, Sheet, said, style, typeset

_BLANK = "/"
"""Not applicable, as laboratories write it (DB5101/T 1-2018)."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Who issues, with what the record only refers to. An unknown number is printed as it is."""

    name: str
    address: str
    phone: str = ""
    certificate_number: str | None = None
    """Printed under the mark when the record says that it is marked."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Names by staff number."""
    instruments: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Name, model and day until which it is calibrated, by management number."""
    standards: Mapping[str, str] = field(default_factory=dict)
    """Names by code with year."""


def render(report: Mapping[str, Any], laboratory: Laboratory, label: str = "") -> bytes:
    """PDF of a record in the form of `spec/schema/report.yaml`; its `file_…` elements are not looked at, for they describe
    this file. `label` becomes a watermark. The same input gives the same bytes.

    Raises: DocumentRefused `fonts-missing`.
    """
    return _sheet(report, laboratory, label).pdf


def render_ofd(report: Mapping[str, Any], laboratory: Laboratory, label: str = "") -> bytes:
    """The same as OFD: every line in the same place."""
    return ofd_of(
        _sheet(report, laboratory, label).pages, report["title"], laboratory.name, str(report["issued_on"])[:10]
    )


def _sheet(report: Mapping[str, Any], laboratory: Laboratory, label: str) -> Sheet:
    title = f"{report['form']}报告" if report["form"] in ("检验", "检测") else "检验检测报告"
    story = [
        *_cover(report, laboratory, title), NextPageTemplate("inner"), PageBreak(), *_statement(laboratory), PageBreak(),
        *_particulars(report, laboratory, title), PageBreak(), *_results(report, laboratory),
    ]  # fmt: skip
    return typeset(story, institution=laboratory.name, title=title, number=report["own_number"], label=label)


def _cover(report: Mapping[str, Any], laboratory: Laboratory, title: str) -> list[Any]:
    # The upper right is left to the stamp.
    mark: list[Any] = [Spacer(1, 26 * mm)]
    if report["cma_marked"]:
        number = report.get("certificate_number") or laboratory.certificate_number or ""
        rows = [[said("CMA", style(26, bold=True, centred=True))], [said(number, style(10.5, centred=True))]]
        mark = [
            Table(
                rows,
                [42 * mm],
                [14 * mm, 7 * mm],
                hAlign="LEFT",
                style=TableStyle([("BOX", (0, 0), (0, 0), 1.2, black)]),
            ),
            Spacer(1, 5 * mm),
        ]
    lines = [
        ("样品名称", report["sample_name"]), ("委托单位", report["client_name"]), ("生产单位", report.get("producer") or _BLANK),
        ("检验检测类别", report["kind"]), ("报告编号", report["own_number"]),
    ]  # fmt: skip
    rows = [[said(name, style(13)), said(value, style(13, bold=True))] for name, value in lines]
    table = Table(rows, [38 * mm, 102 * mm], style=TableStyle([
        ("LINEBELOW", (1, 0), (1, -1), 0.6, black), ("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("TOPPADDING", (0, 0), (-1, -1), 9),
    ]))  # fmt: skip
    english = {"检验报告": "INSPECTION REPORT", "检测报告": "TEST REPORT"}.get(title, "INSPECTION AND TESTING REPORT")
    return [
        *mark, Spacer(1, 30 * mm), said("　".join(title), style(34, bold=True, centred=True)), Spacer(1, 4 * mm),
        said(english, style(13, centred=True)), Spacer(1, 8 * mm), said(report["title"], style(13, centred=True)), Spacer(1, 20 * mm),
        table, Spacer(1, 26 * mm), said(laboratory.name, style(17, bold=True, centred=True)),
        said("（检验检测专用章）", style(11, centred=True)), said(_day(report["issued_on"]), style(12, centred=True)),
    ]  # fmt: skip


def _statement(laboratory: Laboratory) -> list[Any]:
    words = [
        "本报告无检验检测专用章（或公章）及授权签字人签字无效；多页报告无骑缝章无效。",
        "本报告涂改、增删无效；未经本机构书面批准，不得部分复制本报告。",
        "委托送检的样品，其信息由委托方提供，本报告仅对来样负责；抽样检验的，仅对所抽样品负责。",
        "未使用资质认定标志（CMA）的报告，仅供内部参考，不具有对社会的证明作用。",
        "对本报告有异议的，请于收到报告之日起十五日内向本机构书面提出，逾期不予受理；不可复检的样品除外。",
        "本报告在全国检验检测报告统一赋码平台登记。扫描报告上的二维码或登录所示网址输入报告编码，可查验报告是否在册、文件是否被改动。",
        "检验检测结果的测量不确定度、判定规则，在客户要求或影响符合性判定时给出。",
    ]
    body = style(11, lead=1.9)
    contact = [f"机构名称：{laboratory.name}", f"检测地址：{laboratory.address}"] + (
        [f"联系电话：{laboratory.phone}"] if laboratory.phone else []
    )
    return [
        Spacer(1, 14 * mm), said("声　明", style(22, bold=True, centred=True)), Spacer(1, 12 * mm),
        *(said(f"{n}. {text}", body) for n, text in enumerate(words, 1)), Spacer(1, 24 * mm), *(said(line, body) for line in contact),
    ]  # fmt: skip


def _particulars(report: Mapping[str, Any], laboratory: Laboratory, title: str) -> list[Any]:
    get = report.get
    period = f"{report['tested_from']} 至 {report['tested_to']}"
    pairs = [
        ("样品名称", report["sample_name"], "样品编号", report["sample_no"]),
        ("样品数量", get("sample_count") or _BLANK, "批号／日期", get("sample_batch") or _BLANK),
        ("委托单位", report["client_name"], "委托单位地址", get("client_address") or _BLANK),
        ("生产单位", get("producer") or _BLANK, "检验检测类别", report["kind"]),
        ("采样地点", get("sampling_place") or _BLANK, "采样日期", _day(get("sampled_on"))),
        ("接样日期", _day(report["received_on"]), "检验检测日期", period),
    ]
    label, body = style(9.5, bold=True, centred=True), style(9.5)
    rows = [[said(a, label), said(b, body), said(c, label), said(d, body)] for a, b, c, d in pairs]
    methods = "；".join(
        _standard(code, laboratory) for code in dict.fromkeys(item["standard"] for item in report["items"])
    )
    conclusion = get("conclusion") or (
        "所检项目符合判定依据的要求。" if report["verdict"] == "合格" else "见检验检测结果。"
    )
    wide = [("检验检测依据", methods, 0), ("检验检测结论", f"{conclusion}\u3000判定：{report['verdict']}", 34),
            ("分包说明", get("subcontracted") or "无分包项目", 0),
            ("备　注", "“/”表示不适用或未提供；样品信息由委托方提供的，本机构不承担核实责任。", 0)]  # fmt: skip
    count = len(rows)
    rows += [[said(a, label), said(b, body), "", ""] for a, b, _ in wide]
    heights = [None] * count + [height * mm if height else None for *_, height in wide]
    spans = [("SPAN", (1, n), (3, n)) for n in range(count, len(rows))]
    table = Table(
        rows, [27 * mm, ROOM / 2 - 27 * mm, 27 * mm, ROOM / 2 - 27 * mm], heights, style=TableStyle([*_GRID, *spans])
    )
    return [
        said("　".join(title), style(18, bold=True, centred=True)),
        Spacer(1, 5 * mm),
        table,
        Spacer(1, 10 * mm),
        _signatures(report, laboratory),
    ]


def _signatures(report: Mapping[str, Any], laboratory: Laboratory) -> Table:
    def who(key: str) -> str:
        number = report.get(key) or _BLANK
        return laboratory.people.get(number, number)

    body = style(11)
    cells = [[said(f"编制：{who('prepared_by')}", body), said(f"审核：{who('reviewed_by')}", body), said(f"批准：{who('signatory')}", body)],
             ["", "", said("（授权签字人）", style(9))],
             ["", "", said(f"签发日期：{_day(report['issued_on'])}", body)]]  # fmt: skip
    return Table(
        cells,
        [ROOM / 3] * 3,
        style=TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("BOTTOMPADDING", (0, 0), (-1, 0), 6)]),
    )


def _results(report: Mapping[str, Any], laboratory: Laboratory) -> list[Any]:
    heads = ("序号", "检验检测项目", "标准（方法）", "单位", "标准限值", "检验检测结果", "单项判定")
    label, body = style(9, bold=True, centred=True), style(9, centred=True)
    keys = ("seq", "parameter", "standard", "unit", "limit", "result", "verdict")
    rows = [[said(head, label) for head in heads]]
    rows += [[said(_BLANK if item.get(k) in (None, "") else item[k], body) for k in keys] for item in report["items"]]
    table = Table(
        rows,
        [12 * mm, 38 * mm, 34 * mm, 18 * mm, 22 * mm, 26 * mm, 20 * mm],
        repeatRows=1,
        style=TableStyle([*_GRID, _HEAD]),
    )
    found = [table, Spacer(1, 7 * mm)]
    used = list(dict.fromkeys(number for item in report["items"] for number in item.get("instruments") or ()))
    if used:
        found.append(_instruments(used, laboratory))
    return [said("检验检测结果", style(14, bold=True, centred=True)), Spacer(1, 4 * mm), *found, Spacer(1, 8 * mm),
            said("—— 以下空白 ——", style(10.5, centred=True))]  # fmt: skip


def _instruments(used: Sequence[str], laboratory: Laboratory) -> KeepTogether:
    label, body = style(9, bold=True, centred=True), style(9, centred=True)
    rows = [[said(head, label) for head in ("管理编号", "仪器名称", "型号规格", "检定／校准有效期至")]]
    for number in used:
        rows.append([said(cell, body) for cell in (number, *laboratory.instruments.get(number, (_BLANK,) * 3))])
    table = Table(rows, [38 * mm, 54 * mm, 40 * mm, 38 * mm], repeatRows=1, style=TableStyle([*_GRID, _HEAD]))
    return (
        KeepTogether([said("主要仪器设备", style(11, bold=True)), Spacer(1, 2 * mm), table])
        if len(used) < 12
        else table
    )


def _standard(code: str, laboratory: Laboratory) -> str:
    name = laboratory.standards.get(code)
    return f"{code}《{name}》" if name else code


def _day(iso: Any) -> str:
    """`2026-01-27` as it is printed; a blank for none."""
    year, month, day = str(iso)[:10].split("-") if iso else ("", "", "")
    return f"{year}年{month}月{day}日" if iso else _BLANK


_GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, black), ("BOX", (0, 0), (-1, -1), 1, black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
]  # fmt: skip
_HEAD = ("BACKGROUND", (0, 0), (-1, 0), lightgrey)
