"""Every state and every way of having no answer, as the reader sees it."""

import re
from dataclasses import replace

import pytest
from tests.web.fakes import (
    CODES,
    CREDENTIAL,
    INSTITUTION,
    LAPSED,
    LATE,
    LOGGED,
    UNWITNESSED,
    VERIFIER,
    FakeVerifyService,
    State,
    code_of,
)
from tests.web.public_client import HOST, Clock, Door

from zhijian.codes.model import Standing

VALID = CODES[State.VALID]
BANDS = {
    State.VALID: ("answer valid", "在册有效", f"{INSTITUTION} 2026-05-12 签发。"),
    State.CORRECTED: ("answer changed", "已更正", "请改用 3326-08K7-M4QX-72RD-9C。"),
    State.REPLACED: ("answer changed", "已替换", "请改用 3326-08K7-M4QX-72RD-9C。"),
    State.WITHDRAWN: ("answer stopped", "已撤回", f"{INSTITUTION} 2026-05-15 撤回，请不要再使用。"),
    State.RESERVED: ("answer stopped", "尚未登记", f"编码已由 {INSTITUTION} 领取，平台还没有收到报告。"),
    State.DOUBTED: ("answer care", "存疑", "监管部门正在核查，结论以公布为准。"),
    State.INACCURATE: ("answer penalty", "认定不实", "浙江省市场监督管理局 2026-05-15 认定，请不要使用。"),
    State.FALSE: ("answer penalty", "认定虚假", "浙江省市场监督管理局 2026-05-15 认定，请不要使用。"),
}


@pytest.mark.parametrize("state", State)
def test_each_state_answers_in_its_first_line(door: Door, state: State) -> None:
    kind, word, line = BANDS[state]
    response = door.get(f"/v/{CODES[state]}")
    assert response.status_code == 200
    assert f'class="{kind}"' in response.text
    assert f'<h1 id="state">{word}</h1>' in response.text
    text = door.text(f"/v/{CODES[state]}")
    assert line in text
    assert "能证明" in text
    assert "不能证明" in text
    assert f"请确认浏览器地址是 {HOST}" in text


def test_a_successor_that_is_not_valid_any_more_is_not_recommended(door: Door, service: FakeVerifyService) -> None:
    kept = service.reports[CODES[State.CORRECTED]]
    kept.answer = replace(kept.answer, successor_state=State.WITHDRAWN)
    text = door.text(f"/v/{CODES[State.CORRECTED]}")
    assert "请改用" not in text
    assert "现在也不是有效状态" in text


@pytest.mark.parametrize("state", sorted(set(State) - {State.INACCURATE, State.FALSE}))
def test_red_is_for_findings_of_the_regulator_only(door: Door, state: State) -> None:
    main = door.get(f"/v/{CODES[state]}").text.split("<main")[1]
    shown = main.split("data-file-result")[0]
    assert "penalty" not in shown


def test_without_the_verifier_the_facts_stay_closed(door: Door) -> None:
    text = door.text(f"/v/{VALID}")
    assert "未输入校验码" in text
    assert "总排口废水" not in text
    assert "杭州示" not in text


def test_the_verifier_opens_the_facts(door: Door) -> None:
    response = door.get(f"/v/{VALID}?v=7kq2-mx")
    assert "校验码相符" in response.text
    assert "总排口废水，3 个" in response.text
    assert "化学需氧量 38 mg/L；氨氮 1.62 mg/L；总磷 0.21 mg/L" in response.text
    assert response.headers["cache-control"] == "no-store"


def test_an_empty_verifier_is_none(door: Door) -> None:
    assert "未输入校验码" in door.text(f"/v/{VALID}?v=")


def test_the_whole_qr_opens_the_facts(door: Door) -> None:
    assert "校验码相符" in door.text(f"/{VALID}/{VERIFIER}{CREDENTIAL}")


def test_a_lower_case_qr_path_leads_to_the_code_as_the_house_writes_it(door: Door) -> None:
    response = door.get(f"/{VALID.lower()}/{VERIFIER}{CREDENTIAL}")
    assert response.status_code == 303
    assert response.headers["location"] == f"/{VALID}/{VERIFIER}{CREDENTIAL}"


