"""The description of the API is true: valid by OpenAPI 3.1, with examples by its own schemas, and kept by every answer."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests.auth import AuthBase
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from tests.api.conftest import Door
from tests.conftest import Laboratory
from tests.lims import leaf, merkle

from zhijian.api.workbooks import XLSX

schemathesis.serializer.alias(["application/pdf", "application/ofd", XLSX], "application/octet-stream")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
          response_headers_conformance]  # fmt: skip
BOUNDED = settings(
    deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
OPERATIONS = {("get", "/api/v1/reports"), ("post", "/api/v1/reports"), ("post", "/api/v1/reports:batch"), ("post", "/api/v1/leases"),
              ("get", "/api/v1/reports/{code}"), ("post", "/api/v1/reports/{code}/state"),
              ("post", "/api/v1/reports/{code}/stamp"), ("post", "/api/v1/reports/{code}/document"),
              ("get", "/api/v1/keys"), ("post", "/api/v1/keys"), ("get", "/api/v1/events"), ("get", "/api/v1/statement"), ("get", "/api/v1/webhooks"),
              ("post", "/api/v1/webhooks"), ("get", "/api/v1/webhooks/{webhook}"), ("delete", "/api/v1/webhooks/{webhook}"),
              ("get", "/api/v1/webhooks/{webhook}/attempts"), ("post", "/api/v1/webhooks/{webhook}/test"),
              ("post", "/api/v1/webhooks/{webhook}/resume"), ("post", "/api/v1/webhooks/{webhook}/rotate"),
              ("get", "/api/v1/institution"), ("post", "/api/v1/reports:draft"), ("post", "/api/v1/workbooks:read")}  # fmt: skip
PUBLIC = {("get", "/api/v1/spec"), ("get", "/api/v1/spec/{entity}"), ("get", "/api/v1/scorecard"),
          ("get", "/api/v1/scorecard/{province}"), ("get", "/api/v1/scorecard/{province}/{result}")}  # fmt: skip
"""Without a signature: the data specification, and the provinces' data quality where the node shows it."""


