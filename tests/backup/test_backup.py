"""A node, its backup, and the node made from it: nothing lost that was in it, no code twice, one history."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.conftest import Laboratory, Seeded, laboratory
from tests.servers import sequence

from zhijian.api import api_app
from zhijian.backup import MANIFEST, backup, bring_keys, recover, restore
from zhijian.cli.seed import seed
from zhijian.codes import Logbook, parse
from zhijian.codes.log import LogError, LogReader, folder_fetch
from zhijian.kit.dump import DumpRefused
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.lookups import LookCounter, Shown
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node

WORLD = {"seed": 7, "institutions": 4, "reports": 40}


@dataclass
class Town:
    """One node with its client, and one of its laboratories."""

    node: Node
    lab: Laboratory
    shown: dict[str, Any]
    origin: str

    def submit(self, number: str) -> Any:
        return self.lab.lims.submit(self.lab.fresh(number))

    @property
    def log(self) -> Path:
        return Logbook.folder(self.node.settings.home, self.origin)

    def copy(self, folder: Path | None = None) -> LogReader:
        return self.node.log_copy(self.origin, folder_fetch(folder or self.log))

    def codes(self) -> set[str]:
        with self.node.transaction() as db:
            return set(db.execute(sa.text("SELECT code FROM report")).scalars())


@contextmanager
def opened(home: Path, *, seeded: bool) -> Iterator[Town]:
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    at = datetime.now(UTC)
    with open_node(replace(Settings(home), verify_rate_per_s=0)) as node:
        node.prepare(at)
        world = World(on=at.date(), **WORLD)  # type: ignore[arg-type]
        shown = seed(node, world, at, lambda *_: None) if seeded else {}
        with TestClient(api_app(node), base_url="http://api.test", raise_server_exceptions=False) as client:
            lab = laboratory(Seeded(node, shown, world, at), client)
            yield Town(node, lab, shown, node.issuing.log_origin_at(at))


@dataclass
class Saved:
    """A first node that went on after its backup, what it knew at the end, and a copy of its log."""

    folder: Path
    mirror: Path
    before: set[str]
    after: set[str]
    size: int
    root: bytes
    shown: dict[str, Any]


@pytest.fixture(scope="module")
def saved() -> Iterator[Saved]:
    top = _folder()
    with opened(top / "first", seeded=True) as town:
        assert town.submit("BEFORE-1").status_code == 201
        sequence(town.node)
        look_at(town)
        backup(town.node, top / "backup", datetime.now(UTC), lambda *_: None, with_keys=True)
        before = town.codes()
        issued = [town.submit(f"AFTER-{n}").json()["code"] for n in range(30)]
        sequence(town.node)
        shutil.copytree(town.log, top / "mirror")
        head = town.copy().checkpoint
        assert len(set(issued)) == 30
        made = Saved(top / "backup", top / "mirror", before, town.codes(), head.size, head.root, town.shown)
    yield made
    shutil.rmtree(top, ignore_errors=True)


def look_at(town: Town) -> None:
    """Two looks at one report, written as the public door writes them."""
    counter, writer = LookCounter(), town.node.look_writer()
    for address in ("198.51.100.7", "203.0.113.9"):
        counter.answered(parse(town.shown["valid"]["code"]), address, Shown.IN_USE)
    writer.add(counter.take(), datetime.now(UTC))
    assert writer.write() == 1
    with town.node.transaction() as db:
        assert db.execute(sa.text("SELECT count(*) FROM look_sketch")).scalar() == 1


@pytest.fixture
def home() -> Iterator[Path]:
    top = _folder()
    yield top / "second"
    shutil.rmtree(top, ignore_errors=True)


def _folder() -> Path:
    """Not pytest's own: that is closed to the user who runs the database when the tests run as root."""
    made = Path(tempfile.mkdtemp(prefix="zhijian-test-backup-"))
    made.chmod(0o755)
    return made


@contextmanager
def restored(saved: Saved, home: Path) -> Iterator[Town]:
    bring_keys(saved.folder, home)
    with open_node(replace(Settings(home), verify_rate_per_s=0)) as node:
        restore(node, saved.folder, datetime.now(UTC), lambda *_: None)
    with opened(home, seeded=False) as town:
        yield town


def test_a_restored_node_answers_as_the_first_one_did(saved: Saved, home: Path) -> None:
    with restored(saved, home) as town:
        assert town.codes() == saved.before
        assert town.copy().checkpoint.size < saved.size
        for state in ("valid", "withdrawn", "false"):
            code, at = parse(saved.shown[state]["code"]), datetime.now(UTC)
            with town.node.transaction() as db:
                found = town.node.desk(db).answer(db, Scope.anyone(), code, saved.shown[state]["verifier"], at)
            assert (found.state.value, found.level) == (state, 3)


def test_marks_of_the_day_are_in_no_backup_and_counts_are(saved: Saved, home: Path) -> None:
    assert (saved.folder / "look_day.copy.gz").exists()
    assert not (saved.folder / "look_sketch.copy.gz").exists()
    assert not [file for file in saved.folder.rglob("*") if "places" in file.name]
    with restored(saved, home) as town, town.node.transaction() as db:
        assert db.execute(sa.text("SELECT looks, places FROM look_day")).all() == [(2, 2)]
        assert db.execute(sa.text("SELECT count(*) FROM look_sketch")).scalar() == 0


def test_until_it_is_recovered_it_refuses_to_issue_and_says_why(saved: Saved, home: Path) -> None:
    with restored(saved, home) as town:
        refused = town.submit("TOO-EARLY")
        assert (refused.status_code, refused.json()["why"]) == (503, "node-restored")
        assert "备份" in refused.json()["title"]
        assert refused.headers["retry-after"]
        state = town.lab.lims.post(
            f"/api/v1/reports/{min(saved.before)}/state", {"state": "withdrawn", "reason": "原因"}
        )
        assert state.status_code == 503
        assert town.codes() == saved.before


