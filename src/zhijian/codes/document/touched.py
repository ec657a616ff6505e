"""What was done to a document before: signed, stamped, or a form without fixed pages."""

from pyhanko.sign.fields import enumerate_sig_fields

from zhijian.codes.document.objects import value
from zhijian.codes.document.reading import PIECE, Revision
from zhijian.codes.document.refused import DocumentRefused


def refuse_signed(writer: Revision, why: str, zh: str, en: str) -> None:
    """Raises: DocumentRefused `why` when there is a signature."""
    if "/Perms" in writer.root or any(True for _ in enumerate_sig_fields(writer.prev, filled_status=True)):
        raise DocumentRefused(why, "", zh, en)


def refuse_touched(writer: Revision) -> None:
    """Raises: DocumentRefused `signed`, `stamped`, `xfa`."""
    refuse_signed(writer, "signed", "文件已有电子签名，盖码会破坏原签名；请提交签名前的文件，由平台盖码后再签章。",
                  "The document is signed and a stamp would break that; send it unsigned, it is sealed after the stamp.")  # fmt: skip
    if PIECE in writer.root:
        raise DocumentRefused("stamped", str(value(value(writer.root, PIECE), "/Code")), "文件已加盖报告编码；请提交原始报告文件。",
                              "The document bears a stamp already; send the original report.")  # fmt: skip
    if "/XFA" in (value(writer.root, "/AcroForm") or {}):
        raise DocumentRefused("xfa", "", "文件是 XFA 动态表单，页面内容不固定；请打印为普通 PDF 后提交。",
                              "The document is an XFA form whose pages are not fixed; print it to a plain PDF.")  # fmt: skip
