"""Whatever was admitted is answered: the evidence of an honest report, however oddly written, is never called broken."""

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Laboratory
from tests.lims import leaf

from zhijian.codes.model import Answer

LINE = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="é铅 "), min_size=1, max_size=20
)
MAYBE = st.none() | LINE
ODD = {"title": LINE, "client_name": LINE, "sample_name": LINE, "sample_batch": MAYBE, "producer": MAYBE, "conclusion": MAYBE,
       "client_address": MAYBE, "sample_count": st.none() | st.integers(1, 999_999), "file_pages": st.integers(1, 99_999)}  # fmt: skip
ODD_ITEM = {
    "result": LINE,
    "unit": MAYBE,
    "limit": MAYBE,
    "verdict": st.sampled_from([None, "合格", "不合格", "不判定"]),
}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_admitted_report_is_answered_as_it_was_sent(
    lab: Laboratory, told: Callable[..., Answer], data: st.DataObject
) -> None:
    report = lab.fresh(f"RT-{data.draw(st.uuids())}", **{name: data.draw(values) for name, values in ODD.items()})
    first = report["items"][0]
    report["items"] = [
        {**first, "seq": seq, **{name: data.draw(values) for name, values in ODD_ITEM.items()}}
        for seq in data.draw(st.lists(st.integers(1, 99_999), min_size=1, max_size=5, unique=True))
    ]
    raw = json.dumps(
        report, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 1]))
    ).encode()
    answer = lab.lims.send("POST", "/api/v1/reports", raw, root=leaf(raw).hex())
    if answer.status_code == 422:
        return  # blanks alone, or a mark that reorders text
    assert answer.status_code == 201, answer.text
    shown = told(answer.json()["code"], answer.json()["verifier"]).full
    assert shown is not None
    assert (shown.title, shown.sample_name, shown.file_pages) == (
        report["title"],
        report["sample_name"],
        report["file_pages"],
    )
    assert [i.seq for i in shown.items] == sorted(i["seq"] for i in report["items"])


def registered(lab: Laboratory, own_number: str, **changes: Any) -> dict[str, Any]:
    answer = lab.lims.submit(lab.fresh(own_number, **changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_items_need_not_come_in_the_order_of_their_numbers(lab: Laboratory, told: Callable[..., Answer]) -> None:
    item = lab.report["items"][0]
    issued = registered(lab, "RT-ORDER", items=[{**item, "seq": 3}, {**item, "seq": 1}, {**item, "seq": 2}])
    full = told(issued["code"], issued["verifier"]).full
    assert full is not None
    assert [i.seq for i in full.items] == [1, 2, 3]


def test_accents_may_be_written_apart(lab: Laboratory, told: Callable[..., Answer]) -> None:
    name = unicodedata.normalize("NFD", "Établissement 示例")
    issued = registered(lab, "RT-NFD", title=name, producer=name)
    assert told(issued["code"], issued["verifier"]).full is not None


def test_a_report_without_the_mark_and_without_what_may_be_absent_is_answered(
    lab: Laboratory, told: Callable[..., Answer]
) -> None:
    needed = {"own_number", "site_no", "title", "form", "kind", "client_name", "sample_name", "sample_no", "received_on",
              "tested_from", "tested_to", "signatory", "issued_on", "verdict", "file_digest", "file_digest_algorithm", "file_pages"}  # fmt: skip
    bare = {k: v for k, v in lab.fresh("RT-BARE").items() if k in needed}
    item = {k: lab.report["items"][0][k] for k in ("parameter", "standard", "result", "tested_on")}
    answer = lab.lims.submit({**bare, "cma_marked": False, "items": [{**item, "seq": 1}]})
    assert answer.status_code == 201, answer.text
    assert told(answer.json()["code"], answer.json()["verifier"]).full is not None
