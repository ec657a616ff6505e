"""What is said of a fault of ours: no trace, which may quote people's data. It goes into a file that only this account reads."""

import tempfile
import traceback


def told_of(why: Exception) -> str:
    """The words for standard error, with where the trace lies."""
    kind = type(why).__name__
    try:
        # Made for its owner alone (0600).
        with tempfile.NamedTemporaryFile("w", prefix="zhijian-fault-", suffix=".txt", encoding="utf-8", errors="replace", delete=False) as file:  # fmt: skip
            file.writelines(traceback.format_exception(why))
    except OSError:
        return f"程序出错（{kind}），详情写不进临时目录 a fault of the program; its details could not be written to the temporary folder"
    return (
        f"程序出错（{kind}），详情在 {file.name}（可能含数据内容，转交前请看一看）\n"
        f"a fault of the program; the details are in {file.name} (they may quote data: look before you pass it on)"
    )
