"""The highest version of the trust list that this reader ever accepted: an older one could bring back a revoked key.

One number for each set of root keys, in `trust-seen.json` under `XDG_STATE_HOME` (default `~/.local/state`), mode 0600.
Without this memory verification goes on, for the list's own expiry still bounds how old it can be; a warning says so.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from zhijian.kit.signing import PublicKey, Suite

Roots = Mapping[Suite, PublicKey]


def state_file(environ: Mapping[str, str]) -> Path:
    """A relative XDG_STATE_HOME is passed over, as the XDG base directory specification asks."""
    stated = environ.get("XDG_STATE_HOME", "")
    base = Path(stated) if os.path.isabs(stated) else Path(environ.get("HOME") or "/var/lib") / ".local" / "state"
    return base / "zhijian" / "trust-seen.json"


class TrustSeen:
    """`warn` is told, in one line, when the memory cannot be read or written."""

    def __init__(self, file: Path, warn: Callable[[str], None]) -> None:
        self.file, self._warn = file, warn

    def newest(self, roots: Roots) -> int:
        """0 when none was seen under these root keys."""
        return self._kept().get(_name(roots), 0)

    def remember(self, roots: Roots, version: int) -> None:
        kept = self._kept(quiet=True)
        if version <= kept.get(_name(roots), 0):
            return
        try:
            self._write({**kept, _name(roots): version})
        except OSError as why:
            self._warn(
                f"注意：记不下信任列表的版本 {self.file}（{why.strerror}） care: the trust list's version cannot be kept"
            )

    def _kept(self, quiet: bool = False) -> dict[str, int]:
        try:
            kept = json.loads(self.file.read_text("utf-8"))
            if not isinstance(kept, dict) or any(type(n) is not int for n in kept.values()):
                raise ValueError("no versions by root keys")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as why:
            if not quiet:
                self._warn(
                    f"注意：读不出见过的信任列表版本 {self.file}（{why}） care: the versions seen before cannot be read"
                )
            return {}
        return kept

    def _write(self, versions: dict[str, int]) -> None:
        """Under another name, then renamed: a reader finds the old numbers or the new ones, never half of them."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, fresh = tempfile.mkstemp(dir=self.file.parent, prefix=".trust-seen.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(versions, out, indent=1)
                out.flush()
                os.fsync(out.fileno())
            os.replace(fresh, self.file)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(fresh)
            raise


def _name(roots: Roots) -> str:
    lines = sorted(f"{suite.value} {key.point.hex()}\n" for suite, key in roots.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()
