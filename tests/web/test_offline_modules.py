"""The modules of the offline page: each by itself with node, and all of them against codes.offline, case by case."""

import json
import random
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.web import offline_cases
from tests.web.offline_cases import Case, cases, flipped, proof, qr, signed

from zhijian.codes import offline
from zhijian.codes.code import ALPHABET
from zhijian.codes.log import LogError
from zhijian.codes.model import CodeMalformed, CodesError
from zhijian.kit.signing import Suite
from zhijian.spec import specification

REPOSITORY = Path(__file__).parents[2]
UI = REPOSITORY / "ui"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="no node"),
    pytest.mark.skipif(not (UI / "node_modules/sm-crypto-v2").exists(), reason="no modules: npm ci in ui/"),
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CASES = dict(cases())


def micros(at: datetime) -> int:
    return round((at - EPOCH).total_seconds() * 1e6)


def by_python(case: Case) -> dict[str, Any]:
    try:
        seen = offline.verify(
            case.text, case.at, trust=case.trust, root_keys=offline.roots(case.roots), status=case.status,
            proof=case.proof, file_digest=case.digest, newest_trust=case.newest,
        )  # fmt: skip
    except CodeMalformed as why:
        return {"refused": why.why, "stale": False, "position": why.position, "suggestion": why.suggestion}
    except (CodesError, LogError) as why:
        named = why.why if isinstance(why, CodesError) else "log-refused"
        return {"refused": named, "stale": getattr(why, "stale", False), "position": None, "suggestion": None}
    c = seen.claims
    return {
        "code": seen.scanned.code, "host": seen.scanned.host, "verifier": seen.scanned.verifier, "level": seen.level,
        "key": seen.key_name, "trust": seen.trust_version, "status": seen.status,
        "as_of": micros(seen.status_as_of) if seen.status_as_of else None, "stale": seen.stale, "logged": seen.logged_at,
        "host_known": seen.host_known, "file": seen.file_matches,
        "claims": c and [c.code, micros(c.issued_at), c.file_digest.hex(), c.facts_digest.hex(), c.cma_number,
                         c.status_list, c.status_index, c.log],
    }  # fmt: skip


def by_node(asked: list[Case], folder: Path) -> list[dict[str, Any]]:
    assert NODE
    path = folder / "cases.json"
    provinces = list(specification().codelists["province"])
    path.write_text(json.dumps({"provinces": provinces, "cases": [case.plain() for case in asked]}))
    script = Path(__file__).parent / "offline_outcomes.mjs"
    done = subprocess.run([NODE, str(script), str(path)], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def seen_by_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return dict(zip(CASES, by_node(list(CASES.values()), tmp_path_factory.mktemp("cases")), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_what_the_command_says(name: str, seen_by_node: dict[str, dict[str, Any]]) -> None:
    assert seen_by_node[name] == by_python(CASES[name])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("valid, SM2-SM3", {"level": 2, "status": "valid", "host_known": True}),
        ("in the log, ES256", {"level": 3, "status": "valid", "logged": 3}),
        ("file equal, SM2-SM3", {"level": 4, "file": True}),
        ("invalid", {"level": 2, "status": "invalid"}),
        ("suspended", {"level": 2, "status": "suspended"}),
        ("superseded", {"level": 2, "status": "superseded"}),
        ("unregistered?, SM2-SM3", {"level": 1, "status": "unregistered?"}),
        ("bare code", {"level": 0, "claims": None}),
        ("other host", {"level": 2, "host_known": False}),
        ("stale status list", {"level": 1, "status": None, "stale": True}),
        ("forged signature, SM2-SM3", {"refused": "credential-refused"}),
        ("another suite, ES256", {"refused": "credential-refused"}),
        ("older trust list", {"refused": "trust-list-refused", "stale": True}),
        ("trust list without SM2-SM3", {"refused": "trust-list-refused"}),
        ("trust list without ES256", {"refused": "trust-list-refused"}),
        ("list under the other suite's kid", {"refused": "status-list-refused"}),
        ("checkpoint without the SM2 line", {"refused": "log-refused"}),
        ("checkpoint without the Ed25519 line", {"refused": "log-refused"}),
        ("one wrong character", {"refused": "code-malformed", "position": 18}),
    ],
)
def test_the_cases_are_what_their_names_say(
    name: str, expected: dict[str, Any], seen_by_node: dict[str, dict[str, Any]]
) -> None:
    """So that both do not agree about nothing."""
    assert {key: seen_by_node[name][key] for key in expected} == expected


def changed_cases(count: int) -> list[Case]:
    """One bit or one character of a good set of files changed, at a place that chance finds."""
    chance = random.Random(20261124)
    good = {suite: signed(suite) for suite in Suite}
    proofs = {suite: proof(raw) for suite, raw in good.items()}
    made = []
    for number in range(count):
        suite = chance.choice(list(Suite))
        raw, bit = good[suite], chance.randrange(1 << 20)
        case = Case(qr(raw), trust=offline_cases.TRUST, status=offline_cases.STATUS, proof=proofs[suite])
        match number % 5:
            case 0:
                case = Case(qr(flipped(raw, bit)), trust=case.trust, status=case.status)
            case 1:
                case = Case(case.text, trust=case.trust, status=flipped(offline_cases.STATUS, bit))
            case 2:
                case = Case(case.text, trust=case.trust, status=case.status, proof=flipped(proofs[suite], bit))
            case 3:
                case = Case(case.text, trust=flipped(offline_cases.TRUST, bit), status=case.status)
            case _:
                at = bit % len(case.text)
                case = Case(
                    case.text[:at] + chance.choice(ALPHABET + "$*-.:/# \n") + case.text[at + 1 :],
                    trust=case.trust, status=case.status,
                )  # fmt: skip
        made.append(case)
    return made


def test_whatever_bit_is_changed_both_say_the_same(tmp_path: Path) -> None:
    asked = changed_cases(400)
    expected = [by_python(case) for case in asked]
    differing = [
        (number, case.text, seen, wanted)
        for number, (case, seen, wanted) in enumerate(zip(asked, by_node(asked, tmp_path), expected, strict=True))
        if seen != wanted
    ]
    assert differing == []
    assert sum("refused" in one for one in expected) > 300


def test_each_module_passes_its_own_tests() -> None:
    assert NODE
    files = sorted(map(str, (UI / "js").rglob("*.test.mjs")))
    assert len(files) > 4
    done = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
