"""docs/howto/documents.md is run as written, Python and shell in turn, against both doors and with the real command."""

import contextlib
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.docs.howto import commands_env
from tests.servers import free_port, running, sequence

from zhijian.api import api_app
from zhijian.web import public_app

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.S | re.M)


@pytest.fixture
def both_doors(seeded: Seeded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """API, public door, a worker's sequencer, and `zhijian` on the path."""
    port = free_port()
    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=f"http://127.0.0.1:{port}")
    with running(api_app(seeded.node), port) as api, running(public_app(seeded.node)) as public, sequencing(seeded):
        given = {"API": api, "PUBLIC": public, "D": str(tmp_path / "documents"), "ZHIJIAN_HOME": str(before.home),
                 "XDG_STATE_HOME": str(tmp_path / "state")} | commands_env(tmp_path)  # fmt: skip
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield
    seeded.node.settings = before


@contextlib.contextmanager
def sequencing(seeded: Seeded) -> Iterator[None]:
    """As the worker does: again and again, until the context ends."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(0.3):
            sequence(seeded.node)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    done.set()
    thread.join(10)


def shell(commands: str) -> str:
    done = subprocess.run(["bash", "-euc", commands], cwd=TOP, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, (commands, done.stdout, done.stderr)
    return done.stdout


def test_every_block_of_the_howto_runs_in_its_order(both_doors: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    blocks = BLOCK.findall((TOP / "docs" / "howto" / "documents.md").read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks].count("console") >= 5
    first, said = "", ""
    names: dict[str, object] = {}
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, "documents.md", "exec"), names)
            continue
        assert all(line.startswith("$ ") for line in block.splitlines()), block
        commands = block.replace("$ ", "", 1).replace("\n$ ", "\n")
        first = first or commands  # what it exports holds in one terminal
        said += shell(first + commands)
    for part in (
        "已批准 granted",
        "已签发 issued",
        "已盖码 stamped",
        "已签章 sealed",
        "文件与登记一致",
        "签章后未改动 unchanged",
        "已制章 made",
    ):
        assert part in said, said
    assert said.count("已签章 sealed") == said.count("签章后未改动 unchanged") == 2  # a PDF and an OFD
