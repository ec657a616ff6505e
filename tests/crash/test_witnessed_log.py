"""A node whose log is witnessed: what is published, what is believed, and what a crash or a missing quorum changes."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.conftest import Seeded, laboratory
from tests.crash.test_sequencer_restart import Spare, turn_of_the_half_year

from zhijian import worker
from zhijian.api import api_app
from zhijian.cli.seed import seed
from zhijian.codes import Logbook, offline
from zhijian.codes.log import (
    Answered,
    LogError,
    LogFolder,
    LogProof,
    LogReader,
    WitnessKey,
    folder_fetch,
    verify_checkpoint,
)
from zhijian.codes.log.add_checkpoint import Asked
from zhijian.codes.log.cosigning import Refusal
from zhijian.codes.log.note import Note
from zhijian.codes.logbook import SM3_TREE, folder, signers, trust_in
from zhijian.codes.model import Answer, CodeUnknown
from zhijian.codes.publishing import Waiting
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.readiness import log_standing, readiness
from zhijian.synthetic import World
from zhijian.web import public_app
from zhijian.wiring import Node, open_node

NAMES = ("w1", "w2", "w3")


class Way:
    """To a witness that this node hosts; it can be cut."""

    def __init__(self, node: Node, name: str) -> None:
        self.node, self.name, self.cut = node, name, False

    def __call__(self, body: bytes) -> Answered:
        if self.cut:
            raise ConnectionRefusedError("nobody there")
        witness = self.node.witness(self.name)
        assert witness is not None
        return witness.add_checkpoint(body, datetime.now(UTC))


@dataclass(frozen=True)
class Witnessed(Spare):
    ways: dict[str, Way]

    def cut(self, *names: str) -> None:
        for name, way in self.ways.items():
            way.cut = name in names

    def ask(self, code: str) -> Answer:
        with self.node.transaction() as db:
            return self.node.desk(db).answer(db, Scope.anyone(), code, None, datetime.now(UTC))

    @property
    def log(self) -> Path:
        return folder(self.node.settings.home, self.node.issuing.log_origin_at(datetime.now(UTC)))

    def believed(self, raw: bytes | None = None) -> int:
        """Size of the public checkpoint, by who knows the trust list alone. Raises LogError."""
        with self.node.transaction() as db:
            known = self.node.trust(db)
        raw = raw or (self.log / "checkpoint").read_bytes()
        origin = raw.split(b"\n", 1)[0].decode()
        return verify_checkpoint(raw, trust_in(known.log(origin), known)).checkpoint.size

    def newest(self, name: str, origin: str | None = None) -> int:
        witness = self.node.witness(name)
        assert witness is not None
        found = witness.newest(origin or self.node.issuing.log_origin_at(datetime.now(UTC)))
        return found.size if found else 0

    def settings(self, **changes: object) -> None:
        """Other settings, taken over as an operator does: `admin prepare`."""
        self.node.settings = replace(self.node.settings, **changes)  # type: ignore[arg-type]
        self.node.prepare(datetime.now(UTC))


@pytest.fixture(scope="module")
def made() -> Iterator[Witnessed]:
    with tempfile.TemporaryDirectory(prefix="zhijian-witnessed-") as text:
        home, at = Path(text), datetime.now(UTC)
        home.chmod(0o755)
        keys = {name: WitnessKey.make(home / "witness" / name, f"{name}.example") for name in NAMES}
        pairs = ", ".join(f"{key.verifier.vkey()} http://{name}.example" for name, key in keys.items())
        settings = replace(Settings(home), verify_rate_per_s=0, witnesses=pairs, witness_quorum=2)
        with open_node(settings) as node:
            ways = {name: Way(node, name) for name in NAMES}
            node.asks_at = lambda url: ways[url.removeprefix("http://").removesuffix(".example")]
            node.prepare(at)
            world = World(seed=11, institutions=4, reports=40, on=at.date())
            seeded = Seeded(node, seed(node, world, at, lambda *_: None), world, at)
            with TestClient(api_app(node), base_url="http://api.test", raise_server_exceptions=False) as client:
                yield Witnessed(node, laboratory(seeded, client), ways)


@pytest.fixture
def spare(made: Witnessed) -> Iterator[Witnessed]:
    before = made.node.settings
    yield made
    made.cut()
    made.settings(witnesses=before.witnesses, witness_quorum=before.witness_quorum)


@pytest.fixture
def at() -> datetime:
    return datetime.now(UTC)


def test_a_leaf_is_published_under_the_witnesses_of_the_trust_list(spare: Witnessed, at: datetime) -> None:
    code = spare.register("W-ALL")
    spare.sequence(at)
    found = spare.ask(code)
    assert found.level == 3
    assert found.log is not None
    assert found.log.witnesses == ("w1.example", "w2.example", "w3.example")


def test_one_of_three_may_be_missing(spare: Witnessed, at: datetime) -> None:
    spare.cut("w2")
    code = spare.register("W-TWO")
    spare.sequence(at)
    found = spare.ask(code)
    assert (found.level, found.log and found.log.witnesses) == (3, ("w1.example", "w3.example"))


def test_below_the_quorum_leaves_get_their_places_and_the_older_checkpoint_stays(
    spare: Witnessed, at: datetime
) -> None:
    spare.sequence(at)
    public, size = (spare.log / "checkpoint").read_bytes(), spare.believed()
    spare.cut("w1", "w2")
    codes = []
    with spare.node.sequencer(at) as sequencer:
        for n in range(3):
            codes.append(spare.register(f"W-LOST-{n}"))
            assert sequencer.run_once(at + timedelta(seconds=n)) == 1
            (waits,) = sequencer.waiting or [None]
            assert n or (waits and sorted(one.witness for one in waits.refusals) == ["w1.example", "w2.example"])
        assert (spare.log / "checkpoint").read_bytes() == public
        assert [spare.ask(code).level for code in codes] == [2, 2, 2]
        with spare.node.transaction() as db, pytest.raises(CodeUnknown):
            spare.node.desk(db).proof(db, Scope.anyone(), codes[0])
        standing = log_standing(spare.node, at + timedelta(seconds=90))
        assert (standing["size"], standing["signed"], standing["quorum"]) == (size, size + 3, 2)
        assert standing["waiting_s"] >= 88
        spare.cut()
        sequencer.run_once(at + timedelta(minutes=2))
        assert log_standing(spare.node, at)["waiting_s"] == 0
    assert [spare.ask(code).level for code in codes] == [3, 3, 3]
    assert not spare.ask(codes[0]).late, "the log had it in time, though it was published later"


def test_a_turn_without_a_quorum_is_no_busy_loop(spare: Witnessed, at: datetime) -> None:
    spare.cut(*NAMES)
    asked = []
    for way in spare.ways.values():
        way.node = _Counted(way.node, asked)  # type: ignore[assignment]
    spare.register("W-BUSY")
    with spare.node.sequencer(at) as sequencer:
        told = 0
        for n in range(100):
            sequencer.run_once(at + timedelta(milliseconds=200 * n))
            told += bool(sequencer.waiting)
    for way in spare.ways.values():
        way.node = spare.node
    assert 3 < told < 8, "at 0, 0.5, 1.5, 3.5, 7.5, 15.5 s"


class _Counted:
    def __init__(self, node: Node, asked: list[str]) -> None:
        self._node, self._asked = node, asked

    def witness(self, name: str) -> object:
        self._asked.append(name)
        return self._node.witness(name)


def sign_and_crash(spare: Witnessed, at: datetime, cosigned_by: tuple[str, ...]) -> int:
    """What a crash leaves between signing and publishing: leaves with files, a line in the history, and witnesses who
    have seen the checkpoint."""
    entries = spare.crash_after_the_places(at)
    origin = spare.node.issuing.log_origin_at(at)
    with LogFolder.open(spare.log, origin, signers(origin, *spare.node.log_keys()), sm3=SM3_TREE) as log:
        log.append(entries)
        signed = log.sign(at)
        for name in cosigned_by:
            old = spare.newest(name)
            asked = Asked(old, tuple(log.consistency(old, signed.checkpoint.size)), signed.raw)
            assert spare.ways[name](asked.body()).status == 200
        return signed.checkpoint.size


@pytest.mark.parametrize("cosigned_by", [(), ("w1",), ("w1", "w2"), NAMES])
@pytest.mark.parametrize("more", [0, 2])
def test_what_witnesses_saw_before_a_crash_is_continued_after_it(
    spare: Witnessed, at: datetime, cosigned_by: tuple[str, ...], more: int
) -> None:
    label = f"W-CRASH-{len(cosigned_by)}-{more}"
    spare.sequence(at)
    before = spare.believed()
    code = spare.register(label)
    signed = sign_and_crash(spare, at, cosigned_by)
    assert (spare.believed(), signed) == (before, before + 1)
    for n in range(more):
        spare.register(f"{label}-{n}")
    spare.sequence(at)
    assert spare.believed() == signed + more
    assert {spare.newest(name) for name in NAMES} == {signed + more}
    assert spare.ask(code).level == 3


def test_a_checkpoint_without_its_witnesses_is_not_believed_by_anyone(spare: Witnessed, at: datetime) -> None:
    """What an operator would show who has forked the log and whom no witness follows."""
    code = spare.register("W-STRIPPED")
    spare.sequence(at)
    path = spare.log / "checkpoint"
    whole = path.read_bytes()
    with spare.node.transaction() as db:
        known = spare.node.trust(db)
        proof = spare.node.desk(db).proof(db, Scope.anyone(), code)
        sealed = spare.node.office(db).sealed_trust(db)
    note = Note.parse(whole)
    origin = spare.node.issuing.log_origin_at(at)
    keys = trust_in(known.log(origin), known)
    bare = note.only(keys.keys)
    one_witness = note.only([*keys.keys, keys.witnesses[0]])
    try:
        for stripped in (bare, one_witness):
            path.write_bytes(whole)
            assert spare.ask(code).level == 3
            path.write_bytes(stripped)
            with pytest.raises(LogError, match="quorum"):
                LogReader.open(folder_fetch(spare.log), keys)
            assert Logbook(spare.node.settings.home).published_size(known, origin) == 0
            assert spare.ask(code).level == 3, "who has seen the witnessed one keeps to it"
            spare.node.logbook = Logbook(spare.node.settings.home)
            assert spare.ask(code).log is None
            with pytest.raises(LogError, match="quorum"):
                spare.believed(stripped)
    finally:
        path.write_bytes(whole)
        spare.node.logbook = Logbook(spare.node.settings.home)
    assert spare.ask(code).level == 3
    assert offline.trust_list(sealed or b"", spare.node.root_keys()).quorum == 2
    assert proof.endswith(whole)


def test_offline_a_proof_counts_only_with_its_witnesses(spare: Witnessed, at: datetime) -> None:
    issued = spare.lab.lims.submit(spare.lab.fresh("W-OFFLINE")).json()
    spare.sequence(at)
    with spare.node.transaction() as db:
        known = spare.node.trust(db)
        proof = spare.node.desk(db).proof(db, Scope.anyone(), issued["code"], issued["verifier"])
        sealed = spare.node.office(db).sealed_trust(db)
    origin = spare.node.issuing.log_origin_at(at)
    stapled = LogProof.parse(proof)
    trust = trust_in(known.log(origin), known)
    bare = replace(stapled, checkpoint=Note.parse(stapled.checkpoint).only([*trust.keys, trust.witnesses[0]]))
    files = {"trust": sealed, "root_keys": spare.node.root_keys()}
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert offline.verify(issued["qr"], later, proof=proof, **files).logged_at is not None  # type: ignore[arg-type]
    with pytest.raises(LogError, match="quorum"):
        offline.verify(issued["qr"], later, proof=bare.text(), **files)  # type: ignore[arg-type]


def test_the_trust_list_keeps_its_witnesses_when_the_settings_say_nothing(spare: Witnessed, at: datetime) -> None:
    with spare.node.transaction() as db:
        before = spare.node.trust(db)
    spare.settings(witnesses="", witness_quorum=0)
    with spare.node.transaction() as db:
        after = spare.node.trust(db)
    assert (after.witnesses, after.quorum) == (before.witnesses, before.quorum)
    code = spare.register("W-NOBODY")
    with spare.node.sequencer(at) as sequencer:
        sequencer.run_once(at)
        assert {one.why for waits in sequencer.waiting for one in waits.refusals} == {"witness-unknown-address"}
    assert spare.ask(code).level == 2, "nobody can be asked, so nothing is published that readers would refuse"


def test_witnesses_can_be_taken_away_and_brought_back(spare: Witnessed, at: datetime) -> None:
    """Logs that were finished before are witnessed too: else their reports would lose their proof."""
    _, next_half = turn_of_the_half_year(spare.node, at)
    pairs = spare.node.settings.witnesses
    spare.settings(witnesses="none", witness_quorum=0)
    old = spare.register("W-OLD")
    spare.sequence(at)
    assert spare.ask(old).log is not None
    new = spare.register("W-NEW")
    with spare.node.sequencer(next_half) as sequencer:
        sequencer.run_once(next_half)
        assert [spare.ask(code).level for code in (old, new)] == [3, 3]
        spare.settings(witnesses=pairs, witness_quorum=3)
        assert [spare.ask(code).level for code in (old, new)] == [2, 2]
        spare.cut("w2")
        sequencer.run_once(next_half + timedelta(seconds=1))
        assert [spare.ask(code).level for code in (old, new)] == [2, 2]
    spare.cut()
    spare.sequence(next_half + timedelta(seconds=9))
    assert [spare.ask(code).level for code in (old, new)] == [3, 3]
    assert spare.newest("w2", spare.node.issuing.log_origin_at(next_half)) == 1


def test_a_node_put_back_to_an_older_day_is_told_by_its_witnesses(spare: Witnessed, at: datetime) -> None:
    """Database and log both: nothing on this machine contradicts itself, and still it must not publish."""
    spare.sequence(at)
    origin = spare.node.issuing.log_origin_at(at)
    with LogFolder.open(spare.node.settings.home / "ghost", origin, signers(origin, *spare.node.log_keys())) as ghost:
        size = spare.believed()
        stored = spare.sql('SELECT entry FROM log_entry WHERE origin = :o ORDER BY "index"', o=origin)
        ghost.append([bytes(row.entry) for row in stored])  # type: ignore[call-overload]
        ghost.append([b"lost"] * 5)
        signed = ghost.sign(at)
        for name in ("w1", "w2"):
            asked = Asked(size, tuple(ghost.consistency(size, size + 5)), signed.raw)
            assert spare.ways[name](asked.body()).status == 200
    spare.register("W-RESTORED")
    with spare.node.sequencer(at) as sequencer:
        sequencer.run_once(at)
        (waits,) = sequencer.waiting
        assert {one.why for one in waits.refusals} == {"witness-ahead"}
        assert waits.outrun
        worker.heed(spare.node, sequencer, at)
    assert spare.believed() == size
    assert spare.node.restored() == {"since": at.isoformat(), "why": "witness-ahead"}, "it stops issuing"
    assert readiness(spare.node, at).warning is not None


def test_one_witness_alone_cannot_stop_a_node() -> None:
    one = Refusal("w1.example", "witness-ahead", "")
    assert not Waiting("h/2026h2", 5, 5, 1, 2, (one, one)).outrun
    assert Waiting("h/2026h2", 5, 5, 1, 1, (one,)).outrun
    assert not Waiting("h/2026h2", 5, 5, 0, 0, ()).outrun


@pytest.fixture(scope="module")
def door(made: Witnessed) -> Iterator[TestClient]:
    with TestClient(public_app(made.node)) as client:
        yield client


def test_readiness_tells_how_far_the_log_is_published(made: Witnessed, door: TestClient) -> None:
    found = door.get("/readyz").json()
    assert found["ready"] is True
    assert found["log"].keys() == {"origin", "size", "signed", "waiting_s", "witnesses", "quorum"}
    assert found["log"]["quorum"] == 2
    json.dumps(found)


@pytest.mark.parametrize("text", ["w.example+00000000+AAAA http://w", "{first} http://a, {log} http://b"])
def test_what_is_no_key_of_a_witness_is_refused_before_a_list_is_sealed(made: Witnessed, text: str) -> None:
    first = made.node.settings.witness_pairs[0][0]
    log = made.node.issuing.trusted_log("x/2026h2", *made.node.log_keys()).vkey
    before = made.node.settings
    made.node.settings = replace(before, witnesses=text.format(first=first, log=log), witness_quorum=0)
    try:
        with pytest.raises(SettingWrong, match="ZHIJIAN_WITNESSES"):
            made.node.prepare(datetime.now(UTC))
    finally:
        made.node.settings = before
