"""Work on documents in a process of its own, its failures told as problems."""

from collections.abc import Callable
from typing import TypeVar

from zhijian.codes.document import DocumentRefused
from zhijian.kit.aside import AsideFailed
from zhijian.kit.problem import Problem

T = TypeVar("T")


def busy() -> Problem:
    return Problem(503, "documents-busy", "正在处理别的文件", "other documents are being worked on",
                   remedy_zh="几秒后重试", remedy_en="try again in seconds", headers={"Retry-After": "5"})  # fmt: skip


def aside(work: Callable[[], T]) -> T:
    """Raises: Problem 422 for a document that is not taken, 503 when there is no room, 422 when it was too much."""
    try:
        return work()
    except DocumentRefused as why:
        raise Problem(422, f"document-{why.why}", why.zh, why.en, remedy_zh=why.zh, remedy_en=why.en,
                      value=str(why.value)[:200]) from why  # fmt: skip
    except AsideFailed as why:
        if why.why == "busy":
            raise busy() from why
        raise Problem(422, "document-too-complex", "文件太复杂，处理超过时间或内存限制", "the document took more time or memory than there is",
                      remedy_zh="减少页数或图片，或从原程序重新导出", remedy_en="fewer pages or pictures, or export it anew") from why  # fmt: skip
