"""Complaints received, found by their number, seen within scope, and deleted in time."""

import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from zhijian.cases import Complaint, Progress, close, expire, filed, kept_photo, listed, pass_on, receive, standing
from zhijian.cases.model import FormUsed, Photo, Receipt, ReceiptUnknown, read_receipt, tidy
from zhijian.kit.base31 import ALPHABET
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

AT = datetime(2026, 5, 18, 2, 24, 36, tzinfo=UTC)
ANYONE, ALL = Scope.anyone(), Scope.everything()
PHOTO = Photo("image/jpeg", 40, 30, b"\xff\xd8 a picture")
SAMPLE = Complaint.written(
    "paper-differs", "结果不一样\r\n第 2 页", "332608K7M4QX72RD9C", "示例检测", "13812345678", "answer"
)


def received(db: Db, complaint: Complaint = SAMPLE, photos: tuple[Photo, ...] = (), at: datetime = AT) -> Receipt:
    return receive(db, ANYONE, complaint, photos, at, form=secrets.token_bytes(32), worked=True)


def test_it_is_kept_as_it_was_written_with_its_photos(db: Db) -> None:
    receipt = received(db, photos=(PHOTO, replace(PHOTO, content=b"another")))
    found = filed(db, ALL, receipt)
    assert found.complaint == SAMPLE
    assert SAMPLE.words == "结果不一样\n第 2 页"
    assert (found.standing.progress, found.photos) == (Progress.RECEIVED, 2)
    assert [(p.position, p.media_type, p.size_bytes) for p in found.kept] == [
        (1, "image/jpeg", 12),
        (2, "image/jpeg", 7),
    ]
    assert kept_photo(db, ALL, receipt, 1) == PHOTO
    assert kept_photo(db, ALL, receipt, 3) is None


def test_a_receipt_is_ten_symbols_that_say_nothing(db: Db) -> None:
    made = {received(db) for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(f"[{ALPHABET}]{{10}}", one) for one in made)
    assert len({one[0] for one in made}) > 5, "they neither count up nor begin alike"


def test_whoever_has_the_number_is_told_the_progress_and_no_more(db: Db) -> None:
    receipt = received(db)
    told = standing(db, ANYONE, receipt)
    assert (told.progress, told.received_at, told.changed_at) == (Progress.RECEIVED, AT, AT)
    pass_on(db, ALL, receipt, "浙江省市场监督管理局", AT + timedelta(days=1))
    assert standing(db, ANYONE, receipt).progress is Progress.PASSED_ON
    close(db, ALL, receipt, AT + timedelta(days=2))
    told = standing(db, ANYONE, receipt)
    assert (told.progress, told.changed_at) == (Progress.CLOSED, AT + timedelta(days=2))
    assert filed(db, ALL, receipt).passed_to == "浙江省市场监督管理局"
    with pytest.raises(ReceiptUnknown):
        standing(db, ANYONE, Receipt("0" * 10))


def test_the_same_sent_twice_under_one_form_is_received_once_and_another_is_not(db: Db) -> None:
    form = secrets.token_bytes(32)
    first = receive(db, ANYONE, SAMPLE, [PHOTO], AT, form=form, worked=True)
    assert receive(db, ANYONE, SAMPLE, [PHOTO], AT, form=form, worked=True) == first
    assert len(filed(db, ALL, first).kept) == 1
    others = [(replace(SAMPLE, words="别的"), [PHOTO]), (SAMPLE, []), (SAMPLE, [replace(PHOTO, content=b"other")])]
    for complaint, photos in others:
        with pytest.raises(FormUsed):
            receive(db, ANYONE, complaint, photos, AT, form=form, worked=True)


def test_two_processes_that_receive_under_one_form_at_once_keep_one(node: Node) -> None:
    form = secrets.token_bytes(32)
    with node.transaction() as first:
        receipt = receive(first, ANYONE, SAMPLE, [], AT, form=form, worked=True)
    with node.transaction() as second:
        assert receive(second, ANYONE, SAMPLE, [], AT, form=form, worked=True) == receipt
        with pytest.raises(FormUsed):
            receive(second, ANYONE, replace(SAMPLE, contact=None), [], AT, form=form, worked=True)


