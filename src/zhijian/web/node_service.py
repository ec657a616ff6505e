"""The node behind the public door: each method reads with one connection (but `inspect`, which has two), with the scope of anyone."""

from collections.abc import Mapping
from datetime import datetime

from zhijian.kit.scope import Scope
from zhijian.web import node_inspect
from zhijian.web.service import Answer, Code, CodeUnknown, DigestAlgorithm, Inspected, Trace
from zhijian.wiring import Node


class NodeService:
    """A `VerifyService` over a node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def look_up(self, text: str, tail: str | None, at: datetime) -> Answer:
        with self._node.reading() as db:
            return self._node.desk(db).answer(db, Scope.anyone(), text, tail, at)

    def by_own_number(self, certificate_number: str, own_number: str, at: datetime) -> Answer:
        with self._node.reading() as db:
            return self._node.desk(db).by_own_number(db, Scope.anyone(), certificate_number, own_number, at)

    def by_digest(self, algorithm: DigestAlgorithm, digest: str, at: datetime) -> tuple[Answer, ...]:
        with self._node.reading() as db:
            return self._node.desk(db).by_digest(db, Scope.anyone(), algorithm, digest, at)

    def file_matches(self, code: Code, algorithm: DigestAlgorithm, digest: str) -> bool | None:
        with self._node.reading() as db:
            return self._node.desk(db).file_matches(db, Scope.anyone(), code, algorithm, digest)

    def inspect(self, file: bytes, at: datetime) -> Inspected:
        return node_inspect.inspect(self._node, file, at)

    def trace(self, code: Code, verifier: str, at: datetime) -> Trace:
        with self._node.reading() as db:
            return self._node.desk(db).trace(db, Scope.anyone(), code, verifier, at)

    def proof(self, code: Code, verifier: str | None = None) -> str | None:
        with self._node.reading() as db:
            try:
                return self._node.desk(db).proof(db, Scope.anyone(), code, verifier).decode()
            except CodeUnknown:
                if self._node.desk(db).registered(db, code):
                    return None
                raise

    def root_keys(self) -> Mapping[str, str]:
        return {suite.value: key.point.hex() for suite, key in self._node.root_keys().items()}

    def qr_svg(self, code: Code, tail: str | None) -> str:
        with self._node.reading() as db:
            return self._node.desk(db).qr_svg(db, Scope.anyone(), code, tail)
