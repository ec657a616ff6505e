"""Where the `log` commands read a log from, and whom they believe about it."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from zhijian.cli import evidence_files as files
from zhijian.cli.say import FINDINGS, WRONG_USE, fail
from zhijian.codes import TrustList, offline
from zhijian.codes.log import LogError, Trust, folder_fetch
from zhijian.codes.model import CodesError

FILE_BYTES_MAX = 1 << 25
"""The largest bundle that tlog-tiles allows has 16 MB."""


def trust_of(vkeys: list[str]) -> Trust:
    try:
        return offline.log_trust(vkeys)
    except LogError as why:
        fail(WRONG_USE, f"--vkey: {why}")
        raise


def trust_list_of(trust: Path, roots: Path) -> TrustList:
    """The list, held against the root's keys."""
    points, raw = files.root_keys("--roots", roots), files.read("--trust", trust, files.TRUST)
    try:
        return offline.trust_list(raw, points)
    except CodesError as why:
        fail(FINDINGS, f"信任列表不被接受 refused: {why}")
        raise


def fetch_of(target: str) -> Callable[[str], bytes]:
    """`log.tile.Fetch` of a URL or a folder."""
    if not target.startswith(("http://", "https://")):
        return folder_fetch(Path(target))

    def fetch(name: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{target.rstrip('/')}/{name}", timeout=30) as answer:  # noqa: S310
                raw = bytes(answer.read(FILE_BYTES_MAX + 1))
        except urllib.error.HTTPError as why:
            if why.code == 404:
                raise FileNotFoundError(name) from None
            raise
        if len(raw) > FILE_BYTES_MAX:
            raise OSError(f"{name}: larger than any file of a log can be")
        return raw

    return fetch
