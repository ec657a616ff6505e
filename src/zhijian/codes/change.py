"""Change the state of a report: allowed, recorded, put down for the log, and told to those who keep answers."""

from datetime import datetime

from zhijian.codes import record, store
from zhijian.codes.code import parse
from zhijian.codes.lifecycle import FINDINGS, ChangeNotAllowed, check
from zhijian.codes.model import Code, CodeUnknown, Party, State
from zhijian.codes.node import IssuingNode
from zhijian.codes.requested import Requested, Wanted, decision
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def change_state(
    db: Db, scope: Scope, node: IssuingNode, text: str, to: State, *, by: Party, actor: str, reason: str | None,
    successor: str | None, asked: Requested | None, at: datetime,
) -> Code:  # fmt: skip
    """Set the state, in the caller's transaction. `asked` is the signed request; None for a regulator's decision, which
    the node signs here.

    Raises: CodeMalformed, CodeUnknown (also for a report outside `scope`), ChangeNotAllowed.
    """
    code, follows = parse(text), parse(successor) if successor else None
    row = store.lock_report(db, scope, code)
    if row is None:
        raise CodeUnknown(code)
    state = State(row["state"])
    check(state, to, by, follows)
    if follows is not None:
        _check_successor(db, scope, row, follows)
    if by == "regulator" and to not in FINDINGS:
        _check_restored(db, scope, code, to)
    if asked is None:
        asked = decision(Wanted(code, to, at, by, actor, reason, follows), node.kid.hex(), node.key)
    made = record.change(code, to, at, by, actor, reason, follows, asked.kid, asked.signature)
    # A regulator's finding says nothing of the successor that the institution named: it stays.
    store.set_state(db, scope, code, to, follows if by == "institution" else row["successor"])
    change = {"code": code, "state": to.value, "at": at, "by": by, "actor": actor, "reason": reason, "successor": follows,
              "signature_base": asked.base, "body": asked.body}  # fmt: skip
    store.insert_change(db, scope, change, made, record.entry(made, node.secret.tag_key(row["institution"])))
    store.notify(db, code)
    return code


def _check_successor(db: Db, scope: Scope, row: store.Row, successor: Code) -> None:
    follows = store.lock_report(db, scope, successor)
    if follows is None or follows["uscc"] != row["uscc"] or successor == row["code"]:
        raise ChangeNotAllowed(successor, "the successor is no other report of the same institution")
    if follows["state"] != State.VALID:
        raise ChangeNotAllowed(successor, f"the successor is {follows['state']}, not valid")


def take_back(
    db: Db, scope: Scope, node: IssuingNode, text: str, found: State, *, actor: str, reason: str | None, at: datetime
) -> Code | None:
    """A finding that was annulled: back to what the institution said last. None, and nothing done, when the report's state
    is another one by now. Raises: as `change_state`."""
    code = parse(text)
    row = store.lock_report(db, scope, code)
    if row is None:
        raise CodeUnknown(code)
    if row["state"] != found:
        return None
    to = _last_word(db, scope, code)
    return change_state(
        db, scope, node, code, to, by="regulator", actor=actor, reason=reason, successor=None, asked=None, at=at
    )


def _last_word(db: Db, scope: Scope, code: Code) -> State:
    """The institution's."""
    said = [State(c["state"]) for c in store.changes(db, scope, code) if c["by"] == "institution"]
    return said[-1] if said else State.VALID


def _check_restored(db: Db, scope: Scope, code: Code, to: State) -> None:
    """A regulator who takes a finding back restores what the institution said last, and nothing else."""
    if to != (last := _last_word(db, scope, code)):
        raise ChangeNotAllowed(to, f"the institution's last word was {last}, not {to}")
