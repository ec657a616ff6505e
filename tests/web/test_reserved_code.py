"""A code that a laboratory leased for offline work, over a real node: its page and its small QR are there, and no more."""

import pytest
from starlette.testclient import TestClient
from tests.conftest import Seeded
from tests.web.fakes import code_of

from zhijian.codes.model import CodeUnknown, State
from zhijian.kit.scope import Scope
from zhijian.web import public_app
from zhijian.web.node_service import NodeService
from zhijian.web.service import Code, parse


@pytest.fixture
def reserved(seeded: Seeded) -> Code:
    return parse(seeded.shown["reserved"]["code"])


def test_its_page_and_the_qr_that_the_page_prints_are_there(seeded: Seeded, reserved: Code) -> None:
    door = TestClient(public_app(seeded.node))
    page = door.get(f"/v/{reserved}")
    assert (page.status_code, "尚未登记" in page.text, f'src="/v/{reserved}/qr.svg"' in page.text) == (200, True, True)
    picture = door.get(f"/v/{reserved}/qr.svg")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")


def test_the_qr_names_the_page_and_a_verifier_opens_nothing(seeded: Seeded, reserved: Code) -> None:
    node = seeded.node
    with node.transaction() as db:
        desk = node.desk(db)
        assert desk.answer(db, Scope.anyone(), reserved, None, seeded.at).state is State.RESERVED
        assert desk.qr_text(db, Scope.anyone(), reserved, None) == f"{node.issuing.public_url}/v/{reserved}"
        with pytest.raises(CodeUnknown):
            desk.qr_text(db, Scope.anyone(), reserved, "7KQ2MX")


def test_a_code_that_nobody_leased_has_no_qr(seeded: Seeded) -> None:
    with pytest.raises(CodeUnknown):
        NodeService(seeded.node).qr_svg(code_of("AAAAAAAA"), None)


def test_under_it_there_is_no_file_to_compare(seeded: Seeded, reserved: Code) -> None:
    assert NodeService(seeded.node).file_matches(reserved, "sm3", "0" * 64) is None
