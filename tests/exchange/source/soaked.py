"""Large files made in a moment, and what opening one costs: a child process's peak of memory and its time."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

# VmHWM and not ru_maxrss: that one is handed down by the process that started it.
_CHILD = """
import json, sys, time
from pathlib import Path
import duckdb
from zhijian.exchange.source import opened
con = duckdb.connect()
con.execute("SET memory_limit='200MB'; SET threads=2; SET enable_progress_bar=false")
begun, cpu = time.perf_counter(), time.process_time()
tables = opened(con, [Path(sys.argv[1])], Path(sys.argv[2]))
took, cpu = time.perf_counter() - begun, time.process_time() - cpu
found = [con.execute(f"SELECT count(*), min(_row), max(_row), count(DISTINCT _row) FROM {t.relation}").fetchone() for t in tables]
print(json.dumps({"tables": found, "seconds": took, "cpu": cpu, "about": [dict(t.about) for t in tables],
    "remarks": sorted({r.why for t in tables for r in t.remarks}),
    "peak_mb": int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024}))
"""


def opening(path: Path, work: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), str(work)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def big_csv(path: Path, rows: int, encoding: str) -> Path:
    """About 150 bytes a row; each number is one of its own."""
    with path.open("w", encoding=encoding, newline="") as out:
        out.write("序号,报告编号,检验检测机构名称,签发日期,结果,地址,备注,判定\n")
        for start in range(0, rows, 10_000):
            out.writelines(
                f"{n},NO{n:012d},某某省检测技术服务有限公司{n % 997},2025-{1 + n % 12:02d}-{1 + n % 28:02d},{n % 9973 / 100},"
                f'浙江省杭州市西湖区文三路{n % 977}号,"第一批,复检",合格\n'
                for n in range(start, min(rows, start + 10_000))
            )
    return path


def big_xlsx(path: Path, rows: int, sheets: int) -> Path:
    """Rows over several sheets, with one shared string of its own a row, as Excel writes them."""
    spread = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        out.writestr("[Content_Types].xml", "<Types/>")
        names = "".join(f'<sheet name="表{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, sheets + 1))
        out.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{spread}" xmlns:r="{rel}"><sheets>{names}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="r{i}" Type="{rel}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, sheets + 1)
        )
        out.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{links}</Relationships>')
        heads = ["报告编号", "检验检测机构名称", "签发日期", "结果", "判定"]
        with out.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{spread}">'.encode())
            part.write("".join(f"<si><t>{t}</t></si>" for t in [*heads, "某某检测有限公司", "合格"]).encode())
            for start in range(0, rows, 50_000):
                part.write(
                    "".join(f"<si><t>NO{n:012d}</t></si>" for n in range(start, min(rows, start + 50_000))).encode()
                )
            part.write(b"</sst>")
        each = rows // sheets
        for i in range(sheets):
            with out.open(f"xl/worksheets/sheet{i + 1}.xml", "w", force_zip64=True) as part:
                part.write(f'<worksheet xmlns="{spread}"><sheetData>'.encode())
                first = 1
                if i == 0:
                    part.write(
                        ('<row r="1">' + "".join(f'<c t="s"><v>{c}</v></c>' for c in range(5)) + "</row>").encode()
                    )
                    first = 2
                for start in range(0, each, 50_000):
                    part.write("".join(
                        f'<row r="{first + n}"><c r="A{first + n}" t="s"><v>{7 + i * each + n}</v></c><c t="s"><v>5</v></c>'
                        f"<c><v>{45000 + n % 300}</v></c><c><v>{n % 997 / 10}</v></c><c t=\"s\"><v>6</v></c></row>"
                        for n in range(start, min(each, start + 50_000))).encode())  # fmt: skip
                part.write(b"</sheetData></worksheet>")
    return path
