"""The browser's module does the work that the server asks for."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhijian.kit.work import Challenges, WorkRefused

UI = Path(__file__).parents[2] / "ui"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="no node")
AT = datetime(2026, 5, 18, 2, 24, 36, tzinfo=UTC)
RUN = """
import { solving } from "./js/work-solve.js";
const steps = solving(process.argv[1]);
let step;
do step = steps.next(); while (!step.done);
console.log(step.value);
"""


def test_the_module_holds_by_itself() -> None:
    done = subprocess.run(
        [str(NODE), "--test", "js/work-solve.test.mjs"], cwd=UI, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("bits", "parts"), [(1, 1), (9, 7), (12, 16)])
def test_what_it_finds_the_server_takes_and_only_for_that_challenge(bits: int, parts: int) -> None:
    challenges = Challenges(b"secret", "concern", bits=bits, parts=parts)
    challenge = challenges.new(AT)
    command = [str(NODE), "--input-type=module", "-e", RUN, challenge]
    solution = subprocess.run(command, cwd=UI, capture_output=True, text=True, check=True).stdout.strip()
    assert challenges.solved(challenge, solution, AT)
    if bits * parts > 20:
        with pytest.raises(WorkRefused, match="unsolved"):
            challenges.solved(challenges.new(AT), solution, AT)
