"""Results to hand in: invented ones of a province, or one checked out of real files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from zhijian.cli.seed_scorecard import results
from zhijian.exchange.quality.result import CheckResult, as_json, from_json
from zhijian.kit.db import Db
from zhijian.wiring import Node

DAYS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
TABLES = "quality_failing, quality_score, quality_result"


@cache
def invented(province: str, on: date = DAYS[-1], seed: int = 5) -> bytes:
    """As `zhijian check` writes it."""
    ((_, raw),) = results(seed, [on], (province,))
    return raw


def changed(raw: bytes, **fields: Any) -> bytes:
    return json.dumps(json.loads(raw) | fields, ensure_ascii=False).encode()


def result(raw: bytes) -> CheckResult:
    return from_json(raw)


def again(of: CheckResult) -> bytes:
    return as_json(of)


@contextmanager
def rolled_back(node: Node) -> Iterator[Db]:
    """A database without results, of which nothing stays."""
    with node.engine.connect() as db:
        db.execute(sa.text(f"TRUNCATE {TABLES}"))
        yield db
        db.rollback()
