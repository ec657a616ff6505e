"""A file from a stranger is an .xlsx of bearable size, or it is refused with words that say how to mend it."""

import io
import zipfile

from zhijian.spec.workbook.model import MAX_BYTES, WorkbookRefused

MAX_UNPACKED = 200 << 20
MAX_MEMBERS = 2000
_SAVE_ZH, _SAVE_EN = "请在 Excel 或 WPS 中另存为“Excel 工作簿（*.xlsx）”", "save it as an Excel workbook (*.xlsx)"


def checked(raw: bytes) -> zipfile.ZipFile:
    """The archive, every member inflated once, so that what its directory claims is true.

    Raises: WorkbookRefused.
    """
    if len(raw) > MAX_BYTES:
        raise WorkbookRefused("too-large", f"文件超过 {MAX_BYTES >> 20} MB；请分成几个文件，删去图片",
                              f"the file has more than {MAX_BYTES >> 20} MB; split it, and delete pictures")  # fmt: skip
    if not raw.startswith(b"PK"):
        raise _no_zip(raw)
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        _bearable(archive)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as why:
        if isinstance(why, RuntimeError) and "password" in str(why):
            raise encrypted() from None
        raise damaged() from None
    except Exception as why:  # zlib.error and whatever else a made-up archive brings out
        if isinstance(why, WorkbookRefused):
            raise
        raise damaged() from None
    _workbook(archive)
    return archive


def damaged() -> WorkbookRefused:
    return WorkbookRefused("damaged", f"文件已损坏或不完整，打不开；{_SAVE_ZH}，再试一次",
                           f"the file is damaged or cut off; open it, {_SAVE_EN}, and try again")  # fmt: skip


def encrypted() -> WorkbookRefused:
    return WorkbookRefused("encrypted", "文件有打开密码；请在 Excel 或 WPS 中取消密码（文件 → 信息 → 保护工作簿），再保存",
                           "the file has a password; take it away (File, Info, Protect Workbook) and save it")  # fmt: skip


def _no_zip(raw: bytes) -> WorkbookRefused:
    start = raw[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not raw:
        return WorkbookRefused("empty", "文件是空的；请先填写并保存", "the file is empty; fill it in and save it")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        # Excel puts an encrypted .xlsx into the container of the old format.
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return encrypted()
        return WorkbookRefused(
            "old-format", f"这是旧的 .xls（或 .et）文件；{_SAVE_ZH}", f"this is an old .xls or .et file; {_SAVE_EN}"
        )
    if start.startswith((b"<html", b"<!doctype html", b"<?xml", b"<table", b"%pdf", b"{\\rtf")):
        return WorkbookRefused("not-xlsx", f"这不是 .xlsx，是网页、XML 或 PDF 改了名字；{_SAVE_ZH}",
                               f"this is a web page, XML or PDF under another name; {_SAVE_EN}")  # fmt: skip
    if b"\0" not in raw[:4096]:
        return WorkbookRefused("text", f"这是文本文件（如 .csv），会丢掉编号前面的 0；请打开模板填写，或{_SAVE_ZH[1:]}",
                               f"this is text, such as .csv, which loses leading zeros; fill in the template, or {_SAVE_EN}")  # fmt: skip
    return WorkbookRefused("not-xlsx", f"这不是 .xlsx 文件；{_SAVE_ZH}", f"this is no .xlsx file; {_SAVE_EN}")


def _bearable(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise _bomb()
    left = MAX_UNPACKED
    for member in members:
        if member.flag_bits & 1:
            raise encrypted()
        with archive.open(member) as file:
            first = True
            while chunk := file.read(1 << 20):
                if (left := left - len(chunk)) < 0:
                    raise _bomb()
                if first and b"<!DOCTYPE" in chunk[:4096].replace(b"\0", b"").upper():
                    raise damaged()
                first = False


def _bomb() -> WorkbookRefused:
    return WorkbookRefused("too-large-unpacked", f"文件解开后超过 {MAX_UNPACKED >> 20} MB；请删去空白的行列、图片和多余的工作表，或从空白模板重新填写",
                           f"unpacked it has more than {MAX_UNPACKED >> 20} MB; delete empty rows and pictures, or use a new template")  # fmt: skip


def _workbook(archive: zipfile.ZipFile) -> None:
    names = {n.lower() for n in archive.namelist()}
    if "[content_types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        if any(n.endswith("workbook.bin") for n in names):
            raise WorkbookRefused("binary", f"这是 .xlsb 文件；{_SAVE_ZH}", f"this is an .xlsb file; {_SAVE_EN}")
        what = "文档或 OFD" if names & {"word/document.xml", "ofd.xml"} else "别的压缩文件（或 .ods）"
        raise WorkbookRefused(
            "not-xlsx", f"这不是 .xlsx，是{what}；{_SAVE_ZH}", f"this is another kind of archive; {_SAVE_EN}"
        )
    types = archive.read(next(n for n in archive.namelist() if n.lower() == "[content_types].xml"))
    if b"macroEnabled" in types or any(n.endswith("vbaproject.bin") for n in names):
        raise WorkbookRefused(
            "macros",
            f"文件含有宏（.xlsm），不接受；{_SAVE_ZH}",
            f"it holds macros (.xlsm), which are not taken; {_SAVE_EN}",
        )
