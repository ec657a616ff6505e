"""What a load balancer asks of a door, and an operator reads: `/readyz`, and figures for `/metrics`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from zhijian.codes.log import LogError
from zhijian.codes.model import CodesError
from zhijian.kit.scope import Scope
from zhijian.webhooks import troubled
from zhijian.wiring import Node

WAITS_AT_MOST = timedelta(seconds=60)
"""A leaf that waits longer for the log tells that no sequencer works."""
TRUST_RUNS_OUT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a door may be sent requests: it may while there is no `reason` against it. Both words for the operator."""

    trust_version: int | None
    reason: str | None = None
    warning: str | None = None
    log: Mapping[str, Any] | None = None
    """How far the log is published, and whether a checkpoint waits for witnesses."""

    def document(self) -> dict[str, Any]:
        """As /readyz gives it."""
        said = {"trust_version": self.trust_version, "reason": self.reason, "warning": self.warning, "log": self.log}
        return {"ready": self.reason is None, **{k: v for k, v in said.items() if v is not None}}


def readiness(node: Node, at: datetime) -> Readiness:
    """What a load balancer asks. Raises nothing: what fails is the reason."""
    try:
        with node.transaction() as db:
            trust, waits_since = node.trust(db), node.office(db).oldest_waiting(db)
    except CodesError:
        return Readiness(None, "没有可用的信任列表，请运行 zhijian admin prepare no trust list: run it")
    except (sa.exc.SQLAlchemyError, OSError) as why:
        return Readiness(None, f"读不到数据库或根公钥 database or root keys cannot be read: {type(why).__name__}")
    reason, warnings = None, []
    if waits_since is not None and (waited := at - waits_since) > WAITS_AT_MOST:
        reason = (f"有条目等待写入日志 {waited.total_seconds():.0f} 秒，请查看 zhijian worker "
                  "a leaf waits for the log: is the worker running?")  # fmt: skip
    if trust.expires_at - at < TRUST_RUNS_OUT:
        warnings.append(f"信任列表第 {trust.version} 版 {trust.expires_at.isoformat()} 到期，请运行 zhijian admin prepare "
                        "the trust list runs out: run it")  # fmt: skip
    standing = log_standing(node, at)
    if standing.get("waiting_s", 0) > WAITS_AT_MOST.total_seconds():
        warnings.append(f"检查点等待见证 {standing['waiting_s']:.0f} 秒，公众看到的是较早的 "
                        "a checkpoint waits for its witnesses; the public sees an older one")  # fmt: skip
    if node.restored():
        warnings.append(
            "节点从较早的数据恢复，暂停赋码，请运行 zhijian admin recover restored: it does not issue, run it"
        )
    return Readiness(trust.version, reason, "; ".join(warnings) or None, standing)


def log_standing(node: Node, at: datetime) -> dict[str, Any]:
    """How far the log of this time is published: for readiness and figures.

    `waiting_s` are the seconds since the oldest checkpoint was signed that is not published. It is more than a few
    only when the quorum of witnesses is missing; then the public sees the older one, and nothing is lost.
    """
    with node.transaction() as db:
        trust = node.trust(db)
    try:
        found = node.logbook.standing(trust, node.issuing.log_origin_at(at))
    except (LogError, CodesError) as why:
        return {"error": why.why}
    waits = max(0.0, (at - found.waiting_since).total_seconds()) if found.waiting_since else 0.0
    return {"origin": found.origin, "size": found.size, "signed": found.signed, "waiting_s": round(waits, 1),
            "witnesses": list(found.witnesses), "quorum": found.quorum}  # fmt: skip


def log_waiting_s(node: Node, at: datetime) -> float:
    """See `log_standing`; NaN when the log cannot be read."""
    return float(log_standing(node, at).get("waiting_s", math.nan))


def webhooks_troubled(node: Node) -> int:
    """How many webhooks fail or were paused."""
    with node.transaction() as db:
        return troubled(db, Scope.everything())
