"""What happened to an institution's reports, page by page: for systems that have no address of their own."""

import msgspec
import structlog

from zhijian.api.caller import Received, authenticate
from zhijian.api.submit import Answered
from zhijian.codes.events import PositionMalformed
from zhijian.codes.model import EvidenceBroken
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.wiring import Node

log = structlog.get_logger()
END = "end"
"""Instead of a cursor: nothing of what was, only the cursor from which to go on."""


def page(db: Db, node: Node, received: Received, after: str | None, limit: int) -> Answered:
    """GET /events: the institution's events behind the cursor, oldest first, and the cursor behind them."""
    caller = authenticate(db, node, received)
    if after == END:
        return 200, msgspec.json.encode({"events": [], "next": str(node.feed.end(db)), "more": False})
    try:
        found = node.feed.page(db, caller.scope, node.feed.given(db, after or ""), limit)
    except PositionMalformed as why:
        raise not_a_cursor(why) from None
    except EvidenceBroken as why:
        log.error("evidence_broken", code=why.value, detail=str(why))
        raise Problem(
            500,
            why.why,
            "平台记录与日志不符，已报警",
            "the platform's records contradict the log; its operator was told",
            remedy_zh="用同一个 after 稍后再试",
            remedy_en="try again later with the same after",
            value=why.value,
        ) from None
    return 200, msgspec.json.encode(
        {"events": [event.document() for event in found.events], "next": str(found.next), "more": found.more}
    )


def not_a_cursor(why: PositionMalformed) -> Problem:
    return Problem(400, why.why, "after 不是事件接口给出的 next", "after is not a next that the events gave",
                   remedy_zh="用上一页的 next；不写 after 从头开始，after=end 从现在开始",
                   remedy_en="use the next of the page before; leave it out to begin at the first, after=end to begin now",
                   value=why.value)  # fmt: skip
