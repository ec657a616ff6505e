"""The public door answers as its OpenAPI says, whatever it is asked."""

import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.fakes import FakeVerifyService
from tests.web.public_client import Clock, Door

NO_LIMITS = {"rate": 1e9, "burst": 10**9, "guess_burst": 10**9, "code_guess_burst": 10**9, "inspect_burst": 10**9}
APP = Door(FakeVerifyService(), Clock(), **NO_LIMITS).app
schemathesis.openapi.media_type("application/pdf", st.binary() | st.binary().map(lambda rest: b"%PDF-" + rest))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", APP)


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_question_makes_the_door_stumble(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=CHECKS)
