"""Fill an empty node with the synthetic demonstration set: institutions, keys, reports, and reports in every state.

Everything goes the way real data goes: enrolled by the registry, signed by the institution's key, registered by the
office, written by the sequencer. Only the clock differs: each week's reports are registered at the end of that week.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from zhijian.codes import Sequencer, grouped
from zhijian.codes.model import Issued, KeyOrder, Signed, State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.registry import enrol
from zhijian.synthetic import LABEL, World
from zhijian.wiring import Node

SEED = 20260301
Progress = Callable[[str, int, int], None]
"""(what, done, of how many); total 0 when unknown."""


def is_empty(node: Node) -> bool:
    with node.transaction() as db:
        return not db.execute(sa.text("SELECT EXISTS (SELECT 1 FROM institution)")).scalar_one()


def seed(node: Node, world: World, at: datetime, progress: Progress) -> dict[str, Any]:
    """Load `world`; what to show, by state: codes with their verifiers."""
    usccs = _enrol(node, world.registry(), progress)
    since = datetime.combine(world.on - timedelta(days=400), time(), UTC)
    kids = issue_demo_keys(node, usccs, since, at)
    issued = _register(node, world.reports(), kids, world.report_count, at, progress)
    shown = _show_states(node, issued, kids, at)
    (node.settings.home / "demo.json").write_text(json.dumps(shown, ensure_ascii=False, indent=1))
    return shown


def _enrol(node: Node, records: Iterable[tuple[str, dict[str, Any]]], progress: Progress) -> list[str]:
    usccs: list[str] = []
    batch: list[tuple[str, dict[str, Any]]] = []

    def put() -> None:
        with node.transaction() as db:
            done = enrol(db, Scope.everything(), batch, synthetic=True)
        if done.refused:
            first = done.refused[0]
            raise ValueError(f"synthetic {first.entity} {first.pointer}: {first.reason}")
        batch.clear()

    for entity, record in records:
        if entity == "institution":
            if len(batch) > 20_000:
                put()
            usccs.append(record["uscc"])
            progress("机构 institutions", len(usccs), 0)
        batch.append((entity, record))
    put()
    return usccs


def issue_demo_keys(node: Node, usccs: list[str], since: datetime, at: datetime) -> dict[str, tuple[str, PrivateKey]]:
    """A key for each institution, kept in the node's key store because this is a demonstration. USCC → (kid, key)."""
    keys = {uscc: node.keys.key(f"demo-{uscc}", Suite.SM2 if n % 2 else Suite.ES256) for n, uscc in enumerate(usccs)}
    ring = node.keyring()
    with node.transaction() as db:
        rows = db.execute(sa.text("SELECT uscc, code_index FROM institution WHERE uscc = ANY(:u)"), {"u": usccs})
        indexes = {row.uscc: row.code_index for row in rows}
        orders = [KeyOrder(u, indexes[u], f"{indexes[u].lower()}-{since.year}a", key.public) for u, key in keys.items()]
        kids = ring.issue(db, Scope.everything(), orders, node.settings.reports_per_key_per_day, since)
        ring.publish(db, at)
    return {uscc: (kid, keys[uscc]) for uscc, kid in zip(usccs, kids, strict=True)}


def _register(
    node: Node, reports: Iterator[dict[str, Any]], kids: dict[str, tuple[str, PrivateKey]], total: int, at: datetime,
    progress: Progress,
) -> list[tuple[str, Issued]]:  # fmt: skip
    done: list[tuple[str, Issued]] = []
    sequencer: Sequencer | None = None
    try:
        for sunday, of_week in groupby(reports, key=lambda r: _sunday(r["issued_on"])):
            closing = min(datetime.combine(sunday, time(9, 30), UTC), at)
            by_institution: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for report in of_week:
                by_institution[report["uscc"]].append({k: v for k, v in report.items() if k != "uscc"})
            with node.transaction() as db:
                for uscc, batch in by_institution.items():
                    done += [(uscc, issued) for issued in register_signed(db, node, uscc, *kids[uscc], batch, closing)]
            sequencer = sequencer or node.sequencer(closing)
            while sequencer.run_once(closing):
                pass
            progress("报告 reports", len(done), total)
    finally:
        if sequencer:
            sequencer.__exit__()
    return done


