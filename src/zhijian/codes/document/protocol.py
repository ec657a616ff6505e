"""The protocol of a migration: figures on paper for two parties, the same figures as JSON inside, and a signature of each.

Both sign the same file one after the other (PAdES B-B, ES256): the second's signature is an incremental update after the first's, which
stays valid. Any other change shows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, NextPageTemplate, Spacer

from zhijian.codes.document.attach import attach_data, attached_data
from zhijian.codes.document.pades import Party, signed_in
from zhijian.codes.document.reading import broken_is_refused, revise
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.sheet import ROOM, said, style, table, typeset

__all__ = ["FIELDS", "FIGURES", "Party", "Side", "figures", "render", "signed"]
FIGURES = "migration.json"
Side = Literal["province", "centre"]
FIELDS: Mapping[Side, str] = {"province": "Province", "centre": "Centre"}


def render(
    title: str, number: str, particulars: Sequence[tuple[str, str]], head: Sequence[str],
    rows: Sequence[Sequence[str]], data: Mapping[str, Any], at: datetime,
    further: Sequence[tuple[str, Sequence[Sequence[str]]]] = (),
) -> bytes:  # fmt: skip
    """A4, with `data` attached as `migration.json` and a field for the signature of each side.

    `particulars`: name and value, a line each; `head` and `rows`: the table of figures, its first column the widest; `further`: more
    tables, each with its title, the first row its head.
    """
    small, plain = style(7.5), style(10)
    story: list[Any] = [NextPageTemplate("inner"), said(title, style(18, bold=True, centred=True)), Spacer(0, 6 * mm)]
    story.append(table([[said(a, plain), said(b, plain)] for a, b in particulars], [45 * mm, ROOM - 45 * mm]))
    for name, listed in (("", [head, *rows]), *further):
        widths = [ROOM * 0.3, *([ROOM * 0.7 / (len(listed[0]) - 1)] * (len(listed[0]) - 1))]
        story += [Spacer(0, 6 * mm), said(name, plain)] if name else [Spacer(0, 6 * mm)]
        story.append(table([[said(c, small) for c in row] for row in listed], widths, heads=1))
    story.append(Spacer(0, 8 * mm))
    places = [[said("移交方（省级）\nHanded over by", plain), said("接收方（数据中心）\nReceived by", plain)],
              [said("签名、盖章：", plain), said("签名、盖章：", plain)], [said("日期：", plain), said("日期：", plain)]]  # fmt: skip
    story.append(KeepTogether([table(places, [ROOM / 2, ROOM / 2], height=18 * mm)]))
    writer = revise(typeset(story, institution=title, title="", number=number, label="").pdf)
    with broken_is_refused():
        for name in FIELDS.values():
            append_signature_field(writer, SigFieldSpec(name, on_page=0))
        attach_data(writer, FIGURES, data, "对账数据 Figures of the reconciliation", at)
        return writer.bytes()


def figures(raw: bytes) -> dict[str, Any]:
    """What is attached to a protocol. Raises: DocumentRefused."""
    found = attached_data(raw, FIGURES)
    if found is None:
        raise DocumentRefused("no-protocol", FIGURES, "文件不是迁移协议：没有对账数据附件。",
                              "It is no protocol of a migration: no figures are attached.")  # fmt: skip
    return found


def signed(raw: bytes, side: Side, by: Party, at: datetime) -> bytes:
    """With the signature of one side. Raises: DocumentRefused."""
    figures(raw)
    taken = DocumentRefused("signed-already", side, "这一方已经签过，或文件没有签名位置。",
                            "That side has signed already, or there is no place for it.")  # fmt: skip
    return signed_in(raw, FIELDS[side], by, "数据迁移对账确认 Migration reconciled", at, taken)