def test_late_registration_says_which_time_the_platform_vouches_for(door: Door) -> None:
    text = door.text(f"/v/{LATE}")
    assert "补登记 机构写的签发时间是 2026-04-22 16:40，登记时间是 2026-05-12 16:40。平台只能证明后一个。" in text


def test_missing_witnesses_are_said(door: Door) -> None:
    text = door.text(f"/v/{UNWITNESSED}")
    assert "尚无外部见证" in text
    assert "平台没有改动过日志。目前还没有外部见证" in text


def test_witnesses_of_the_platform_itself_are_not_taken_for_others(door: Door, service: FakeVerifyService) -> None:
    names = ("demo-witness-1.zhijian.example", "demo-witness-2.zhijian.example")
    report = service.reports[UNWITNESSED]
    report.answer = replace(report.answer, log=replace(LOGGED, witnesses=names))
    text = door.text(f"/v/{UNWITNESSED}")
    assert "演示见证由平台自己运行，证明不了这一点" in text
    assert all(name in text for name in names)
    report.answer = replace(report.answer, log=replace(LOGGED, witnesses=(*names, "某高校")))
    assert "演示见证由平台自己运行" not in Door(service, Clock()).text(f"/v/{UNWITNESSED}")


def test_a_lapsed_certificate_stands_beside_the_state_and_does_not_change_it(door: Door) -> None:
    text = door.text(f"/v/{LAPSED}")
    assert "在册有效" in text
    assert "证书暂停" in text
    assert "今天的资质变化不改变签发当日的资质。" in text


NOTICED, CHECKED = "事后改动会被发现", "每次变化都写入公开日志，并可逐条核对。"


def test_only_a_witnessed_log_is_said_to_show_later_alterations(door: Door, service: FakeVerifyService) -> None:
    for state in set(State) - {State.RESERVED}:
        assert NOTICED in door.text(f"/v/{CODES[state]}")
        assert CHECKED not in door.text(f"/v/{CODES[state]}")
    english = door.get(f"/v/{VALID}?lang=en").text
    assert "A later alteration would be noticed." in english
    service.reports[VALID].answer = replace(service.reports[VALID].answer, log=None, level=2)
    for code in (UNWITNESSED, VALID):
        door.cache.clear()
        door.client.cookies.clear()
        assert (CHECKED in door.text(f"/v/{code}"), NOTICED in door.text(f"/v/{code}")) == (True, False)
        english = door.get(f"/v/{code}?lang=en").text
        assert "Every change is written to the public log, and each can be checked." in english
        assert "noticed" not in english


def test_a_reserved_code_says_what_it_means_and_what_to_do(door: Door, service: FakeVerifyService) -> None:
    code = CODES[State.RESERVED]
    answer = service.reports[code].answer
    none = replace(answer.issuer, certificate_number=None, on_issue=Standing.NONE, today=Standing.NONE, expires_on=None)
    history = tuple(replace(change, logged=False) for change in answer.history)
    service.reports[code].answer = replace(answer, issuer=none, history=history)
    text = door.text(f"/v/{code}")
    for part in ("尚未登记", "供断网时使用", "最长 7 天内补登记", "请先不要使用", "过了 7 天仍未登记，可以反映问题"):
        assert part in text
    for false in ("写入公开日志", "等待写入日志", "没有使用 CMA 标志", "尚未签发"):
        assert false not in text
    assert "registered within 7 days" in door.get(f"/v/{code}?lang=en").text
    picture = re.search(r'<img[^>]+src="([^"]+)"', door.get(f"/v/{code}").text)
    assert picture
    assert door.get(picture[1]).status_code == 200


def test_the_home_page_links_to_the_explanation_once(door: Door) -> None:
    assert door.get("/").text.count('href="/about"') == 1


def test_history_stands_newest_first_with_its_reason(door: Door) -> None:
    text = door.text(f"/v/{CODES[State.WITHDRAWN]}")
    withdrawn, issued, assigned = (text.index(what) for what in ("2026-05-15 16:40", "2026-05-12 16:40", "领取编码"))
    assert withdrawn < issued < assigned
    assert "机构说明：样品标识有误，委托方已同意" in text


def test_a_signature_that_is_missing_is_said(door: Door, service: FakeVerifyService) -> None:
    report = service.reports[VALID]
    report.answer = replace(report.answer, signature=None, log=None, level=0)
    text = door.text(f"/v/{VALID}")
    assert "已核到第 0 级" in text
    assert "没有签名" in text
    assert "等待检查点" in text


