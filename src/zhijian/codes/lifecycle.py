"""The life of a report after it was issued: which change is allowed, by whom.

赋码未签发 → 有效 → 已更正 · 已替换 (both name a successor) · 已撤回, by the institution; 存疑, 认定不实, 认定虚假 by the
regulator, who can also take them back. What the regulator examines or has found, the institution cannot change.

>>> check(State.VALID, State.WITHDRAWN, "institution", None)
>>> check(State.DOUBTED, State.VALID, "institution", None)
Traceback (most recent call last):
zhijian.codes.lifecycle.ChangeNotAllowed: doubted → valid is not the institution's to make
"""

from collections.abc import Mapping

from zhijian.codes.model import Code, CodesError, Party, State

_BY_INSTITUTION: Mapping[State, frozenset[State]] = {
    State.VALID: frozenset({State.CORRECTED, State.REPLACED, State.WITHDRAWN}),
}
_ISSUED = frozenset(State) - {State.RESERVED}
FINDINGS = frozenset({State.DOUBTED, State.INACCURATE, State.FALSE})
"""States that only the regulator sets."""
_BY_REGULATOR: Mapping[State, frozenset[State]] = {
    **{state: FINDINGS - {state} for state in _ISSUED},
    # Examination closed without a finding, or a finding annulled: back to what the institution last said.
    **{
        state: FINDINGS - {state} | {State.VALID, State.CORRECTED, State.REPLACED, State.WITHDRAWN}
        for state in FINDINGS
    },
}
WITH_SUCCESSOR = frozenset({State.CORRECTED, State.REPLACED})


class ChangeNotAllowed(CodesError):
    """This change is not allowed from this state, or not to this party, or lacks its successor."""

    why = "change-not-allowed"


def allowed(state: State, by: Party) -> frozenset[State]:
    """States that `by` may set next."""
    return (_BY_INSTITUTION if by == "institution" else _BY_REGULATOR).get(state, frozenset())


def check(state: State, to: State, by: Party, successor: Code | None) -> None:
    """Return when the change is allowed.

    Raises: ChangeNotAllowed.
    """
    if to not in allowed(state, by):
        raise ChangeNotAllowed(to, f"{state} → {to} is not the {by}'s to make")
    if by == "regulator" and successor is not None:
        raise ChangeNotAllowed(successor, "the regulator names no successor")
    if by == "institution" and (to in WITH_SUCCESSOR) != (successor is not None):
        raise ChangeNotAllowed(to, f"{to} {'names a' if to in WITH_SUCCESSOR else 'has no'} successor")
