"""A reader remembers the newest trust list it accepted: whoever shows it an older one has a reason to."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.cli.trust_seen import TrustSeen, state_file
from zhijian.kit.signing import PrivateKey, Suite

HERE = {Suite.SM2: PrivateKey.generate(Suite.SM2).public, Suite.ES256: PrivateKey.generate(Suite.ES256).public}
THERE = {Suite.ES256: PrivateKey.generate(Suite.ES256).public}


class Reader:
    """One that keeps the warnings it got."""

    def __init__(self, file: Path) -> None:
        self.warnings: list[str] = []
        self.seen = TrustSeen(file, self.warnings.append)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10_000))))
def test_the_highest_version_is_kept_for_each_set_of_root_keys(steps: list[tuple[bool, int]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "zhijian" / "trust-seen.json"
        highest = {True: 0, False: 0}
        for here, version in steps:
            Reader(file).seen.remember(HERE if here else THERE, version)
            highest[here] = max(highest[here], version)
            reader = Reader(file)
            assert (reader.seen.newest(HERE), reader.seen.newest(THERE)) == (highest[True], highest[False])
            assert reader.warnings == []


def test_the_order_of_the_root_keys_does_not_matter(tmp_path: Path) -> None:
    seen = Reader(tmp_path / "seen.json").seen
    seen.remember(HERE, 7)
    assert seen.newest(dict(reversed(HERE.items()))) == 7


def test_the_file_is_the_readers_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "zhijian" / "trust-seen.json"
    Reader(file).seen.remember(HERE, 1)
    Reader(file).seen.remember(HERE, 2)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [f.name for f in file.parent.iterdir()] == ["trust-seen.json"]


@pytest.mark.parametrize("held", ["", "{", "[]", "null", '{"a": "7"}', '{"a": true}', '{"a": 1.5}', "[" * 100_000])
def test_a_file_that_cannot_be_read_is_a_warning_and_is_written_anew(tmp_path: Path, held: str) -> None:
    file = tmp_path / "seen.json"
    file.write_text(held)
    reader = Reader(file)
    assert reader.seen.newest(HERE) == 0
    assert len(reader.warnings) == 1
    assert str(file) in reader.warnings[0]
    reader.seen.remember(HERE, 3)
    assert (reader.seen.newest(HERE), len(reader.warnings)) == (3, 1)


def test_a_place_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    reader = Reader(tmp_path / "file" / "zhijian" / "trust-seen.json")
    reader.seen.remember(HERE, 3)
    assert len(reader.warnings) == 1
    assert "cannot be kept" in reader.warnings[0]


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/someone"}, "/home/someone/.local/state"),
        ({"HOME": "/home/someone", "XDG_STATE_HOME": "/state"}, "/state"),
        ({"HOME": "/home/someone", "XDG_STATE_HOME": "state"}, "/home/someone/.local/state"),
        ({}, "/var/lib/.local/state"),
    ],
)
def test_it_lies_where_the_xdg_specification_says(environ: dict[str, Any], folder: str) -> None:
    assert state_file(environ) == Path(folder) / "zhijian" / "trust-seen.json"


def test_the_file_can_be_read_by_people(tmp_path: Path) -> None:
    Reader(tmp_path / "seen.json").seen.remember(HERE, 41)
    assert list(json.loads((tmp_path / "seen.json").read_text()).values()) == [41]
