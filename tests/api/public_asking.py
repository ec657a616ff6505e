"""What the public finds of a file."""

import hashlib
from datetime import UTC, datetime

from zhijian.codes.model import Answer
from zhijian.kit.scope import Scope
from zhijian.kit.signing import sm3
from zhijian.wiring import Node


def by_digest(node: Node, algorithm: str, file: bytes) -> tuple[Answer, ...]:
    digest = (sm3(file) if algorithm == "sm3" else hashlib.sha256(file).digest()).hex()
    with node.transaction() as db:
        return node.desk(db).by_digest(db, Scope.anyone(), algorithm, digest, datetime.now(UTC))