def test_one_wrong_character_is_located_and_its_repair_offered(door: Door) -> None:
    response = door.get(f"/v/{VALID.replace('M4', 'MA')}")
    assert response.status_code == 400
    assert "M<mark>A</mark>QX" in response.text
    assert 'M<mark class="right">4</mark>QX' in response.text
    assert f'href="/v/{VALID}"' in response.text
    assert "请先看一眼报告上印的第 10 位是不是 4。" in response.text


def test_an_unknown_code_is_no_verdict(door: Door) -> None:
    response = door.get(f"/v/{code_of('AAAAAAAA')}")
    assert response.status_code == 404
    assert 'class="answer none"' in response.text
    assert "未找到不等于报告有假" in response.text
    assert "报告早于统一赋码" in response.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("3326-08K7", "报告编码是 18 位，您输入了 8 位。"),
        ("编码：3326-08K7", "报告编码是 18 位，您输入了 8 位。"),
        (f"{VALID}9", "报告编码是 18 位，您输入了 19 位。"),
        ("样品 417", "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("😀", "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("😀" * 18, "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("👨‍👩‍👧 3326-08K7-M4QX-72RD-9C", "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("一二三四五六七八九十一二三四五六七八", "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("hello!", "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("编码：", "这不是报告编码。报告编码是 18 位数字和字母。"),
        ("3326@08K7@M4QX@72R", "编码里有不会用到的字符。"),
    ],
)
def test_what_is_no_code_is_told_so(door: Door, typed: str, says: str) -> None:
    response = door.get("/q", params={"code": typed})
    assert response.status_code == 400
    assert says in response.text


def test_a_wrong_verifier_asks_for_a_look_and_opens_nothing(door: Door) -> None:
    response = door.get(f"/v/{VALID}?v=000000")
    assert response.status_code == 403
    assert 'class="answer care"' in response.text
    assert "校验码不符" in response.text
    assert "编码是从另一份报告抄来的" in response.text
    assert "总排口废水" not in response.text


@pytest.mark.parametrize("typed", ["7KQ", f"{VERIFIER}7"])
def test_a_verifier_of_another_length_is_a_wrong_verifier_and_no_refused_qr(door: Door, typed: str) -> None:
    for address in (f"/v/{VALID}?v={typed}", f"/v/{VALID}/trace?v={typed}"):
        response = door.get(address)
        assert response.status_code == 403
        assert "校验码不符" in response.text


def test_a_refused_credential_is_told_from_a_wrong_verifier(door: Door) -> None:
    response = door.get(f"/{VALID}/{VERIFIER}TAMPERED$CREDENTIAL")
    assert response.status_code == 422
    assert "二维码未通过核验" in response.text


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        (" 3326-08k7-m4qx-72rd-9c ", f"/v/{VALID}"),
        ("３３２６ 08K7 M4QX 72RD 9C", f"/v/{VALID}"),
        (f"{VALID} {VERIFIER}", f"/v/{VALID}?v={VERIFIER}"),
        (f"HTTPS://{HOST.upper()}/{VALID}/{VERIFIER}A$B", f"/v/{VALID}?v={VERIFIER}A%24B"),
        (f"https://{HOST}/v/{VALID}", f"/v/{VALID}"),
        ("编码：3326-08K7-M4QX-72RD-9C", f"/v/{VALID}"),
        ("报告编码: 3326-08K7-M4QX-72RD-9C", f"/v/{VALID}"),
        ("报告编码 3326 08K7 M4QX 72RD 9C 校验码 7KQ2MX", f"/v/{VALID}?v={VERIFIER}"),
        ("code:3326-08K7-M4QX-72RD-9C, verifier: 7KQ2MX", f"/v/{VALID}?v={VERIFIER}"),
        ("Report code ３３２６－０８Ｋ７－Ｍ４ＱＸ－７２ＲＤ－９Ｃ", f"/v/{VALID}"),
        ("“3326-08K7-M4QX-72RD-9C”", f"/v/{VALID}"),
        ("「编码：3326-08K7-M4QX-72RD-9C」。", f"/v/{VALID}"),
        ("\u200b3326-08K7-M4QX-72RD-9C\ufeff", f"/v/{VALID}"),
        (f'"https://{HOST}/v/{VALID}?lang=en"', f"/v/{VALID}"),
        (f"请点击 https://{HOST}/v/{VALID}，谢谢", f"/v/{VALID}"),
        (f"ｈｔｔｐｓ：／／{HOST}／v／{VALID}", f"/v/{VALID}"),
        (f"{HOST}/v/{VALID}", f"/v/{VALID}"),
        (f"HTTPS://{HOST.upper()}/{VALID}/{VERIFIER}{CREDENTIAL}", f"/{VALID}/{VERIFIER}{CREDENTIAL}"),
    ],
)
def test_what_is_typed_or_pasted_leads_to_its_code(door: Door, typed: str, leads: str) -> None:
    response = door.get("/q", params={"code": typed})
    assert response.status_code == 303
    assert response.headers["location"].replace("%24", "$").replace("%2A", "*").replace("%3A", ":") == leads.replace(
        "%24", "$"
    )


