"""`zhijian log witness` and `witness-key`: a witness of its own process, by a key of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.codes.log.log_samples import SIGNER
from tests.codes.log.witness_samples import LOG
from tests.servers import free_port
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.codes.log import Trust, Verifier, verify_checkpoint

runner = CliRunner()


def run(*words: str) -> tuple[int, str]:
    done = runner.invoke(app, ["log", *words], catch_exceptions=False)
    return done.exit_code, done.output


@contextmanager
def served(*words: str) -> Iterator[str]:
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ask = [sys.executable, "-m", "zhijian.cli", "log", "witness", "--port", str(port), *words]
    with subprocess.Popen(ask, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).read()
                    break
                except OSError:
                    assert process.poll() is None, process.stderr and process.stderr.read()
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_a_witness_of_its_own_process_cosigns_and_remembers_over_a_restart(tmp_path: Path) -> None:
    status, vkey = run("witness-key", "--dir", str(tmp_path), "--name", "witness.example/alone")
    assert (status, run("witness-key", "--dir", str(tmp_path), "--name", "witness.example/alone")) == (0, (0, vkey))
    words = ("--dir", str(tmp_path), "--log", SIGNER.verifier.vkey())
    with served(*words) as url:
        lines = urllib.request.urlopen(f"{url}/add-checkpoint", LOG.asked(0, 7)).read()
    trust = Trust(SIGNER.verifier.name, (SIGNER.verifier,), (Verifier.parse(vkey.strip()),), 1)
    assert verify_checkpoint(LOG.checkpoint(7) + lines, trust).witnesses
    with served(*words) as url, pytest.raises(urllib.error.HTTPError) as conflict:
        urllib.request.urlopen(f"{url}/add-checkpoint", LOG.asked(0, 9))
    assert (conflict.value.code, conflict.value.read()) == (409, b"7\n")


def test_the_key_is_told_to_machines_too(tmp_path: Path) -> None:
    status, said = run("witness-key", "--dir", str(tmp_path), "--name", "w.example", "--format", "json")
    assert (status, json.loads(said)["name"]) == (0, "w.example")


@pytest.mark.parametrize(
    "words",
    [
        ("witness-key", "--name", "two words"),
        ("witness",),
        ("witness", "--log", SIGNER.verifier.vkey()),
        ("witness", "--log", "no key"),
        ("witness", "--trust", __file__),
    ],
)
def test_wrong_use_is_said_in_two_languages_with_status_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    status, said = run(words[0], "--dir", str(tmp_path), *words[1:])
    assert status == 2
    assert any("一" <= c <= "鿿" for c in said)
