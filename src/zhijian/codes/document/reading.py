"""A PDF's bytes made readable, within bounds: what is too large, locked, broken or hostile is refused here and nowhere else."""

import hashlib
import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pypdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader

from zhijian.codes.document.objects import array, octets
from zhijian.codes.document.refused import DocumentRefused, excerpt
from zhijian.codes.model import CodesError
from zhijian.kit.signing import sm3

MAX_BYTES = 50_000_000
PIECE = "/Zhijian"
"""Our entry in the catalog (a second-class name, ISO 32000-2, annex E): a document that has it is stamped."""

# Both libraries write a line for every oddity; of strangers' files that is a flood, and what matters is refused by name.
for _noisy in ("pypdf", "pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)


def check_size(raw: bytes) -> None:
    """Raises: DocumentRefused `too-large`, `not-pdf`."""
    if len(raw) > MAX_BYTES:
        raise DocumentRefused("too-large", len(raw), f"文件 {len(raw) / 1e6:.0f} MB，超过 {MAX_BYTES // 1_000_000} MB，请压缩图片或分册。",
                              f"{len(raw) / 1e6:.0f} MB; at most {MAX_BYTES // 1_000_000} MB. Compress its pictures or divide it.")  # fmt: skip
    if not raw.startswith(b"%PDF-"):
        raise DocumentRefused("not-pdf", raw[:8].hex(), "这不是 PDF 文件（开头不是 %PDF-），请导出为 PDF。",
                              "This is no PDF (it does not begin with %PDF-); export it as PDF.")  # fmt: skip


def read_pdf(raw: bytes) -> PdfReader:
    """pypdf's reader: forgiving, and with bounds on what it unpacks.

    Raises: DocumentRefused `too-large`, `not-pdf`, `encrypted`, `broken`.
    """
    check_size(raw)
    with broken_is_refused():
        reader = PdfReader(io.BytesIO(raw), root_object_recovery_limit=1_000)
        if "/Encrypt" in reader.trailer:
            raise encrypted()
        _ = reader.root_object
        return reader


class Revision(IncrementalPdfFileWriter):
    """Adds to a document without a clock or dice: the same input gives the same bytes, and /Info and XMP stay as they were."""

    def __init__(self, reader: PdfFileReader, raw: bytes) -> None:
        super().__init__(reader.stream, prev=reader)
        second = octets(sm3(b"zhijian/revision\n" + raw)[:16])
        old = reader.trailer["/ID"] if "/ID" in reader.trailer else None  # noqa: SIM401  it has no get
        self._document_id = array([octets(old[0].original_bytes) if old else second, second])

    def _update_meta(self) -> None:
        """pyHanko would write the time of its clock."""

    def bytes(self) -> bytes:
        """The whole document: what was there, and after it what is new."""
        out = io.BytesIO()
        write: Callable[[io.BytesIO], None] = self.write
        write(out)
        return out.getvalue()


def revise(raw: bytes) -> Revision:
    """A writer that leaves `raw` as it is and adds to it. pyHanko needs an intact cross-reference table for that.

    Raises: DocumentRefused `too-large`, `not-pdf`, `encrypted`, `broken`.
    """
    check_size(raw)
    with broken_is_refused():
        reader = PdfFileReader(io.BytesIO(raw), strict=False)
        if reader.encrypted:
            raise encrypted()
        return Revision(reader, raw)


def digest_by(algorithm: str, raw: bytes) -> bytes:
    """By a name of the code list `digest_algorithm` that we write: sm3 or sha256."""
    return sm3(raw) if algorithm == "sm3" else hashlib.sha256(raw).digest()


@contextmanager
def broken_is_refused() -> Iterator[None]:
    """Whatever a library raises on a stranger's file means one thing here."""
    try:
        yield
    except (DocumentRefused, CodesError, MemoryError):
        raise
    except pypdf.errors.FileNotDecryptedError:
        raise encrypted() from None
    except Exception as why:
        raise DocumentRefused("broken", excerpt(why), "文件已损坏或不合 PDF 规范，请用原软件重新导出 PDF。",
                              "The document is broken or no proper PDF; export it again from where it was written.") from why  # fmt: skip


def encrypted() -> DocumentRefused:
    return DocumentRefused("encrypted", "", "文件已加密或限制编辑，请去除密码后再提交。",
                           "The document is encrypted or locked; remove the password and send it again.")  # fmt: skip
