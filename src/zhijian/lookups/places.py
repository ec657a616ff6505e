"""Where looks come from, counted without keeping where: networks become marks that mean nothing after the day.

A mark is HMAC-SHA-256 under the day's salt over subject and network, cut to 16 bits. It differs for every code, so that
two codes looked at from one network are not seen to be; some 256 IPv4 networks share each mark, so that it points at
none of them even for who has the salt. The price: of 64 places about one in thirty counts shows one too few.
"""

import hmac
import os
import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path

MARK_BYTES = 2


def network_of(client: str) -> str:
    """/24 of an IPv4 address, /48 of a /64 as the public door names its clients; empty for what is neither.

    >>> network_of("198.51.100.7"), network_of("2001:db8::/64"), network_of("2001:db8:0:7::/64"), network_of("unknown")
    ('198.51.100', '2001:db8:0', '2001:db8:0', '')
    """
    if client.endswith("/64"):
        head = client[:-3].partition("::")[0]
        return ":".join([*(head.split(":") if head else ()), "0", "0", "0"][:3])
    head = client.rpartition(".")[0]
    return head if head.count(".") == 2 else ""


def mark(salt: bytes, subject: str, seen: str) -> int:
    return int.from_bytes(hmac.digest(salt, f"{subject}|{seen}".encode(), "sha256")[:MARK_BYTES], "big")


def marks(salt: bytes, subject: str, seen: Iterable[str]) -> set[int]:
    return {mark(salt, subject, one) for one in seen if one}


class DailySalt:
    """32 random bytes a day in a file that the processes of a home share. Never in the database: no dump, no archive and
    no replica of it can turn marks back into networks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: tuple[date, bytes] | None = None
        self.is_shared = True

    def of(self, on_day: date) -> bytes:
        """In a folder that cannot be used: one of this process alone."""
        if self._held is None or self._held[0] != on_day:
            try:
                self._held, self.is_shared = (on_day, self._read_or_make(on_day)), True
            except OSError:
                self._held, self.is_shared = (on_day, secrets.token_bytes(32)), False
        return self._held[1]

    def forget(self, before_on: date) -> None:
        """Salts of days that are over, and what a killed process left of them."""
        if self._held is not None and self._held[0] < before_on:
            self._held = None
        for path in self._folder.glob("*"):
            if path.name.lstrip(".")[:10] < before_on.isoformat():
                path.unlink(missing_ok=True)

    def _read_or_make(self, on_day: date) -> bytes:
        path = self._folder / on_day.isoformat()
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = self._folder / f".{on_day.isoformat()}.{secrets.token_hex(8)}"
            try:
                fresh.touch(0o600)
                fresh.write_bytes(secrets.token_bytes(32))
                os.link(fresh, path)  # the first of several processes wins, the others read what it wrote
            except FileExistsError:
                pass
            finally:
                fresh.unlink(missing_ok=True)
        return path.read_bytes()
