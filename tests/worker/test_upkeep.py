"""The worker deletes what was promised to be deleted, without anyone asking."""

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from zhijian.cases import Complaint, filed, receive
from zhijian.kit.scope import Scope
from zhijian.registry import drafts, matching, tables
from zhijian.wiring import Node
from zhijian.worker import upkeep

SAMPLE = Complaint.written("other", "盖章的颜色不对", contact="13812345678")


def test_contacts_whose_time_is_over_are_gone_soon_after_the_worker_starts(node: Node) -> None:
    now = datetime.now(UTC)
    with node.transaction() as db:
        old, young = (
            receive(db, Scope.anyone(), SAMPLE, (), at, form=secrets.token_bytes(32), worked=True)
            for at in (now - timedelta(days=3 * 366), now - timedelta(days=3 * 364))
        )
    stop = threading.Event()
    working = threading.Thread(target=upkeep.run, args=(node, stop))
    working.start()
    try:
        deadline = time.monotonic() + 30
        while contact(node, old) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        stop.set()
        working.join(10)
    assert contact(node, young) == "13812345678"


def test_a_capability_table_that_nobody_confirmed_goes_after_its_time(node: Node) -> None:
    now = datetime.now(UTC)
    with node.transaction() as db:
        uscc, province = db.execute(sa.text("SELECT uscc, province FROM institution LIMIT 1")).one()
        old, young = (
            drafts.keep(
                db, Scope.everything(), uscc, province, "1", "a.xlsx", content, {}, "li", now - drafts.KEPT + late
            )
            for content, late in ((b"old", -timedelta(hours=1)), (b"young", timedelta(hours=1)))
        )
    upkeep.turn(node, now)
    with node.reading() as db:
        assert drafts.kept(db, Scope.everything(), uscc, old) is None
        assert drafts.kept(db, Scope.everything(), uscc, young) is not None


def test_what_may_be_registered_twice_is_looked_for_without_anyone_asking(node: Node) -> None:
    unit = {"model": "AA-7000", "maker": "模拟仪器厂", "serial_no": "A307812345", "used_to": None}
    i = tables.instrument.c
    with node.transaction() as db:
        first = sa.select(i.uscc, sa.func.min(i.management_no)).group_by(i.uscc).order_by(i.uscc).limit(2)
        rows = [
            db.execute(sa.select(tables.instrument).where(i.uscc == u, i.management_no == no)).mappings().one()
            for u, no in db.execute(first)
        ]
        for row in rows:
            db.execute(sa.update(tables.instrument).where(key(row)).values(unit))
    try:
        upkeep.look_for_twins(node, datetime.now(UTC))
        with node.reading() as db:
            found = matching.queue(db, Scope.everything(), kind="instrument", limit=1000)
        assert tuple(row["uscc"] for row in rows) in {(q.twin.a_uscc, q.twin.b_uscc) for q in found}
    finally:
        with node.transaction() as db:
            for row in rows:
                db.execute(sa.update(tables.instrument).where(key(row)).values({name: row[name] for name in unit}))
        upkeep.look_for_twins(node, datetime.now(UTC))


def key(row: sa.RowMapping) -> sa.ColumnElement[bool]:
    i = tables.instrument.c
    return sa.and_(i.uscc == row["uscc"], i.management_no == row["management_no"])


def contact(node: Node, receipt: str) -> str | None:
    with node.transaction() as db:
        return filed(db, Scope.everything(), receipt).complaint.contact
