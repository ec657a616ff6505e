"""The sample report: everything that a report has to show, on pages that look like one."""

import io
from pathlib import Path

import pypdf
import pytest
from tests.codes.document.papers import poppler_text, rendered, what
from tests.codes.document.reports import LABORATORY, record
from tests.codes.document.sealing_keys import AT, GROUPED, ROOTS, key_of, seal_of, sealer, whole_qr
from tests.codes.document.test_stamp import scanned

from zhijian.codes.document.found import Verdict
from zhijian.codes.document.inspect import inspect
from zhijian.codes.document.report import render
from zhijian.codes.document.seal import Picture, seal
from zhijian.codes.document.stamp import stamp

LABEL = "演示 demonstration"


def test_it_shows_what_the_criteria_ask_for(tmp_path: Path) -> None:
    """2023 criteria, annex 4 item 40: title, identification, mark, signatory, client, method, sample, dates, sampling, subcontracting."""
    text = poppler_text(render(record(subcontracted="镉由示例机构分包检测"), LABORATORY), tmp_path)
    for fact in (
        "检　验　报　告", "HZSL-2026-SP-00123", "CMA", "161705070076", LABORATORY.name, LABORATORY.address, "检验检测专用章", "赵建国",
        "授权签字人", "王小明", "李静", "杭州市示例区市场监督管理局", "GB 5009.12-2023", "食品中铅的测定", "东北大米（粳米）", "SP20260123", "20260105",
        "2026年01月20日", "2026年01月21日", "2026-01-22 至 2026-01-26", "2026年01月27日", "示例超市西湖店", "分包", "镉由示例机构分包检测",
        "0.012", "≤0.2", "mg/kg", "合格", "电感耦合等离子体质谱仪", "2027-03-14", "以下空白", "仅对来样负责", "不得部分复制",
    ):  # fmt: skip
        assert fact.replace("　", "") in text.replace("　", "").replace("\n", ""), fact


def test_every_page_says_which_of_how_many_it_is(tmp_path: Path) -> None:
    raw = render(record(items=120), LABORATORY)
    pages = len(pypdf.PdfReader(io.BytesIO(raw)).pages)
    assert pages >= 7
    text = poppler_text(raw, tmp_path)
    for number in range(1, pages + 1):
        assert f"第{number}页共{pages}页" in text.replace(" ", "")


def test_the_heads_of_the_table_are_repeated_on_each_of_its_pages(tmp_path: Path) -> None:
    raw = render(record(items=120), LABORATORY)
    pages = [page for page in poppler_text(raw, tmp_path).split("\f") if "mg/kg" in page]
    assert len(pages) >= 4
    assert all("检验检测项目" in page and "单项判定" in page for page in pages)


def test_the_same_record_gives_the_same_bytes_and_another_another() -> None:
    assert render(record(), LABORATORY, LABEL) == render(record(), LABORATORY, LABEL)
    assert render(record(), LABORATORY, LABEL) != render(record(own_number="B"), LABORATORY, LABEL)


def test_a_report_without_the_mark_shows_no_mark(tmp_path: Path) -> None:
    text = poppler_text(render(record(cma_marked=False, certificate_number=None), LABORATORY), tmp_path)
    assert "161705070076" not in text
    assert "CMA" not in text.split("\f")[0]


def test_the_watermark_is_on_every_page_when_told_and_else_on_none(tmp_path: Path) -> None:
    marked = poppler_text(render(record(), LABORATORY, LABEL), tmp_path)
    assert "demonstration" not in poppler_text(render(record(), LABORATORY), tmp_path)
    assert all("演" in page and "示" in page for page in marked.split("\f")[:-1])


@pytest.mark.parametrize("value", ["<b>bold</b> & <unclosed", "长" * 400, "𠮷野家 \u0000 \x07", "ASCII only", "/"])
def test_whatever_a_client_is_called_is_text_and_never_markup(value: str) -> None:
    raw = render(record(client_name=value, conclusion=value, items=2, title=value), LABORATORY)
    assert len(pypdf.PdfReader(io.BytesIO(raw)).pages) >= 4


def test_elements_that_are_not_required_may_be_absent(tmp_path: Path) -> None:
    needed = {
        "own_number", "uscc", "cma_marked", "site_no", "title", "form", "kind", "client_name", "sample_name", "sample_no", "received_on",
        "tested_from", "tested_to", "signatory", "issued_on", "verdict", "items",
    }  # fmt: skip
    few = {k: v for k, v in record(items=1).items() if k in needed}
    few["items"] = [
        {k: v for k, v in item.items() if k in {"seq", "parameter", "standard", "result", "tested_on"}}
        for item in few["items"]
    ]
    assert "R003" not in poppler_text(render(few, LABORATORY), tmp_path)


def test_stamped_and_sealed_it_is_scanned_read_and_found_unchanged(tmp_path: Path) -> None:
    original = render(record(), LABORATORY, LABEL)
    done = seal(stamp(original, what(label=LABEL)), seal_of(picture=Picture(3, 140, 100)), sealer(), AT)
    assert done.startswith(original)
    assert scanned(rendered(done, tmp_path)) == [whole_qr()]
    assert f"报告编码 {GROUPED} 第 5 页 共 5 页" in poppler_text(done, tmp_path)
    assert inspect(done, ROOTS, key_of, AT).verdict is Verdict.UNCHANGED
