"""SIGKILL at any moment leaves a folder that opens, continues, and is consistent with all it ever published."""

import base64
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.codes.log.log_samples import AT, ORIGIN, SIGNER, TRUST, entries

from zhijian.codes.log import LogFolder, LogReader, folder_fetch, verify_checkpoint

WRITER = """
import base64, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.codes.log.log_samples import AT, ORIGIN, SIGNER, entries
from zhijian.codes.log import LogFolder
with LogFolder.open(Path(sys.argv[1]), ORIGIN, [SIGNER]) as log:
    print("open", log.size, flush=True)
    while True:
        for count in (1, 30, 500, 3):
            log.append(entries(count, log.size))
            print("durable", log.size, flush=True)
        print("published", base64.b64encode(log.publish(AT).raw).decode(), flush=True)
"""


def killed_writer(path: Path, alive_s: float) -> list[tuple[str, str]]:
    """Let a writer run for a while once it is open, kill it, and return what it said."""
    ask = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(ask, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(alive_s)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().splitlines(keepends=True)
    # The last line may be torn by the kill, as any of the files may be.
    return [(line.split()[0], line.split()[1]) for line in said if line.endswith("\n")]


def kill_and_reopen(path: Path, kills: int, chance: random.Random) -> None:
    seen: list[bytes] = []
    for _ in range(kills):
        said = killed_writer(path, chance.uniform(0.0, 0.25))
        assert said[0][0] == "open"
        seen += [base64.b64decode(raw) for word, raw in said if word == "published"]
        durable = max(int(size) for word, size in said if word != "published")
        with LogFolder.open(path, ORIGIN, [SIGNER]) as log:
            assert log.size >= durable
            log.append_at(0, entries(log.size + 7))
            seen.append(log.publish(AT).raw)
    reader = LogReader.open(folder_fetch(path), TRUST)
    assert list(reader.verify_all())[-1].checked == reader.checkpoint.size
    for raw in seen:
        head = verify_checkpoint(raw, TRUST).checkpoint
        assert reader.continues(head.size, head.root).first_size == head.size
    assert {line.size for line in reader.history()} >= {verify_checkpoint(raw, TRUST).checkpoint.size for raw in seen}


def test_eight_kills_lose_nothing_that_was_durable_and_fork_nothing(tmp_path: Path) -> None:
    kill_and_reopen(tmp_path, 8, random.Random(20250704))


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing_that_was_durable_and_fork_nothing(tmp_path: Path) -> None:
    kill_and_reopen(tmp_path, 100, random.Random(20250705))
