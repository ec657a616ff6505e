"""Why a file was not judged, in both languages: for the page with the form, and as a problem document."""

from typing import NamedTuple, Self

from zhijian.kit.aside import AsideFailed
from zhijian.kit.problem import Problem
from zhijian.web.say import Lang
from zhijian.web.service import DocumentRefused
from zhijian.web.uploads import UploadRefused


class _Words(NamedTuple):
    status: int
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


_WORDS = {
    "file-too-large": _Words(
        413, "文件超过 20 MB", "The file is larger than 20 MB",
        "请用机构发来的原文件；扫描件可降低分辨率。只比对原文件不限大小，在首页选文件即可。",
        "Use the file the institution sent; scan with a lower resolution. Comparing an original on the home page has no limit.",
    ),
    "file-missing": _Words(400, "没有收到文件", "There was no file", "请先选一个 PDF 或 OFD 文件，再上传。", "Choose a PDF or OFD file first."),
    "form-malformed": _Words(
        400, "没有收到文件", "There was no file", "请用本页的表单上传（multipart/form-data，字段 file）。",
        "Send the form of this page (multipart/form-data, field file).",
    ),
    "media-type": _Words(
        415, "只接受 PDF 和 OFD", "Only PDF and OFD are taken", "用 Content-Type: application/pdf 或 application/ofd 发送文件的字节。",
        "Send the file's bytes with Content-Type: application/pdf or application/ofd.",
    ),
    "too-slow": _Words(408, "上传太慢，没有收全", "The upload took too long", "请换一个网络再试。", "Try another network."),
    "cut-off": _Words(400, "上传中断", "The upload broke off", "请再上传一次。", "Send it again."),
    "documents-busy": _Words(
        503, "正在检查别的文件", "Other files are being checked", "请等几秒再上传一次。", "Wait a few seconds and send it again.",
    ),
    "document-too-complex": _Words(
        422, "文件太复杂，检查不完", "The file is too complex to check",
        "它超过了时间或内存的限制。请用机构发来的原文件，或与登记信息逐项核对。",
        "It took more time or memory than there is. Use the file the institution sent, or compare item by item.",
    ),
    "too-many-requests": _Words(
        429, "检查得太频繁", "Too many files from here", "请过 {seconds} 秒再上传。", "Wait {seconds} seconds and send it again.",
    ),
}  # fmt: skip
BUSY_S = 5


class NotInspected(Exception):
    """`why` is stable; `zh` and `en` say what is wrong, the remedies what to do."""

    def __init__(self, status: int, why: str, zh: str, en: str, remedy_zh: str = "", remedy_en: str = "") -> None:
        super().__init__(why)
        self.status, self.why, self.zh, self.en = status, why, zh, en
        self.remedy_zh, self.remedy_en = remedy_zh, remedy_en
        self.headers = {"retry-after": str(BUSY_S)} if status == 503 else {}

    @classmethod
    def of(cls, why: str) -> Self:
        status, *words = _WORDS[why]
        return cls(status, why, *words)

    @classmethod
    def too_many(cls, seconds: int) -> Self:
        status, zh, en, *remedies = _WORDS["too-many-requests"]
        made = cls(status, "too-many-requests", zh, en, *(text.format(seconds=seconds) for text in remedies))
        made.headers = {"retry-after": str(seconds)}
        return made

    @classmethod
    def by(cls, error: DocumentRefused | AsideFailed | UploadRefused) -> Self:
        if isinstance(error, UploadRefused):
            return cls.of("documents-busy" if error.why == "busy" else error.why)
        if isinstance(error, AsideFailed):
            return cls.of("documents-busy" if error.why == "busy" else "document-too-complex")
        return cls(422, f"document-{error.why}", "这个文件检查不了", "This file cannot be checked", error.zh, error.en)

    def words(self, lang: Lang) -> tuple[str, str]:
        """What is wrong, and what to do."""
        return (self.zh, self.remedy_zh) if lang == "zh" else (self.en, self.remedy_en)

    def problem(self) -> Problem:
        return Problem(self.status, self.why, self.zh, self.en, remedy_zh=self.remedy_zh, remedy_en=self.remedy_en,
                       headers=self.headers)  # fmt: skip
