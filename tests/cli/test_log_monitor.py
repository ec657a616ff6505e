"""`zhijian log monitor` and `log verify`: over a folder and over the public door, by keys and by the trust list."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.test_log_witness import run
from tests.codes.log.log_samples import AT, SIGNER, written
from tests.codes.log.test_log_monitor import grow
from tests.codes.log.witness_samples import witness
from tests.conftest import Laboratory, Seeded
from tests.servers import free_port, public_door, sequence

from zhijian.codes.log import Witness


@dataclass(frozen=True)
class Kept:
    """A witnessed log in a folder."""

    log: Path
    state: Path
    by: tuple[Witness, ...]

    def monitor(self, *words: str) -> tuple[int, str]:
        return run(
            "monitor", str(self.log), "--state", str(self.state), "--once", "--vkey", SIGNER.verifier.vkey(), *words
        )

    def vkeys(self) -> list[str]:
        return [word for one in self.by for word in ("--witness", one.key.verifier.vkey())]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    log = written(tmp_path / "log", 300)
    by = tuple(witness(tmp_path / f"w{n}", f"w{n}.example") for n in range(2))
    raw = (log / "checkpoint").read_bytes()
    lines = [one.add_checkpoint(b"old 0\n\n" + raw, AT).body for one in by]
    (log / "checkpoint").write_bytes(raw + b"".join(lines))
    return Kept(log, tmp_path / "state", by)


def test_a_log_that_holds_is_status_0(kept: Kept) -> None:
    status, said = kept.monitor(*kept.vkeys())
    assert status == 0
    assert "300 条" in said
    status, said = kept.monitor("--format", "json")
    assert (status, json.loads(said)["finding"], json.loads(said)["size"]) == (0, None, 300)


def test_each_finding_is_status_1_with_what_to_do_in_two_languages(kept: Kept) -> None:
    kept.monitor()
    shutil.copytree(kept.log, kept.log.with_name("old"))
    grow(kept.log, 400)
    assert kept.monitor(*kept.vkeys())[0] == 1, "no witness has seen this one"
    assert kept.monitor()[0] == 0
    kept.log.rename(kept.log.with_name("new"))
    status, said = kept.monitor("--format", "json")
    assert (status, json.loads(said)["finding"]["kind"]) == (1, "unreachable")
    kept.log.with_name("old").rename(kept.log)
    status, said = kept.monitor("--format", "json")
    finding = json.loads(said)["finding"]
    assert (status, finding["kind"], finding["kept"], finding["seen"]) == (1, "rollback", 400, 300)
    assert finding["remedy"].keys() == {"zh", "en"}
    assert (Path(finding["evidence"]) / "kept").exists()
    status, said = kept.monitor()
    assert status == 1
    assert "把证据交给见证方" in said
    assert "hand the evidence" in said


def test_verify_counts_witnesses_and_refuses_below_the_quorum(kept: Kept) -> None:
    key = ("--vkey", SIGNER.verifier.vkey())
    status, said = run("verify", str(kept.log), *key, *kept.vkeys(), "--format", "json")
    assert (status, json.loads(said)["witnesses"]) == (0, 2)
    (kept.log / "checkpoint").write_bytes(
        (kept.log / "checkpoint").read_bytes().rstrip(b"\n").rpartition(b"\n")[0] + b"\n"
    )
    assert run("verify", str(kept.log), *key)[0] == 0
    assert run("verify", str(kept.log), *key, *kept.vkeys(), "--quorum", "1")[0] == 0
    status, said = run("verify", str(kept.log), *key, *kept.vkeys())
    assert status == 1
    assert "quorum" in said


@pytest.mark.parametrize(
    "words",
    [
        (), ("--once", "--every", "5"), ("--once",), ("--once", "--vkey", "no key"), ("--once", "--trust", __file__),
        ("--once", "--vkey", SIGNER.verifier.vkey(), "--quorum", "1"),
        ("--once", "--vkey", SIGNER.verifier.vkey(), "--trust", __file__, "--roots", __file__),
    ],
)  # fmt: skip
def test_wrong_use_is_status_2_and_begins_no_memory(kept: Kept, words: tuple[str, ...]) -> None:
    status, _ = run("monitor", str(kept.log), "--state", str(kept.state), *words)
    assert status == 2
    assert not (kept.state / "checkpoint").exists()


def test_over_the_public_door_by_the_trust_list(seeded: Seeded, lab: Laboratory, tmp_path: Path) -> None:
    node = seeded.node
    with node.transaction() as db:
        (tmp_path / "trust.json").write_bytes(node.office(db).sealed_trust(db) or b"")
    listed = ("--trust", str(tmp_path / "trust.json"), "--roots", str(node.settings.home / "root-keys.json"))
    with public_door(node) as door:
        for n in range(3):
            lab.lims.submit(lab.fresh(f"MON-{n}"))
            sequence(node)
            url = f"{door}/log/{node.issuing.log_origin_at(seeded.at)}"
            status, said = run("monitor", url, "--state", str(tmp_path / "s"), "--once", "--format", "json", *listed)
            assert status == 0, said
            assert n == 0 or json.loads(said)["new"] >= 1
        assert run("verify", url, *listed)[0] == 0
    gone = f"http://127.0.0.1:{free_port()}/log"
    status, said = run("monitor", gone, "--state", str(tmp_path / "s"), "--once", "--format", "json", *listed)
    assert (status, json.loads(said)["finding"]["kind"]) == (1, "unreachable")
