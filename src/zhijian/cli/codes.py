"""`zhijian codes`: read and judge codes, stamp, seal and inspect reports' files, without any server; submit workbooks to one."""

from typing import Any

import typer

from zhijian.cli import documents, submit
from zhijian.cli.say import WRONG_USE, Format, say
from zhijian.codes import grouped, offline, parse
from zhijian.codes.model import CodeMalformed, CodesError
from zhijian.spec import specification

app = typer.Typer(no_args_is_help=True, help="报告编码与报告文件 report codes, and reports' files")
_REASON = {
    "length": "应为 18 位",
    "symbol": "含有不用的字符",
    "check": "校验位不符",
    "province": "前两位不是省级代码，或第 3、4 位不是年份",
}


@app.command("parse")
def parse_code(code: str, format_: Format = "text") -> None:
    """解读一个编码，抄错一位时指出是哪一位。 Read a code; one wrong character is located."""
    try:
        found = parse(code)
    except CodeMalformed as why:
        say(_malformed(why), format_, _malformed_text)
        raise typer.Exit(WRONG_USE) from None
    p = offline.parts(found)
    province = specification().codelists["province"][p.province]
    data = {"code": found, "printed": grouped(found), "province": p.province, "province_name": province.zh, "year": p.year,
            "institution": p.institution}  # fmt: skip
    say(
        data,
        format_,
        lambda d: (
            f"{d['printed']}  {d['province_name']}  {d['year']} 年  机构序号 {d['institution']}  格式正确 well-formed"
        ),
    )


@app.command("qr")
def read_qr(text: str, format_: Format = "text") -> None:
    """拆开二维码里的文字，不验证。 Take a QR's text apart, unverified; zhijian verify verifies it."""
    try:
        scanned = offline.scan(text)
    except CodesError as why:
        typer.echo(f"不是报告二维码 not a report's QR: {why}", err=True)
        raise typer.Exit(WRONG_USE) from None
    data = {"host": scanned.host, "code": scanned.code, "verifier": scanned.verifier,
            "credential": scanned.credential.hex() if scanned.credential else None}  # fmt: skip
    say(data, format_, lambda d: "\n".join(f"{k:<11}{v}" for k, v in d.items()))


def _malformed(why: CodeMalformed) -> dict[str, Any]:
    return {"code": None, "input": why.value, "reason": why.reason, "position": why.position,
            "suggestion": grouped(why.suggestion) if why.suggestion else None}  # fmt: skip


def _malformed_text(d: dict[str, Any]) -> str:
    where = f"第 {d['position']} 位可能有误 character {d['position']} may be wrong" if d["position"] else ""
    hint = f"；是不是 did you mean {d['suggestion']}" if d["suggestion"] else ""
    return f"格式不对 not well-formed: {_REASON[d['reason']]}。{where}{hint}"


submit.register(app)
documents.register(app)  # last, so that the help begins with the codes themselves
