"""The dossier on paper: cover, history with its chain, evidence, objections; the evidence's bytes inside."""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from zhijian.cases.flow.acts import FIELDS
from zhijian.cases.flow.dossier import Dossier, Part
from zhijian.cases.flow.model import Refused
from zhijian.cases.law import CONFIRM
from zhijian.kit.clock import SHANGHAI

MOST_BYTES = 100 << 20
_KEPT = {"same": "一致", "differs": "与登记不一致", "missing": "缺失"}


def paper(found: Dossier, contents: Mapping[int, bytes], at: datetime) -> bytes:
    """A PDF with an empty place for a signature. `contents`: evidence number → bytes, of those that are kept as they came.

    Raises: Refused when the evidence is more than MOST_BYTES; DocumentRefused. Takes seconds.
    """
    from zhijian.codes.document import dossier as pdf  # the PDF libraries take a second

    if sum(map(len, contents.values())) > MOST_BYTES:
        most = f"{MOST_BYTES >> 20} MB"
        raise Refused(
            "dossier-too-large", f"证据合计超过 {most}，请分开归档", f"the evidence is more than {most}: file it apart"
        )
    sections = [pdf.Section(title, rows, widths) for title, rows, widths in _sections(found) if len(rows) > 1]
    files = [pdf.Attached(_file_name(one.number, one.media_type), contents[one.number], one.media_type, one.name)
             for one in found.evidence if one.number in contents]  # fmt: skip
    inside: dict[str, Any] = {"no": found.no, "state": found.case.state, "digest": found.digest, "made_at": at,
                              "parts": [asdict(one) for one in found.parts], "evidence": [asdict(one) for one in found.evidence]}  # fmt: skip
    return pdf.render("案件卷宗", found.no, sections, inside, files, at)


def _sections(found: Dossier) -> list[tuple[str, Sequence[Sequence[str]], Sequence[float]]]:
    facts = [[FIELDS[name].said.zh, str(value)] for name, value in found.case.facts.items() if name in FIELDS]
    cover = [
        ["项目", "内容"],
        ["状态", found.state.zh],
        *facts,
        ["卷宗摘要 SHA-256", found.digest],
        ["法律依据", CONFIRM[0]],
    ]
    history = [["号", "时间", "步骤", "账号", "内容", "摘要"], *map(_row, found.parts)]
    evidence = [["号", "名称", "证明什么", "取得", "SHA-256", "校验"]]
    evidence += [[str(e.number), e.name, e.proves, " ".join(filter(None, (_local(datetime.fromisoformat(e.obtained_at)), e.place))),
                  e.sha256, _KEPT[e.kept]] for e in found.evidence]  # fmt: skip
    objections = [["号", "针对", "内容", "提出", "结果"]]
    objections += [[str(o.no), o.about, o.words, str(o.on), o.result or "未答复"] for o in found.case.objections]
    return [("案情", cover, (0.25, 0.75)), ("经过", history, (0.05, 0.15, 0.12, 0.1, 0.38, 0.2)),
            (f"证据 {len(found.evidence)} 件", evidence, (0.05, 0.15, 0.2, 0.2, 0.3, 0.1)),
            ("异议和更正", objections, (0.05, 0.2, 0.45, 0.15, 0.15))]  # fmt: skip


def _row(part: Part) -> list[str]:
    said = "；".join(
        f"{FIELDS[name].said.zh}：{_value(value)}" for name, value in part.fields.items() if name in FIELDS
    )
    return [str(part.number), _local(part.at), part.said.zh, part.by, said, part.digest]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _file_name(number: int, media_type: str) -> str:
    return f"evidence-{number:03}{mimetypes.guess_extension(media_type) or '.bin'}"
