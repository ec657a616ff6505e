"""At a two-hundredth of the nation: what a page asks has an index behind the wall, and a page of an answer is read, not the whole of it.

With sequential scans off PostgreSQL takes one only where no index can serve, which is what is looked for: a condition that is not leakproof,
or a table without its index.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from bench.national import Size, generate

from zhijian.cases import flow
from zhijian.codes import registered
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.registry import as_of, listing, search
from zhijian.registry.listing import Wanted
from zhijian.registry.search import Sought
from zhijian.wiring import Node, open_node

BIG = {"capability", "capability_level", "instrument", "calibration", "staff", "report", "certificate_state"}
ON = date(2026, 11, 1)
Ask = Callable[[Db, Scope], object]


@pytest.fixture(scope="module")
def nation() -> Iterator[Node]:
    with tempfile.TemporaryDirectory(prefix="zhijian-plans-") as name:
        home = Path(name)
        home.chmod(0o755)  # the server runs as another user when the tests run as root
        with open_node(Settings(home)) as node:
            node.prepare(datetime.now(UTC))
            generate(node, Size(0.005))
            yield node


@pytest.fixture(scope="module")
def scopes(nation: Node) -> dict[str, Scope]:
    with nation.transaction() as db:
        query = "SELECT uscc, province, division FROM institution WHERE province = '33' ORDER BY uscc LIMIT 1"
        one = db.execute(sa.text(query)).one()
    return {"nation": Scope.everything(), "province": Scope.of_province("33"), "city": Scope.of_province("33", one.division[:4]),
            "laboratory": Scope.of_institution(one.uscc)}  # fmt: skip


def plans(node: Node, scope: Scope, ask: Ask, *, ran: bool = False) -> list[dict[str, Any]]:
    """Of every statement that `ask` sends as the office's role; `ran`: with what was read, and with the planner left alone."""
    said: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if not statement.startswith("EXPLAIN"):
            said.append((statement, values))

    with node.gate.within(scope, datetime.now(UTC)) as db:
        sa.event.listen(db, "before_cursor_execute", note)
        ask(db, scope)
        sa.event.remove(db, "before_cursor_execute", note)
        if not ran:
            db.execute(sa.text("SET LOCAL enable_seqscan = off"))
        how = "ANALYZE, FORMAT JSON" if ran else "FORMAT JSON"
        made = []
        for statement, values in said:
            if "set_config" in statement and ran:
                db.exec_driver_sql(statement, values)
            elif "set_config" not in statement:
                made += db.exec_driver_sql(f"EXPLAIN ({how}) {statement}", values).scalar_one()
        return [one["Plan"] for one in made]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def able(parameter: str, standard: str, division: str = "") -> Ask:
    return lambda db, scope: search.able(db, scope, Sought(parameter, standard, division, ON), 0, 20)


def everything(words: str) -> Ask:
    return lambda db, scope: search.everything(db, scope, words, 6, names=True)


ASKED: dict[str, Ask] = {
    "parameter and standard": able("铅", "GB5009.12-2023"), "any year": able("铅", "GB5009.12"), "parameter": able("铅", ""),
    "standard": able("", "GB 5009.12"),
    "in a city": able("铅", "", "3301"), "name": everything("环境监测"), "person": everything("王伟"), "number": everything("YQ-00001"),
    "report": lambda db, scope: registered.by_number(db, scope, "MN-77", 6),
    "certificate": everything("2133"),
    "institutions": lambda db, scope: listing.institutions(db, scope, Wanted("环境"), ON, 0, 50),
    "cases": lambda db, scope: flow.listed(db, scope, most=50),
    "counts": lambda db, scope: listing.counts(db, scope, _one(db)),
    "institution": lambda db, scope: listing.present(db, scope, _one(db), ON, sorted(BIG - {"report", "capability_level"})),
    "institution as of a day": lambda db, scope: as_of(db, scope, _one(db), ON),
}  # fmt: skip


def _one(db: Db) -> str:
    return str(db.execute(sa.text("SELECT uscc FROM institution LIMIT 1")).scalar_one())


@pytest.mark.parametrize("name", ASKED)
def test_an_index_serves_whatever_is_asked_behind_the_wall(nation: Node, scopes: dict[str, Scope], name: str) -> None:
    for of, scope in scopes.items():
        whole = {
            one["Relation Name"]
            for plan in plans(nation, scope, ASKED[name])
            for one in nodes(plan)
            if one["Node Type"] == "Seq Scan"
        }
        assert not whole & BIG, (of, whole)


@pytest.mark.parametrize("name", ["parameter and standard", "any year", "parameter", "standard"])
def test_a_page_of_an_answer_reads_a_page(nation: Node, scopes: dict[str, Scope], name: str) -> None:
    plan = next(p for p in plans(nation, scopes["nation"], ASKED[name], ran=True) if p["Actual Rows"] == 20)
    read = [one for one in nodes(plan) if one.get("Relation Name") == "capability"]
    assert read
    assert sum(one["Actual Rows"] + one.get("Rows Removed by Filter", 0) for one in read) < 60
    with nation.transaction() as db:
        assert db.execute(sa.text("SELECT count(*) FROM capability WHERE parameter = '铅'")).scalar_one() > 300


def test_a_condition_that_is_not_leakproof_would_be_seen(nation: Node, scopes: dict[str, Scope]) -> None:
    def ask(db: Db, _: Scope) -> object:
        return db.execute(sa.text("SELECT 1 FROM staff WHERE name LIKE '王伟%'")).all()

    (plan,) = plans(nation, scopes["nation"], ask)
    assert "staff" in {one.get("Relation Name") for one in nodes(plan) if one["Node Type"] == "Seq Scan"}


def test_what_is_generated_is_whole_and_marked(nation: Node) -> None:
    with nation.transaction() as db:
        said = {
            name: db.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in ("institution", "capability", "instrument", "staff")
        }
        unmarked = db.execute(sa.text("SELECT count(*) FROM institution WHERE NOT synthetic")).scalar_one()
    assert said["institution"] == 265
    for name, whole in (("capability", 100_000), ("instrument", 50_000), ("staff", 7_500)):
        assert abs(said[name] / whole - 1) < 0.05, name
    assert unmarked == 0
