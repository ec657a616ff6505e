"""Speed of the transparency log, each figure beside a bare loop of the same run.

    python bench/log.py [--leaves N] [--folder DIR]

The ratios are what counts: seconds belong to the machine. `--folder` chooses the file system whose fsync is measured.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhijian.codes.log import SHA256, LogFolder, LogReader, Signer, Trust, folder_fetch, verify_proof
from zhijian.codes.log.merkle import CompactRange

AT = datetime(2025, 7, 1, tzinfo=UTC)
BATCH = 1000


def rate(count: int, work: Callable[[], object], rounds: int = 3) -> float:
    """The best of some rounds, in pieces a second: other work on the machine only ever slows one down."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return count / best


def show(what: str, found: float, against: str, bare: float) -> None:
    print(f"{what:44} {found:12,.0f}/s   {found / bare:6.2f} of {against} ({bare:,.0f}/s)")


def in_memory(entries: list[bytes]) -> None:
    def append() -> None:
        grown = CompactRange()
        for start in range(0, len(entries), BATCH):
            grown.extend(SHA256.leaves(entries[start : start + BATCH]))
        grown.root()

    bare = rate(len(entries), lambda: [sha256(entry).digest() for entry in entries])
    found = rate(len(entries), append)
    show("append in memory, batches of 1,000 (leaves)", found, "one sha256 an entry", bare)
    print(f"{'':44} {600e6 / found / 60:12,.0f}     minutes for a nation-year of 600 M")


def durable(root: Path, entries: list[bytes], signer: Signer) -> None:
    def bare() -> None:
        with (root / "bare").open("wb") as file:
            for start in range(0, len(entries), BATCH):
                file.write(b"".join(entries[start : start + BATCH]))
                file.flush()
                os.fsync(file.fileno())

    def append(name: str, publish: bool) -> None:
        with LogFolder.open(root / name, signer.verifier.name, [signer]) as log:
            for start in range(0, len(entries), BATCH):
                log.append(entries[start : start + BATCH])
                if publish:
                    log.publish(AT)

    against, floor = "one synced write a batch", rate(len(entries), bare)
    for what, name, publish in (("append durably", "appended", False), ("append and publish each batch", "log", True)):
        start = time.process_time()
        found = rate(len(entries), partial(append, name, publish), 1)
        minutes = (time.process_time() - start) / len(entries) * 600e6 / 60
        show(f"{what} (entries)", found, against, floor)
        print(f"{'':44} {minutes:12,.0f}     CPU minutes for a nation-year of 600 M")


def reading(root: Path, entries: list[bytes], signer: Signer) -> None:
    trust = Trust(signer.verifier.name, (signer.verifier,))
    reader = LogReader.open(folder_fetch(root / "log"), trust)
    bare = rate(len(entries), lambda: [sha256(entry).digest() for entry in entries])
    show("verify_all (entries)", rate(len(entries), lambda: list(reader.verify_all()), 1), "one sha256 an entry", bare)
    asked, raw = range(0, len(entries), max(1, len(entries) // 1000)), reader.signed.raw
    signature = signer.sign(raw)
    check, against = (
        rate(500, lambda: [signer.verifier.verify(raw, signature) for _ in range(500)]),
        "one Ed25519 check",
    )
    near, far = range(500), [n for n in asked if n % 7 == 0]
    show("prove from tiles, neighbours", rate(len(near), lambda: [reader.prove(n) for n in near]), against, check)

    def cold() -> None:  # a fresh reader each round: every proof reads and folds a tile that was not read before
        fresh = LogReader.open(folder_fetch(root / "log"), trust)
        for n in far:
            fresh.prove(n)

    show("prove from tiles, far apart", rate(len(far), cold), against, check)
    proofs = [(reader.prove(n).text(), entries[n]) for n in asked]
    checked = rate(len(asked), lambda: [verify_proof(text, entry, trust) for text, entry in proofs])
    show("verify a tlog-proof", checked, against, check)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--leaves", type=int, default=300_000)
    ask.add_argument("--folder", type=Path)
    args = ask.parse_args()
    entries = [os.urandom(48) for _ in range(args.leaves)]
    signer = Signer.ed25519("bench.example/log", Ed25519PrivateKey.generate())
    in_memory(entries)
    with tempfile.TemporaryDirectory(dir=args.folder) as scratch:
        durable(Path(scratch), entries[: len(entries) // 2], signer)
        reading(Path(scratch), entries[: len(entries) // 2], signer)


if __name__ == "__main__":
    main()