def test_an_address_of_another_website_is_not_followed(door: Door) -> None:
    response = door.get("/q", params={"code": f"https://{HOST}.evil.example/{VALID}/X"})
    assert response.status_code == 422
    assert "location" not in response.headers
    assert f"{HOST}.evil.example" in response.text
    assert f'href="/v/{VALID}"' in response.text


def test_letters_that_look_alike_lead_to_the_code_as_the_house_writes_it(door: Door) -> None:
    response = door.get(f"/v/{VALID.replace('0', 'O')}?v={VERIFIER}")
    assert response.status_code == 303
    assert response.headers["location"] == f"/v/{VALID}?v={VERIFIER}"


def test_the_institution_s_own_number_leads_to_the_code(door: Door) -> None:
    response = door.get("/own?cma=241112340186&number=SL-HJ-2026-04417")
    assert response.status_code == 303
    assert response.headers["location"].startswith("/v/3326")


def test_an_unknown_own_number_keeps_what_was_typed(door: Door) -> None:
    response = door.get("/own?cma=1&number=X-2")
    assert response.status_code == 404
    assert 'value="X-2"' in response.text


def test_the_trace_needs_the_verifier(door: Door) -> None:
    text = door.text(f"/v/{VALID}/trace")
    assert "样品、方法、仪器和人员只给手中有报告的人看。" in text
    assert "紫外可见分光光度计" not in text
    assert door.get(f"/v/{VALID}/trace?v=000000").status_code == 403


def test_the_trace_goes_from_sample_to_calibration_and_people(door: Door) -> None:
    text = door.text(f"/v/{VALID}/trace?v={VERIFIER}")
    for part in (
        "总排口废水",
        "氨氮",
        "HJ 535-2009",
        "第 214 行，在批准范围内",
        "紫外可见分光光度计",
        "校准 2025-09-01 至 2026-08-31，证书 JZ-2025-1187，示例计量院",
        "检测当日没有有效的检定或校准记录",
        "李＊",
        "赵＊",
        "总部实验室",
    ):
        assert part in text, part


def test_the_proof_is_a_file_and_its_absence_is_explained(door: Door, service: FakeVerifyService) -> None:
    response = door.get(f"/proof/{VALID}")
    assert response.text.startswith("c2sp.org/tlog-proof@v1\n")
    assert response.headers["content-disposition"] == f'attachment; filename="{VALID}.tlog-proof"'
    assert "extra" in door.get(f"/proof/{VALID}?v={VERIFIER}").text
    assert door.get(f"/proof/{VALID}?v=000000").status_code == 403
    service.reports[VALID].answer = replace(service.reports[VALID].answer, log=None)
    response = door.get(f"/proof/{VALID}")
    assert response.status_code == 404
    assert "证明还没有生成" in response.text


def test_the_qr_of_a_code_is_a_picture(door: Door) -> None:
    response = door.get(f"/v/{VALID}/qr.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert door.get(f"/v/{VALID}/qr.svg?v=000000").status_code == 403


@pytest.mark.parametrize("address", ["/nothing", "/wp/admin", "/v", "/static/none.js"])
def test_an_unknown_address_has_its_page(door: Door, address: str) -> None:
    response = door.get(address)
    assert response.status_code == 404
