"""Why a complaint was not received: what is wrong, where, and how to mend it. Everything typed stays in the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from zhijian.web.concern_service import MOST_PHOTO_BYTES, MOST_PHOTOS
from zhijian.web.say import Say, zh

MOST_MB = MOST_PHOTO_BYTES >> 20
BUSY_S = 5
_NEW_FORM = zh("这是一张新表单，您写的都在。请再按一次提交。")


class _Words(NamedTuple):
    status: int
    title: str
    remedy: str


_WORDS = {
    "fields": _Words(422, zh("还没有提交，请改这 {count} 处"), ""),
    "expired": _Words(409, zh("还没有提交：表单放得太久了"), _NEW_FORM),
    "unsolved": _Words(409, zh("还没有提交：浏览器的计算结果不对"), _NEW_FORM),
    "foreign": _Words(409, zh("还没有提交：表单不是本页给出的"), _NEW_FORM),
    "malformed": _Words(409, zh("还没有提交：表单不完整"), _NEW_FORM),
    "replayed": _Words(409, zh("还没有提交：这张表单已经用过"), _NEW_FORM),
    "form-used": _Words(
        409, zh("这张表单已经收到过一次"), zh("内容与上次不同。要另外提交一条，请再按一次提交；不必提交的，请离开本页。")
    ),
    "other-site": _Words(403, zh("还没有提交：请求来自别的网站"), zh("请核对地址栏，在本页填写后提交。")),
    "too-many": _Words(429, zh("提交得太频繁"), zh("请过 {wait} 再提交。您写的都在。急需处理的，请打 12315。")),
    "too-many-unworked": _Words(
        429, zh("没有 JavaScript 时收得少，现在满了"),
        zh("请过 {wait} 再提交，或打开 JavaScript。您写的都在。急需处理的，请打 12315。"),
    ),
    "busy": _Words(503, zh("正在接收别人的线索"), zh("请等几秒再按一次提交。您写的都在。")),
    "file-too-large": _Words(
        413, zh("照片太大，没有收下"), zh("最多 {most} 张，每张不超过 {mb} MB。请换小一些的，再提交。")
    ),
    "too-slow": _Words(408, zh("上传太慢，没有收全"), zh("请换一个网络，或少选几张照片再提交。")),
    "cut-off": _Words(400, zh("上传中断，没有收全"), zh("请再提交一次。")),
    "form-malformed": _Words(400, zh("没有收到表单"), zh("请用本页的表单填写；照片最多 {most} 张。")),
}  # fmt: skip
FIELD_WORDS = {
    ("kind", "missing"): zh("请选择线索类型"),
    ("kind", "unknown"): zh("请选择线索类型"),
    ("words", "missing"): zh("请写明情况，例如哪一处不同、从哪里得到的报告"),
    ("words", "too-long"): zh("最多 {limit} 字，现在 {count} 字"),
    ("code", "malformed"): zh("不是报告编码，请对照报告再输。纸面上就是这样的，请留空，写进“情况说明”"),
    ("institution_name", "too-long"): zh("最多 {limit} 字，现在 {count} 字"),
    ("contact", "too-long"): zh("最多 {limit} 字，现在 {count} 字"),
    ("photos", "too-many"): zh("最多 {limit} 张，现在 {count} 张"),
    ("photos", "too-large"): zh("第 {count} 张超过 {limit} MB，请换小一些的"),
    ("photos", "photo-kind"): zh("第 {count} 张不是 JPEG、PNG 或 WebP 照片，请另存后再选"),
    ("photos", "photo-unreadable"): zh("第 {count} 张打不开，请重新拍一张"),
    ("photos", "photo-too-many-pixels"): zh("第 {count} 张的像素太多，请用普通清晰度重新拍"),
    ("photos", "photo-too-complex"): zh("第 {count} 张处理不完，请重新拍一张"),
}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """`count` is what was given, `limit` what is allowed; for words that name them."""

    field: str
    why: str
    count: int = 0
    limit: int = 0

    def said(self, t: Say) -> str:
        return t(FIELD_WORDS[self.field, self.why], count=self.count, limit=self.limit)


class ConcernRefused(Exception):
    """`why` is stable. `problems` are those of single fields."""

    def __init__(
        self, why: str, problems: tuple[FieldProblem, ...] = (), *, wait_s: float = 0.0,
        typed: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(why)
        self.why, self.problems, self.wait_s, self.typed = why, problems, max(1, ceil(wait_s)), typed
        """`typed` is what had come of a form that was not read to its end."""
        self.status = _WORDS[why].status

    @property
    def headers(self) -> dict[str, str]:
        wait_s = {429: self.wait_s, 503: BUSY_S}.get(self.status)
        return {"retry-after": str(wait_s)} if wait_s else {}

    def words(self, t: Say) -> tuple[str, str]:
        """What is wrong, and what to do."""
        _, title, remedy = _WORDS[self.why]
        wait = (
            t("{count} 分钟", count=ceil(self.wait_s / 60)) if self.wait_s > 90 else t("{count} 秒", count=self.wait_s)
        )
        values = {"wait": wait, "most": MOST_PHOTOS, "mb": MOST_MB}
        return t(title, count=len(self.problems)), t(remedy, **values) if remedy else ""
