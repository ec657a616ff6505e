"""Witnesses that a node asks, and those that it hosts: a folder of `home/witness` with a key each. These witness the logs of
the trust list, and those whose keys stand in the folder's file `logs`, one a line."""

import re
from pathlib import Path

from zhijian.codes import TrustList, offline
from zhijian.codes.log import Answered, Ask, Witness
from zhijian.kit.post import Poster

WITNESSES = "witness"
"""Folder of the home."""
WITNESS_S, WITNESS_ANSWER_BYTES = 2.0, 1 << 14
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


class WitnessHost:
    """Opens each once for what the trust list and its file say, and again when they say something else."""

    def __init__(self, home: Path) -> None:
        self._folder = home / WITNESSES
        self._open: dict[str, tuple[tuple[int, tuple[str, ...]], Witness]] = {}

    def has(self, name: str) -> bool:
        return bool(_NAME.fullmatch(name)) and (self._folder / name).is_dir()

    def witness(self, name: str, trust: TrustList) -> Witness:
        """One that is there. Raises: LogError."""
        folder = self._folder / name
        others = (folder / "logs").read_text().split() if (folder / "logs").exists() else []
        known = (trust.version, tuple(others))
        kept = self._open.get(name)
        if kept is None or kept[0] != known:
            keys = offline.verifiers([key for log in trust.logs for key in (log.vkey, log.sm2_vkey)] + others)
            kept = self._open[name] = (known, Witness.open(folder, keys))
        return kept[1]


def asks_over_http(url: str) -> Ask:
    post = Poster(f"{url}/add-checkpoint", WITNESS_S, WITNESS_ANSWER_BYTES)

    def ask(body: bytes) -> Answered:
        answer = post(body)
        return Answered(answer.status, answer.body, answer.content_type)

    return ask
