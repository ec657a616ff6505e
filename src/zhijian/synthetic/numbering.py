"""The institution's own report numbers, and what hangs on them."""

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes

from .institution import Institution, Record

_STYLES: tuple[Callable[[str, str, int, int], str], ...] = (
    lambda letters, mark, year, n: f"{letters}-{mark}-{year}-{n:05}",
    lambda letters, mark, year, n: f"{letters}{mark}{year % 100:02}{n:06}",
    lambda letters, mark, year, n: f"{letters}检字〔{year}〕第{n:05}号",
    lambda letters, mark, year, n: f"({year}){letters}-{mark}字第{n:05}号",
    lambda letters, mark, year, n: f"{mark}{year}-{n:05}",
)


def numbering(it: Institution, year: int, n: int) -> Record:
    """Report number in the institution's style, sample number, and the digest of the file the report would be."""
    number = _STYLES[it.index % len(_STYLES)](it.letters, it.line.mark, year, n)
    algorithm = "sm3" if it.index % 10 < 7 else "sha256"
    return {
        "own_number": number,
        "sample_no": f"{it.letters}Y{year % 100:02}{n:06}-1",
        "file_digest": file_digest(algorithm, f"{it.uscc} {number} 模拟数据"),
        "file_digest_algorithm": algorithm,
    }


def file_digest(algorithm: str, text: str) -> str:
    """64 hex digits; the text stands for the file that nobody printed.

    >>> file_digest("sm3", "abc")[:8], file_digest("sha256", "abc")[:8]
    ('66c7f0f4', 'ba7816bf')
    """
    if algorithm == "sha256":
        return hashlib.sha256(text.encode()).hexdigest()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(text.encode())
    return sm3.finalize().hex()
