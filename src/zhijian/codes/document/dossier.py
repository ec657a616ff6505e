"""The dossier of a case (卷宗) as one PDF: its history and its evidence on paper, the same as JSON inside, the evidence attached, one
signature over all of it (PAdES B-B, ES256)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from reportlab.lib.units import mm
from reportlab.platypus import NextPageTemplate, Spacer

from zhijian.codes.document.attach import attach, attach_data, attached_data
from zhijian.codes.document.pades import Party, signed_in
from zhijian.codes.document.reading import broken_is_refused, revise
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.sheet import ROOM, said, style, table, typeset

__all__ = ["DATA", "FIELD", "Attached", "Party", "Section", "data", "render", "signed"]
DATA, FIELD = "dossier.json", "Regulator"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: Sequence[Sequence[str]]
    """The first row is the head."""
    widths: Sequence[float]
    """Shares of the width, their sum 1."""


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    content: bytes
    media_type: str
    about: str


def render(
    title: str, number: str, sections: Sequence[Section], contents: Mapping[str, Any], evidence: Sequence[Attached], at: datetime
) -> bytes:  # fmt: skip
    """A4, with `contents` as dossier.json and the evidence as files inside, and an empty field for the signature.

    Raises: DocumentRefused.
    """
    small, plain = style(7.5), style(10)
    story: list[Any] = [NextPageTemplate("inner"), said(title, style(18, bold=True, centred=True)), Spacer(0, 4 * mm)]
    story += [said(number, style(12, centred=True)), Spacer(0, 6 * mm)]
    for one in sections:
        rows = [[said(cell, small) for cell in row] for row in one.rows]
        story += [
            said(one.title, plain),
            table(rows, [ROOM * w for w in one.widths], heads=1),
            Spacer(0, 6 * mm),
        ]
    writer = revise(typeset(story, institution=title, title="", number=number, label="").pdf)
    with broken_is_refused():
        append_signature_field(writer, SigFieldSpec(FIELD, on_page=0))
        attach_data(writer, DATA, contents, "卷宗数据 Data of the dossier", at)
        for file in evidence:
            attach(writer, file.name, file.content, file.media_type, file.about, "Supplement", at)
        return writer.bytes()


def data(raw: bytes) -> dict[str, Any]:
    """What is inside as JSON. Raises: DocumentRefused."""
    found = attached_data(raw, DATA)
    if found is None:
        raise DocumentRefused(
            "no-dossier", DATA, "文件不是卷宗：没有卷宗数据附件。", "It is no dossier: its data are not attached."
        )
    return found


def signed(raw: bytes, by: Party, at: datetime) -> bytes:
    """Raises: DocumentRefused."""
    data(raw)
    taken = DocumentRefused("signed-already", by.name, "卷宗已经签过，或没有签名位置。",
                            "The dossier is signed already, or has no place for it.")  # fmt: skip
    return signed_in(raw, FIELD, by, "卷宗归档 Dossier filed", at, taken)
