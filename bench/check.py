"""Checking report rows: ours, with every bad cell located, against a bare scan of the same file and against others on the same rules.

    python bench/check.py [ROWS]            (1,000,000; ten million takes minutes)

The file: reports of the specification, one row in a hundred with one thing wrong, as Parquet and as CSV. Ours runs every check of the
catalogue that applies to one table of reports, and once those alone that the others run too: compulsory, code lists, lengths,
patterns, order of days. The others get fewer rows where a million would take minutes: rates are compared, not times. pandera runs
on polars, Great Expectations on pandas, pydantic on rows as dictionaries.

Figures: rows a second, ratios within this run, peak memory of each in a process of its own.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from zhijian.exchange.checks import catalog
from zhijian.exchange.model import State
from zhijian.exchange.quality import SelfCheck
from zhijian.spec import specification

ON = date(2026, 11, 1)
SPEC = specification()
REPORT = SPEC.entities["report"]
CODED = {e.id: list(SPEC.codelists[e.codes]) for e in REPORT.elements if e.codes}
REQUIRED = [e.id for e in REPORT.elements if e.required]
LENGTHS = {e.id: e.type.length for e in REPORT.elements if e.type.kind == "text" and not e.type.exact and not e.codes}
PATTERNS = {"uscc": "^[0-9A-HJ-NPQRTUWXY]{18}$", "certificate_number": "^[0-9]{12}$", "file_digest": "^[0-9a-f]{64}$"}
SAME = frozenset(
    {
        "required-blank",
        "code-unknown",
        "too-long",
        "wrong-length",
        "uscc-form",
        "cma-number-form",
        "digest-form",
        "date-order",
    }
)
"""Checks that say what the others are asked to."""
DAYS = [("received_on", "tested_from"), ("tested_from", "tested_to"), ("tested_to", "issued_on")]


def made(folder: Path, rows: int) -> None:
    """Institutions with right check characters, so that clean rows are clean."""
    from zhijian.kit.base31 import ALPHABET

    def code(i: int) -> str:
        stem = f"91330100MA{i:07d}"
        total = sum(ALPHABET.index(ch) * pow(3, k, 31) for k, ch in enumerate(stem))
        return stem + ALPHABET[(31 - total % 31) % 31]

    con = duckdb.connect()
    con.execute("CREATE TABLE u (k INTEGER, c VARCHAR)")
    con.executemany("INSERT INTO u VALUES (?, ?)", [(i, code(i)) for i in range(500)])
    pick = {k: "[" + ", ".join(f"'{c}'" for c in v) + "]" for k, v in CODED.items()}
    con.execute(f"""COPY (
      SELECT 'B2026-' || lpad(i::VARCHAR, 8, '0') own_number, CASE WHEN i % 700 = 3 THEN '9133' ELSE u.c END uscc, i % 3 <> 0 cma_marked,
        CASE WHEN i % 3 <> 0 THEN '2111210' || lpad((i % 500)::VARCHAR, 5, '0') END certificate_number, 'S1' site_no, '检测报告' title,
        ({pick["form"]})[1 + i % {len(CODED["form"])}] form,
        CASE WHEN i % 900 = 5 THEN '委托' || i ELSE ({pick["kind"]})[1 + i % {len(CODED["kind"])}] END kind,
        CASE WHEN i % 800 = 7 THEN '' ELSE '某某食品有限公司' || (i % 50000) END client_name, '某市某路' || (i % 300) || '号' client_address,
        '大米' sample_name, 'Y2026-' || i sample_no, i % 9 + 1 sample_count, '2026' || (i % 12) sample_batch, '某某粮油厂' || (i % 1000) producer,
        '某市某超市' sampling_place, DATE '2026-01-01' + (i % 290)::INTEGER sampled_on, DATE '2026-01-02' + (i % 290)::INTEGER received_on,
        DATE '2026-01-03' + (i % 290)::INTEGER tested_from,
        DATE '2026-01-05' + (i % 290)::INTEGER - CASE WHEN i % 1000 = 9 THEN 9 ELSE 0 END tested_to, 'P012' prepared_by, 'P007' reviewed_by,
        'P001' signatory, DATE '2026-01-06' + (i % 290)::INTEGER issued_on, ({pick["verdict"]})[1 + i % {len(CODED["verdict"])}] verdict,
        '所检项目符合 GB 2762-2022' conclusion, NULL::VARCHAR subcontracted, sha256(i::VARCHAR) file_digest,
        ({pick["file_digest_algorithm"]})[1] file_digest_algorithm, i % 7 + 1 file_pages
      FROM range({rows}) t(i) JOIN u ON u.k = t.i % 500 ORDER BY t.i) TO '{folder}/reports.parquet' (COMPRESSION zstd)""")
    con.execute(f"COPY (FROM '{folder}/reports.parquet') TO '{folder}/reports.csv'")


def bare(file: Path) -> int:
    con = duckdb.connect()
    con.execute("SET threads=2")
    source = f"read_csv('{file}', all_varchar=true)" if file.suffix == ".csv" else f"'{file}'"
    names = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    found = con.execute(f"SELECT count(*), {', '.join(f'max({n})' for n in names)} FROM {source}").fetchone()
    return int(found[0]) if found else 0


def ours(file: Path, among: frozenset[str] = frozenset()) -> int:
    """`among`: ids of checks; empty is all of the catalogue."""
    with tempfile.TemporaryDirectory() as work, SelfCheck(Path(work), threads=2) as check:
        check.open([file])
        check.judge(ON, checks=[c for c in catalog() if not among or c.id in among], profile=False)
        said = [o for o in check.outcomes if o.state in (State.PASSED, State.FAILED)]
        (cells,) = check.con.execute("SELECT count(*) FROM finding").fetchone() or (0,)
        print(f"    {len(said)} rules applied, {cells:,} bad cells located", file=sys.stderr)
        (rows,) = check.con.execute("SELECT count(*) FROM m0").fetchone() or (0,)
        return int(rows)


def ours_on_the_same(file: Path) -> int:
    return ours(file, SAME)


def by_pandera(file: Path) -> int:
    import pandera.polars as pa
    import polars as pl

    checks: dict[str, list[Any]] = {name: [] for name in (e.id for e in REPORT.elements)}
    for name, codes in CODED.items():
        checks[name].append(pa.Check.isin(codes))
    for name, length in LENGTHS.items():
        checks[name].append(pa.Check.str_length(max_value=length))
    for name, pattern in PATTERNS.items():
        checks[name].append(pa.Check.str_matches(pattern))
    frame = pl.read_parquet(file)
    columns = {e.id: pa.Column(checks=checks[e.id], nullable=not e.required) for e in REPORT.elements}
    order = [pa.Check(lambda d, a=a, b=b: d.lazyframe.select(pl.col(a) <= pl.col(b))) for a, b in DAYS]
    try:
        pa.DataFrameSchema(columns, checks=order).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as found:
        len(found.failure_cases)
    return int(frame.height)


def by_great_expectations(file: Path) -> int:
    import great_expectations as gx
    import pandas as pd

    frame = pd.read_parquet(file)
    batch = (
        gx.get_context(mode="ephemeral")
        .data_sources.add_pandas("p")
        .add_dataframe_asset("a")
        .add_batch_definition_whole_dataframe("b")
    )
    e = gx.expectations
    suite = [
        *(e.ExpectColumnValuesToNotBeNull(column=c) for c in REQUIRED),
        *(e.ExpectColumnValuesToBeInSet(column=c, value_set=v) for c, v in CODED.items()),
        *(e.ExpectColumnValueLengthsToBeBetween(column=c, max_value=n) for c, n in LENGTHS.items()),
        *(e.ExpectColumnValuesToMatchRegex(column=c, regex=p) for c, p in PATTERNS.items()),
        *(e.ExpectColumnPairValuesAToBeGreaterThanB(column_A=b, column_B=a, or_equal=True) for a, b in DAYS),
    ]
    got = batch.get_batch({"dataframe": frame})
    got.validate(gx.ExpectationSuite("s", expectations=suite), result_format="COMPLETE")
    return len(frame)


def by_pydantic(file: Path) -> int:
    from typing import Annotated, Literal

    import pyarrow.parquet as pq
    from pydantic import Field, ValidationError, create_model, model_validator

    kinds: dict[str, Any] = {"text": str, "date": date, "integer": int, "decimal": float, "bool": bool}
    fields: dict[str, Any] = {}
    for one in REPORT.elements:
        kind: Any = Literal[tuple(CODED[one.id])] if one.id in CODED else kinds[one.type.kind]
        limits = {k: v for k, v in (("max_length", LENGTHS.get(one.id)), ("pattern", PATTERNS.get(one.id))) if v}
        kind = Annotated[kind, Field(**limits)] if limits else kind
        fields[one.id] = (kind, ...) if one.required else (kind | None, None)

    def ordered(self: Any) -> Any:
        for a, b in DAYS:
            if getattr(self, a) > getattr(self, b):
                raise ValueError(f"{a} after {b}")
        return self

    model = create_model("Report", __validators__={"ordered": model_validator(mode="after")(ordered)}, **fields)
    rows = 0
    for batch in pq.ParquetFile(file).iter_batches(10_000):
        for row in batch.to_pylist():
            rows += 1
            try:
                model.model_validate(row)
            except ValidationError as found:
                found.errors()
    return rows


PEERS = {
    "bare": bare,
    "ours": ours,
    "same": ours_on_the_same,
    "pandera": by_pandera,
    "great_expectations": by_great_expectations,
    "pydantic": by_pydantic,
}


IMPORTED = {
    "pandera": ("pandera.polars", "polars"),
    "great_expectations": ("great_expectations", "pandas"),
    "pydantic": ("pydantic", "pyarrow.parquet"),
}


def alone(what: str, file: Path) -> dict[str, float]:
    """In a process of its own: rows, seconds, CPU seconds, peak memory in MB. Importing is not counted."""
    ended = subprocess.run(
        [sys.executable, __file__, "--only", what, str(file)], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def only(what: str, file: Path) -> None:
    for module in IMPORTED.get(what, ()):
        importlib.import_module(module)
    began, cpu = time.perf_counter(), time.process_time()
    rows = PEERS[what](file)
    print(json.dumps({"rows": rows, "s": time.perf_counter() - began, "cpu": time.process_time() - cpu,
                      "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))  # fmt: skip


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="zhijian-bench-") as home:
        big, small, tiny = (Path(home) / name for name in ("big", "small", "tiny"))
        for folder, size in ((big, rows), (small, min(rows, 1_000_000)), (tiny, min(rows, 100_000))):
            folder.mkdir()
            # Aside: a process hands its peak memory down to those that it starts.
            subprocess.run([sys.executable, __file__, "--make", str(folder), str(size)], check=True)
        rates = {}
        for label, what, file in (
            ("bare scan, Parquet", "bare", big / "reports.parquet"),
            ("ours, Parquet, all checks", "ours", big / "reports.parquet"),
            ("bare scan, CSV", "bare", big / "reports.csv"),
            ("ours, CSV, all checks", "ours", big / "reports.csv"),
            ("ours, Parquet, the same rules", "same", big / "reports.parquet"),
            ("pandera on polars", "pandera", small / "reports.parquet"),
            ("Great Expectations on pandas", "great_expectations", tiny / "reports.parquet"),
            ("pydantic", "pydantic", tiny / "reports.parquet"),
        ):
            found = alone(what, file)
            rates[label] = found["rows"] / found["s"]
            print(f"{label:32} {found['rows']:>12,.0f} rows {rates[label]:>12,.0f}/s  CPU {found['cpu'] / found['rows'] * 1e6:6.2f} µs a row  "
                  f"peak {found['mb']:,.0f} MB", flush=True)  # fmt: skip
        mine, same = rates["ours, Parquet, all checks"], rates["ours, Parquet, the same rules"]
        print(f"\nours / bare scan: Parquet {mine / rates['bare scan, Parquet']:.2f}, "
              f"CSV {rates['ours, CSV, all checks'] / rates['bare scan, CSV']:.2f}")  # fmt: skip
        for peer, target in (("pandera on polars", 1), ("Great Expectations on pandas", 5), ("pydantic", 10)):
            print(
                f"ours / {peer}: {same / rates[peer]:.1f} on the same rules, {mine / rates[peer]:.1f} with all checks (target {target})"
            )
        print(f"targets: 1,000,000 rows/s from Parquet, 500,000 from CSV, 1 GB; {os.cpu_count()} cores")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        made(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--only"]:
        only(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
