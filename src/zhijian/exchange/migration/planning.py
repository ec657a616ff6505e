"""A plan on disk: what a run will do, fixed when it begins, so that every later command of the run means the same."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from zhijian.exchange.mapping import SchemaMapping, read_mapping
from zhijian.exchange.migration.files import Files
from zhijian.exchange.migration.model import Migration, MigrationWrong
from zhijian.exchange.migration.room import Size, rooms, size_of
from zhijian.exchange.migration.running import MigrationRun, dropped, folder_of, has_begun, has_ended, held, order
from zhijian.spec import Specification

FILE, MAPPING = "plan.json", "mapping.yaml"
FORMAT = "zhijian-migration/2"


@dataclass(frozen=True, slots=True)
class Plan:
    province: str
    """Two digits of GB/T 2260."""
    origin: str
    """Address of the source without its password."""
    on: date
    """Day by which every record is judged."""
    run: int
    since: Mapping[str, tuple[str, str]]
    """Source table → (column of the last change, from when); empty: everything."""
    mapping_digest: str
    rows: Mapping[str, int]
    """Of each source table when the plan was made."""
    size: Size
    """What it is estimated to want of the disk."""


def planned(
    work: Path, mapping_text: str, spec: Specification, source: sa.Engine | Files, province: str, on: date, *,
    run: int = 1, since: Mapping[str, tuple[str, str]] | None = None, target: Path | None = None,
    free: Callable[[Path], int] | None = None,
) -> Plan:  # fmt: skip
    """Writes the plan of a run into `work`, together with the mapping as it is now. `target`: folder of the target's database, where it
    is on this machine; `free`: bytes free at a folder. Raises: MigrationWrong, MappingWrong."""
    mapping = read_mapping(mapping_text, spec)
    if len(province) != 2 or not province.isdigit():
        raise MigrationWrong("province", f"省份应为两位数字，如 33：{province}", "a province is two digits, such as 33")
    tables = {s.name: s.pattern for s in mapping.sources}
    if strangers := sorted(set(since or {}) - set(tables)):
        raise MigrationWrong("since-table", f"--since：映射里没有表 {'、'.join(strangers)}；有的是 {'、'.join(tables)}",
                             f"the mapping has no tables {', '.join(strangers)}")  # fmt: skip
    target = target if run == 1 else None  # a later run rewrites what is there
    if isinstance(source, Files):
        size = size_of(source, tables, {}, {})
        rooms(size, work, target, free)
        with held(work):
            rows = _counted_in_files(source, mapping, work, since)
    else:
        rows = _counted(source, tables)
        size = size_of(source, tables, rows, since or {})
        rooms(size, work, target, free)
    origin = shown(source)
    digest = hashlib.sha256(mapping_text.encode()).hexdigest()
    plan = Plan(province, origin, on, run, dict(since or {}), digest, rows, size)
    with held(work):
        _in_place_of(work, plan, mapping)
        (work / MAPPING).write_text(mapping_text, "utf-8")
        (work / FILE).write_text(json.dumps(_data(plan), ensure_ascii=False, indent=1), "utf-8")
    return plan


def _in_place_of(work: Path, plan: Plan, mapping: SchemaMapping) -> None:
    """A run may be planned again until something of it is loaded: after a dry run the mapping is mended. What was extracted is kept
    where it would be the same: of the same table or files, from the same place."""
    if not (work / FILE).exists():
        return
    raw = json.loads((work / FILE).read_text("utf-8"))
    if raw["run"] < plan.run:
        _kept(work, int(raw["run"]))
        return
    if raw["run"] > plan.run or has_begun(work, plan.run):
        raise MigrationWrong("planned-already", f"{work} 里第 {plan.run} 次迁移已开始装入：接着运行，或用下一次 --run",
                             "this run is loading already: go on with it, or plan the next")  # fmt: skip
    same = (raw["origin"], raw["since"]) == (plan.origin, {k: list(v) for k, v in plan.since.items()})
    dropped(work, plan.run, keep=[folder_of(work, plan.run, source) for source in mapping.sources] if same else ())


def _kept(work: Path, run: int) -> None:
    """The plan of an earlier run stays: its quarantine is mended by it. Raises: MigrationWrong while records of it are still to come."""
    if not has_ended(work, run):
        raise MigrationWrong(
            "run-unfinished", f"第 {run} 次迁移还没有全部装入：先运行 zhijian migrate run 到底；还没有装入的可以重新计划第 {run} 次",
            f"run {run} is not through: finish zhijian migrate run first; while nothing is loaded it may be planned anew",
        )  # fmt: skip
    for name in (MAPPING, FILE):
        shutil.copyfile(work / name, work / _of(name, run))


def _of(name: str, run: int) -> str:
    """
    >>> _of("plan.json", 1)
    'plan-1.json'
    """
    stem, _, end = name.partition(".")
    return f"{stem}-{run}.{end}"


def read_plan(work: Path, run: int | None = None) -> tuple[Plan, str]:
    """(plan, text of its mapping). `run`: of an earlier one that was planned there. Raises: MigrationWrong."""
    former = run is not None and (work / _of(FILE, run)).exists()
    file, mapping = (work / (_of(name, run) if former and run else name) for name in (FILE, MAPPING))
    try:
        raw = json.loads(file.read_text("utf-8"))
        text = mapping.read_text("utf-8")
        if raw["format"] != FORMAT:
            raise KeyError("format")
        since = {k: (v[0], v[1]) for k, v in raw["since"].items()}
        plan = Plan(raw["province"], raw["origin"], date.fromisoformat(raw["on"]), raw["run"], since,
                    raw["mapping_digest"], raw["rows"], Size(*raw["bytes"]))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        raise MigrationWrong("no-plan", f"{work} 里没有可用的计划；先运行 zhijian migrate plan",
                             "no plan there; run zhijian migrate plan first") from None  # fmt: skip
    if hashlib.sha256(text.encode()).hexdigest() != plan.mapping_digest:
        raise MigrationWrong("mapping-changed", f"{mapping} 在计划之后改过：恢复它，或做新的计划",
                             "the mapping was changed after it was planned: restore it, or plan anew")  # fmt: skip
    if run not in (None, plan.run):
        raise MigrationWrong("no-run", f"{work} 里没有第 {run} 次的计划；最近的是第 {plan.run} 次",
                             f"run {run} was not planned there; the latest is {plan.run}")  # fmt: skip
    return plan, text


def run_of(work: Path, spec: Specification, run: int | None = None) -> MigrationRun:
    """The run that is planned in `work`, or an earlier one. Raises: MigrationWrong, MappingWrong."""
    plan, text = read_plan(work, run)
    migration = Migration(read_mapping(text, spec), plan.mapping_digest, plan.province, plan.run)
    return MigrationRun(migration, spec, work, plan.on, plan.since)


def in_order(text: str, spec: Specification) -> list[str]:
    """Labels of the mapping's records in the order in which they are loaded."""
    mapping = read_mapping(text, spec)
    return [mapping.records[part].label for part in order(mapping, spec)]


