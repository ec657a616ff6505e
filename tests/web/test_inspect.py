"""A file sent to the public door: what its banner says, what stands below it, and that green is never said lightly."""

import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from tests.web.fakes import CODES, FakeVerifyService, State, code_of
from tests.web.inspections import BROKEN, KNOWN, OTHER_PAGE, STRANGER, part
from tests.web.public_client import Clock, Door, text_of
from tests.web.test_public_security import EVIL, active_parts

from zhijian.codes.document.found import Contradiction, Verdict
from zhijian.web.service import EvidenceBroken, SignerRevoked

VALID, WITHDRAWN, OTHER = CODES[State.VALID], CODES[State.WITHDRAWN], CODES[State.CORRECTED]
PDF = b"%PDF-1.7 a report"
UNCHANGED, RESAVED, EDITED = Verdict.UNCHANGED, Verdict.RESAVED, Verdict.EDITED
NOT_SEALED, UNKNOWN_SEAL = Verdict.NOT_SEALED, Verdict.STRANGER
HANDED_OUT, BEGINS = {"bytes_are": "handed-out"}, {"bytes_are": "begins-with-original"}


def banner(html: str) -> tuple[str, str]:
    """Colour and first heading."""
    found = re.search(r'<section class="answer (\w+)".*?<h1 id="state">(.*?)</h1>', html, re.DOTALL)
    assert found, text_of(html)[:300]
    return found[1], found[2]


CASES: list[tuple[str, Any, Verdict, dict[str, Any], str, str, str]] = [
    ("registered and sealed", VALID, UNCHANGED, HANDED_OUT, "valid", "这个文件就是登记的报告文件，签章后没有改动", "same-sealed"),
    ("registered, not sealed", VALID, NOT_SEALED, HANDED_OUT, "valid", "这个文件就是登记的报告文件，没有改动", "same"),
    ("the original", VALID, NOT_SEALED, {"bytes_are": "original"}, "valid", "这个文件就是登记的报告文件，没有改动", "same"),
    ("sealed original, not registered", VALID, UNCHANGED, BEGINS, "valid", "这是登记的报告，签章后没有改动", "sealed"),
    ("re-saved", VALID, RESAVED, {"sealed_original": True}, "care", "文件另存过，页面内容没有变", "resaved"),
    ("edited", VALID, EDITED, BEGINS | {"edited": (2,)}, "penalty", "签章后有改动：第 2 页", "edited"),
    ("edited twice", VALID, EDITED, {"edited": (1, 3)}, "penalty", "签章后有改动：第 1、3 页", "edited"),
    ("a page dropped", VALID, EDITED, {"pages_missing": (3,)}, "penalty", "签章后有改动：少了第 3 页", "edited"),
    ("edited, where is not known", VALID, EDITED, {"contradictions": (OTHER_PAGE,)}, "penalty", "签章后有改动", "edited"),
    ("code on another file", VALID, NOT_SEALED, {}, "care", "编码是真的，文件不是登记的那一份", "not-registered"),
    ("under a stranger's seal", VALID, UNKNOWN_SEAL, {}, "care", "编码是真的，文件不是登记的那一份", "not-registered"),
    ("another original sealed", VALID, UNCHANGED, {"sealed_original": False}, "care", "编码是真的，文件不是登记的那一份", "not-registered"),
    ("another original re-saved", VALID, RESAVED, {"sealed_original": False}, "care", "编码是真的，文件不是登记的那一份", "not-registered"),
    ("original with something unsealed behind", VALID, NOT_SEALED, BEGINS, "care", "不能确认文件没有改动", "unsure"),
    ("original under a stranger's seal", VALID, UNKNOWN_SEAL, BEGINS, "care", "不能确认文件没有改动", "unsure"),
    ("re-saved without a manifest", VALID, RESAVED, BEGINS | {"has_manifest": False}, "care", "不能确认文件没有改动", "unsure"),
    ("sealed, not to be compared", VALID, UNCHANGED, {"has_manifest": False}, "care", "不能确认文件没有改动", "unsure"),
    ("registered, with two codes", VALID, NOT_SEALED, HANDED_OUT | {"contradictions": (OTHER_PAGE,)}, "care",
     "是登记的文件，但里面的编码互相矛盾", "contradictory"),
    ("registered elsewhere", VALID, NOT_SEALED, {"also": (OTHER,)}, "care", "文件登记在另一个编码下", "elsewhere"),
    ("no code", None, NOT_SEALED, {}, "none", "文件里没有报告编码", "no-code"),
    ("no code, sealed by a stranger", None, UNKNOWN_SEAL, {}, "none", "文件里没有报告编码", "no-code"),
    ("unknown code", code_of("AAAAAAAA"), NOT_SEALED, {}, "none", "文件上的编码没有登记", "code-unknown"),
    ("reserved code", CODES[State.RESERVED], NOT_SEALED, {}, "stopped", "尚未登记；还没有登记文件，不能比对", "no-file"),
    ("withdrawn, the registered file", WITHDRAWN, UNCHANGED, HANDED_OUT, "stopped",
     "已撤回；这个文件就是登记的报告文件，签章后没有改动", "same-sealed"),
    ("withdrawn and edited", WITHDRAWN, EDITED, {"edited": (2,)}, "penalty", "已撤回；签章后有改动：第 2 页", "edited"),
    ("withdrawn and re-saved", WITHDRAWN, RESAVED, {"sealed_original": True}, "care", "已撤回；文件另存过，页面内容没有变", "resaved"),
    ("found false, the registered file", CODES[State.FALSE], UNCHANGED, HANDED_OUT, "penalty",
     "认定虚假；这个文件就是登记的报告文件，签章后没有改动", "same-sealed"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "verdict", "how", "kind", "word", "finding"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])  # fmt: skip
