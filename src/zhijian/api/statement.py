"""GET /statement: what the public saw of the caller's reports."""

import re
from datetime import date

import msgspec

from zhijian.api.caller import Received, authenticate
from zhijian.api.days import day
from zhijian.api.submit import Answered
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.lookups import PERIOD_MOST_DAYS, code_document, codes, document, statement
from zhijian.wiring import Node

_CURSOR = re.compile(r"(\d{1,15})~([0-9A-Z]{18})", re.ASCII)


def page(db: Db, node: Node, received: Received, period: tuple[str, str], after: str | None, limit: int) -> Answered:
    """The statement with its first codes, or further codes; `next` is the cursor of the next page, null on the last."""
    caller = authenticate(db, node, received)
    from_on, to_on = _period(*period)
    uscc, cursor = caller.institution.uscc, _cursor(after) if after is not None else None
    rows = codes(db, caller.scope, uscc, from_on, to_on, cursor, limit + 1)
    shown = rows[:limit]
    body = {
        "codes": [code_document(row) for row in shown],
        "next": f"{shown[-1].looks}~{shown[-1].code}" if len(rows) > limit else None,
    }
    if cursor is None:
        body = document(statement(db, caller.scope, uscc, from_on, to_on)) | body
    return 200, msgspec.json.encode(body)


def _period(from_: str, to: str) -> tuple[date, date]:
    """Raises: Problem 422."""
    from_on, to_on = day("from", from_), day("to", to)
    if from_on > to_on:
        raise Problem(422, "period-reversed", f"from {from_on} 晚于 to {to_on}", f"from {from_on} is after to {to_on}",
                      remedy_zh="把两个日期对调", remedy_en="exchange the two days")  # fmt: skip
    if (to_on - from_on).days >= PERIOD_MOST_DAYS:
        raise Problem(422, "period-too-long", f"{from_on} 至 {to_on} 超过 {PERIOD_MOST_DAYS} 天",
                      f"{from_on} to {to_on} is more than {PERIOD_MOST_DAYS} days",
                      remedy_zh="分几次查询", remedy_en="ask for it in parts")  # fmt: skip
    return from_on, to_on


def _cursor(text: str) -> tuple[int, str]:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise Problem(400, "cursor-malformed", "after 不是上一页给出的 next", "after is not the next of a page before",
                      remedy_zh="从第一页开始", remedy_en="start from the first page")  # fmt: skip
    return int(found[1]), found[2]
