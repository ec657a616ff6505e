"""Files that survive a crash whole: temporary, fsync, rename, fsync of the directory."""

import fcntl
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from zhijian.codes.log.errors import LogBusy, LogForked


def sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Durable on return, and old or new at any moment before. The caller holds a lock: the temporary has one name."""
    temporary = path.with_name(f".{path.name}.tmp")
    _write_synced(temporary, data)
    temporary.replace(path)
    sync_directory(path.parent)


class Disk:
    """A folder with one writer. The exclusive lock is the kernel's: it ends with the process, however that dies.

    `.state` is the writer's own and not part of the log; temporaries live there, so that a name below `tile/` always
    is a whole file.
    """

    def __init__(self, root: Path) -> None:
        """Take the lock and remove leftover temporaries. Raises LogBusy (locked) while another holds it."""
        self.root, self.state = root, root / ".state"
        self._temporaries = self.state / "tmp"
        self._known: set[Path] = set()
        self.closed = False
        self.state.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise LogBusy("locked", str(root)) from None
        shutil.rmtree(self._temporaries, ignore_errors=True)
        self._temporaries.mkdir()
        for path in (self.state, root, root.parent):
            sync_directory(path)

    def close(self) -> None:
        """Give the lock back. Once."""
        if not self.closed:
            os.close(self._lock)
        self.closed = True

    def read(self, name: str) -> bytes:
        """`tile.Fetch` of this folder: as it is on disk now."""
        return (self.root / name).read_bytes()

    def read_or_none(self, name: str) -> bytes | None:
        try:
            return self.read(name)
        except FileNotFoundError:
            return None

    def put(self, files: Iterable[tuple[str, bytes]], *, replace: bool = False) -> None:
        """Write files that are all durable on return. Raises LogForked (file-exists) for a file with other bytes.

        Nothing is promised about order or completeness when this is interrupted. `replace` is for what no checkpoint
        covers, and for the checkpoint itself.
        """
        directories, renames = set(), []
        for number, (name, data) in enumerate(files):
            target = self.root / name
            directories.add(target.parent)
            present = self.read_or_none(name)
            if present == data:
                continue
            if present is not None and not replace:
                raise LogForked("file-exists", name)
            self._make_directory(target.parent)
            temporary = self._temporaries / str(number)
            _write_synced(temporary, data)
            renames.append((temporary, target))
        for temporary, target in renames:
            temporary.replace(target)
        for directory in directories:
            sync_directory(directory)

    def _make_directory(self, path: Path) -> None:
        if path in self._known:
            return
        if path != self.root:
            self._make_directory(path.parent)
            if not path.is_dir():
                path.mkdir()
                sync_directory(path.parent)
        self._known.add(path)

    def widths(self, name: str) -> list[int]:
        """Widths of the partial files stored for a full tile's or bundle's name, widest first."""
        folder = self.root / f"{name}.p"
        found = [int(path.name) for path in folder.iterdir() if path.name.isdigit()] if folder.is_dir() else []
        return sorted(found, reverse=True)

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def remove_partials(self, name: str) -> None:
        """Not synced: a partial file that comes back after a crash is still right."""
        folder = self.root / f"{name}.p"
        shutil.rmtree(folder, ignore_errors=True)
        self._known.discard(folder)