def _counted(source: sa.Engine, tables: Mapping[str, str]) -> dict[str, int]:
    inspected = sa.inspect(source)
    there = {*inspected.get_table_names(), *inspected.get_view_names()}
    if absent := sorted(set(tables.values()) - there):
        raise MigrationWrong(
            "no-table", f"源库没有表 {'、'.join(absent)}", f"the source has no tables {', '.join(absent)}"
        )
    with source.connect() as db:
        return {name: db.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()
                for name, table in tables.items()}  # fmt: skip


def _counted_in_files(
    source: Files, mapping: SchemaMapping, work: Path, since: Mapping[str, tuple[str, str]] | None
) -> dict[str, int]:
    if since:
        raise MigrationWrong("since-files", "文件没有增量取数：去掉 --since，整份文件再取一次，没变的按摘要跳过",
                             "files are read whole: leave --since out; what has not changed is passed over")  # fmt: skip
    with source.tables(mapping, work) as (con, found):
        counts = {n: con.execute(f"SELECT count(*) FROM {t.relation}").fetchone() or (0,) for n, t in found.tables.items()}  # fmt: skip
    return {name: int(count) for name, (count,) in counts.items()}


def shown(source: sa.Engine | Files) -> str:
    """Where from, without a password."""
    return source.shown if isinstance(source, Files) else source.url.render_as_string(hide_password=True)


def _data(plan: Plan) -> dict[str, object]:
    return {"format": FORMAT, "province": plan.province, "origin": plan.origin, "on": plan.on.isoformat(), "run": plan.run,
            "since": {k: list(v) for k, v in plan.since.items()}, "mapping_digest": plan.mapping_digest, "rows": dict(plan.rows),
            "bytes": [plan.size.extract, plan.size.text]}  # fmt: skip
