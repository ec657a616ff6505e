"""The form for reports from the public: received, refused with what to do, and nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from tests.web.concern_client import KIND, PHOTO, WORDS, challenge_in, filled, send, shown
from tests.web.concerns import NOT_A_PICTURE, SECRET
from tests.web.fakes import CODES, State, code_of
from tests.web.public_client import Clock, Door, text_of
from tests.web.test_public_security import EVIL, active_parts

from zhijian.cases.model import MOST_PHOTO_BYTES, Progress
from zhijian.kit.aside import AsideFailed
from zhijian.kit.work import FORM_LIFE, Challenges, solve

VALID = CODES[State.VALID]
TYPED = {"code": "3326-08K7-M4QX-72RD-9C", "institution_name": "示例检测", "contact": "13812345678", "origin": "answer"}
HAN = re.compile(r"[\u3400-\u9fff]")


def test_a_complaint_with_photos_is_received_and_its_number_shows_the_progress(door: Door) -> None:
    answer = send(door, filled(door, **TYPED), (PHOTO, PHOTO + b"2"))
    assert answer.status_code == 303
    page = door.get(answer.headers["location"])
    (kept,) = door.concerns.received
    assert (kept.complaint.kind, kept.complaint.words, kept.complaint.code) == (KIND, WORDS, VALID)
    assert (kept.complaint.institution_name, kept.complaint.contact, kept.complaint.origin) == (
        "示例检测",
        "13812345678",
        "answer",
    )
    assert (kept.photos, kept.worked) == ((PHOTO, PHOTO + b"2"), True)
    receipt = kept.standing.receipt
    assert answer.headers["location"] == f"/concern/{receipt}"
    text = text_of(page.text)
    assert "线索已收到" in text
    assert f"{receipt[:5]}{receipt[5:]}" in text
    assert not any(secret in page.text for secret in (WORDS, "13812345678", "示例检测", VALID))
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("progress", Progress)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_progress_has_its_word(door: Door, progress: Progress, lang: str) -> None:
    send(door, filled(door))
    (kept,) = door.concerns.received
    kept.standing = type(kept.standing)(
        kept.standing.receipt, progress, kept.standing.received_at, kept.standing.changed_at
    )
    html = door.get(f"/concern/{kept.standing.receipt}", headers={"cookie": f"lang={lang}"}).text
    word = {"received": ("已收到", "received"), "passed-on": ("已转办", "passed on"), "closed": ("已办结", "closed")}[
        progress
    ]
    assert word[lang == "en"] in text_of(html.split("<h1")[1].split("</h1>")[0])
    assert lang == "zh" or not HAN.search(html.replace("中文", ""))


def test_the_form_says_lead_and_never_a_verdict_and_promises_nothing(door: Door) -> None:
    for address in ("/concern", "/concern/0000000000"):
        text = door.text(address)
        assert not re.search("造假|虚假报告|假报告|保证查处|一定", text)
    text = door.text("/concern")
    for words in (
        "线索",
        "不要求实名",
        "3 年后删除",
        "去掉拍摄地点",
        "不用验证码",
        "没有 JavaScript 也能提交",
        "12315",
        "本页不代替它",
    ):
        assert words in text, words


def test_the_code_of_the_page_is_filled_in_and_nothing_else_is_believed(door: Door) -> None:
    html = door.get(f"/concern?code={VALID}&from=answer").text
    assert (shown(html)["code"], shown(html)["origin"]) == (VALID, "answer")
    html = door.get("/concern", params={"code": EVIL, "from": EVIL}).text
    assert (shown(html)["code"], shown(html)["origin"]) == ("", "")


@pytest.mark.parametrize(
    ("address", "origin"),
    [(f"/v/{VALID}", "answer"), (f"/v/{code_of('AAAAAAAA')}", "not-found"), (f"/v/{VALID}?v=000000", "refused"),
     (f"/q?code=https://evil.example/{VALID}/x", "other-host")],
)  # fmt: skip
def test_answers_lead_to_the_form_with_their_code(door: Door, address: str, origin: str) -> None:
    links = re.findall(r'href="(/concern[^"]*)"', door.get(address).text)
    assert links
    for link in links:
        got = shown(door.get(link.replace("&amp;", "&")).text)
        assert got["origin"] == origin
        assert got["code"] == ("" if origin == "not-found" else VALID)


@pytest.mark.parametrize(
    ("change", "photos", "field", "says"),
    [
        ({"kind": ""}, (), "kind", "请选择线索类型"),
        ({"kind": "nothing"}, (), "kind", "请选择线索类型"),
        ({"words": " \r\n "}, (), "words", "请写明情况"),
        ({"words": "字" * 2001}, (), "words", "最多 2000 字，现在 2001 字"),
        ({"code": "12345"}, (), "code", "不是报告编码"),
        ({"institution_name": "名" * 201}, (), "institution_name", "最多 200 字，现在 201 字"),
        ({"contact": "1" * 101}, (), "contact", "最多 100 字，现在 101 字"),
        ({}, (PHOTO,) * 4, "photos", "最多 3 张，现在 4 张"),
        ({}, (PHOTO, PHOTO + bytes(MOST_PHOTO_BYTES)), "photos", "第 2 张超过 8 MB"),
        ({}, (PHOTO, NOT_A_PICTURE), "photos", "第 2 张不是 JPEG、PNG 或 WebP 照片"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    door: Door, change: dict[str, str], photos: tuple[bytes, ...], field: str, says: str
) -> None:
    form = filled(door, **(TYPED | change))
    answer = send(door, form, photos)
    assert answer.status_code == 422
    html = answer.text
    assert f'<li><a href="#{field}">' in html
    assert f'id="{field}-problem">{says}' in html
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true" aria-describedby="{field}-problem', html)
    assert html.count('aria-invalid="true"') == 1
    assert 'role="alert"' in html
    kept = shown(html)
    for name in ("code", "institution_name", "contact", "origin", "words"):
        assert kept[name] == form[name].strip("\r\n") or name == field, name
    assert kept["kind"] in (form["kind"], "")
    assert ("照片要重新选" in html) == bool(photos)
    assert door.concerns.received == []
    assert challenge_in(html) != form["challenge"]


def test_every_mistake_is_named_at_once(door: Door) -> None:
    html = send(door, filled(door, kind="", words="", code="x")).text
    assert html.count('class="problem"') == 3
    assert "请改这 3 处" in html
    assert '<a href="#kind">' in html
    assert re.findall(r'<li><a href="#(\w+)">', html) == ["kind", "code", "words"], "as the form has them"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_markup_in_any_field_stays_text(door: Door, lang: str) -> None:
    form = filled(
        door, **dict.fromkeys(("kind", "code", "institution_name", "words", "contact", "origin"), "</textarea>" + EVIL)
    )
    answer = send(door, form, headers={"cookie": f"lang={lang}"})
    assert active_parts(answer.text) == []
    assert shown(answer.text)["words"] == "</textarea>" + EVIL
    if lang == "en":
        assert not HAN.search(answer.text.replace("中文", ""))


def test_a_control_character_or_a_strange_charset_is_no_fault(door: Door) -> None:
    assert send(door, filled(door, words="a\x00b\u202ec")).status_code == 303
    assert door.concerns.received[0].complaint.words == "abc"
    form = filled(door)
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form.items()
    ).encode()
    body = body.replace(WORDS.encode(), rb"\ud800 \x41") + b"--x--\r\n"
    kind = "multipart/form-data; boundary=x; charset=unicode_escape"
    assert door.client.post("/concern", content=body, headers={"content-type": kind}).status_code in (303, 422)


def test_typed_lines_come_back_as_they_were(door: Door) -> None:
    html = send(door, filled(door, kind="", words="\n第一行\n\n第三行")).text
    assert shown(html)["words"] == "\n第一行\n\n第三行"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        ("wrong", "浏览器的计算结果不对"),
        ("expired", "表单放得太久了"),
        ("other-purpose", "表单不是本页给出的"),
        ("other-node", "表单不是本页给出的"),
        ("missing", "表单不完整"),
    ],
)
def test_work_that_does_not_count_is_refused_and_the_new_form_can_be_sent(
    door: Door, clock: Clock, make: str, says: str
) -> None:
    form = filled(door, **TYPED)
    if make == "wrong":
        form["solution"] = "1.2.3"
    elif make == "expired":
        clock.move(601)
    elif make == "missing":
        form["challenge"] = ""
    else:
        other = Challenges(
            SECRET if make == "other-purpose" else b"x",
            "login" if make == "other-purpose" else "concern",
            bits=4,
            parts=2,
        )
        form["challenge"] = other.new(clock.now)
        form["solution"] = solve(form["challenge"])
    answer = send(door, form)
    assert answer.status_code == 409
    assert says in answer.text
    assert "请再按一次提交" in answer.text
    assert shown(answer.text) | {"challenge": "", "solution": ""} == form | {"challenge": "", "solution": ""}
    assert door.concerns.received == []
    again = challenge_in(answer.text)
    assert send(door, form | {"challenge": again, "solution": solve(again)}).status_code == 303


def test_a_form_is_received_once_the_same_sent_twice_has_one_number(door: Door) -> None:
    form = filled(door)
    first, second = send(door, form), send(door, form)
    assert (first.status_code, second.headers["location"]) == (303, first.headers["location"])
    answer = send(door, form | {"words": "别的事"})
    assert answer.status_code == 409
    assert "这张表单已经收到过一次" in answer.text
    assert shown(answer.text)["words"] == "别的事"
    assert len(door.concerns.received) == 1


def test_work_whose_photo_was_refused_is_spent(door: Door) -> None:
    form = filled(door)
    assert send(door, form, (NOT_A_PICTURE,)).status_code == 422
    answer = send(door, form)
    assert answer.status_code == 409
    assert "已经用过" in answer.text


def test_without_scripts_the_form_is_received_for_hours_and_not_for_ever(door: Door, clock: Clock) -> None:
    form = filled(door, work=False)
    clock.move(3 * 3600)
    assert send(door, form).status_code == 303
    assert door.concerns.received[0].worked is False
    form = filled(door, work=False)
    clock.now += FORM_LIFE + timedelta(seconds=1)
    assert send(door, form).status_code == 409


def test_another_challenge_is_given_for_a_form_that_is_open_for_long(door: Door) -> None:
    answer = door.get("/concern/challenge")
    assert answer.headers["cache-control"] == "no-store"
    challenge = answer.json()["challenge"]
    form = filled(door) | {"challenge": challenge, "solution": solve(challenge)}
    assert send(door, form).status_code == 303


@pytest.mark.parametrize("typed", ["0{}", "{} ", "x"])
def test_an_unknown_number_is_told_so_beside_the_field(door: Door, typed: str) -> None:
    assert door.get("/concern/0000000000").status_code == 404
    page = door.get("/concern", params={"receipt": typed.format("ABC")})
    assert page.status_code == 404
    assert "没有这个回执编号" in page.text
    assert 'name="receipt"' in page.text


def test_a_number_typed_in_any_form_leads_to_its_page(door: Door) -> None:
    send(door, filled(door))
    receipt = door.concerns.received[0].standing.receipt
    page = door.get("/concern", params={"receipt": f" {receipt[:5].lower()}-{receipt[5:]} "})
    assert page.headers["location"] == f"/concern/{receipt}"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"origin": "https://verify.zhijian.example"}, 303),
        ({"origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_another_website_cannot_make_a_browser_send_the_form(door: Door, headers: dict[str, str], status: int) -> None:
    answer = send(door, filled(door), headers=headers)
    assert answer.status_code == status
    assert len(door.concerns.received) == (status == 303)


def test_busy_is_said_with_when_to_come_back_and_keeps_what_was_typed(door: Door) -> None:
    door.concerns.fault = AsideFailed("busy")
    answer = send(door, filled(door, **TYPED), (PHOTO,))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert shown(answer.text)["words"] == WORDS


def test_a_fault_shows_no_detail(door: Door) -> None:
    door.concerns.fault = RuntimeError("secret detail")
    answer = send(door, filled(door))
    assert answer.status_code == 500
    assert "secret" not in answer.text
