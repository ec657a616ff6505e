"""A how-to is a program: its blocks are run as written, from top to bottom."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

TOP = Path(__file__).parents[2]
HOWTOS = TOP / "docs" / "howto"


def blocks(name: str, *kinds: str) -> list[tuple[str, str]]:
    """(kind, text) of the page's blocks of these kinds, in their order."""
    fences = re.compile(rf"^```({'|'.join(kinds)})\n(.*?)^```", re.S | re.M)
    return fences.findall((HOWTOS / name).read_text(encoding="utf-8"))


def run_python(name: str, least: int) -> None:
    """Every Python block of a page that has but such blocks, in one namespace; `least` of them have to be there."""
    found = blocks(name, "python")
    assert len(found) >= least
    run(name, found, {}, TOP)


def run(name: str, found: Iterable[tuple[str, str]], env: Mapping[str, str], folder: Path) -> str:
    """Python in one namespace of this process, `console` and `sh` in `folder` by bash; what the commands said."""
    names: dict[str, object] = {}
    said = ""
    for kind, block in found:
        if kind == "python":
            exec(compile(block, name, "exec"), names)
            continue
        commands = re.sub(r"^\$ ", "", block, flags=re.M)
        done = subprocess.run(
            ["bash", "-euc", commands],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, **env},
        )
        assert done.returncode == 0, (commands, done.stdout[-2000:], done.stderr[-2000:])
        said += done.stdout
    return said


def commands_env(folder: Path) -> dict[str, str]:
    """An environment in which `zhijian` is the command of this checkout."""
    command = folder / "bin" / "zhijian"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zhijian.cli "$@"\n')
    command.chmod(0o755)
    return {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
