"""A witness by the letter of C2SP tlog-witness; and that it never cosigns two histories, whatever it is asked."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import AT, ORIGIN, SHARED, SIGNER, entries, needs_shared, written
from tests.codes.log.witness_samples import FORKED, LOG, STRANGER, Grown, ask, quorum_of, witness

from zhijian.codes.log import LogError, LogReader, folder_fetch, verify_checkpoint
from zhijian.codes.log.add_checkpoint import SIZE_TYPE
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.errors import LogAbsent, LogDamaged, LogForked, LogMalformed
from zhijian.codes.log.note import sign_note
from zhijian.codes.log.witness import Witness
from zhijian.codes.log.witness_key import WitnessKey


def test_a_first_checkpoint_is_cosigned_with_the_time_of_the_call(tmp_path: Path) -> None:
    answer = ask(one := witness(tmp_path), LOG, 0, 7)
    assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
    found = verify_checkpoint(LOG.checkpoint(7) + answer.body, quorum_of(one, quorum=1))
    assert [(by.verifier.name, by.at) for by in found.witnesses] == [("witness.example/w1", AT)]


def test_each_growth_with_its_proof_is_cosigned(tmp_path: Path) -> None:
    one, old = witness(tmp_path), 0
    for size in (1, 2, 3, 8, 9, 31, 40):
        assert ask(one, LOG, old, size).status == 200
        assert one.newest(ORIGIN) == Checkpoint(ORIGIN, size, LOG.root(size))
        old = size


def test_the_same_checkpoint_is_cosigned_again_with_a_new_time(tmp_path: Path) -> None:
    one = witness(tmp_path)
    ask(one, LOG, 0, 7)
    later = one.add_checkpoint(LOG.asked(7, 7), AT + timedelta(hours=1))
    raw = LOG.checkpoint(7) + later.body
    assert verify_checkpoint(raw, quorum_of(one, quorum=1)).witnesses[0].at == AT + timedelta(hours=1)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 0", b"old 0\n", b"old 0\n\n", b"old\n\n" + LOG.checkpoint(3), b"old 00\n\n" + LOG.checkpoint(3),
        b"old -1\n\n" + LOG.checkpoint(3), b"old 0\nshort\n\n" + LOG.checkpoint(3), b"old 0\nAAAA\n\n" + LOG.checkpoint(3),
        b"old 0\r\n\r\n" + LOG.checkpoint(3), b"\xff\xfe\n\n" + LOG.checkpoint(3), b"old 0\n\nnot a note\n",
        LOG.asked(0, 3, proof=(bytes(32),) * 64), LOG.asked(0, 3) + b"x", b"old 0\n\n" + b"a" * 70_000,
        b"old 0\n\n" + sign_note(b"no checkpoint\n", [SIGNER]), LOG.asked(4, 3, proof=()), LOG.asked(1 << 62, 3, proof=()),
    ],
)  # fmt: skip
def test_400_for_what_is_not_of_the_form_and_for_an_old_size_beyond_the_checkpoint(tmp_path: Path, body: bytes) -> None:
    one = witness(tmp_path)
    assert one.add_checkpoint(body, AT).status == 400
    assert one.newest(ORIGIN) is None


def test_403_without_a_signature_by_a_known_key(tmp_path: Path) -> None:
    one = witness(tmp_path)
    assert ask(one, Grown(entries(9), (STRANGER,)), 0, 3).status == 403
    note = bytearray(LOG.checkpoint(3))
    note[-10] ^= 1
    assert ask(one, LOG, 0, 3, checkpoint=bytes(note)).status in (400, 403)
    assert one.newest(ORIGIN) is None


def test_a_signature_by_an_unknown_key_beside_a_known_one_is_passed_over(tmp_path: Path) -> None:
    one = witness(tmp_path)
    both = Grown(entries(9), (STRANGER, SIGNER))
    answer = ask(one, both, 0, 3)
    assert answer.status == 200
    assert verify_checkpoint(both.checkpoint(3) + answer.body, quorum_of(one, quorum=1))


def test_404_for_a_log_it_was_not_told_of(tmp_path: Path) -> None:
    assert ask(witness(tmp_path), Grown(entries(9), origin="other.example/log"), 0, 3).status == 404


def test_409_with_the_size_it_knows(tmp_path: Path) -> None:
    one = witness(tmp_path)
    assert (ask(one, LOG, 3, 7).status, ask(one, LOG, 3, 7).known_size()) == (409, 0)
    ask(one, LOG, 0, 20)
    for old, size in ((0, 30), (19, 30), (0, 20), (7, 7), (0, 0)):
        answer = ask(one, LOG, old, size)
        assert (answer.status, answer.body, answer.content_type) == (409, b"20\n", SIZE_TYPE)
    assert one.newest(ORIGIN) == Checkpoint(ORIGIN, 20, LOG.root(20))


def test_409_for_another_root_of_the_size_it_knows_and_the_evidence_is_kept(tmp_path: Path) -> None:
    one = witness(tmp_path)
    ask(one, LOG, 0, 30)
    assert (answer := ask(one, FORKED, 30, 30)).status == 409
    assert answer.known_size() == 30
    (kept,) = (tmp_path / "state").glob("*.fork")
    assert kept.read_bytes() == FORKED.checkpoint(30)
    assert one.newest(ORIGIN) == Checkpoint(ORIGIN, 30, LOG.root(30))


def test_422_when_the_proof_does_not_verify(tmp_path: Path) -> None:
    one = witness(tmp_path)
    assert ask(one, LOG, 0, 7, proof=(bytes(32),)).status == 422, "from zero the proof is empty"
    ask(one, LOG, 0, 24)
    good = LOG.proof(24, 37)
    for proof in ((), good[:-1], (*good, bytes(32)), (bytes(32), *good[1:]), good[::-1], LOG.proof(23, 37)):
        assert ask(one, LOG, 24, 37, proof=proof).status == 422
    assert ask(one, LOG, 24, 24, proof=good).status == 422, "of one size the proof is empty"
    assert ask(one, LOG, 24, 37).status == 200


def test_a_forked_log_is_not_cosigned_by_who_saw_the_other_branch(tmp_path: Path) -> None:
    one = witness(tmp_path)
    ask(one, LOG, 0, 30)
    assert ask(one, FORKED, 30, 40).status == 422
    assert ask(one, FORKED, 30, 40, proof=LOG.proof(30, 40)).status == 422


def test_two_folders_with_one_key_are_a_fork_and_only_one_is_cosigned(tmp_path: Path) -> None:
    """What an operator would do who shows two readers two logs."""
    one = witness(tmp_path / "w")
    sizes = (300, 400)
    first, second = (LogReader.open(folder_fetch(written(tmp_path / n, s)), quorum_of(one, quorum=0))
                     for n, s in zip("ab", sizes, strict=True))  # fmt: skip
    assert one.add_checkpoint(b"old 0\n\n" + first.signed.raw, AT).status == 200
    other = Grown([b"other", *entries(399, 1)])
    assert ask(one, other, 300, 400, proof=second.consistency(300)).status == 422
    assert ask(one, other, 300, 400).status == 422


@pytest.mark.parametrize("root", [LOG.root(1), bytes(32)])
def test_the_empty_tree_has_one_root(tmp_path: Path, root: bytes) -> None:
    one = witness(tmp_path)
    wrong = sign_note(Checkpoint(ORIGIN, 0, root).text(), [SIGNER])
    assert ask(one, LOG, 0, 0, checkpoint=wrong).status == 422
    assert [ask(one, LOG, 0, 0).status for _ in range(2)] == [200, 200]
    assert ask(one, LOG, 0, 5).status == 200


def test_of_two_requests_at_one_time_at_most_one_is_cosigned(tmp_path: Path) -> None:
    """Both continue what the witness knows, and contradict each other; over several witnesses of one folder at that."""
    for turn in range(20):
        folder = tmp_path / str(turn)
        first = witness(folder)
        ask(first, LOG, 0, 15)
        barrier = threading.Barrier(4)

        def race(log: Grown, size: int, folder: Path = folder, barrier: threading.Barrier = barrier) -> int:
            one = witness(folder)
            barrier.wait()
            return ask(one, log, 15, size).status

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(race, (LOG, FORKED, LOG, FORKED), (30, 30, 33, 34)))
        assert sorted(found)[0] == 200, found
        assert found.count(200) == 1, found


Requests = st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 40), st.integers(0, 3)), max_size=25)


@settings(max_examples=60, deadline=None)
@given(Requests)
def test_whatever_it_is_asked_a_witness_never_cosigns_two_histories(
    tmp_path_factory: pytest.TempPathFactory, requests: Sequence[tuple[bool, int, int, int]]
) -> None:
    """Honest and forked branches, right and wrong old sizes and proofs, and a restart now and then."""
    folder = tmp_path_factory.mktemp("witness")
    one, cosigned = witness(folder), list[tuple[int, bytes]]()
    for forked, old, size, how in requests:
        log = FORKED if forked else LOG
        known = one.newest(ORIGIN)
        said = (known.size if known else 0) if how else old
        if how == 3:
            one = Witness.open(folder, [SIGNER.verifier])
        other = {"proof": (LOG if forked else FORKED).proof(said, size)} if how == 2 else {}
        answer = ask(one, log, said, size, **other)
        if answer.status == 200:
            verify_checkpoint(log.checkpoint(size) + answer.body, quorum_of(one, quorum=1))
            cosigned.append((size, log.root(size)))
        else:
            assert "—".encode() not in answer.body
    sizes = [size for size, _ in cosigned]
    assert sizes == sorted(sizes), "never a smaller tree after a larger one"
    assert len(set(cosigned)) == len(set(sizes)), "never two roots of one size"
    assert any(all(root == log.root(size) for size, root in cosigned) for log in (LOG, FORKED)), "one branch only"


def state_file(folder: Path) -> Path:
    (found,) = (folder / "state").glob("*.checkpoint")
    return found


@pytest.mark.parametrize(
    "how", ["empty", "half", "zeroed", "no signature", "bit", "another log's", "lost", "older key's"]
)
def test_a_state_that_is_not_what_it_wrote_stops_a_witness(tmp_path: Path, how: str) -> None:
    one = witness(tmp_path)
    ask(one, LOG, 0, 30)
    path = state_file(tmp_path)
    raw = path.read_bytes()
    match how:
        case "lost":
            path.unlink()
        case "another log's":
            both = Witness(tmp_path, WitnessKey.load(tmp_path), {"other.example/log": [SIGNER.verifier]})
            ask(both, Grown(entries(40), origin="other.example/log"), 0, 3)
            (other,) = set((tmp_path / "state").glob("*.checkpoint")) - {path}
            path.write_bytes(other.read_bytes())
        case "older key's":
            elsewhere = witness(tmp_path.with_name("older"))
            ask(elsewhere, LOG, 0, 3)
            path.write_bytes(state_file(tmp_path.with_name("older")).read_bytes())
        case _:
            path.write_bytes({"empty": b"", "half": raw[: len(raw) // 2], "zeroed": bytes(len(raw)),
                              "no signature": LOG.checkpoint(30), "bit": raw.replace(b"\n30\n", b"\n10\n")}[how])  # fmt: skip
    for log, old, size in ((FORKED, 0, 30), (LOG, 30, 40), (LOG, 0, 10)):
        with pytest.raises(LogDamaged) as damaged:
            ask(witness(tmp_path), log, old, size)
        assert damaged.value.why == "witness-state"


@pytest.mark.parametrize("left", [b"half a checkpoint", b""])
def test_what_a_crash_left_beside_the_state_changes_nothing(tmp_path: Path, left: bytes) -> None:
    ask(witness(tmp_path), LOG, 0, 30)
    path = state_file(tmp_path)
    path.with_name(f".{path.name}.tmp").write_bytes(left)
    assert ask(witness(tmp_path), FORKED, 30, 40).status == 422
    assert ask(witness(tmp_path), LOG, 30, 40).status == 200


def test_a_crash_before_the_log_was_put_down_as_seen_is_mended_by_the_next_call(tmp_path: Path) -> None:
    ask(witness(tmp_path), LOG, 0, 30)
    (tmp_path / "state/origins").unlink()
    assert ask(witness(tmp_path), LOG, 30, 40).status == 200
    assert (tmp_path / "state/origins").read_text() == f"{ORIGIN}\n"


def test_a_witness_remembers_its_logs_apart(tmp_path: Path) -> None:
    signer = Grown([], origin="other.example/log").signers[0]
    other = Grown(entries(9), (signer,), "other.example/log")
    one = Witness(
        tmp_path, WitnessKey.make(tmp_path, "w"), {ORIGIN: [SIGNER.verifier], other.origin: [SIGNER.verifier]}
    )
    assert [ask(one, LOG, 0, 9).status, ask(one, other, 0, 5).status, ask(one, LOG, 9, 12).status] == [200, 200, 200]


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = WitnessKey.make(tmp_path, "w.example")
    assert WitnessKey.make(tmp_path, "w.example").verifier == WitnessKey.load(tmp_path).verifier == first.verifier
    assert (tmp_path / "key.json").stat().st_mode & 0o777 == 0o600
    assert first.verifier.vkey().startswith("w.example+")
    with pytest.raises(LogForked):
        WitnessKey.make(tmp_path, "other.example")


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "line\n"])
def test_a_name_that_cannot_stand_in_a_signature_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LogMalformed):
        WitnessKey.make(tmp_path, name)
    assert not (tmp_path / "key.json").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"name": "w"}',
        '{"name": "w", "ed25519": "00"}',
        '{"name": "a b", "ed25519": "' + "00" * 32 + '"}',
    ],
)
def test_a_key_that_cannot_be_read_is_damaged_and_never_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "key.json").write_text(text)
    with pytest.raises(LogError):
        WitnessKey.make(tmp_path, "w")
    assert (tmp_path / "key.json").read_text() == text


def test_a_folder_without_a_key_is_no_witness(tmp_path: Path) -> None:
    with pytest.raises(LogAbsent):
        Witness.open(tmp_path, [])


@needs_shared
def test_an_independent_reader_counts_our_cosignatures(tmp_path: Path) -> None:
    folder = written(tmp_path / "log", 300)
    found = [witness(tmp_path / f"w{n}", f"witness.example/w{n}") for n in range(3)]
    raw = (folder / "checkpoint").read_bytes()
    lines = [one.add_checkpoint(b"old 0\n\n" + raw, AT).body for one in found]
    (folder / "checkpoint").write_bytes(raw + b"".join(lines[:2]))
    vkeys = [one.key.verifier.vkey() for one in found]
    for quorum, status in ((0, 0), (2, 0), (3, 1)):
        words = [
            sys.executable,
            str(SHARED / "kit/tlog_check.py"),
            str(folder),
            SIGNER.verifier.vkey(),
            "--quorum",
            str(quorum),
        ]
        said = subprocess.run([*words, *vkeys], capture_output=True, text=True, check=False)
        assert said.returncode == status, said.stdout + said.stderr
