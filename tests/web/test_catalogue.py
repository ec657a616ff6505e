"""The catalogue's pages over HTTP: found, not found, kept, and the same to whoever comes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import Seeded

from zhijian.api import api_app
from zhijian.kit.settings import Settings
from zhijian.spec import json_schema, specification
from zhijian.spec.versions import from_data
from zhijian.web import beside, spec_app

SPEC = specification()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    app = spec_app(Settings(tmp_path_factory.mktemp("home")), lambda: datetime.now(UTC))

    async def rest(*_: object) -> None:
        raise AssertionError("not the catalogue's")

    return TestClient(beside(app, rest, "/spec"), base_url="http://office.test")


@pytest.mark.parametrize("entity", list(SPEC.entities))
def test_an_entitys_page_has_every_element_with_its_type_codes_and_definition(pages: TestClient, entity: str) -> None:
    html = pages.get(f"/spec/{entity}").text
    for e in SPEC.entities[entity].elements:
        row = html.split(f'<tr id="{e.id}">')[1].split("</tr>")[0]
        assert all(part in row for part in (e.zh, e.notation, e.definition_zh))
        assert ("必填" in row) == e.required
        assert e.codes is None or f'href="/spec/codes/{e.codes}"' in row


@pytest.mark.parametrize("name", list(SPEC.codelists))
def test_a_code_lists_page_has_every_code_and_no_entity_takes_its_place(pages: TestClient, name: str) -> None:
    html = pages.get(f"/spec/codes/{name}").text
    assert all(f'<tr id="{code}">' in html for code in SPEC.codelists[name])
    assert not {"codes", "changes"} & set(SPEC.entities)
    days = [str(c.valid_from) for c in SPEC.codelists[name].values() if c.valid_from]
    assert html.count("<time>") == len(days)
    assert all(f"<time>{day}</time>" in html for day in days)


@pytest.mark.parametrize(
    "path", ["/spec/x", "/spec/codes/x", "/spec/a/b/c", "/spec/%00", "/spec/<b>", "/spec/" + "a" * 3000]
)
def test_what_is_not_there_is_a_page_that_says_so(pages: TestClient, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert "<b>" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_but_reading_is_answered(pages: TestClient) -> None:
    assert pages.post("/spec").status_code == pages.delete("/spec/report").status_code == 405
    assert pages.head("/spec/report").status_code == 200


def test_a_page_is_kept_and_asked_about_by_its_tag_in_each_language(pages: TestClient) -> None:
    first = pages.get("/spec/report")
    assert (first.headers["cache-control"], first.headers["vary"]) == ("public, max-age=300", "cookie")
    assert "content-security-policy" in first.headers
    assert pages.get("/spec/report", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    english = pages.get("/spec/report", headers={"if-none-match": first.headers["etag"], "cookie": "lang=en"})
    assert english.status_code == 200
    assert "Carries the CMA mark" in english.text
    assert pages.get("/spec/report?lang=en").headers["cache-control"] == "no-store", "it sets the cookie"
    pages.cookies.clear()


@pytest.mark.parametrize("query", ["q=%00", "q=" + "字" * 5000, "q=<script>", "q=&q=2", "other=1"])
def test_whatever_is_asked_for_has_an_answer(pages: TestClient, query: str) -> None:
    answer = pages.get(f"/spec?{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [("theme=zzz", "theme=zzz"), ("level=x&q=标题", "level=x"), ("kind=<script>", "kind=&lt;script&gt;")],
)
def test_a_filter_that_is_not_there_is_said_and_not_passed_over(pages: TestClient, query: str, field: str) -> None:
    answer = pages.get(f"/spec?{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (422, "no-store")
    assert "没有这个条件" in answer.text
    assert f"<code>{field}</code>" in answer.text
    assert ('href="/spec?q=' in answer.text) == ("q=" in query)


@pytest.fixture(scope="module")
def api(seeded: Seeded) -> Iterator[TestClient]:
    with TestClient(api_app(seeded.node), base_url="http://api.test") as client:
        yield client


def test_the_api_gives_the_whole_and_each_part_and_tells_when_nothing_changed(api: TestClient) -> None:
    whole = api.get("/api/v1/spec")
    assert from_data(whole.json()) == SPEC
    assert api.get("/api/v1/spec", headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    for entity in SPEC.entities:
        one = from_data(api.get(f"/api/v1/spec/{entity}").json())
        assert one.entities[entity] == SPEC.entities[entity]
        schema = api.get(f"/api/v1/spec/{entity}?format=json-schema").json()
        assert schema.pop("$schema").startswith("https://json-schema.org/")
        assert schema == json.loads(json.dumps(json_schema(SPEC, entity)))


def test_an_unknown_entity_and_an_unknown_form_are_told(api: TestClient) -> None:
    unknown = api.get("/api/v1/spec/nothing")
    assert (unknown.status_code, unknown.json()["why"]) == (404, "entity-unknown")
    assert "report_item" in unknown.json()["remedy"]["en"]
    assert api.get("/api/v1/spec/report?format=docx").status_code == 422


def test_a_file_that_is_taken_away_has_its_name_and_type(api: TestClient, tmp_path: Path) -> None:
    from pyarrow import parquet

    answer = api.get("/api/v1/spec/report?format=parquet")
    assert answer.headers["content-disposition"] == 'attachment; filename="report.parquet"'
    (tmp_path / "report.parquet").write_bytes(answer.content)
    assert parquet.read_schema(tmp_path / "report.parquet").names[0] == SPEC.entities["report"].elements[0].id
    assert api.get("/api/v1/spec/report?format=template").content[:2] == b"PK"