def test_each_kind_of_file_has_its_banner_and_its_finding(
    door: Door, service: FakeVerifyService, code: Any, verdict: Verdict, how: dict[str, Any], kind: str, word: str, finding: str
) -> None:  # fmt: skip
    service.papers.put(PDF, code, verdict, **how)
    page = door.inspect(PDF)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert banner(page.text) == (kind, word)
    said = door.inspect_json(PDF).json()
    assert (said["finding"], said["zh"], said["verdict"]) == (finding, word, verdict)
    assert not re.search("[\u3400-\u9fff]", said["en"])


@pytest.mark.parametrize(("state", "verdict", "seals"), [*product(State, [NOT_SEALED, UNKNOWN_SEAL, EDITED], [True, False, None])])  # fmt: skip
def test_what_is_neither_registered_nor_under_a_known_seal_is_never_green(
    door: Door, service: FakeVerifyService, state: State, verdict: Verdict, seals: bool | None
) -> None:
    for how in (BEGINS, {"bytes_are": "other"}):
        service.papers.put(PDF, CODES[state], verdict, sealed_original=seals, **how)
        assert banner(door.inspect(PDF).text)[0] != "valid"


@pytest.mark.parametrize("state", [state for state in State if state is not State.VALID])
def test_no_file_of_a_report_that_is_not_valid_is_green_and_its_state_comes_first(
    clock: Clock, service: FakeVerifyService, state: State
) -> None:
    door = Door(service, clock, inspect_burst=100)
    word = text_of(door.get(f"/v/{CODES[state]}").text.split('<h1 id="state">')[1].split("</h1>")[0])
    for verdict, how in product(Verdict, [HANDED_OUT, BEGINS, {"bytes_are": "original"}]):
        service.papers.put(PDF, CODES[state], verdict, **how)
        kind, said = banner(door.inspect(PDF).text)
        assert kind != "valid"
        assert said.startswith(f"{word}；")


@pytest.mark.parametrize(
    ("error", "word", "reason"),
    [
        (EvidenceBroken(VALID), "暂时不能回答", "evidence-broken"),
        (SignerRevoked(VALID), "登记不作数", "signer-revoked"),
    ],
)
def test_a_report_without_an_answer_leaves_its_file_without_one(
    door: Door, service: FakeVerifyService, monkeypatch: pytest.MonkeyPatch, error: Any, word: str, reason: str
) -> None:
    def fails(*_: Any) -> Any:
        raise error

    service.papers.put(PDF, VALID, UNCHANGED, **HANDED_OUT)
    monkeypatch.setattr(service, "look_up", fails)
    assert banner(door.inspect(PDF).text) == ("care", word)
    said = door.inspect_json(PDF).json()
    assert (said["answer"], said["reason"]) == (None, reason)


