"""Whether a run may load into a target, by the runs that are noted there."""

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.migration.running import MigrationRun
from zhijian.exchange.migration.store import allowed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def may_load(db: Db, scope: Scope, one: MigrationRun) -> None:
    """To be asked before the run says that it begins.

    Raises: MigrationWrong where the same run was begun from another folder, whose rows are other ones; or where it brings only what
    changed and the run before it is not there whole.
    """
    allowed(scope, one.migration)
    r, m = tables.run.c, one.migration
    noted = {
        run: ended is not None
        for run, ended in db.execute(
            sa.select(r.run, r.ended_at).where(r.province == m.province, r.mapping == m.mapping.id, r.run <= m.run)
        )
    }
    if m.run in noted and not one.has_begun:
        raise MigrationWrong(
            "begun-elsewhere", f"第 {m.run} 次迁移是从另一个工作目录开始的：回那里接着运行；那个目录已不在，做下一次不带 --since 的（--run {m.run + 1}）",
            f"run {m.run} was begun from another folder: go on there; if that is lost, plan the next run without --since",
        )  # fmt: skip
    before = max((run for run in noted if run < m.run), default=None)
    if one.since and (before is None or not noted[before]):
        raise MigrationWrong(
            "since-unfinished", "目标库里上一次迁移没有全部装入，只取改动会漏掉其余的：先把它运行到底，或不带 --since",
            "the run before it is not through in the target: what it left would be missed. Finish it, or leave --since out",
        )  # fmt: skip
