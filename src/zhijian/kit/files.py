"""A small file that is there whole or not at all, also after the power went."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a temporary beside it, make it durable, and put it in place."""
    fresh = path.with_name(f".{path.name}")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
