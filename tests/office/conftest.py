"""The office over the seeded node, and a client for each role: in the area of an institution, and in another one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from zhijian.identity import accounts, sessions
from zhijian.identity.model import Account
from zhijian.kit.principal import OF_LABORATORY, Role
from zhijian.web.office import office_app
from zhijian.wiring import Node

PASSWORD = "correct horse battery"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Place:
    """Of an institution of the world."""

    province: str
    city: str
    uscc: str

    def area(self, role: Role) -> dict[str, str]:
        if role in OF_LABORATORY:
            return {"province": self.province, "uscc": self.uscc}
        if role in (Role.NATIONAL, Role.AUDITOR):
            return {}
        return {"province": self.province} | ({"city": self.city} if role is Role.CITY else {})


@pytest.fixture(scope="session")
def places(node: Node) -> tuple[Place, Place]:
    """Of two institutions in two provinces."""
    with node.transaction() as db:
        rows = db.execute(sa.text("SELECT DISTINCT ON (province) province, division, uscc FROM institution ORDER BY 1, 3")).all()  # fmt: skip
    one, other = (Place(r.province, r.division[:4], r.uscc) for r in rows[:2])
    return one, other


@pytest.fixture(scope="session")
def client(node: Node) -> Callable[[], TestClient]:
    app = office_app(node, lambda: datetime.now(UTC), free_of_limit=True)

    def made() -> TestClient:
        return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False, raise_server_exceptions=False)

    return made


@dataclass(frozen=True)
class Desk:
    """Somebody signed in."""

    account: Account
    http: TestClient

    @property
    def form(self) -> str:
        return sessions.form_secret(self.http.cookies["office"])


SignIn = Callable[..., Desk]


@pytest.fixture(scope="session")
def officer(node: Node) -> Callable[[Role, Place], Account]:
    def made(role: Role, place: Place) -> Account:
        with node.transaction() as db:
            login = f"{role.value}{next(_NUMBERS)}"
            return accounts.add(db, None, login, "周某人", role, PASSWORD, datetime.now(UTC), **place.area(role))  # type: ignore[arg-type]

    return made


@pytest.fixture(scope="session")
def sign_in(client: Callable[[], TestClient], officer: Callable[[Role, Place], Account]) -> SignIn:
    def made(role: Role, place: Place) -> Desk:
        account, http = officer(role, place), client()
        answer = http.post("/office/sign-in", data={"login": account.login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return Desk(account, http)

    return made
