"""The kit's reader, written apart from the project, held against ours in both directions."""

import random
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhijian.codes import grouped, parse
from zhijian.codes.code import ALPHABET, INSTITUTIONS, SERIALS, compose, parts, symbols
from zhijian.codes.model import Code, CodeMalformed
from zhijian.spec import specification

PROVINCES = sorted(specification().codelists["province"])


@pytest.fixture(scope="module")
def program(shared: Path) -> Path:
    return shared / "kit/code_check.py"


@pytest.fixture(scope="module")
def theirs(program: Path) -> dict[str, Any]:
    return runpy.run_path(str(program), run_name="code_check")


@pytest.fixture(scope="module")
def run(program: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    return lambda *words: subprocess.run([sys.executable, program, *words], capture_output=True, text=True, check=False)


def ours(count: int, seed: int) -> list[Code]:
    rnd = random.Random(seed)
    return [
        compose(rnd.choice(PROVINCES), rnd.randrange(2000, 2100), symbols(rnd.randrange(INSTITUTIONS), 4), rnd.randrange(SERIALS))
        for _ in range(count)
    ]  # fmt: skip


def located(text: str) -> Code | None:
    with pytest.raises(CodeMalformed) as why:
        parse(text)
    return why.value.suggestion


# It tries all 961 pairs of checks for each code: 5,000 take a quarter of a minute.
@pytest.mark.parametrize("count", [500, pytest.param(5000, marks=pytest.mark.soak)])
def test_we_accept_its_codes_and_refuse_its_twins_with_the_same_hint(
    run: Callable[..., Any], theirs: dict[str, Any], count: int
) -> None:
    lines = run("sample", str(count), str(20261124 + count)).stdout.splitlines()
    assert len(lines) == count
    hints = 0
    for code, twin in (line.split("\t") for line in lines):
        assert grouped(parse(code)) == code
        assert theirs["parse"](twin) is None
        hint = theirs["located"](twin)
        if hint and not (hint[:2] in PROVINCES and hint[2:4].isdigit()):
            hint = None  # it knows no provinces
        assert located(twin) == hint
        hints += hint is not None
    assert hints > count * 0.4, "the twins with one wrong character are among them, and those are half"


def test_it_accepts_our_codes_in_every_typed_form_and_reads_the_same(theirs: dict[str, Any]) -> None:
    forms: list[Callable[[str], str]] = [
        str, grouped, lambda c: grouped(c).lower(), lambda c: " ".join(c), lambda c: c.replace("0", "o").replace("1", "i"),
        lambda c: c.replace("2", "z").replace("5", "S").replace("U", "v"),
    ]  # fmt: skip
    for code in ours(2000, seed=1):
        for form in forms:
            assert theirs["parse"](form(code)) == parse(form(code)) == code


def test_it_refuses_what_we_refuse_on_single_errors_and_points_to_the_same_code(theirs: dict[str, Any]) -> None:
    for code in ours(100, seed=2):
        rnd = random.Random(code)
        for at in range(18):
            twin = code[:at] + rnd.choice([ch for ch in ALPHABET if ch != code[at]]) + code[at + 1 :]
            assert theirs["parse"](twin) is None
            assert theirs["located"](twin) == located(twin) == code


def test_its_program_says_the_same_of_our_codes(run: Callable[..., Any]) -> None:
    for code in ours(5, seed=3):
        said = run("parse", grouped(code))
        p = parts(code)
        wanted = [grouped(code), "province", p.province, "year", str(p.year)[2:], "institution", p.institution]
        assert (said.returncode, said.stdout.split()) == (0, wanted)
        assert run("complete", code[:16]).stdout.strip() == grouped(code)
        twin = code[:-1] + ("A" if code[-1] != "A" else "B")
        said = run("parse", twin)
        assert said.returncode == 2
        assert grouped(code) in said.stdout


def test_both_complete_any_body_to_the_same_code(theirs: dict[str, Any]) -> None:
    for code in ours(100, seed=4):
        assert theirs["complete"](code[:16]) == code
