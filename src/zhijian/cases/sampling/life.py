"""A draw's life: draft, committed, drawn, published, evaluated; or withdrawn before anybody was drawn. One way, each step once.

Chance comes in from outside: `secret` and `salt` are 32 random bytes in hex, made by the caller.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from zhijian.cases.sampling import store
from zhijian.cases.sampling.checking import check_value, checked
from zhijian.cases.sampling.drawing import publication
from zhijian.cases.sampling.estimate import Estimate, estimates
from zhijian.cases.sampling.form import commitment, kept_document
from zhijian.cases.sampling.model import (
    STATES,
    DrawUnknown,
    Frame,
    Outcome,
    OutOfOrder,
    Plan,
    PlanRefused,
    PublicationBroken,
    State,
)
from zhijian.cases.sampling.preparing import Prepared, prepared
from zhijian.kit.canonical import canonical
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

NEXT: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.COMMITTED, State.WITHDRAWN}),
    State.COMMITTED: frozenset({State.DRAWN, State.WITHDRAWN}),
    State.DRAWN: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.EVALUATED}),
    State.EVALUATED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""What may follow. Who was drawn stays drawn: nobody gives up a draw whose result is known."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a draw stands, and what was bound."""

    id: str
    name: str
    province: str
    year: int
    state: State
    at: datetime
    commitment: str | None
    commitment_sm3: str | None


def draft(db: Db, scope: Scope, plan: Plan, frame: Frame, salt: str, by: str, at: datetime) -> Prepared:
    """Raises: PlanRefused; also when the name is taken or the province is not the caller's."""
    made = prepared(plan, frame, salt)
    values = {"id": plan.id, "province": plan.province, "year": plan.year, "name": plan.name, "by": by, "at": at}
    text, shown = canonical(made.plan), canonical(made.frame)
    rows = {"plan": text, "digest": _digest(text), **values}, {
        "plan": plan.id, "frame": shown, "digest": _digest(shown), "kept": canonical(kept_document(frame)), "salt": salt,
    }  # fmt: skip
    if not store.insert_plan(db, scope, *rows):
        raise PlanRefused("plan-taken", f"方案编号 {plan.id} 已用过，或省份 {plan.province} 不归您管；请换编号",
                          f"the id {plan.id} is taken, or province {plan.province} is not yours; choose another")  # fmt: skip
    return made


def commit(db: Db, scope: Scope, plan_id: str, secret: str, by: str, at: datetime) -> Standing:
    """Bind the office to plan, frame and secret. Raises: DrawUnknown, OutOfOrder."""
    row = _going_to(db, scope, plan_id, State.COMMITTED)
    sha, sm3 = commitment(json.loads(row["plan"]), json.loads(row["frame"]), secret)
    _step(db, scope, plan_id, State.COMMITTED, {"commitment": sha, "commitment_sm3": sm3}, by, at, secret)
    return standing(db, scope, plan_id)


def run(db: Db, scope: Scope, plan_id: str, public_value: str, by: str, at: datetime) -> dict[str, Any]:
    """Draw; the file that is going to be published. Raises: DrawUnknown, OutOfOrder, PublicationBroken."""
    row = _going_to(db, scope, plan_id, State.DRAWN)
    bound = next(s for s in store.steps(db, scope, [plan_id]) if s["state"] == State.COMMITTED)
    plan, frame = json.loads(row["plan"]), json.loads(row["frame"])
    check_value(plan, public_value)
    file = {
        **publication(plan, frame, bound["sealed"], public_value),
        "committed_at": _iso(bound["at"]),
        "drawn_at": _iso(at),
    }
    # What was kept could have been changed behind the database's back: it is held against what was bound.
    checked(file, json.loads(bound["content"])["commitment"])
    _step(db, scope, plan_id, State.DRAWN, file, by, at)
    return file


def publish(db: Db, scope: Scope, plan_id: str, where: str, by: str, at: datetime) -> dict[str, Any]:
    """Note that and where the file was made public; the file. Raises: DrawUnknown, OutOfOrder."""
    _going_to(db, scope, plan_id, State.PUBLISHED)
    file = published(db, scope, plan_id)
    _step(db, scope, plan_id, State.PUBLISHED, {"where": where, "file": _digest(canonical(file))}, by, at)
    return file


