"""What Python's csv writes, in any encoding, is read cell by cell, each row under the number that a spreadsheet shows."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.source.reading import Desk, names

HEAD = ["报告编号", "检验检测机构", "检测结果"]
CELLS = st.text(
    st.one_of(st.sampled_from("，,;\t|\"'\n 　0129.-年检测报告样品合格"), st.characters(codec="gb18030", exclude_categories=("Cc", "Cs", "Co", "Cn"))),
    max_size=12,
)  # fmt: skip
ROWS = st.lists(
    st.lists(CELLS, min_size=3, max_size=3).filter(lambda r: any(c.strip(' 　\t\n,;|，"') for c in r)),
    min_size=1,
    max_size=8,
)
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]


@settings(max_examples=150, deadline=None)
@given(
    rows=ROWS, encoding=st.sampled_from(ENCODINGS), delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), ends=st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_what_was_written_is_read(
    rows: list[list[str]], encoding: str, delimiter: str, quoting: int, ends: str
) -> None:
    # The last line says that no totals are meant; the first that Chinese is written, as in every table here.
    whole = [["编号甲", "检验检测中心有限公司", "合格的样品"], *rows, ["完", "完", "完"]]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ends)  # type: ignore[arg-type]
    writer.writerows([HEAD, *whole])
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        table = desk.one(out.getvalue().encode(encoding))
        assert names(table) == HEAD
        assert desk.rows(table) == [(n, *(c or None for c in row)) for n, row in enumerate(whole, start=2)]
        assert desk.rejected(table) == []
        desk.con.close()
