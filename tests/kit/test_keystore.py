"""Secrets are files that only the node can read, made once whoever asks first."""

import multiprocessing
import stat
import threading
from pathlib import Path

import pytest

from zhijian.kit.keystore import KeyStore
from zhijian.kit.signing import BadSignature, PrivateKey, Suite


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_its_files_are_closed_to_others(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.key("node", Suite.SM2)
    store.secret("codes")
    assert mode(tmp_path / "keys") == 0o700
    assert {mode(f) for f in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    KeyStore(tmp_path)
    assert mode(tmp_path / "keys") == 0o700


@pytest.mark.parametrize("suite", list(Suite))
def test_a_key_is_the_same_key_for_ever(tmp_path: Path, suite: Suite) -> None:
    first = KeyStore(tmp_path).key("node", suite)
    again = KeyStore(tmp_path).key("node", suite)
    assert again.secret == first.secret
    again.public.verify(b"m", first.sign(b"m"))


def test_every_name_has_a_secret_of_its_own(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    assert not store.has("codes")
    secrets = {store.secret(name) for name in ("codes", "log", "other")}
    assert len(secrets) == 3
    assert {len(s) for s in secrets} == {32}
    assert store.has("codes")
    assert len(store.secret("short", 16)) == 16


def test_no_unfinished_file_is_left(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.secret("codes")
    assert [f.name for f in (tmp_path / "keys").iterdir()] == ["codes.json"]


def test_a_damaged_file_is_not_replaced_by_a_new_secret(tmp_path: Path) -> None:
    """A new code secret would give codes twice: better to stop."""
    store = KeyStore(tmp_path)
    store.secret("codes")
    (tmp_path / "keys" / "codes.json").write_text("{}")
    with pytest.raises(KeyError):
        store.secret("codes")
    assert (tmp_path / "keys" / "codes.json").read_text() == "{}"


def make_keys(home: str, go: object, names: list[str], found: object) -> None:
    store = KeyStore(Path(home))
    go.wait()  # type: ignore[attr-defined]
    found.put({name: store.secret(name).hex() for name in names})  # type: ignore[attr-defined]


def test_two_processes_that_ask_at_once_get_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    go, found = context.Barrier(3), context.Queue()
    names = [f"key-{n}" for n in range(200)]
    both = [context.Process(target=make_keys, args=(str(tmp_path), go, names, found)) for _ in range(2)]
    for process in both:
        process.start()
    go.wait()
    one, other = found.get(timeout=30), found.get(timeout=30)
    for process in both:
        process.join(30)
    assert one == other
    assert len(set(one.values())) == len(names)
    assert sorted(f.stem for f in (tmp_path / "keys").iterdir()) == sorted(names)


def test_threads_that_ask_at_once_get_one_key(tmp_path: Path) -> None:
    store, wrong, go = KeyStore(tmp_path), [], threading.Barrier(4)
    found: list[list[bytes]] = [[] for _ in range(4)]

    def ask(own: list[bytes]) -> None:
        try:
            for n in range(200):
                go.wait(10)
                own.append(store.secret(f"key-{n}"))
        except (OSError, ValueError, threading.BrokenBarrierError) as why:
            wrong.append(why)
            go.abort()

    threads = [threading.Thread(target=ask, args=(own,)) for own in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    assert found[0] == found[1] == found[2] == found[3]


def test_a_key_asked_for_under_another_suite_is_no_key(tmp_path: Path) -> None:
    kept = KeyStore(tmp_path).key("node", Suite.SM2)
    try:
        other: PrivateKey = KeyStore(tmp_path).key("node", Suite.ES256)
    except (KeyError, ValueError):
        return
    assert other.secret != kept.secret
    with pytest.raises(BadSignature):
        other.public.verify(b"m", kept.sign(b"m"))
