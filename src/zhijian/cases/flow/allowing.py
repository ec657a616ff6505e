"""May this account do this act to this case today? Pure: the fields as they are to be kept, or Refused, and nothing changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhijian.cases.flow.acts import STATES, Act, known, possible
from zhijian.cases.flow.asked import Asked
from zhijian.cases.flow.checking import checked, checked_fact
from zhijian.cases.flow.guards import GUARDS
from zhijian.cases.flow.model import Actor, Case, Fields, Refused


def allowed(case: Case, actor: Actor, act: str, fields: Mapping[str, Any], on: date) -> Fields:
    """`on`: today in China.

    Raises: Refused; its `why` is act-unknown, may-not, not-now, not-assigned, fields-wrong, or what a guard says.
    """
    found = known(act)
    refuse_without_right(found, actor)
    if not found.possible_in(case.state):
        raise _not_now(case, found)
    if found.officer and actor.account not in case.officers:
        officers = "、".join(case.officers)
        raise Refused("not-assigned", f"{found.said.zh}：只有承办人可以办，承办人是 {officers}",
                      f"{found.said.en}: for the officers of the case only: {officers}")  # fmt: skip
    kept = checked(found, fields, on)
    if act == "correct":
        kept = {**kept, "value": checked_fact(kept["fact"], kept["value"], on)}
    if guard := GUARDS.get(act):
        guard(Asked(case, actor, kept, on))
    return kept


def refuse_without_right(act: Act, actor: Actor) -> None:
    """Raises: Refused."""
    if not may(act, actor):
        raise Refused("may-not", f"{act.said.zh}：您的账号没有这项权限（{act.right}）",
                      f"{act.said.en}: your account may not do this ({act.right})")  # fmt: skip


def may(act: Act, actor: Actor) -> bool:
    return act.right in actor.rights or (act.also is not None and act.also in actor.rights)


def _not_now(case: Case, act: Act) -> Refused:
    state = STATES[case.state]
    zh = "、".join(f"{one.said.zh} {one.id}" for one in possible(case.state))
    en = ", ".join(one.id for one in possible(case.state))
    return Refused("not-now", f"案件现在是“{state.zh}”，还不能或不再能{act.said.zh}；现在可以：{zh}",
                   f"the case is {state.en}: {act.said.en} is not possible now; possible: {en}")  # fmt: skip
