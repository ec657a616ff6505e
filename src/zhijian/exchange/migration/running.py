"""A run, step by step: tables extracted to disk, then chunk by chunk mapped, judged and loaded. Killed at any moment it goes on
with the next step: an extracted chunk is whole or absent, a loaded one is loaded with its note in one transaction.
"""

import fcntl
import hashlib
import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import sqlalchemy as sa

from zhijian.exchange.mapping import SchemaMapping
from zhijian.exchange.mapping.deriving import derived
from zhijian.exchange.mapping.model import Records, Source
from zhijian.exchange.migration.carrying import Carried, carried, connected
from zhijian.exchange.migration.collected import elements_of, parent_of
from zhijian.exchange.migration.extracting import Extract, extracted
from zhijian.exchange.migration.files import Files, brought
from zhijian.exchange.migration.model import Migration, MigrationWrong
from zhijian.exchange.source import SourceTable
from zhijian.spec import Element, Specification


@dataclass(frozen=True, slots=True)
class Step:
    """One chunk of one part, not yet loaded."""

    part: int
    chunk: int
    label: str


@dataclass(slots=True)
class MigrationRun:
    migration: Migration
    spec: Specification
    work: Path
    on: date
    """Day by which records are judged; the same for the whole run."""
    since: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Source table → (column of the last change, from when): of a later run."""
    _opened: tuple[duckdb.DuckDBPyConnection, dict[str, SourceTable]] | None = None

    @property
    def mapping(self) -> SchemaMapping:
        return self.migration.mapping

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the folder: two runs in it would write each other's files. Raises: MigrationWrong."""
        with held(self.work):
            yield

    def extract(self, origin: sa.Engine | Files) -> Iterator[tuple[str, int]]:
        """(table, rows so far); goes on where it stopped."""
        if isinstance(origin, Files):
            yield from self._from_files(origin)
            return
        with origin.connect() as db:  # one for all tables: where the source keeps pictures, they are of one moment
            for source in self.mapping.sources:
                for rows in extracted(db, source.pattern, self._folder(source), self.since.get(source.name)):
                    yield source.name, rows

    def _from_files(self, origin: Files) -> Iterator[tuple[str, int]]:
        if all(one.done for one in self.extracts().values()):
            return
        with origin.tables(self.mapping, self.work) as (con, found):
            for source in self.mapping.sources:
                for rows in brought(con, found, source.name, self._folder(source)):
                    yield source.name, rows

    def extracts(self) -> dict[str, Extract]:
        return {s.name: Extract(s.name, self._folder(s)) for s in self.mapping.sources}

    def steps(self, done: frozenset[tuple[int, int]] = frozenset()) -> list[Step]:
        """What is left, in an order in which every record comes after those that it refers to."""
        made = []
        extracts = self.extracts()
        for part in order(self.mapping, self.spec):
            records = self.mapping.records[part]
            for chunk in range(1, len(extracts[records.table].chunks) + 1):
                if (part, chunk) not in done:
                    made.append(Step(part, chunk, records.label))
        return made

    def carried(self, steps: Sequence[Step]) -> Iterator[tuple[Step, Carried]]:
        """Each of the steps ready to be loaded; while the caller loads it the next one is carried."""
        with ThreadPoolExecutor(1, "carry") as aside:
            waiting: Future[Carried] | None = None
            try:
                for n, step in enumerate(steps):
                    ready = (waiting or aside.submit(self.carry, step)).result()
                    waiting = aside.submit(self.carry, steps[n + 1]) if n + 1 < len(steps) else None
                    yield step, ready
                    ready.file.unlink()
            finally:
                if waiting is not None and not waiting.cancel():
                    self.tables()[0].interrupt()

    def carry(self, step: Step) -> Carried:
        con, sources = self.tables()
        records = self.mapping.records[step.part]
        base = self.extracts()[records.table]
        chunk = base.relation([base.chunks[step.chunk - 1]])
        losses = self.losses_of(step.part).with_name(f"{step.part:03d}-{step.chunk:06d}.parquet")
        file = self.work / f"incoming-{step.part:03d}-{step.chunk:06d}.csv"
        ready = carried(con, self.mapping, step.part, sources, chunk, self.spec, self.on, file, losses)
        return replace(ready, lasting=self.lasting(step.part))

    def losses_of(self, part: int) -> Path:
        """Pattern of the files that list what did not come over."""
        return self.work / "losses" / str(self.migration.run) / f"{part:03d}-*.parquet"

    def tables(self) -> tuple[duckdb.DuckDBPyConnection, dict[str, SourceTable]]:
        """Everything that was extracted, and what is derived of it; opened once."""
        if self._opened is None:
            con = connected()
            whole = {name: one.relation() for name, one in self.extracts().items()}
            self._opened = con, derived(con, self.mapping, whole, self.work / "extract" / str(self.migration.run))
        return self._opened

    def _folder(self, source: Source) -> Path:
        return folder_of(self.work, self.migration.run, source)

    def elements_of(self, entity: str) -> tuple[Element, ...]:
        return elements_of(self.spec, entity)

    def rows(self) -> dict[str, int]:
        """Rows of each source table, as extracted."""
        return {name: (one.done or {"rows": 0})["rows"] for name, one in self.extracts().items()}

    def rejected(self) -> dict[str, dict[str, int]]:
        """Table → why → lines of its files that are no rows."""
        return {name: one.rejected for name, one in self.extracts().items() if one.rejected}

    def lasting(self, part: int) -> bool:
        """Whether a record of an earlier run stays its source row's (see `Carried`): rows keep their number, and not all are extracted."""
        table = self.mapping.records[part].table
        return table in self.since and self.extracts()[table].lasting

    @property
    def has_begun(self) -> bool:
        """Something of this run may be loaded from this folder."""
        return has_begun(self.work, self.migration.run)

    @property
    def taken_bytes(self) -> int:
        """On disk, of this run's tables."""
        return sum(file.stat().st_size for one in self.extracts().values() for file in one.chunks)

    @property
    def taken_at(self) -> datetime | None:
        """When the last table was through; None while some are not."""
        times = [one.taken_at for one in self.extracts().values()]
        return max((t for t in times if t), default=None) if all(times) else None

    def forget(self) -> None:
        """Drops what was extracted for this run, so that it is read again. Raises: MigrationWrong once anything was loaded from it."""
        if has_begun(self.work, self.migration.run):
            raise MigrationWrong("loaded-already", f"第 {self.migration.run} 次已从现有的取数装入：接着运行，或计划下一次（--run）",
                                 "records of that extraction are loaded: go on with it, or plan the next run")  # fmt: skip
        dropped(self.work, self.migration.run)
        self._opened = None

    def begins(self) -> None:
        """To be said before the first record is loaded: plan and extraction of the run stay as they are from now on."""
        (self.work / f"begun-{self.migration.run}").touch()

    def ends(self) -> None:
        """To be said when every step is loaded: now the next run may be planned."""
        (self.work / f"ended-{self.migration.run}").touch()


