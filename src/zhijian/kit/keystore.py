"""Secrets of a node as files that only it can read. `kit.hsm` puts a device in its place: the rest asks for keys by name."""

import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from zhijian.kit.signing import PrivateKey, Signer, Suite


class KeyStore:
    """`home/keys`, mode 0700; one file a secret, mode 0600, made once and never replaced."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "keys"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(self._folder, 0o700)

    def key(self, name: str, suite: Suite) -> PrivateKey:
        """The private key `name`; made when it is not there.

        Raises: ValueError when it was made for another suite: one secret must not serve two curves.
        """
        kept = self._kept(name, suite.value, lambda: PrivateKey.generate(suite).secret)
        if kept["suite"] != suite.value:
            raise ValueError(
                f"key {name} was made for {kept['suite']}, not {suite}; move the file away to make a new one"
            )
        return PrivateKey(suite, bytes.fromhex(kept["secret"]))

    def signer(self, name: str, suite: Suite) -> Signer:
        """As `key`, for those who only sign: a store over a device gives what the device holds."""
        return self.key(name, suite)

    def secret(self, name: str, size_bytes: int = 32) -> bytes:
        """Random bytes under `name`; made when they are not there."""
        return bytes.fromhex(self._kept(name, "", lambda: secrets.token_bytes(size_bytes))["secret"])

    def has(self, name: str) -> bool:
        return (self._folder / f"{name}.json").exists()

    def _kept(self, name: str, suite: str, make: Callable[[], bytes]) -> dict[str, str]:
        path = self._folder / f"{name}.json"
        if not path.exists():
            # A name of its own for each try: other threads and processes may be making the same one.
            handle, fresh = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")
            with os.fdopen(handle, "w") as file:
                json.dump({"name": name, "suite": suite, "secret": make().hex()}, file)
                file.flush()
                os.fsync(file.fileno())
            # Fails when another was first: then its secret is the one that counts.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            os.unlink(fresh)
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
