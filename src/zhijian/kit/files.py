"""A small file that is there whole or not at all, also after the power went."""

import os
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a temporary beside it, make it durable, and put it in place."""
    fresh = path.with_name(f".{path.name}")
    with fresh.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
