"""Fill a node with the synthetic demonstration set: institutions, keys, reports, and reports in every state.

Everything goes the way real data goes: enrolled by the registry, signed by the institution's key, registered by the
office, written by the sequencer. Only the clock differs: each week's reports are registered at the end of that week.
A seeding that was interrupted goes on where it stopped.
"""

import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from zhijian.cli.laboratory import Keys, Record, Settled, enrol_synthetic, issue_keys, submit
from zhijian.codes import Sequencer, grouped
from zhijian.codes.model import CodesError, Party, State
from zhijian.kit.scope import Scope
from zhijian.synthetic import LABEL, World
from zhijian.wiring import Node

SEED = 20260301
Progress = Callable[[str, int, int], None]
"""(what, done, of how many); total 0 when unknown."""


def seed(node: Node, world: World, at: datetime, progress: Progress) -> dict[str, Any]:
    """Load `world`; what to show, by state: a code with its verifier. Also written to `demo.json`."""
    usccs = _enrol(node, world.registry(), at, progress)
    keys = issue_keys(node, usccs, datetime.combine(world.on - timedelta(days=400), time(), UTC), at)
    issued = _register(node, world.reports(), keys, world.report_count, at, progress)
    shown = _show_states(node, issued, keys, at)
    (node.settings.home / "demo.json").write_text(json.dumps(shown, ensure_ascii=False, indent=1))
    return shown


def _enrol(node: Node, records: Iterable[tuple[str, Record]], at: datetime, progress: Progress) -> list[str]:
    usccs: list[str] = []
    batch: list[tuple[str, Record]] = []
    for entity, record in records:
        if entity == "institution":
            if len(batch) > 20_000:
                _put(node, batch, at)
            usccs.append(record["uscc"])
            progress("机构 institutions", len(usccs), 0)
        batch.append((entity, record))
    _put(node, batch, at)
    return usccs


def _put(node: Node, batch: list[tuple[str, Record]], at: datetime) -> None:
    with node.transaction() as db:
        enrol_synthetic(db, batch, at)
    batch.clear()


def _register(
    node: Node, reports: Iterator[Record], keys: Keys, total: int, at: datetime, progress: Progress
) -> list[tuple[str, Settled]]:
    done: list[tuple[str, Settled]] = []
    seen = 0
    sequencer: Sequencer | None = None
    try:
        for sunday, of_week in groupby(reports, key=lambda r: _sunday(r["issued_on"])):
            closing = min(datetime.combine(sunday, time(9, 30), UTC), at)
            by_institution: dict[str, list[Record]] = defaultdict(list)
            for report in of_week:
                by_institution[report["uscc"]].append({k: v for k, v in report.items() if k != "uscc"})
                seen += 1
            with node.transaction() as db:
                for uscc, batch in by_institution.items():
                    outcomes = submit(db, node, uscc, keys, batch, closing)
                    done += [(uscc, issued) for issued in _admitted(batch, outcomes)]
            sequencer = sequencer or node.sequencer(closing)
            while sequencer.run_once(closing):
                pass
            progress("报告 reports", seen, total)
    finally:
        if sequencer:
            sequencer.__exit__()
    return done


def _admitted(batch: list[Record], outcomes: list[Settled]) -> Iterator[Settled]:
    """Raises: ValueError, for synthetic reports are admissible by construction."""
    for outcome in outcomes:
        if not outcome.code and outcome.declined:
            first = outcome.declined.findings[0]
            raise ValueError(f"{batch[outcome.position]['own_number']} {first.pointer}: {first.zh} {first.value}")
        yield outcome


def _sunday(day: str) -> date:
    on = date.fromisoformat(day)
    return on + timedelta(days=6 - on.weekday())


_STATES: tuple[tuple[State, Party, str, int], ...] = (
    (State.WITHDRAWN, "institution", "样品标识有误，委托方已同意", 40),
    (State.CORRECTED, "institution", "结果单位写错，已出具更正报告", 30),
    (State.REPLACED, "institution", "委托方名称变更，已重新出具", 10),
    (State.DOUBTED, "regulator", "正在核查", 6),
    (State.INACCURATE, "regulator", "认定为不实检验检测报告（演示）", 3),
    (State.FALSE, "regulator", "认定为虚假检验检测报告（演示）", 3),
)
"""Who changes to what, why, and how many of the newest reports."""


def _show_states(node: Node, issued: list[tuple[str, Settled]], keys: Keys, at: datetime) -> dict[str, Any]:
    """Change some of the newest reports, so that every answer can be seen; one example a state."""
    shown: dict[str, Any] = {"label": LABEL, "public_url": node.settings.public_url}
    pools: dict[str, list[Settled]] = defaultdict(list)
    for uscc, one in issued:
        pools[uscc].append(one)
    largest = sorted(pools, key=lambda u: -len(pools[u]))[:12]
    if not largest:
        return shown
    shown["valid"] = _example(pools[largest[0]].pop())
    for n, (state, by, reason, count) in enumerate(_STATES):
        for uscc in largest[n:] + largest[:n]:
            pool = pools[uscc]
            for _ in range(min(max(1, count // len(largest)), len(pool) // 4)):
                changed = pool.pop()
                successor = pool[0].code if state in (State.CORRECTED, State.REPLACED) else None
                _change(node, uscc, keys, changed, state, by, reason, successor, at)
                shown.setdefault(state.value, _example(changed))
    shown["reserved"] = _reserve(node, largest[0], at)
    with node.sequencer(at) as sequencer:
        while sequencer.run_once(at):
            pass
    kid, key = keys[largest[0]]
    shown["laboratory"] = {
        "uscc": largest[0], "kid": kid, "suite": key.suite.value,
        "key_file": str(node.settings.home / "keys" / f"demo-{largest[0]}.json"),
    }  # fmt: skip
    return shown


def _reserve(node: Node, uscc: str, at: datetime) -> dict[str, str]:
    with node.transaction() as db:
        institution = node.institution(db, uscc)
        if institution is None:
            raise ValueError(uscc)
        if not node.office(db).lock(db, Scope.everything(), uscc):
            raise TimeoutError(f"{uscc} is busy with another request")
        _, _, places = node.office(db).lease(db, Scope.of_institution(uscc), institution, 50, at)
        return {"code": grouped(next(places).code)}


def _change(
    node: Node,
    uscc: str,
    keys: Keys,
    one: Settled,
    state: State,
    by: Party,
    reason: str,
    successor: str | None,
    at: datetime,
) -> None:
    kid, key = keys[uscc]
    # On a second try the change may stand already, and is then not allowed again.
    with contextlib.suppress(CodesError), node.transaction() as db:
        office, institution = node.office(db), node.institution(db, uscc)
        if by == "regulator":
            office.decide(db, Scope.everything(), one.code, state, actor="演示市场监督管理局", reason=reason, at=at)
        elif institution:
            asked = office.request(one.code, state, reason, successor, kid, key)
            office.change(db, Scope.of_institution(uscc), one.code, state, actor=institution.name, reason=reason,
                          successor=successor, asked=asked, at=at)  # fmt: skip


def _example(one: Settled) -> dict[str, str]:
    return {"code": grouped(one.code), "verifier": one.verifier}
