"""What laboratories' systems send when they are wrong: each gets a problem document, and nothing is registered for it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.problem_documents import problem
from tests.conftest import Laboratory
from tests.lims import leaf

MALFORMED = {
    "nothing": b"",
    "blanks": b" \n ",
    "half an object": b'{"own_number": ',
    "a bracket": b"]",
    "a word": b"report",
    "not a number": b"NaN",
    "a number too large for any machine": b'{"file_pages": 1e400}',
    "a comma too many": b'{"own_number": "A",}',
    "single quotes": b"{'own_number': 'A'}",
    "two documents": b"{}{}",
    "UTF-16": '{"own_number": "A"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "GBK": '{"title": "检测报告"}'.encode("gbk"),
    "half a surrogate pair": b'{"title": "\\ud83d"}',
    "compressed bytes": b"\x1f\x8b\x08\x00\x00\x00",
    "a thousand brackets and more": b"[" * 50_000 + b"]" * 50_000,
}
POSTS = ("/api/v1/reports", "/api/v1/reports:batch", "/api/v1/leases", "/api/v1/reports/332608K70049M302AR/state")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_not_json_is_refused(lab: Laboratory, what: str, path: str) -> None:
    raw = MALFORMED[what]
    problem(lab.lims.send("POST", path, raw, root=leaf(raw).hex()), 400, why="json-malformed")


@pytest.mark.parametrize("raw", [b"null", b"[]", b"[[]]", b"true", b"0", b'"report"', b"{}", b'{"own_number": null}'])
def test_json_that_is_no_report_names_what_is_missing(lab: Laboratory, raw: bytes) -> None:
    body = problem(lab.lims.send("POST", "/api/v1/reports", raw, root=leaf(raw).hex()), 422)
    assert body["errors"]


@pytest.mark.parametrize(
    "value", [None, [], "reports", {"reports": None}, {"reports": {}}, {"reports": "x"}, {"report": []}, {},
              {"reports": [], "more": 1}]
)  # fmt: skip
def test_a_batch_is_an_object_with_a_list_of_reports(lab: Laboratory, value: Any) -> None:
    problem(lab.lims.send("POST", "/api/v1/reports:batch", json.dumps(value).encode(), root="00" * 32), 400, 422)


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1001, 413)])
def test_a_batch_has_one_to_a_thousand_reports(
    lab: Laboratory, registered: Callable[[str], int], count: int, status: int
) -> None:
    body = problem(lab.lims.submit_batch([lab.fresh(f"B-SIZE-{n}") for n in range(count)]), status, why="batch-size")
    assert str(count) in body["title"]
    assert registered("B-SIZE-0") == 0


def test_a_thousand_reports_go_through_in_order(lab: Laboratory) -> None:
    answer = lab.lims.submit_batch([lab.fresh(f"B-THOUSAND-{n}") for n in range(1000)])
    assert answer.status_code == 207, answer.text[:300]
    results = answer.json()["results"]
    assert [r["index"] for r in results] == list(range(1000))
    assert len({r["report"]["code"] for r in results}) == 1000


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "application/jsonp", "", None]
)
def test_another_content_type_is_refused(lab: Laboratory, kind: str | None) -> None:
    body = json.dumps(lab.fresh("B-TYPE")).encode()
    headers = lab.lims.headers("POST", "/api/v1/reports", body, root=leaf(body).hex())
    headers.pop("content-type")
    if kind is not None:
        headers["content-type"] = kind
    problem(lab.lims.client.request("POST", "/api/v1/reports", content=body, headers=headers), 415, why="not-json")


def test_a_content_type_may_name_its_charset(lab: Laboratory) -> None:
    body = json.dumps(lab.fresh("B-CHARSET"), ensure_ascii=False).encode()
    headers = lab.lims.headers("POST", "/api/v1/reports", body, root=leaf(body).hex())
    headers["content-type"] = "Application/JSON; charset=utf-8"
    assert lab.lims.client.request("POST", "/api/v1/reports", content=body, headers=headers).status_code == 201


WRONG = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=30), st.lists(st.integers(), max_size=3),
    # Whole numbers written as 6.0 have a test of their own.
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer()),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2), st.text("0123456789-", min_size=8, max_size=12),
    st.sampled_from(["\x00", "a\x00b", "\u2028", "2026-02-30", "9999-12-31", "１２", "'; DROP TABLE report; --", "🧪" * 400]),
)  # fmt: skip


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_value_in_any_field_is_admitted_or_refused_at_that_field(lab: Laboratory, data: st.DataObject) -> None:
    report = lab.fresh(f"B-FUZZ-{data.draw(st.uuids())}")
    of_item = data.draw(st.booleans())
    holder = report["items"][0] if of_item else report
    name = data.draw(st.sampled_from([*sorted(holder), "extra"]))
    holder[name] = data.draw(WRONG)
    if len(str(holder[name])) > 3 and str(holder[name]).startswith("0000-"):
        return  # the year 0 has a test of its own
    answer = lab.lims.submit(report)
    if answer.status_code != 201:
        body = problem(answer, 409, 422)
        assert body["errors"], body


@pytest.mark.parametrize("where", ["file_pages", "sample_count", "seq"])
def test_a_whole_number_written_with_a_point_is_admitted_or_refused(lab: Laboratory, where: str) -> None:
    report = lab.fresh(f"B-POINT-{where}")
    (report["items"][0] if where == "seq" else report)[where] = 1.0
    assert lab.lims.submit(report).status_code in (201, 422)


def test_a_lease_of_one_point_nought_codes_is_admitted_or_refused(lab: Laboratory) -> None:
    assert lab.lims.post("/api/v1/leases", {"count": 1.0}).status_code in (201, 422)


@pytest.mark.parametrize("name", ["sampled_on", "received_on", "tested_from", "issued_on"])
def test_the_year_nought_is_refused_at_its_field(lab: Laboratory, name: str) -> None:
    body = problem(lab.lims.submit(lab.fresh("B-YEAR-0", **{name: "0000-01-01"})), 422)
    assert body["errors"][0]["pointer"] == f"/{name}"


@pytest.mark.parametrize("depth", [256, 500, 900])
def test_deep_nesting_is_refused(lab: Laboratory, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    raw = json.dumps(lab.fresh("B-DEEP", title="@")).replace('"@"', deep).encode()
    problem(lab.lims.send("POST", "/api/v1/reports", raw, root=leaf(raw).hex()), 400, 422)


@pytest.mark.parametrize("path", POSTS[2:])
def test_deep_nesting_without_a_signature_is_refused(lab: Laboratory, path: str) -> None:
    raw = b"[" * 400 + b"]" * 400
    headers = {"content-type": "application/json"}
    problem(lab.lims.client.request("POST", path, content=raw, headers=headers), 400, 401, 422)


def test_a_deeply_nested_report_stops_that_report_only(lab: Laboratory) -> None:
    good, deep = json.dumps(lab.fresh("B-DEEP-GOOD")).encode(), b"[" * 300 + b"]" * 300
    from tests.lims import merkle

    raw = b'{"reports": [' + good + b"," + deep + b"]}"
    answer = lab.lims.send("POST", "/api/v1/reports:batch", raw, root=merkle([leaf(good), leaf(deep)]).hex())
    assert answer.status_code == 207
    assert [r["status"] for r in answer.json()["results"]] == [201, 422]


@pytest.mark.parametrize("text", ["\x00", "A\x00B", "A\nB", "A\tB", "\x7f", "\u2028", "", "A" * 61])
def test_an_own_number_is_one_line_of_visible_text(lab: Laboratory, text: str) -> None:
    body = problem(lab.lims.submit(lab.fresh(text)), 422)
    assert body["errors"][0]["pointer"] == "/own_number"


@pytest.mark.parametrize("text", [" ", "\u3000", "\u200b", "\u00a0"])
def test_blanks_alone_are_no_own_number(lab: Laboratory, text: str) -> None:
    problem(lab.lims.submit(lab.fresh(text * 2)), 422)


@pytest.mark.parametrize("twin", ["B-TWIN ", " B-TWIN", "B-TWIN\u200b", "Ｂ-TWIN", "B-TWIN\u202e"])
def test_numbers_that_look_alike_are_one_number(lab: Laboratory, twin: str) -> None:
    lab.lims.submit(lab.fresh("B-TWIN"))
    problem(lab.lims.submit(lab.fresh(twin)), 409, 422)


@pytest.mark.parametrize(
    "own_number", ["'; DROP TABLE report; --", "%(own)s", "{}", "$1", "\\x41", "<script>", "../../x", "NULL"]
)
def test_an_own_number_is_text_and_nothing_else(
    lab: Laboratory, registered: Callable[[str], int], own_number: str
) -> None:
    answer = lab.lims.submit(lab.fresh(own_number))
    assert answer.status_code == 201, answer.text
    assert registered(own_number) == 1
    assert lab.lims.get(f"/api/v1/reports/{answer.json()['code']}").json()["own_number"] == own_number


def test_a_field_that_stands_twice_is_refused(lab: Laboratory) -> None:
    raw = json.dumps(lab.fresh("B-KEY-2")).replace('"own_number"', '"own_number": "B-KEY-1", "own_number"', 1).encode()
    problem(lab.lims.send("POST", "/api/v1/reports", raw, root=leaf(raw).hex()), 400, 422)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", [*POSTS, "/api/v1/nothing", "/api/v2/reports", "/api/v1/reports/a/b/c"])
def test_no_other_method_and_no_other_address(lab: Laboratory, method: str, path: str) -> None:
    problem(lab.lims.client.request(method, path), 404, 405)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/reports/"), ("POST", "/api/v1/reports/"), ("POST", "/api/v1/leases/")]
)
def test_a_slash_too_many_is_no_redirect(lab: Laboratory, method: str, path: str) -> None:
    headers = {"host": "elsewhere.example", "content-type": "application/json"}
    answer = lab.lims.client.request(method, path, headers=headers, follow_redirects=False)
    problem(answer, 404, 405)


@pytest.mark.parametrize(
    "text", ["%00", "%FF", "%ED%A0%80", "..%2F..", quote("' OR '1'='1"), "A" * 61, quote("😀"), "%E2%80%AE"]
)
def test_any_text_in_a_codes_place_is_refused(lab: Laboratory, text: str) -> None:
    problem(lab.lims.get(f"/api/v1/reports/{text}"), 400, 404, 422)
    problem(lab.lims.post(f"/api/v1/reports/{text}/state", {"state": "withdrawn", "reason": "样品错误"}), 400, 404, 422)