def test_a_regulator_sees_its_province_and_neither_public_nor_institution_sees_any(db: Db) -> None:
    here, nowhere = received(db, photos=(PHOTO,)), received(db, replace(SAMPLE, code=None))
    there = received(db, replace(SAMPLE, code="112608K7M4QX72RD9C"))
    zhejiang = Scope(frozenset({"33"}), None)
    seen = {one.standing.receipt for one in listed(db, zhejiang, most=1000)}
    assert here in seen
    assert not {nowhere, there} & seen
    assert {here, nowhere, there} <= {one.standing.receipt for one in listed(db, ALL, most=1000)}
    for scope in (ANYONE, Scope.of_institution("91330100MA2EXAMP0X"), Scope(), Scope(frozenset({"11"}), None)):
        assert here not in {one.standing.receipt for one in listed(db, scope, most=1000)}
        assert kept_photo(db, scope, here, 1) is None
        for refused in (
            lambda scope=scope: filed(db, scope, here),
            lambda scope=scope: pass_on(db, scope, here, "x", AT),
        ):
            with pytest.raises(ReceiptUnknown):
                refused()
    assert standing(db, ANYONE, here).progress is Progress.RECEIVED


def test_lists_are_newest_first_and_by_progress(db: Db) -> None:
    old, new = received(db), received(db, at=AT + timedelta(hours=1))
    order = [one.standing.receipt for one in listed(db, ALL, most=1000)]
    assert order.index(new) < order.index(old)
    close(db, ALL, old, AT)
    assert old in {one.standing.receipt for one in listed(db, ALL, Progress.CLOSED, 1000)}
    assert old not in {one.standing.receipt for one in listed(db, ALL, Progress.RECEIVED, 1000)}


def test_after_three_years_contact_and_photos_are_gone_and_the_rest_is_left(db: Db) -> None:
    leap = datetime(2024, 2, 29, 8, tzinfo=UTC)
    old, young = received(db, photos=(PHOTO,), at=leap), received(db, photos=(PHOTO,), at=leap + timedelta(days=1))
    assert expire(db, ALL, datetime(2027, 2, 28, 23, tzinfo=UTC)) == 0
    at = datetime(2027, 3, 1, 7, tzinfo=UTC)
    assert expire(db, ANYONE, at) == 0
    assert expire(db, ALL, at) == 1
    assert expire(db, ALL, at) == 0
    gone, kept = filed(db, ALL, old), filed(db, ALL, young)
    assert (gone.complaint.contact, gone.kept, gone.photos, gone.expired_at) == (None, (), 1, at)
    assert gone.complaint.words == SAMPLE.words
    assert (kept.complaint.contact, len(kept.kept)) == (SAMPLE.contact, 1)
    left = db.execute(sa.text("SELECT count(*) FROM complaint_photo WHERE receipt = :r"), {"r": old}).scalar_one()
    assert left == 0
    assert standing(db, ANYONE, old).progress is Progress.RECEIVED


@given(st.text(max_size=60))
def test_any_text_is_tidied_into_what_the_database_takes(text: str) -> None:
    tidied = tidy(text)
    tidied.encode()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", tidied)
    assert tidy(tidied) == tidied


def test_what_is_missing_too_long_or_unknown_is_named_by_its_field() -> None:
    assert Complaint.written("", " \n ").wrong() == {"kind": "missing", "words": "missing"}
    long = Complaint.written("nothing", "字" * 2001, "1" * 19, "名" * 201, "电" * 101)
    assert long.wrong() == {"kind": "unknown", "words": "too-long", "code": "too-long", "institution_name": "too-long",
                            "contact": "too-long"}  # fmt: skip
    assert Complaint.written("other", "字" * 2000, "1" * 18, "名" * 200, "电" * 100).wrong() == {}


def test_what_is_wrong_is_never_received(db: Db) -> None:
    with pytest.raises(ValueError, match="words"):
        received(db, Complaint.written("other", ""))


@pytest.mark.parametrize("typed", ["abcde-01234", " ABCDE 01234 ", "ABCDE—0I2E4", "ａｂｃｄｅ01234"])
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert read_receipt(typed) in ("ABCDE01234", "ABCDE012E4")


@pytest.mark.parametrize("typed", ["", "ABCDE0123", "ABCDE012345", "ABCDE0123?", "../../etc/pa", "ß" * 10])
def test_what_is_no_number_is_unknown(typed: str) -> None:
    with pytest.raises(ReceiptUnknown):
        read_receipt(typed)
