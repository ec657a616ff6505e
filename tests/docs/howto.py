"""A how-to is a program: its blocks are run as written, from top to bottom."""

import re
from pathlib import Path

HOWTOS = Path(__file__).parents[2] / "docs" / "howto"


def run_python(name: str, least: int) -> None:
    """Every Python block of a page that has but such blocks, in one namespace; `least` of them have to be there."""
    path = HOWTOS / name
    blocks = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= least
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(path), "exec"), names)
