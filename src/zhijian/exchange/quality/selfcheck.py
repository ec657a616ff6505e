"""The whole self-check as one object: opened, bound, judged, graded, profiled. The command, the benchmark and the pages use it.

Everything lies in one folder that is gone afterwards, whatever happened; memory is bounded, the rest goes to that folder's disk.
Nothing leaves the machine: DuckDB fetches no extension.

>>> import tempfile; from datetime import date; from pathlib import Path
>>> from zhijian.spec import specification
>>> with tempfile.TemporaryDirectory() as folder, SelfCheck(Path(folder)) as check:
...     file = Path(folder) / "sites.csv"
...     _ = file.write_text("统一社会信用代码,场所编号,场所名称,行政区划代码,地址,启用日期\\nX,S1,,330100,某路,2020-01-01\\n")
...     check.open([file])
...     result = check.judge(date(2026, 11, 1))
>>> result.tables[0].rows, result.recognised
(1, 1)
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from zhijian.exchange.bound import Bound, bind
from zhijian.exchange.checks import Check, Context, catalog
from zhijian.exchange.model import Severity, Text
from zhijian.exchange.quality.outcome import Outcome
from zhijian.exchange.quality.profile import profiled
from zhijian.exchange.quality.result import CheckResult, Input, TableResult
from zhijian.exchange.quality.run import Run
from zhijian.exchange.quality.scan import matrix
from zhijian.exchange.quality.summary import summarised, table_as_kept
from zhijian.exchange.source import Opened, Remark, SourceTable, SourceUnreadable, opened, opened_database
from zhijian.spec import Specification, specification

MEMORY_MB = 700
ADDED = ("原行号", "原因", "怎样改")
"""Columns that a file of rejected rows has besides its own; a file that has them was one, and they are no data."""
Progress = Callable[[str, int, int], None]
"""(what, done, of)"""


class CheckRefused(Exception):
    """What was asked for cannot be checked. `why` is a stable key."""

    def __init__(self, why: str, said: Text, remedy: Text) -> None:
        super().__init__(said.zh)
        self.why, self.said, self.remedy = why, said, remedy


class SelfCheck:
    """A context; after `judge` its `con` holds the table `finding` (see `run`) and `judged` (rule, error) until it ends."""

    WORK = ".zhijian-work-"
    """How the name of the folder for the work begins."""

    def __init__(
        self,
        folder: Path,
        memory_mb: int = MEMORY_MB,
        threads: int | None = None,
        progress: Progress = lambda what, done, of: None,
    ) -> None:
        """`folder`: where the folder for the work is made; needs about the data's size of room."""
        self._folder, self._memory, self._threads, self.progress = folder, memory_mb, threads, progress
        self.tables: list[SourceTable] = []
        self.remarks: list[Remark] = []
        """On what gave no table."""
        self.bounds: list[Bound] = []
        self.outcomes: list[Outcome] = []

    def __enter__(self) -> Self:
        self.work = Path(tempfile.mkdtemp(prefix=self.WORK, dir=self._folder))
        try:
            self.con = duckdb.connect(str(self.work / "check.duckdb"))
            for setting in (
                f"memory_limit = '{self._memory}MB'",
                f"threads = {self._threads or min(os.cpu_count() or 1, 8)}",
                f"temp_directory = '{str(self.work / 'spill').replace(chr(39), chr(39) * 2)}'",
                # The database is gone afterwards: to put it into order now and then takes as long as to check.
                "checkpoint_threshold = '1TB'",
                "autoinstall_known_extensions = false",
                "python_enable_replacements = false",
                "TimeZone = 'Asia/Shanghai'",
                "enable_progress_bar = true",
                "enable_progress_bar_print = false",
                "progress_bar_time = 1",
            ):
                self.con.execute(f"SET {setting}")
        except BaseException:
            shutil.rmtree(self.work, ignore_errors=True)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.con.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def open(self, paths: Iterable[Path]) -> None:
        """Files and folders. Raises: CheckRefused, and what `source.opened` raises."""
        given = list(paths)
        for path in given:
            if not path.exists():
                raise CheckRefused("file-missing", Text(f"{path}：没有这个文件或文件夹", f"{path}: no such file or folder"),
                                   Text("核对路径和文件名", "check path and name"))  # fmt: skip
        self._take(lambda: opened(self.con, given, self.work, self.progress))
        if not self.tables:
            raise CheckRefused("nothing-to-check", Text("没有可以检查的表", "there is no table to check"),
                               Text("给出 CSV、Excel 或 Parquet 文件，或这样的文件夹", "name CSV, Excel or Parquet files, or a folder of them"))  # fmt: skip

    def open_database(self, url: str, tables: Sequence[str] = ()) -> None:
        """`tables`: of these only. Raises: CheckRefused, and what `source.opened_database` raises."""
        self._take(lambda: opened_database(self.con, url, self.work, tables or None, self.progress))

    def _take(self, open_: Callable[[], Opened]) -> None:
        try:
            tables = open_()
        except SourceUnreadable as why:
            raise CheckRefused(why.why, why.said, why.remedy) from None
        self.remarks += tables.remarks
        for table in tables:
            own = tuple(c for c in table.columns if c.name not in ADDED)
            whole = len(table.columns) - len(own) == len(ADDED)
            self.tables.append(replace(table, columns=own) if whole else table)

    def judge(
        self,
        on: date,
        named: Mapping[str, str] | None = None,
        checks: Sequence[Check] | None = None,
        settings: Mapping[str, str] | None = None,
        spec: Specification | None = None,
        profile: bool = True,
    ) -> CheckResult:
        """`named`: table's name → entity; `checks`: the catalog's if None; `profile`: of every column, which takes as long
        as the checks or longer. Raises: CheckRefused."""
        spec = spec or specification()
        self._known(spec, named or {})
        self.bounds = bind(spec, self.tables, named)
        self.context = Context(spec, self.bounds, on, settings or {})
        self.outcomes = Run(self.con, self.context, catalog() if checks is None else checks, self.progress).go()
        self.con.execute("CREATE OR REPLACE TABLE judged (rule INTEGER, error BOOLEAN)")
        if self.outcomes:
            said = ", ".join(f"({o.number}, {o.severity is Severity.ERROR})" for o in self.outcomes)
            self.con.execute(f"INSERT INTO judged VALUES {said}")
        return summarised(
            self.context, self.outcomes, self._inputs(), [self._table(b, profile) for b in self.bounds], self.remarks
        )

    def _known(self, spec: Specification, named: Mapping[str, str]) -> None:
        have = [t.name for t in self.tables]
        for table, entity in named.items():
            for what, zh, name, of in (("table", "表", table, have), ("entity", "数据集", entity, list(spec.entities))):
                if name not in of:
                    near = get_close_matches(name, of, 3, 0.4)
                    meant = (f"是不是 {'、'.join(near)}？", f"{' or '.join(near)}? ") if near else ("", "")
                    raise CheckRefused(f"{what}-unknown", Text(f"没有{zh} {name}", f"no {what} {name}"),
                                       Text(f"{meant[0]}全部：{'、'.join(of)}", f"{meant[1]}there are: {', '.join(of)}"))  # fmt: skip

    def _inputs(self) -> list[Input]:
        """Each file once, in the order of its first table."""
        found: dict[str, Input] = {}
        for table in self.tables:
            path = Path(table.origin)
            if table.kind == "database" or not path.is_file():
                found.setdefault(table.origin, Input(table.origin, None, None))
            elif table.origin not in found:
                self.progress(path.name, 0, 0)
                with path.open("rb") as file:
                    found[table.origin] = Input(path.name, path.stat().st_size, file_digest(file, "sha256").hexdigest())
        return list(found.values())

    def _table(self, bound: Bound, profile: bool) -> TableResult:
        self.progress(bound.table.name, bound.number, len(self.bounds))
        rows = self._one(f"SELECT count(*) FROM {matrix(bound)}")
        rejected = self._one(
            "SELECT count(DISTINCT row) FROM finding JOIN judged USING (rule) WHERE error AND row IS NOT NULL AND tab = "
            f"{bound.number}"
        )
        columns = profiled(self.con, bound, rows) if profile else ()
        return table_as_kept(self.context, bound, rows, rejected, columns)

    def _one(self, sql: str) -> int:
        (number,) = self.con.execute(sql).fetchone() or (0,)
        return int(number)
