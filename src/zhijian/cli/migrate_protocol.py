"""`zhijian migrate protocol | sign`: the books of a migration on paper, signed by both sides."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli import document_files as given
from zhijian.cli import evidence_files as files
from zhijian.cli.migrate_books import sums_text, unseen_text
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, local, say
from zhijian.codes.document import DocumentRefused
from zhijian.kit.signing import Suite

HEAD = ("源表 → 数据集", "源行数", "不迁", "记录", "装入", "隔离", "目标条数", "未迁入单元格", "目标摘要", "一致")

SUMS = ("源表 → 数据集", "数据元", "源值合计", "目标合计", "一致")


def composed(data: dict[str, Any], about: dict[str, str], at: datetime) -> bytes:
    """PDF of what `reconcile` found. `about`: province, run, mapping and its digest, specification, source, seed."""
    from zhijian.codes.document import protocol  # the PDF libraries take a second

    rows = [
        (one["label"], *(f"{one[k]:,}" for k in ("source_rows", "left_out", "made", "loaded", "quarantined", "target_rows", "lost")),
         f"{one['target_digest']:x}", "✓" if one["agrees"] else "✗")
        for one in data["lines"]
    ]  # fmt: skip
    rows += [(f"{table} 不成行的行 no rows", f"{sum(why.values()):,}", *["-"] * (len(HEAD) - 2)) for table, why in data["rejected_lines"].items()]  # fmt: skip
    further = [("按合计核对 Sums", [SUMS, *sums])] if (sums := sums_text(data)) else []
    words = {
        "province": "省份 Province", "run": "第几次 Run", "mapping": "映射 Mapping", "mapping_digest": "映射摘要 SHA-256",
        "specification": "数据规范 Specification", "source": "源 Source", "seed": "抽样种子 Sample seed",
    }  # fmt: skip
    particulars = [(words[k], v) for k, v in about.items()]
    particulars += [("隔离区待处理 In quarantine", f"{data['quarantine_open']:,}"),
                    ("对账 Reconciliation", "一致 agrees" if data["agrees"] else "不一致 does not agree"),
                    *(("看不到的删除 Deletions unseen", said) for said in unseen_text(data)),
                    ("生成 Made at", local(at))]  # fmt: skip
    number = f"{about['province']}-{about['mapping']}-{about['run']}"
    return protocol.render(
        "数据迁移对账确认书", number, particulars, HEAD, rows, {**about, **data, "made_at": at.isoformat()}, at, further
    )


def written(out: Path, raw: bytes) -> None:
    given.is_free(out)
    given.write_new(out, raw)


def sign(
    file: Annotated[Path, typer.Argument(metavar="PROTOCOL", help="确认书 the protocol, PDF")],
    key: Annotated[Path, typer.Option(help="签名私钥，只在这里使用，ES256 the key, which stays here")],
    certificate: Annotated[Path, typer.Option(help="该密钥的证书 the key's certificate, PEM or DER")],
    root: Annotated[Path, typer.Option(help="根证书 the root's certificate, PEM or DER")],
    side: Annotated[str, typer.Option("--as", help="province 移交方，centre 接收方")],
    name: Annotated[str, typer.Option(help="单位名称 the body that signs")],
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write")],
    format_: Format = "text",
) -> None:
    """签署对账确认书；两方先后各签一次。 Sign the protocol; each side once, one after the other."""
    from zhijian.codes.document import protocol

    if side not in protocol.FIELDS:
        fail(WRONG_USE, f"--as {side}：应为 province 或 centre", "province or centre")
    given.is_free(out)
    raw = files.read("PROTOCOL", file, files.PDF)
    roots = given.certificates("--root", root)
    party = protocol.Party(name, given.key(key, Suite.ES256), given.one_certificate(certificate), roots[0])
    try:
        data = protocol.figures(raw)
        made = protocol.signed(raw, "province" if side == "province" else "centre", party, datetime.now(UTC))
    except DocumentRefused as why:
        fail(WRONG_USE, str(why))
    if not data["agrees"]:
        fail(
            FINDINGS,
            "对账不一致，不能签署；先运行 zhijian migrate reconcile 看哪里不一致",
            "the books do not agree: it cannot be signed",
        )
    given.write_new(out, made)
    say({"signed": side, "out": str(out)}, format_, lambda d: f"已签署 signed as {d['signed']}：{d['out']}")
