"""Every parser that strangers reach, fed with spoilt real inputs: no crash, no hang, bounded memory.

A short form in each run, with the same inputs each time; `make soak` goes on with others for an hour's part.
"""

import time
from collections.abc import Callable
from functools import partial

import pytest
from tests.codes.document.inspecting import looked, sealed
from tests.codes.document.ofds import ofd
from tests.codes.document.papers import paper, what
from tests.codes.document.sealed_ofds import SEAL, SEALED
from tests.codes.document.sealed_ofds import looked as ofd_looked
from tests.codes.document.sealing_keys import CODE, credential, whole_qr
from tests.codes.document.stamped_ofds import SECOND_SEAL, sealed_twice
from tests.codes.document.stamped_ofds import judged as ofd_judged
from tests.codes.document.stamped_ofds import original as original_ofd
from tests.codes.document.stamped_ofds import sealed as sealed_ofd
from tests.codes.document.stamped_ofds import stamped as stamped_ofd
from tests.codes.fuzzed import spoilt, survives
from tests.codes.log.witness_samples import LOG

from zhijian.codes import code, qr
from zhijian.codes import credential as credentials
from zhijian.codes.document import ses
from zhijian.codes.document.ofd_stamp import stamp_ofd
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.stamp import stamp
from zhijian.codes.log import LogError
from zhijian.codes.log.note import Note
from zhijian.codes.log.tile import Tiles
from zhijian.codes.model import CodesError
from zhijian.kit.signing import Suite

SEPARATOR = b"\n--\n"


def insides() -> list[bytes]:
    """The files of a sealed OFD in a row: spoilt there, they are not stopped by the container's checksums."""
    return [SEPARATOR.join(unzipped(raw).values()) for raw in (sealed_ofd(), sealed_twice())]


def repacked(raw: bytes) -> bytes:
    """The files under the names that they had; what was spoilt away leaves the last ones out."""
    return zipped(dict(zip(unzipped(sealed_twice()), raw.split(SEPARATOR), strict=False)))


TILE = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in LOG.leaves)
PARSERS: dict[str, tuple[Callable[[bytes], object], Callable[[], list[bytes]], tuple[type[Exception], ...], int]] = {
    "code": (lambda raw: code.parse(raw.decode("latin-1")), lambda: [CODE.encode(), b"3326-08K7-0049-M302-AR"], (CodesError,), 400),
    "qr": (lambda raw: qr.read(raw.decode("latin-1")), lambda: [whole_qr().encode(), CODE.encode()], (CodesError,), 400),
    "credential": (credentials.read, lambda: [credential(CODE, suite) for suite in Suite], (CodesError,), 400),
    "note": (Note.parse, lambda: [LOG.checkpoint(7), LOG.checkpoint(40)], (LogError,), 400),
    "tile": (lambda raw: Tiles(lambda _: raw, 40).bundle(0), lambda: [TILE], (LogError,), 400),
    "tile of hashes": (lambda raw: Tiles(lambda _: raw, 40).node(3, 1), lambda: [bytes(range(32)) * 40], (LogError,), 400),
    "pdf": (looked, lambda: [sealed(), sealed(level="form-filling"), paper(pages=1), paper("A3", full=1, rotate=90)],
            (DocumentRefused,), 40),
    "pdf to be stamped": (partial(stamp, what=what()), lambda: [paper(pages=1), paper("A3", rotate=90, compress=0)],
                          (DocumentRefused,), 4),
    "ofd": (ofd_looked, lambda: [SEALED, ofd()], (DocumentRefused,), 100),
    "ofd inside": (lambda raw: ofd_judged(repacked(raw)), insides, (DocumentRefused,), 40),
    "ofd that somebody holds": (ofd_judged, lambda: [sealed_ofd(), sealed_twice(), stamped_ofd()], (DocumentRefused,), 20),
    "ofd to be stamped": (partial(stamp_ofd, what=what()), lambda: [ofd(), original_ofd()], (DocumentRefused,), 6),
    "seal": (ses.read_seal, lambda: [SEAL, SECOND_SEAL], (DocumentRefused,), 200),
}  # fmt: skip
"""What reads, what is whole, what may be raised, and how many spoilt inputs a short run tries: some take a second each."""
LONGER = 20


@pytest.mark.parametrize("name", list(PARSERS))
def test_what_is_spoilt_is_read_or_refused(name: str) -> None:
    read, samples, refusals, count = PARSERS[name]
    survives(read, spoilt(samples(), count, seed=len(name)), refusals)


@pytest.mark.parametrize("name", list(PARSERS))
def test_what_is_whole_is_read(name: str) -> None:
    """Else the test above would be passed by whoever refuses everything."""
    read, samples, refusals, _ = PARSERS[name]
    assert survives(read, iter(samples()), refusals) == len(samples())


@pytest.mark.soak
@pytest.mark.parametrize("name", list(PARSERS))
def test_what_is_spoilt_is_read_or_refused_for_long(name: str) -> None:
    read, samples, refusals, count = PARSERS[name]
    seed = time.time_ns()
    print(f"{name}: seed {seed}")
    survives(read, spoilt(samples(), count * LONGER, seed), refusals)
