"""The node behind the public door: each method reads with one connection (but `inspect`, which has two), with the scope of anyone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.web import node_inspect
from zhijian.web.service import (
    Answer,
    Code,
    CodeUnknown,
    Desk,
    DigestAlgorithm,
    EvidenceBroken,
    Inspected,
    Trace,
)
from zhijian.wiring import Node

T = TypeVar("T")
ANYONE = Scope.anyone()


class NodeService:
    """A `VerifyService` over a node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def look_up(self, text: str, tail: str | None, at: datetime) -> Answer:
        return self._asked(lambda db, desk: desk.answer(db, ANYONE, text, tail, at))

    def by_own_number(self, certificate_number: str, own_number: str, at: datetime) -> Answer:
        return self._asked(lambda db, desk: desk.by_own_number(db, ANYONE, certificate_number, own_number, at))

    def by_digest(self, algorithm: DigestAlgorithm, digest: str, at: datetime) -> tuple[Answer, ...]:
        return self._asked(lambda db, desk: desk.by_digest(db, ANYONE, algorithm, digest, at))

    def file_matches(self, code: Code, algorithm: DigestAlgorithm, digest: str) -> bool | None:
        return self._asked(lambda db, desk: desk.file_matches(db, ANYONE, code, algorithm, digest))

    def inspect(self, file: bytes, at: datetime) -> Inspected:
        return node_inspect.inspect(self._node, file, at)

    def trace(self, code: Code, verifier: str, at: datetime) -> Trace:
        return self._asked(lambda db, desk: desk.trace(db, ANYONE, code, verifier, at))

    def proof(self, code: Code, verifier: str | None = None) -> str | None:
        def ask(db: Db, desk: Desk) -> str | None:
            try:
                return desk.proof(db, ANYONE, code, verifier).decode()
            except CodeUnknown:
                if desk.registered(db, code):
                    return None
                raise

        return self._asked(ask)

    def root_keys(self) -> Mapping[str, str]:
        return {suite.value: key.point.hex() for suite, key in self._node.root_keys().items()}

    def qr_svg(self, code: Code, tail: str | None) -> str:
        return self._asked(lambda db, desk: desk.qr_svg(db, ANYONE, code, tail))

    def _asked(self, ask: Callable[[Db, Desk], T]) -> T:
        try:
            with self._node.reading() as db:
                return ask(db, self._node.desk(db))
        except EvidenceBroken:
            # A change that was committed between two statements looks like rows that do not agree. At one moment they do,
            # unless the evidence is broken indeed.
            with self._node.one_moment() as db:
                return ask(db, self._node.desk(db))