def register_signed(
    db: Db, node: Node, uscc: str, kid: str, key: PrivateKey, reports: list[dict[str, Any]], at: datetime
) -> list[Issued]:  # fmt: skip
    """Register a batch, signed as a laboratory's system would sign it.

    Raises: ValueError when one is declined: synthetic reports are admissible by construction.
    """
    root = hashlib.sha256(json.dumps(reports, ensure_ascii=False).encode()).digest()
    base = f'"report-root": {root.hex()}'.encode()
    office = node.office(db)
    institution = node.institution(db, uscc)
    if institution is None:
        raise ValueError(uscc)
    values = {"uscc": uscc, "idempotency_key": f"seed-{root.hex()[:32]}", "body_digest": root, "kid": kid, "root": root,
              "leaves": b"", "signature_base": base, "signature": key.sign(base), "received_at": at,
              "response_status": 207, "response": b"{}"}  # fmt: skip
    submission_id = office.begin(db, Scope.everything(), values)
    signed = Signed(submission_id or 0, kid, root, at)
    outcomes = office.register(db, Scope.of_institution(uscc), institution, signed, reports)
    for outcome in outcomes:
        if not isinstance(outcome, Issued):
            first = outcome.findings[0]
            raise ValueError(f"{reports[outcome.position]['own_number']} {first.pointer}: {first.zh} {first.value}")
    return [o for o in outcomes if isinstance(o, Issued)]


def _sunday(day: str) -> date:
    on = date.fromisoformat(day)
    return on + timedelta(days=6 - on.weekday())


_STATES = (
    (State.WITHDRAWN, "institution", "样品标识有误，委托方已同意", 40),
    (State.CORRECTED, "institution", "结果单位写错，已出具更正报告", 30),
    (State.REPLACED, "institution", "委托方名称变更，已重新出具", 10),
    (State.DOUBTED, "regulator", "正在核查", 6),
    (State.INACCURATE, "regulator", "认定为不实检验检测报告（演示）", 3),
    (State.FALSE, "regulator", "认定为虚假检验检测报告（演示）", 3),
)


def _show_states(
    node: Node, issued: list[tuple[str, Issued]], kids: dict[str, tuple[str, PrivateKey]], at: datetime
) -> dict[str, Any]:  # fmt: skip
    """Change some of the newest reports, so that every answer can be seen; one example a state."""
    shown: dict[str, Any] = {"label": LABEL, "public_url": node.settings.public_url}
    by_institution: dict[str, list[Issued]] = defaultdict(list)
    for uscc, one in issued:
        by_institution[uscc].append(one)
    largest = sorted(by_institution, key=lambda u: -len(by_institution[u]))[:12]
    shown["valid"] = _example(by_institution[largest[0]].pop())
    for n, (state, by, reason, share) in enumerate(_STATES):
        for uscc in largest[n:] + largest[:n]:
            pool = by_institution[uscc]
            for _ in range(min(max(1, share // len(largest)), len(pool) // 4)):
                changed, successor = pool.pop(), None
                if state in (State.CORRECTED, State.REPLACED):
                    successor = pool[0].code
                _change(node, uscc, kids[uscc], changed, state, by, reason, successor, at)
                shown.setdefault(state.value, _example(changed))
    uscc = largest[0]
    with node.transaction() as db:
        institution = node.institution(db, uscc)
        if institution:
            _, _, places = node.office(db).lease(db, Scope.of_institution(uscc), institution, 50, at)
            shown["reserved"] = {"code": grouped(next(iter(places)).code)}
    with node.sequencer(at) as sequencer:
        while sequencer.run_once(at):
            pass
    shown["laboratory"] = {"uscc": uscc, "kid": kids[uscc][0], "suite": kids[uscc][1].suite.value,
                           "key_file": str(node.settings.home / "keys" / f"demo-{uscc}.json")}  # fmt: skip
    return shown


def _change(
    node: Node, uscc: str, kid: tuple[str, PrivateKey], one: Issued, state: State, by: Any, reason: str,
    successor: str | None, at: datetime,
) -> None:  # fmt: skip
    with node.transaction() as db:
        institution = node.institution(db, uscc)
        actor = institution.name if institution and by == "institution" else "演示市场监督管理局"
        node.office(db).change(db, Scope.everything(), one.code, state, by=by, actor=actor, reason=reason, successor=successor,
                               kid=kid[0], signature=kid[1].sign(one.code.encode()), at=at)  # fmt: skip


def _example(one: Issued) -> dict[str, str]:
    return {"code": grouped(one.code), "verifier": one.verifier}