def test_the_page_leads_to_the_report_and_lists_every_page_and_seal(door: Door, service: FakeVerifyService) -> None:
    service.papers.put(PDF, VALID, EDITED, edited=(2,), signatures=(BROKEN, STRANGER), original=part(b"%PDF-1.7"))
    html = door.inspect(PDF).text
    shown = text_of(html)
    assert f'href="/v/{VALID}"' in html
    assert f'href="/concern?code={VALID}&amp;from=inspect"' in html
    for text in (
        "报告现在的状态 在册有效", "内容有改动", "与签章时相同", "共 3 页", "不算数的签章", "签名与文件内容不符", "某某公司",
        "证书不是信任的根证书签发的", "2026-05-12 17:00:00", "签章者自己写的", f"sm3:{part(PDF).sm3.hex()}",
        f"sha256:{part(PDF).sha256.hex()}", f"sm3:{part(b'%PDF-1.7').sm3.hex()}", "查询时间", "没有保存",
    ):  # fmt: skip
        assert text in shown, text
    service.papers.put(PDF, VALID, UNCHANGED, signatures=(KNOWN,), **HANDED_OUT)
    shown = text_of(door.inspect(PDF).text)
    assert "认识的签章" in shown
    assert "已登记" in shown


def test_a_seal_that_does_not_hold_is_not_called_known_whoever_s_certificate_lies_in_it(
    door: Door, service: FakeVerifyService
) -> None:
    service.papers.put(PDF, VALID, RESAVED, sealed_original=True, signatures=(replace(BROKEN, is_known=True),))
    shown = text_of(door.inspect(PDF).text)
    assert "认识的签章" not in shown
    assert "不算数的签章" in shown


def test_a_page_with_another_code_and_a_contradiction_are_shown_in_the_reader_s_language(
    door: Door, service: FakeVerifyService
) -> None:
    service.papers.put(PDF, VALID, contradictions=(OTHER_PAGE,))
    found = service.papers.known[PDF].found
    pages = (replace(found.pages[0], code_printed=OTHER), *found.pages[1:])
    service.papers.put(PDF, VALID, contradictions=(OTHER_PAGE,), pages=pages)
    assert "第 2 页印着另一个报告编码。" in text_of(door.inspect(PDF).text)
    english = text_of(door.inspect(PDF, lang="en").text)
    assert "Pages 2 bear another code." in english
    assert "Another code" in english
    assert not re.search("[\u3400-\u9fff]", english.replace("中文", "").replace("示例检测（浙江）有限公司", ""))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_in_certificates_and_attachments_stay_text(door: Door, service: FakeVerifyService, lang: str) -> None:
    signature = replace(STRANGER, by=EVIL, number=EVIL, field=EVIL, problem=EVIL, later_detail=EVIL)
    service.papers.put(PDF, VALID, UNKNOWN_SEAL, signatures=(signature,), contradictions=(Contradiction(EVIL, EVIL, EVIL),),
                       verifier_printed=EVIL, qr=EVIL, manifest_problem=EVIL)  # fmt: skip
    html = door.inspect(PDF, lang).text
    assert active_parts(html) == []
    assert "&lt;script&gt;" in html
    name = "\u202e" + "长" * 5_000
    service.papers.put(PDF, VALID, UNKNOWN_SEAL, signatures=(replace(STRANGER, by=name),))
    html = door.inspect(PDF, lang).text
    assert "\u202e" not in html
    assert "长" * 200 not in html


def test_the_json_holds_the_answer_at_level_four_for_registered_bytes_only(
    door: Door, service: FakeVerifyService
) -> None:
    service.papers.put(PDF, VALID, UNCHANGED, **HANDED_OUT)
    said = door.inspect_json(PDF).json()
    assert (said["answer"]["code"], said["answer"]["level"], said["answer"]["file_matches"]) == (VALID, 4, True)
    assert said["whole"] == {"length": len(PDF), "sm3": part(PDF).sm3.hex(), "sha256": part(PDF).sha256.hex()}
    assert [(s["kid"], s["is_known"], s["intact"]) for s in said["signatures"]] == [("0102", True, True)]
    service.papers.put(PDF, VALID, UNCHANGED, **BEGINS)
    said = door.inspect_json(PDF).json()
    assert (said["answer"]["level"], said["answer"]["file_matches"]) == (3, False)
