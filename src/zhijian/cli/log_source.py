"""Where the `log` commands read a log from, and whom they believe about it."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli import evidence_files as files
from zhijian.cli.say import FINDINGS, WRONG_USE, fail
from zhijian.codes import TrustList, offline
from zhijian.codes.log import LogError, Trust, folder_fetch
from zhijian.codes.model import CodesError

Vkey = Annotated[
    list[str] | None, typer.Option("--vkey", help="日志公钥，可重复 a verifier key NAME+HASH+BASE64, may be repeated")
]
WitnessKeys = Annotated[
    list[str] | None, typer.Option("--witness", help="见证公钥，可重复 a witness's verifier key, may be repeated")
]
Quorum = Annotated[
    int | None,
    typer.Option(
        "--quorum",
        min=0,
        help="至少几方见证，不给则要求全部 how many witnesses at least; all of --witness when left out",
    ),
]
TrustFile = Annotated[
    Path | None, typer.Option("--trust", help="信任列表，代替 --vkey 和 --witness a trust list, instead of keys")
]
RootsFile = Annotated[Path | None, typer.Option("--roots", help="根公钥 the root keys, root-keys.json")]
FILE_BYTES_MAX = 1 << 25
"""The largest bundle that tlog-tiles allows has 16 MB."""


@dataclass(frozen=True, slots=True)
class Believed:
    """What the options say of whom to believe: keys, or a trust list with the root's keys."""

    vkeys: tuple[str, ...]
    witnesses: tuple[str, ...]
    quorum: int | None
    trust: Path | None
    roots: Path | None

    def of(self, fetch: Callable[[str], bytes], at: datetime) -> Trust:
        """For the log that `fetch` reads. A trust list is read again at each call: it may have been renewed.

        Raises: LogError, CodesError, OSError, ValueError; ends the command for a wrong use of the options.
        """
        if bool(self.vkeys) == (self.trust is not None) or (self.trust is None) != (self.roots is None):
            fail(WRONG_USE, "请给出 --vkey，或者 --trust 和 --roots", "give --vkey, or --trust and --roots")
        if self.trust is None or self.roots is None:
            try:
                return offline.log_trust(self.vkeys, self.witnesses, self.quorum)
            except LogError as why:
                fail(WRONG_USE, f"--vkey、--witness、--quorum: {why}；公钥形如 NAME+HASH+BASE64，见 zhijian log keys",
                     "a key is NAME+HASH+BASE64, as zhijian log keys prints it")  # fmt: skip
        if self.witnesses or self.quorum is not None:
            fail(WRONG_USE, "信任列表已经说明见证，不要再给 --witness、--quorum",
                 "the trust list names the witnesses: leave --witness and --quorum away")  # fmt: skip
        return offline.listed_trust(trust_list_of(self.trust, self.roots, at), origin_of(fetch("checkpoint")))


def origin_of(checkpoint: bytes) -> str:
    """The name that it gives itself; whether it may bear it is found by its signature."""
    return checkpoint.partition(b"\n")[0].decode(errors="replace")


def trust_list_of(trust: Path | None, roots: Path | None, at: datetime | None = None) -> TrustList:
    """The list, held against the root's keys; `at` asks whether it has run out."""
    if trust is None or roots is None:
        fail(WRONG_USE, "--trust 与 --roots 要一起给出", "--trust and --roots go together")
    points, raw = files.root_keys("--roots", roots), files.read("--trust", trust, files.TRUST)
    try:
        return offline.trust_list(raw, points, at=at)
    except CodesError as why:
        fail(FINDINGS, f"信任列表不被接受 refused: {why}")


def fetch_of(target: str) -> Callable[[str], bytes]:
    """`log.tile.Fetch` of a URL or a folder."""
    if not target.startswith(("http://", "https://")):
        return folder_fetch(Path(target))

    def fetch(name: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{target.rstrip('/')}/{name}", timeout=30) as answer:  # noqa: S310
                raw = bytes(answer.read(FILE_BYTES_MAX + 1))
        except urllib.error.HTTPError as why:
            if why.code == 404:
                raise FileNotFoundError(name) from None
            raise
        except http.client.HTTPException as why:
            raise OSError(f"{name}: {type(why).__name__} {why}") from None
        if len(raw) > FILE_BYTES_MAX:
            raise OSError(f"{name}: larger than any file of a log can be")
        return raw

    return fetch