@contextmanager
def held(work: Path) -> Iterator[None]:
    """Nobody else has the folder meanwhile. Raises: MigrationWrong."""
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MigrationWrong("running", f"{work} 里已有一个迁移在运行：等它结束，或先停掉它",
                                 "a migration is running in that folder: wait for it, or stop it") from None  # fmt: skip
        yield


def folder_of(work: Path, run: int, source: Source) -> Path:
    """A table's own. Named after its pattern too: rows of another file or table are never taken for this one's."""
    mark = hashlib.sha256(f"{source.name}\0{source.pattern}".encode()).hexdigest()[:8]
    shown = re.sub(r"[^\w-]", "_", source.name)[:40]  # a name out of a mapping leads nowhere else
    return work / "extract" / str(run) / f"{shown}-{mark}"


def has_begun(work: Path, run: int) -> bool:
    return (work / f"begun-{run}").exists()


def has_ended(work: Path, run: int) -> bool:
    return (work / f"ended-{run}").exists()


def dropped(work: Path, run: int, keep: Collection[Path] = ()) -> None:
    """What was extracted but for the folders to `keep`, and all that was derived of it."""
    shutil.rmtree(work / "losses" / str(run), ignore_errors=True)
    for one in (work / "extract" / str(run)).glob("*"):
        if one.is_dir() and one not in keep:
            shutil.rmtree(one)
        elif not one.is_dir():
            one.unlink()


def order(mapping: SchemaMapping, spec: Specification) -> list[int]:
    """Numbers of the mapping's records, those first that others refer to; otherwise as written."""
    left = list(range(len(mapping.records)))
    placed: list[int] = []
    while left:
        waiting = {mapping.records[i].entity for i in left}
        ready = next((i for i in left if not _needs(mapping.records[i], spec) & waiting), left[0])
        left.remove(ready)
        placed.append(ready)
    return placed


def _needs(records: Records, spec: Specification) -> set[str]:
    entity = spec.entities[records.entity]
    parent = parent_of(spec, entity)
    needs = {e.refers for e in entity.elements if e.refers} | ({parent.id} if parent else set())
    return {n for n in needs if n} - {records.entity}
