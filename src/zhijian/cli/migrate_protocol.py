"""`zhijian migrate protocol | sign`: the books of a migration on paper, signed by both sides."""

from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli import document_files as given
from zhijian.cli import evidence_files as files
from zhijian.cli.migrate_books import books, sums_text, unseen_text
from zhijian.cli.migrate_sample import COUNT
from zhijian.cli.migrate_words import ALL, Work, at_work, audited, told
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, at_least_one, fail, local, say
from zhijian.codes.document import DocumentRefused
from zhijian.exchange.migration import act_store, planning, sampling
from zhijian.kit.settings import Settings
from zhijian.kit.signing import Suite
from zhijian.spec import specification
from zhijian.wiring import open_node

HEAD = ("源表 → 数据集", "源行数", "不迁", "记录", "装入", "隔离", "目标条数", "未迁入单元格", "目标摘要", "一致")

DRAWN = ("源表 → 数据集", "源行", "第几条")
ACTS = ("时间", "操作", "账户", "条数", "说明")
SUMS = ("源表 → 数据集", "数据元", "源值合计", "目标合计", "一致")


def protocol(
    work: Work,
    out: Annotated[Path, typer.Option(help="写成这个新 PDF the new PDF to write")],
    seed: Annotated[str, typer.Option(help="抽样核对用的种子 seed of the sample looked at")] = "",
    count: Annotated[int, typer.Option(callback=at_least_one, help="抽几条 how many were drawn")] = COUNT,
) -> None:
    """对账确认书，供双方签署。 The reconciliation as PDF, for both sides to sign."""
    with told():
        one = planning.run_of(work, specification())
        origin = planning.read_plan(work)[0].origin
        with open_node(Settings.read(), create=False) as node:
            data = books(node, one)
            with at_work(node) as db:
                places = sampling.places(db, ALL, one, seed, count) if seed else []
                data |= {"sample": places, "acts": [asdict(act) for act in act_store.acts(db, ALL, one.migration)]}
    m = one.migration
    about = {"province": m.province, "run": str(m.run), "mapping": m.mapping.id, "mapping_digest": m.mapping_digest,
             "specification": one.spec.version, "source": origin, "seed": seed or "-"}  # fmt: skip
    written(out, composed(data, about, datetime.now(UTC)))
    typer.echo(f"已写入 written {out}")
    if not data["agrees"]:
        raise typer.Exit(FINDINGS)


def _further(data: dict[str, Any]) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Tables below the figures: sums, the records drawn, what people did."""
    drawn = [(p["label"], f"{p['source_row']:,}", str(p["n"])) for p in data["sample"]]
    acts = [(local(a["at"]), a["act"], a["by"], f"{a['records']:,}", a["note"] or "-") for a in data["acts"]]
    tables: list[tuple[str, list[tuple[str, ...]]]] = [
        ("按合计核对 Sums", [SUMS, *sums_text(data)]), ("抽样核对的记录 Records drawn by the seed", [DRAWN, *drawn]),
        ("人工操作 What people did", [ACTS, *acts])]  # fmt: skip
    return [(title, rows) for title, rows in tables if len(rows) > 1]


def composed(data: dict[str, Any], about: dict[str, str], at: datetime) -> bytes:
    """PDF of what `reconcile` found. `about`: province, run, mapping and its digest, specification, source, seed."""
    from zhijian.codes.document import protocol as paper  # the PDF libraries take a second

    rows = [
        (one["label"], *(f"{one[k]:,}" for k in ("source_rows", "left_out", "made", "loaded", "quarantined", "target_rows", "lost")),
         f"{one['target_digest']:x}", "✓" if one["agrees"] else "✗")
        for one in data["lines"]
    ]  # fmt: skip
    rows += [(f"{table} 不成行的行 no rows", f"{sum(why.values()):,}", *["-"] * (len(HEAD) - 2)) for table, why in data["rejected_lines"].items()]  # fmt: skip
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
    return paper.render(
        "数据迁移对账确认书",
        number,
        particulars,
        HEAD,
        rows,
        {**about, **data, "made_at": at.isoformat()},
        at,
        _further(data),
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
    from zhijian.codes.document import protocol as paper

    if side not in paper.FIELDS:
        fail(WRONG_USE, f"--as {side}：应为 province 或 centre", "province or centre")
    given.is_free(out)
    raw = files.read("PROTOCOL", file, files.PDF)
    roots = given.certificates("--root", root)
    party = paper.Party(name, given.key(key, Suite.ES256), given.one_certificate(certificate), roots[0])
    try:
        data = paper.figures(raw)
        made = paper.signed(raw, "province" if side == "province" else "centre", party, datetime.now(UTC))
    except DocumentRefused as why:
        fail(WRONG_USE, str(why))
    if not data["agrees"]:
        fail(
            FINDINGS,
            "对账不一致，不能签署；先运行 zhijian migrate reconcile 看哪里不一致",
            "the books do not agree: it cannot be signed",
        )
    given.write_new(out, made)
    audited("migration_signed", side=side, name=name, protocol=sha256(raw).hexdigest(), out=str(out))
    say({"signed": side, "out": str(out)}, format_, lambda d: f"已签署 signed as {d['signed']}：{d['out']}")
