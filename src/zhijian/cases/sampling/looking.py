"""A draw as its office looks at it: plan, frame, what was done with it, and what it came to; never the secret before it is drawn."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhijian.cases.sampling import store
from zhijian.cases.sampling.drawing import summary
from zhijian.cases.sampling.form import Document
from zhijian.cases.sampling.life import Standing, standing, unknown
from zhijian.cases.sampling.model import Outcome, State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    standing: Standing
    plan: Document
    frame: Document
    summary: Mapping[str, Any]
    """Of each stratum how many, and between which chances."""
    steps: tuple[Step, ...]
    """In their order, the draft first."""
    result: Mapping[str, Any] | None
    """As the file has it; None before the draw."""
    where: str
    why: str
    """Of a withdrawal."""
    outcomes: Mapping[str, Outcome]
    estimates: tuple[Mapping[str, Any], ...]
    """As they were kept: figures are texts, see `estimate.Estimate`."""

    @property
    def names(self) -> dict[str, str]:
        return {one["uscc"]: one["name"] for one in self.frame["institutions"]}


def looked(db: Db, scope: Scope, plan_id: str) -> Looked:
    """Raises: DrawUnknown."""
    row = store.plan(db, scope, plan_id)
    if row is None:
        raise unknown(plan_id)
    steps = store.steps(db, scope, [plan_id])
    content = {State(s["state"]): json.loads(s["content"]) for s in steps}
    plan, frame = json.loads(row["plan"]), json.loads(row["frame"])
    judged = content.get(State.EVALUATED, {})
    done = (Step(State.DRAFT, row["by"], row["at"]), *(Step(State(s["state"]), s["by"], s["at"]) for s in steps))
    return Looked(
        standing(db, scope, plan_id), plan, frame, summary(plan, frame), done, content.get(State.DRAWN, {}).get("result"),
        content.get(State.PUBLISHED, {}).get("where", ""), content.get(State.WITHDRAWN, {}).get("why", ""),
        {uscc: Outcome(one) for uscc, one in judged.get("outcomes", {}).items()}, tuple(judged.get("estimates", ())),
    )  # fmt: skip
