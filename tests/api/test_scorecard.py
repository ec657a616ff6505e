"""The provinces' data quality by the API, over results in PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.exchange.scorecard.results import DAYS, TABLES, changed, invented

from zhijian.api import api_app
from zhijian.exchange import scorecard
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(node: Node) -> Iterator[TestClient]:
    empty = sa.text(f"TRUNCATE {TABLES}")
    with node.transaction() as db:
        db.execute(empty)
        for on in DAYS:
            for code in ("11", "33", "44"):
                scorecard.taken(db, Scope.everything(), invented(code, on), code, AT, AT.date(), "某局")
        scorecard.taken(
            db, Scope.everything(), changed(invented("65"), specification="0.1.0"), "65", AT, AT.date(), "某局"
        )
    with TestClient(api_app(node, lambda: AT), base_url="http://api.test") as client:
        yield client
    with node.transaction() as db:
        db.execute(empty)


def asked(client: TestClient, path: str = "", **query: str) -> Any:
    answer = client.get(f"/api/v1/scorecard{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_all_provinces_are_there_with_newest_figures_rank_and_trend(client: TestClient) -> None:
    body = asked(client)
    assert len(body["provinces"]) == 31
    found = {p["province"]: p for p in body["provinces"]}
    assert found["33"]["latest"]["on"] == "2026-11-01"
    assert len(found["33"]["dimensions"]) == 6
    assert [t["on"] for t in found["33"]["trend"]] == [d.isoformat() for d in DAYS]
    assert {found[p]["rank"] for p in ("11", "33", "44")} == {1, 2, 3}
    assert body["ranked"] == 3
    assert found["65"]["rank"] is None
    assert found["65"]["latest"]["apart"] == ["specification"]
    empty = {"latest": None, "dimensions": {}, "rank": None, "trend": []}
    assert found["12"] == {"province": "12", "name": {"zh": "天津市", "en": "Tianjin"}, **empty}


def test_a_data_set_a_dimension_and_days_narrow_it(client: TestClient) -> None:
    body = asked(client, dataset="report", dimension="timeliness", **{"from": "2026-09-15", "to": "2026-10-15"})
    found = {p["province"]: p for p in body["provinces"]}["33"]
    assert found["latest"]["on"] == "2026-10-01"
    assert [t["on"] for t in found["trend"]] == ["2026-10-01"]
    assert found["trend"][0]["score"] == found["dimensions"]["timeliness"]["score"]


def test_behind_every_figure_of_a_province_stands_what_fails_most_costly_first(client: TestClient) -> None:
    body = asked(client, "/33")
    assert [r["on"] for r in body["results"]] == [d.isoformat() for d in reversed(DAYS)]
    for result in body["results"]:
        assert {f["dimension"] for f in result["figures"]} >= {"*", "completeness", "accuracy"}
        for figure in result["figures"]:
            costs = [f["cost"] for f in figure["failing"]]
            assert costs == sorted(costs, reverse=True)
            assert figure["failing_count"] >= len(costs) > 0 or figure["score"] == pytest.approx(100)
            assert sum(costs) <= 100 - figure["score"] + 1e-6
            assert all(figure["dimension"] in ("*", f["dimension"]) for f in figure["failing"])
    assert len(asked(client, "/33", limit="1")["results"]) == 1
    assert asked(client, "/12")["results"] == []


def test_a_result_has_every_figure_and_rule_with_places_and_no_values(client: TestClient) -> None:
    listed = asked(client, "/33")["results"][0]
    body = asked(client, f"/33/{listed['result']}")
    assert {f["dataset"] for f in body["figures"]} == {"*", *listed["datasets"]}
    assert sum(f["cost"] for f in body["failing"]) == pytest.approx(100 - body["score"], abs=1e-6)
    places = [p for f in body["failing"] for p in f["places"]]
    assert places
    assert all(set(p) == {"table", "row", "other_table", "other_row"} for p in places)


@pytest.mark.parametrize(("path", "query", "status", "why"), [
    ("", {"dataset": "reprot"}, 422, "dataset-unknown"),
    ("", {"dimension": "beauty"}, 422, "dimension-unknown"),
    ("", {"from": "2026-02-30"}, 422, "date-malformed"),
    ("", {"to": "heute"}, 422, "date-malformed"),
    ("", {"from": "2026-11-02", "to": "2026-11-01"}, 422, "period-reversed"),
    ("/99", {}, 404, "province-unknown"), ("/10", {}, 404, "province-unknown"),
    ("/33", {"limit": "0"}, 422, "parameter-invalid"),
    ("/33/" + "0" * 64, {}, 404, "result-unknown"), ("/33/abc", {}, 422, "parameter-invalid"),
])  # fmt: skip
def test_what_cannot_be_asked_is_told_with_its_remedy(
    client: TestClient, path: str, query: dict[str, str], status: int, why: str
) -> None:
    answer = client.get(f"/api/v1/scorecard{path}", params=query)
    assert (answer.status_code, answer.json()["why"]) == (status, why)
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(answer.json()["remedy"].values())


def test_a_result_of_another_province_is_not_found_under_this_one(client: TestClient) -> None:
    theirs = asked(client, "/44")["results"][0]["result"]
    assert client.get(f"/api/v1/scorecard/33/{theirs}").json()["why"] == "result-unknown"


def test_a_node_shows_it_only_where_its_operator_says_so(client: TestClient, node: Node) -> None:
    before = node.settings
    paths = ("", "/33", "/33/" + "0" * 64)
    try:
        node.settings = replace(before, demo=False)
        assert {client.get(f"/api/v1/scorecard{p}").json()["why"] for p in paths} == {"scorecard-closed"}
        node.settings = replace(before, demo=False, scorecard_open=True)
        assert client.get("/api/v1/scorecard").status_code == 200
    finally:
        node.settings = before
    assert date.fromisoformat(asked(client)["to"]) == AT.date()


@pytest.mark.parametrize(
    "address", ["/scorecard?until=2025-01-01", "/scorecard/33?day=2025-01-01", "/spec/report?form=sql", "/spec?x"]
)
def test_a_parameter_that_is_not_there_is_said_and_not_passed_over(client: TestClient, address: str) -> None:
    answer = client.get(f"/api/v1{address}")
    assert (answer.status_code, answer.json()["why"]) == (422, "parameter-unknown")


@pytest.mark.parametrize(
    "query", ["to=0001-01-01", "from=9999-12-31", "to=9999-12-31", "dataset=%00", "dimension='--", "to=2025-02-30"]
)
def test_odd_days_and_names_never_end_in_a_fault(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/scorecard?{query}").status_code in (200, 422)
