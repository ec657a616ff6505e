"""The files that commands are given: what each holds, what it should be, and where one gets it."""

import json
from pathlib import Path
from typing import NamedTuple

from zhijian.cli.say import WRONG_USE, fail
from zhijian.codes import offline
from zhijian.kit.signing import PublicKey, Suite

AT = "http://HOST:PORT"
MAX_BYTES = 1 << 26
"""Nothing that is asked for is as large; a larger file is not even read."""


class Kind(NamedTuple):
    zh: str
    en: str
    from_zh: str = ""
    from_en: str = ""


TRUST = Kind("信任列表", "a trust list", f"从 {AT}/trust 下载", f"fetch it from {AT}/trust")
ROOTS = Kind("根公钥 root-keys.json", "the root keys (root-keys.json)", "从可信的途径取得；演示环境写在 ZHIJIAN_HOME 里",
             "get them by a way you trust; the demonstration writes them into ZHIJIAN_HOME")  # fmt: skip
STATUS = Kind("状态列表", "a status list", f"从 {AT}/status/省代码-年-月 下载，例如 {AT}/status/33-2026-11",
              f"fetch it from {AT}/status/PROVINCE-YEAR-MONTH, such as {AT}/status/33-2026-11")  # fmt: skip
PROOF = Kind(
    "日志证明", "a proof of the log", f"从 {AT}/proof/编码?v=校验码 下载", f"fetch it from {AT}/proof/CODE?v=VERIFIER"
)
PDF = Kind("PDF 文件", "a PDF", "请导出为 PDF 或 OFD", "export it as PDF or OFD")
OFD = Kind("OFD 或别的压缩包", "an OFD or another zip", "请导出为 OFD 或 PDF", "export it as OFD or PDF")
PNG = Kind("PNG 图片", "a PNG", "请存为 PNG", "save it as PNG")
SEAL = Kind("电子印章（GB/T 38540）", "an electronic seal (GB/T 38540)", "由运营方用 zhijian admin seal make 制作",
            "the operator makes it by zhijian admin seal make")  # fmt: skip
ISSUED = Kind("登记回执", "the answer to a submission", "即提交报告时 API 的答复；批量提交的，取其中一份的 report",
              "it is what the API answered to the submission; of a batch the `report` of one result")  # fmt: skip
KEY = Kind("机构私钥", "an institution's private key", '形如 {"suite": "ES256", "secret": "64 位十六进制"}',
           'it looks like {"suite": "ES256", "secret": "64 hexadecimal digits"}')  # fmt: skip
CERTIFICATE = Kind("证书（PEM 或 DER）", "a certificate (PEM or DER)", f"签章证书由平台签发，根证书从 {AT}/trust/root.pem 下载",
                   f"the platform issues a sealing certificate; fetch the root's from {AT}/trust/root.pem")  # fmt: skip
_HTML = Kind("网页", "a web page")


def read(option: str, path: Path, wanted: Kind, *others: Kind) -> bytes:
    """The file's bytes; ends the command with status 2 when it is neither of the kind that is wanted nor one of the others."""
    if not path.is_file():
        _wrong(option, path, Kind("没有这个文件", "no such file"), wanted)
    if path.stat().st_size > MAX_BYTES:
        _wrong(option, path, Kind(f"超过 {MAX_BYTES >> 20} MB", f"more than {MAX_BYTES >> 20} MB"), wanted)
    raw = path.read_bytes()
    found = kind(raw)
    if found not in (wanted, *others):
        _wrong(option, path, Kind(f"这是{found.zh}", f"this is {found.en}"), wanted)
    return raw


def root_keys(option: str, path: Path) -> dict[Suite, PublicKey]:
    """Ends the command with status 2 when the file holds none."""
    try:
        points = offline.roots(json.loads(read(option, path, ROOTS)))
    except ValueError:
        points = {}
    if not points or any(len(key.point) != 65 or key.point[0] != 4 for key in points.values()):
        _wrong(option, path, Kind("根公钥已损坏", "the root keys in it are damaged"), ROOTS)
    return points


def kind(raw: bytes) -> Kind:
    """What a file holds, by its own marks; whether it can be believed is asked later."""
    start = raw[:200].lstrip().lower()
    if raw.startswith(b"%PDF-"):
        return PDF
    if raw.startswith(b"PK\x03\x04"):
        return OFD
    if raw.startswith(b"\x89PNG"):
        return PNG
    if raw.startswith(b"\x30") and b"\x16\x02ES\x02\x01" in raw[:32]:  # a SEQUENCE whose header is an IA5String “ES”
        return SEAL
    if raw.startswith((b"-----BEGIN CERTIFICATE-----", b"\x30\x82")):
        return CERTIFICATE
    if start.startswith((b"<!doctype html", b"<html")):
        return _HTML
    if raw.startswith(b"c2sp.org/tlog-proof@"):
        return PROOF
    if raw.startswith(b"\xd2") and b"application/statuslist+cwt" in raw[:200]:
        return STATUS
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Kind("不认识的二进制文件", "some binary file")
    return _kind_of_text(text)


def _kind_of_text(text: str) -> Kind:
    if not text.strip():
        return Kind("空文件", "an empty file")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        begins = text.strip()[:30].splitlines()[0]
        return Kind(f"以“{begins}”开头的文本", f"text that begins with “{begins}”")
    if isinstance(value, dict) and {"payload", "signatures"} <= value.keys():
        return TRUST
    if isinstance(value, dict) and value.keys() & set(Suite) and all(isinstance(v, str) for v in value.values()):
        return ROOTS
    if isinstance(value, dict) and {"code", "verifier", "qr", "qr_small"} <= value.keys():
        return ISSUED
    if isinstance(value, dict) and {"suite", "secret"} <= value.keys():
        return KEY
    return Kind("别的 JSON", "some other JSON")


def _wrong(option: str, path: Path, found: Kind, wanted: Kind) -> None:
    fail(WRONG_USE, f"{option} {path}：{found.zh}，应为{wanted.zh}。{wanted.from_zh}。",
         f"{option} {path}: {found.en}, it should be {wanted.en}; {wanted.from_en}.")  # fmt: skip