def test_recovered_it_gives_no_code_twice_and_goes_on_with_one_history(saved: Saved, home: Path) -> None:
    with restored(saved, home) as town:
        done = recover(town.node, [town.copy(saved.mirror)], datetime.now(UTC))
        assert done["leaves"] == 30
        issued = {town.submit(f"NEW-{n}").json()["code"] for n in range(300)}
        assert len(issued) == 300
        assert not issued & saved.after, "a code was given a second time"
        sequence(town.node)
        newer = town.copy()
        assert newer.checkpoint.size == saved.size + 300
        newer.continues(saved.size, saved.root)
        with town.node.transaction() as db:
            office = town.node.office(db)
        with town.node.one_moment() as db:
            found = [one.what for one in office.rebuild(db, home, lambda *_: None)]
        assert found == ["leaf-lost"] * 30, "what is lost is named, and nothing else is wrong"


def test_a_node_that_forgot_and_skipped_nothing_would_give_codes_twice(saved: Saved, home: Path) -> None:
    """What the mark is for: without it the same reports get the codes that others have."""
    with restored(saved, home) as town:
        (home / "restored.json").unlink()
        issued = {town.submit(f"NEW-{n}").json()["code"] for n in range(30)}
        assert issued & saved.after


def test_its_own_log_that_survived_is_looked_at_first(saved: Saved, home: Path) -> None:
    """The rows were put back from yesterday, the files are today's."""
    bring_keys(saved.folder, home)
    shutil.copytree(
        saved.mirror, home / "log" / json.loads((saved.folder / MANIFEST).read_text())["log_host"] / saved_half(saved)
    )
    with restored(saved, home) as town:
        assert recover(town.node, [], datetime.now(UTC))["leaves"] == 30
        assert town.submit("GOES-ON").status_code == 201
        sequence(town.node)
        town.copy().continues(saved.size, saved.root)


def saved_half(saved: Saved) -> str:
    return (saved.mirror / "checkpoint").read_text().split("\n", 1)[0].rsplit("/", 1)[1]


def test_two_histories_are_never_joined(saved: Saved, home: Path, tmp_path: Path) -> None:
    """The restored node had gone on by itself before anyone looked."""
    with restored(saved, home) as town:
        (home / "restored.json").rename(tmp_path / "kept.json")
        town.submit("ALONE-1")
        sequence(town.node)
        (tmp_path / "kept.json").rename(home / "restored.json")
        with pytest.raises(LogError) as why:
            recover(town.node, [town.copy(saved.mirror)], datetime.now(UTC))
        assert why.value.why == "two-histories"
        assert town.submit("STILL-NOT").status_code == 503


def cut(folder: Path) -> None:
    path = folder / "report.copy.gz"
    path.write_bytes(path.read_bytes()[:-9])


DAMAGED: dict[str, Callable[[Path], object]] = {
    "a file that is cut": cut,
    "a table that is missing": lambda f: (f / "report_item.copy.gz").unlink(),
    "no manifest": lambda f: (f / MANIFEST).unlink(),
    "a manifest of something else": lambda f: (f / MANIFEST).write_text("[]"),
    "another secret": lambda f: (f / "keys" / "codes.json").write_text('{"suite": "", "secret": "' + "00" * 32 + '"}'),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_backup_that_is_not_whole_is_refused_before_the_first_row(
    saved: Saved, home: Path, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(saved.folder, folder)
    DAMAGED[how](folder)
    bring_keys(folder, home)
    with open_node(replace(Settings(home), verify_rate_per_s=0)) as node:
        with pytest.raises(DumpRefused) as why:
            restore(node, folder, datetime.now(UTC), lambda *_: None)
        assert any("\u4e00" <= ch <= "\u9fff" for ch in str(why.value))
        node.prepare(datetime.now(UTC)) if how != "another secret" else None
        if how != "another secret":
            with node.transaction() as db:
                assert db.execute(sa.text("SELECT count(*) FROM report")).scalar() == 0


def test_a_node_with_rows_of_its_own_is_not_written_over(saved: Saved, home: Path) -> None:
    with restored(saved, home) as town, pytest.raises(DumpRefused, match="has rows already"):
        restore(town.node, saved.folder, datetime.now(UTC), lambda *_: None)


def test_keys_made_anew_are_refused_on_a_database_that_has_codes(saved: Saved, home: Path) -> None:
    with restored(saved, home):
        pass
    (home / "keys" / "codes.json").unlink()
    with (
        open_node(replace(Settings(home), verify_rate_per_s=0)) as node,
        pytest.raises(SettingWrong, match="second time"),
    ):
        node.prepare(datetime.now(UTC))


def test_a_backup_without_keys_wants_them_to_be_put_there_first(saved: Saved, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    shutil.copytree(saved.folder, folder, ignore=shutil.ignore_patterns("keys"))
    with pytest.raises(DumpRefused, match="no keys"):
        bring_keys(folder, home)


def test_a_key_that_is_replaced_stays_good_for_what_it_signed(saved: Saved, home: Path) -> None:
    with restored(saved, home) as town:
        code, tail = parse(saved.shown["valid"]["code"]), saved.shown["valid"]["verifier"]
    (home / "keys" / "node.json").unlink()
    with opened(home, seeded=False) as town:
        with town.node.transaction() as db:
            answer = town.node.desk(db).answer(db, Scope.anyone(), code, tail, datetime.now(UTC) + timedelta(seconds=1))
            keys = [k for k in town.node.trust(db).keys if k.holder == "node"]
        assert answer.level == 3
        assert len(keys) == 2
