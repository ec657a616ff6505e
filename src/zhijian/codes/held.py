"""What files a report has: its original by the digest that was registered, and those that were handed out.

For whoever judges a file that somebody holds; nothing of it is shown to a reader who brings no file.
"""

from datetime import datetime

from zhijian.codes import evidence, filing_store, store
from zhijian.codes.model import Code, RegisteredFiles
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def registered_files(db: Db, scope: Scope, desk: evidence.Means, code: Code) -> RegisteredFiles | None:
    """None for a code without a report. The original's digest is as good as the row: ask for the answer first, which holds
    the row against its evidence.

    Raises: EvidenceBroken.
    """
    row = store.report(db, scope, code)
    if row is None:
        return None
    files = tuple(evidence.filed(desk, file) for file in filing_store.files(db, scope, code))
    return RegisteredFiles((row["file_digest_algorithm"], row["file_digest"]), files)


def filed_at(db: Db, scope: Scope, desk: evidence.Means, sha256: bytes) -> datetime | None:
    """When a file was first registered as one that was handed out; None when it never was.

    Raises: EvidenceBroken.
    """
    rows = filing_store.files_by_digest(db, scope, "sha256", sha256)
    return min((evidence.filed(desk, row).filed_at for row in rows), default=None)
