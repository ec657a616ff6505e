"""Cases of our own making, one a line, read by eye once: what is said, and what it means."""

import csv
from pathlib import Path


def cases(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
