"""The whole way over a node: photos made harmless, rows in the database, one complaint a form however many processes run."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests.cases.photos import MAKER, SECRET_PLACE, jpeg, picture, png_bomb
from tests.web.concern_client import WORDS, challenge_in
from tests.web.public_client import text_of

from zhijian import cases
from zhijian.cases.model import Receipt
from zhijian.kit.scope import Scope
from zhijian.kit.work import solve
from zhijian.web import public_app
from zhijian.wiring import Node

KIND = "content-doubtful"


@pytest.fixture(scope="module")
def clients(node: Node) -> Iterator[tuple[TestClient, TestClient]]:
    """Two processes of one node, as far as a form can tell."""
    with (
        TestClient(public_app(node), follow_redirects=False) as one,
        TestClient(public_app(node), follow_redirects=False) as two,
    ):
        yield one, two


def form_of(client: TestClient, *, work: bool = False) -> dict[str, str]:
    challenge = challenge_in(client.get("/concern").text)
    return {
        "challenge": challenge,
        "solution": solve(challenge) if work else "",
        "kind": KIND,
        "words": WORDS,
        "contact": "13812345678",
    }


def files(*photos: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("photos", (f"IMG_{n}.JPG", raw, "image/jpeg")) for n, raw in enumerate(photos)]


def test_a_photo_with_its_place_is_kept_without_it(node: Node, clients: tuple[TestClient, TestClient]) -> None:
    client = clients[0]
    raw = jpeg(4000, 3000)
    assert SECRET_PLACE in raw
    answer = client.post("/concern", data=form_of(client, work=True), files=files(raw, picture("PNG", "RGBA")))
    assert answer.status_code == 303
    receipt = Receipt(answer.headers["location"].rpartition("/")[2])
    with node.transaction() as db:
        found = cases.filed(db, Scope.everything(), receipt)
        kept = [cases.kept_photo(db, Scope.everything(), receipt, n) for n in (1, 2)]
    assert (found.complaint.kind, found.complaint.words, found.complaint.contact) == (KIND, WORDS, "13812345678")
    assert len(found.kept) == 2
    for photo in kept:
        assert photo is not None
        assert Image.open(BytesIO(photo.content)).format == "JPEG"
        assert max(photo.width, photo.height) <= 2000
        assert not any(secret in photo.content for secret in (SECRET_PLACE, MAKER, b"Exif", b"IMG_"))
    page = client.get(answer.headers["location"])
    assert "线索已收到" in text_of(page.text)
    assert WORDS not in page.text


def test_a_form_used_in_one_process_is_used_in_the_other(clients: tuple[TestClient, TestClient]) -> None:
    one, two = clients
    form = form_of(one)
    first = one.post("/concern", data=form, files=files(picture("JPEG")))
    assert first.status_code == 303
    assert (
        two.post("/concern", data=form, files=files(picture("JPEG"))).headers["location"] == first.headers["location"]
    )
    answer = two.post("/concern", data=form | {"words": "另一件事"}, files=files(picture("JPEG")))
    assert answer.status_code == 409
    assert "另一件事" in answer.text


def test_photos_under_a_form_that_is_known_to_be_used_are_not_looked_at(clients: tuple[TestClient, TestClient]) -> None:
    one, two = clients
    form, bad = form_of(one), b"%PDF-1.7"
    assert one.post("/concern", data=form, files=files(picture("JPEG"))).status_code == 303
    for client, words, photos in ((one, "另一件事", (bad,)), (two, WORDS, (picture("JPEG"), bad))):
        answer = client.post("/concern", data=form | {"words": words}, files=files(*photos))
        assert (answer.status_code, "内容与上次不同" in answer.text) == (409, True)


def test_work_is_as_hard_as_it_is_meant_to_be(clients: tuple[TestClient, TestClient]) -> None:
    form = form_of(clients[0])
    assert form["challenge"].split(".")[:3] == ["concern", "16", "16"]
    answer = clients[0].post("/concern", data=form | {"solution": ".".join("0" * 16)}, files=files(picture("JPEG")))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("bad", "says"),
    [(png_bomb(60_000, 60_032), "像素太多"), (jpeg(320, 240)[:2000], "打不开"), (b"%PDF-1.7", "不是 JPEG")],
    ids=["bomb", "cut", "pdf"],
)
def test_a_bad_photo_is_named_and_nothing_is_kept(
    node: Node, clients: tuple[TestClient, TestClient], bad: bytes, says: str
) -> None:
    with node.transaction() as db:
        before = len(cases.listed(db, Scope.everything(), most=10_000))
    answer = clients[0].post("/concern", data=form_of(clients[0]), files=files(picture("JPEG"), bad))
    assert answer.status_code == 422
    assert "第 2 张" in answer.text
    assert says in answer.text
    assert WORDS in answer.text
    with node.transaction() as db:
        assert len(cases.listed(db, Scope.everything(), most=10_000)) == before