def evaluate(
    db: Db, scope: Scope, plan_id: str, outcomes: Mapping[str, Outcome], by: str, at: datetime
) -> list[Estimate]:
    """Keep what the inspections came to, and what they say of all. Raises: DrawUnknown, OutOfOrder, SamplingError."""
    _going_to(db, scope, plan_id, State.EVALUATED)
    found = estimates(published(db, scope, plan_id), outcomes)
    # Figures are kept as text: the one spelling has no fractions.
    shown = [{k: v if v is None or isinstance(v, int) else str(v) for k, v in asdict(e).items()} for e in found]
    content = {"outcomes": {uscc: str(o.value) for uscc, o in outcomes.items()}, "estimates": shown}
    _step(db, scope, plan_id, State.EVALUATED, content, by, at)
    return found


def withdraw(db: Db, scope: Scope, plan_id: str, why: str, by: str, at: datetime) -> None:
    """Raises: DrawUnknown, OutOfOrder."""
    _going_to(db, scope, plan_id, State.WITHDRAWN)
    _step(db, scope, plan_id, State.WITHDRAWN, {"why": why}, by, at)


def published(db: Db, scope: Scope, plan_id: str) -> dict[str, Any]:
    """The file of a draw that was run, shown to be the one that was kept. Raises: DrawUnknown, OutOfOrder, PublicationBroken."""
    steps = {s["state"]: s for s in store.steps(db, scope, [plan_id])}
    row = steps.get(State.DRAWN)
    if row is None:
        raise OutOfOrder("not-drawn", f"{plan_id} 还没有抽取：先 run", f"{plan_id} was not drawn yet: run it first")
    content = bytes(row["content"])
    if _digest(content) != row["digest"]:
        raise PublicationBroken("kept-file", f"{plan_id} 存下的结果已被改动", f"what was kept of {plan_id} was altered")
    return dict(json.loads(content))


def standing(db: Db, scope: Scope, plan_id: str) -> Standing:
    """Raises: DrawUnknown."""
    row = store.plan(db, scope, plan_id)
    if row is None:
        raise unknown(plan_id)
    return _standing(row, store.steps(db, scope, [plan_id]))


def listed(db: Db, scope: Scope, most: int = 100) -> list[Standing]:
    """Newest first, those withdrawn among them."""
    rows = store.plans(db, scope, most)
    steps = store.steps(db, scope, [row["id"] for row in rows])
    return [_standing(row, [s for s in steps if s["plan"] == row["id"]]) for row in rows]


def _standing(row: store.Row, steps: list[store.Row]) -> Standing:
    bound: dict[str, str] = next((json.loads(s["content"]) for s in steps if s["state"] == State.COMMITTED), {})
    last = steps[-1] if steps else None
    return Standing(row["id"], row["name"], row["province"], row["year"], State(last["state"]) if last else State.DRAFT,
                    last["at"] if last else row["at"], bound.get("commitment"), bound.get("commitment_sm3"))  # fmt: skip


def hold(db: Db, scope: Scope, plan_id: str) -> None:
    """Whoever else would go on with this draw waits until the transaction ends."""
    store.plan(db, scope, plan_id, lock=True)


def _going_to(db: Db, scope: Scope, plan_id: str, to: State) -> store.Row:
    row = store.plan(db, scope, plan_id, lock=True)
    if row is None:
        raise unknown(plan_id)
    now = _standing(row, store.steps(db, scope, [plan_id])).state
    if to not in NEXT[now]:
        after = "、".join(STATES[s] for s in NEXT[now]) or "无"
        raise OutOfOrder("out-of-order", f"{plan_id} 现在是「{STATES[now]}」，不能变为「{STATES[to]}」；接下来可以：{after}",
                         f"{plan_id} is {now.value}, not to be {to.value} next; may be {', '.join(sorted(NEXT[now])) or 'nothing more'}")  # fmt: skip
    return row


def _step(
    db: Db,
    scope: Scope,
    plan_id: str,
    state: State,
    content: dict[str, Any],
    by: str,
    at: datetime,
    sealed: str | None = None,
) -> None:
    text = canonical(content)
    if not store.insert_step(db, scope, plan_id, state.value, text, _digest(text), by, at, sealed):
        raise OutOfOrder("done-before", f"{plan_id} 这一步已做过", f"this step of {plan_id} was done before")


def unknown(plan_id: str) -> DrawUnknown:
    return DrawUnknown(
        "draw-unknown",
        f"没有方案 {plan_id}，或不归您管；用 list 查看",
        f"no draw {plan_id} that you may see; look at list",
    )


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