@pytest.fixture(scope="module")
def document(door: Door) -> dict[str, Any]:
    answer = requests.get(f"{door.url}/api/openapi.json", timeout=20)
    assert answer.headers["content-type"] == "application/json"
    return dict(answer.json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as a document of its own."""
    return {**json.loads(json.dumps(schema).replace("#/components/", "#/$defs/components/")),
            "$defs": {"components": document["components"]}}  # fmt: skip


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OPENAPI_31_VALIDATOR.validate(document)


def test_every_operation_is_described_and_none_more(document: dict[str, Any]) -> None:
    found = list(operations(document))
    assert {(method, path) for method, path, _ in found} == OPERATIONS | PUBLIC
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    for method, path, operation in found:
        places = [(p["name"].lower(), p["in"]) for p in operation["parameters"]]
        assert len(set(places)) == len(places)
        assert ("code", "path") in places or "{code}" not in path
        assert ({"signature", "signature-input"} <= {name for name, _ in places}) == ((method, path) not in PUBLIC)
        assert all(r["description"] for r in operation["responses"].values())


def test_an_answer_that_asks_to_come_again_is_described(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert method != "post" or "503" in operation["responses"], path


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for one in value.values():
                yield from references(one)
        elif isinstance(value, list):
            for one in value:
                yield from references(one)

    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_schema_is_a_schema(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_example_is_valid_by_its_schema(document: dict[str, Any]) -> None:
    checked = 0
    for _, path, operation in operations(document):
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [r.get("content", {}) for r in operation["responses"].values()]
        for content in contents:
            for media in content.values():
                if "example" in media:
                    found = jsonschema_rs.validator_for(resolved(document, media["schema"])).iter_errors(
                        media["example"]
                    )
                    assert not [str(e) for e in found], path
                    checked += 1
    assert checked >= 10


def test_an_example_shows_what_is_answered(document: dict[str, Any], lab: Laboratory) -> None:
    def example(method: str, path: str, status: str) -> set[str]:
        return set(document["paths"][path][method]["responses"][status]["content"]["application/json"]["example"])

    one = lab.lims.submit(lab.fresh("OA-1")).json()
    assert example("post", "/api/v1/reports", "201") == set(one)
    assert example("post", "/api/v1/reports:batch", "207") == set(lab.lims.submit_batch([lab.fresh("OA-2")]).json())
    assert example("get", "/api/v1/reports/{code}", "200") <= set(lab.lims.get(f"/api/v1/reports/{one['code']}").json())
    assert example("post", "/api/v1/leases", "201") <= set(lab.lims.post("/api/v1/leases", {"count": 1}).json())
    changed = lab.lims.post(f"/api/v1/reports/{one['code']}/state", {"state": "withdrawn", "reason": "样品标识有误"})
    assert example("post", "/api/v1/reports/{code}/state", "200") <= set(changed.json())


def test_the_example_of_a_list_shows_its_cursor(document: dict[str, Any], lab: Laboratory) -> None:
    content = document["paths"]["/api/v1/reports"]["get"]["responses"]["200"]["content"]["application/json"]
    assert set(content["example"]) == set(lab.lims.get("/api/v1/reports").json())


class Signing(AuthBase):
    """Signs whatever a request turned out to be, as the laboratory's system would."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        path, _, query = request.path_url.partition("?")
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else bytes(body)
        root = None
        if path.startswith("/api/v1/reports") and not path.endswith("/state"):
            raw, root = rooted(raw) if path.endswith(":batch") else (raw, leaf(raw).hex())
        key = str(request.headers.get("idempotency-key") or "") or None
        if key is not None and not key.isascii():
            key = None
        if request.method == "POST":
            request.prepare_body(raw, None)
        kind = request.headers.get("content-type")
        made = self.lab.lims.headers(request.method or "", path, raw, root=root, query=query, idempotency_key=key)
        request.headers.update(made)
        if kind is not None:
            request.headers["content-type"] = kind
        return request


def rooted(raw: bytes) -> tuple[bytes, str]:
    """A batch's bytes, written anew so that each report's bytes are known, and its root."""
    try:
        value = json.loads(raw)
        items = [json.dumps(r).encode() for r in value["reports"]]
    except (ValueError, TypeError, KeyError):
        return raw, "00" * 32
    more = "".join(f", {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items() if k != "reports")
    return b'{"reports": [' + b", ".join(items) + b"]" + more.encode() + b"}", merkle([leaf(i) for i in items]).hex()


@pytest.fixture(scope="module")
def described(document: dict[str, Any], door: Door) -> Any:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=door.url)
    return schema


BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def explore(
    operation: Any, ask: Callable[[Case], int], examples: int, modes: tuple[GenerationMode, ...] = BOTH
) -> set[int]:
    """Requests that fit the description, and requests that do not; the statuses they were answered with."""
    answered = set()
    for mode in modes:

        @settings(BOUNDED, max_examples=examples)
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Case) -> None:
            answered.add(ask(case))

        run()
    return answered


@pytest.fixture(params=[10, pytest.param(60, marks=pytest.mark.soak)])
def many(request: pytest.FixtureRequest) -> int:
    """Requests of each mode to one operation."""
    return int(request.param)


def examples(path: str, many: int) -> int:
    """A batch of generated reports takes long to make."""
    return many // 3 if path.endswith(":batch") else many


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_signed_requests_are_answered_as_described(
    described: Any, wired: Laboratory, method: str, path: str, many: int
) -> None:
    def ask(case: Case) -> int:
        return case.call_and_validate(auth=Signing(wired), checks=CHECKS, timeout=60).status_code

    assert explore(described[path][method], ask, examples(path, many)) - {400, 401}, "some got past their signature"


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_unsigned_requests_are_refused_as_described(described: Any, method: str, path: str, many: int) -> None:
    def ask(case: Case) -> int:
        answer = case.call(timeout=60)
        case.validate_response(answer, checks=CHECKS)
        return answer.status_code

    assert all(400 <= status < 500 for status in explore(described[path][method], ask, examples(path, many)))


@pytest.mark.parametrize(("method", "path"), sorted(PUBLIC))
def test_what_is_public_is_answered_as_described_without_a_signature(
    described: Any, method: str, path: str, many: int
) -> None:
    def ask(case: Case) -> int:
        answer = case.call(timeout=60)
        case.validate_response(answer, checks=CHECKS)
        return answer.status_code

    modes = BOTH if "{" in path else BOTH[:1]  # nothing can be wrong about a request without parameters
    assert explore(described[path][method], ask, many, modes) <= {200, 404, 422}
