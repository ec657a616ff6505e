"""Files of a report as the institution hands them out: brought by a signed request, put down for the log by their digests.

The registered digest is the original's, made before there was a code; the file that people hold has the stamp and perhaps
the seal behind it. The bytes themselves are not kept.
"""

from datetime import datetime

from zhijian.codes import filing_store, record, store
from zhijian.codes.code import parse
from zhijian.codes.model import Code, CodesError, CodeUnknown, State
from zhijian.codes.node import IssuingNode
from zhijian.codes.requested import Requested
from zhijian.kit.db import Db
from zhijian.kit.digests import Digests
from zhijian.kit.scope import Scope

MAX_FILES = 20
"""Of one report: copies in several forms, and a few that went wrong."""


class FileNotTaken(CodesError):
    """The report takes no further file."""

    why = "file-not-taken"


def put_down(
    db: Db, scope: Scope, node: IssuingNode, text: str, media_type: str, file: Digests, asked: Requested, at: datetime
) -> bool:
    """Register a file by its digests, in the caller's transaction. False when this report has it already: nothing is written then.

    Raises: CodeMalformed, CodeUnknown (also for a report outside `scope`), FileNotTaken.
    """
    code: Code = parse(text)
    row = store.lock_report(db, scope, code)
    if row is None:
        raise CodeUnknown(code)
    there = filing_store.files(db, scope, code)
    if any(bytes(one["sm3"] or b"") == file.sm3 for one in there):
        return False
    if row["state"] != State.VALID:
        raise FileNotTaken(code, f"the report is {row['state']}, not valid")
    if len(there) >= MAX_FILES:
        raise FileNotTaken(code, f"the report has {MAX_FILES} files already")
    kept = record.filing(code, media_type, file.length, file.sm3, file.sha256, at, asked.kid, asked.signature)
    values = {"code": code, "media_type": media_type, "length": file.length, "sm3": file.sm3, "sha256": file.sha256,
              "at": at, "signature_base": asked.base}  # fmt: skip
    filing_store.insert_file(db, scope, values, kept, record.entry(kept, node.secret.tag_key(row["institution"])))
    return True
