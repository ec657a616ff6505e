"""A node's backup, and a node made from one.

A backup is a folder: every table's rows of one moment (`kit.dump`; not of those that are to be gone with the day),
checkpoint and history of each log, the root's public keys, and on demand the node's secrets. The tiles are not in it: they
are made again from the rows, and must come out with the signed roots.

A node that was restored knows nothing of what happened after its backup. If it went on as if nothing had, it would give
codes a second time and sign another history. So it is marked, refuses to issue, and says what to do: `recover`.
"""

import gzip
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zhijian.codes import Logbook
from zhijian.codes.log import LogReader, folder_fetch
from zhijian.kit import dump, migrate
from zhijian.kit.db import metadata
from zhijian.kit.dump import Dumped, DumpRefused, Progress
from zhijian.kit.files import write_whole
from zhijian.wiring import RESTORED, ROOT_KEYS, Node

FORMAT = "zhijian-backup-1"
MANIFEST = "manifest.json"
KEYS = "keys"
_LOG_FILES = ("checkpoint", "history")
"""In this order: the history, copied later, then knows the checkpoint."""


def backup(node: Node, folder: Path, at: datetime, progress: Progress, *, with_keys: bool = False) -> dict[str, Any]:
    """Write a backup into `folder`, which must not exist or be empty; its manifest. The node may go on working.

    Raises: DumpRefused, OSError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise DumpRefused(f"{folder}: 文件夹不为空 is not empty; 请给一个新的文件夹 name a new folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Logs first: the rows, read later, then hold every leaf that these checkpoints cover.
    logs = {origin: _save_log(node, origin, folder) for origin in _published(node)}
    tables = dump.dump(node.engine, _kept_tables(), folder, progress)
    if with_keys:
        shutil.copytree(node.settings.home / KEYS, folder / KEYS)
    shutil.copy(node.settings.home / ROOT_KEYS, folder / ROOT_KEYS)
    manifest = {
        "format": FORMAT, "made_at": at.isoformat(), "schema": migrate.version(node.engine), "keys": with_keys,
        "secret": node.issuing.secret.mark, "log_host": node.settings.log_host, "logs": logs,
        "tables": [asdict(t) for t in tables],
    }  # fmt: skip
    # Last: a folder without a manifest is a backup that was not finished.
    write_whole(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """Raises: DumpRefused for a folder that holds no finished backup."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if manifest["format"] != FORMAT:
            raise ValueError(manifest["format"])
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise DumpRefused(f"{folder}: 不是完整的备份 is no finished backup ({type(why).__name__})") from why
    return manifest


def bring_keys(folder: Path, home: Path) -> None:
    """Put the backup's secrets and root keys into a home that has none, before a node is opened on it.

    Raises: DumpRefused when neither has them: new secrets would give codes that exist already.
    """
    home.mkdir(parents=True, exist_ok=True)
    if not (home / KEYS / "codes.json").exists():
        if not (folder / KEYS / "codes.json").exists():
            raise DumpRefused(
                f"备份不含密钥 the backup has no keys; 请先放入 first put the node's own keys into {home / KEYS}"
            )
        shutil.copytree(folder / KEYS, home / KEYS, dirs_exist_ok=True)
    if not (home / ROOT_KEYS).exists():
        shutil.copy(folder / ROOT_KEYS, home / ROOT_KEYS)


def restore(node: Node, folder: Path, at: datetime, progress: Progress) -> dict[str, Any]:
    """Fill an empty node from a backup, make its logs again, and mark it; the backup's manifest.

    Raises: DumpRefused; LogError when the rows do not make the logs that were published.
    """
    manifest = read_manifest(folder)
    tables = [Dumped(**{**t, "columns": tuple(t["columns"])}) for t in manifest["tables"]]
    if manifest["secret"] != node.issuing.secret.mark:
        raise DumpRefused(
            f"{KEYS}/codes.json 不是这份备份的密钥 is not the secret that this backup's codes were made with"
        )
    dump.check(tables, _kept_tables(), folder)
    migrate.upgrade(node.engine)
    if manifest["schema"] != (version := migrate.version(node.engine)):
        raise DumpRefused(
            f"表结构版本 tables: {manifest['schema']} ≠ {version}; 请用当时的程序版本恢复 restore with the program of its time"
        )
    # Before the first row: a restore that is cut short leaves a marked node, never one that issues.
    node.mark_restored(manifest["made_at"], "restored")
    with node.transaction() as db:
        dump.load(db, tables, _kept_tables(), folder, progress)
    node.gate.prepare()
    for origin in manifest["logs"]:
        node.remake_log(origin, _log_place(folder, origin), progress)
    return manifest


def recover(node: Node, mirrors: Sequence[LogReader], at: datetime) -> dict[str, int]:
    """Take back what the mirrors of our logs still hold, skip what may have been given since, and lift the mark.

    How many leaves came back, leases were closed and counters moved. The log's files are looked at first: they may
    have survived where the rows did not.

    Raises: LogError when a copy and the rows are two histories; the mark stays then.
    """
    own = [
        node.log_copy(origin, folder_fetch(Logbook.folder(node.settings.home, origin))) for origin in _published(node)
    ]
    taken = sum(node.adopt(copy, at) for copy in (*own, *mirrors))
    leases, counters = node.skip_counters()
    (node.settings.home / RESTORED).unlink(missing_ok=True)
    return {"leaves": taken, "leases": leases, "counters": counters}


def _kept_tables() -> list[sa.Table]:
    """All but those whose rows are to be gone with the day."""
    return [table for table in metadata.sorted_tables if not table.info.get("of_the_day")]


def _save_log(node: Node, origin: str, folder: Path) -> dict[str, str]:
    place, source = _log_place(folder, origin), Logbook.folder(node.settings.home, origin)
    place.mkdir(parents=True)
    for name in _LOG_FILES:
        with (source / name).open("rb") as file, gzip.open(place / f"{name}.gz", "wb", compresslevel=6) as out:
            shutil.copyfileobj(file, out)
    return {"checkpoint": (source / "checkpoint").read_text()}


def _log_place(folder: Path, origin: str) -> Path:
    return folder / "log" / origin.rsplit("/", 1)[1]


def _published(node: Node) -> list[str]:
    """Origins of this node's logs that have a checkpoint."""
    found = (node.settings.home / "log" / node.settings.log_host).glob("*/checkpoint")
    return sorted(f"{node.settings.log_host}/{path.parent.name}" for path in found)
