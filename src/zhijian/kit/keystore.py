"""Secrets of a node as files that only it can read. An HSM can take this file's place: the rest asks for keys by name."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from zhijian.kit.signing import PrivateKey, Suite


class KeyStore:
    """`home/keys`, mode 0700; one file a secret, mode 0600, made once and never replaced."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "keys"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(self._folder, 0o700)

    def key(self, name: str, suite: Suite) -> PrivateKey:
        """The private key `name`; made when it is not there."""
        raw = self._kept(name, lambda: PrivateKey.generate(suite).secret)
        return PrivateKey(suite, raw)

    def secret(self, name: str, size_bytes: int = 32) -> bytes:
        """Random bytes under `name`; made when they are not there."""
        return self._kept(name, lambda: secrets.token_bytes(size_bytes))

    def has(self, name: str) -> bool:
        return (self._folder / f"{name}.json").exists()

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / f"{name}.json"
        if not path.exists():
            fresh = path.with_suffix(f".{os.getpid()}.new")
            fresh.touch(mode=0o600)
            with fresh.open("w") as file:
                json.dump({"name": name, "secret": make().hex()}, file)
                file.flush()
                os.fsync(file.fileno())
            try:
                # Fails when another process was first: then its secret is the one that counts.
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return bytes.fromhex(json.loads(path.read_text())["secret"])
