"""The key of a witness, in a file that only it can read."""

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhijian.codes.log.disk import sync_directory
from zhijian.codes.log.errors import LogAbsent, LogDamaged, LogError, LogForked, LogMalformed
from zhijian.codes.log.key import COSIGNATURE, Verifier, is_key_name

_FILE = "key.json"


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """Ed25519, for cosignatures alone (C2SP tlog-cosignature, type 0x04): used for nothing else, under no other name."""

    name: str
    """Said in every cosignature; should look like a URL without its scheme."""
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    @classmethod
    def make(cls, folder: Path, name: str) -> Self:
        """The key in `folder`, made when there is none. Raises LogMalformed (key-name) for a name that cannot stand in
        a signature, and LogForked (key-name) when the key there has another name."""
        if not is_key_name(name):
            raise LogMalformed("key-name", name)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _FILE).exists():
            _write_once(folder, json.dumps({"name": name, "ed25519": os.urandom(32).hex()}))
        found = cls.load(folder)
        if found.name != name:
            raise LogForked("key-name", found.name, f"{folder} holds the key of {found.name}; take another folder")
        return found

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises LogAbsent (witness-key) when there is none, LogDamaged (witness-key) when it cannot be read."""
        try:
            kept = json.loads((folder / _FILE).read_text())
            private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept["ed25519"]))
            found = cls(str(kept["name"]), private)
            _ = found.verifier  # refuses a name that no signature can carry
        except FileNotFoundError:
            raise LogAbsent("witness-key", str(folder)) from None
        except (ValueError, KeyError, TypeError, LogError):
            raise LogDamaged("witness-key", str(folder)) from None
        return found


def _write_once(folder: Path, text: str) -> None:
    """Whoever is first wins; a key that exists is never replaced."""
    handle, fresh = tempfile.mkstemp(dir=folder, prefix=".key.")  # made with mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, folder / _FILE)
    except FileExistsError:
        pass
    finally:
        os.unlink(fresh)
    sync_directory(folder)
