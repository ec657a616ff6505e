"""A trust list as a command accepts it: signed by the root, not run out, and none that is older than one seen before."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from zhijian.cli import evidence_files as files
from zhijian.cli.say import COULD_NOT, FINDINGS, fail
from zhijian.cli.trust_seen import TrustSeen, state_file
from zhijian.codes import TrustList, offline
from zhijian.kit.signing import PublicKey, Suite


@dataclass(frozen=True, slots=True)
class Accepted:
    raw: bytes
    list: TrustList
    points: dict[Suite, PublicKey]
    newest: int
    """The highest version that was ever seen here under these root keys."""


def accepted(trust: Path, roots: Path, at: datetime) -> Accepted:
    """The list of `--trust` under the keys of `--roots`, its version remembered; ends the command when it is refused."""
    points = files.root_keys("--roots", roots)
    raw = files.read("--trust", trust, files.TRUST)
    seen = TrustSeen(state_file(os.environ), lambda line: typer.echo(line, err=True))
    newest = seen.newest(points)
    try:
        found = offline.trust_list(raw, points, newest, at)
    except offline.TrustListRefused as why:
        _refused(why, newest, seen.file)
    seen.remember(points, found.version)
    return Accepted(raw, found, points, max(newest, found.version))


def _refused(why: offline.TrustListRefused, newest: int, kept_in: Path) -> NoReturn:
    if not why.stale:
        fail(FINDINGS, f"信任列表不被接受：没有根的签名，或已损坏 trust list refused: {why}")
    if int(why.value) < newest:
        zh = f"信任列表第 {why.value} 版比这里见过的第 {newest} 版旧，可能缺少后来停用的密钥（记在 {kept_in}）"
    else:
        zh = f"信任列表第 {why.value} 版已过期"
    fail(COULD_NOT, f"{zh}。请{files.TRUST.from_zh}新的，再验一次", f"{why}: {files.TRUST.from_en} and try again")
