"""What the document commands are given and what they leave: a receipt, a key, certificates in, one new file out."""

import base64
import json
import re
import ssl
from dataclasses import dataclass
from pathlib import Path

from zhijian.cli import evidence_files as files
from zhijian.cli.say import COULD_NOT, WRONG_USE, fail
from zhijian.codes import offline
from zhijian.codes.log import LogError
from zhijian.codes.model import Code, CodeMalformed, CodesError
from zhijian.kit.signing import PrivateKey, Suite

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The API's answer to a submission, shown to agree with itself; its credential is not verified."""

    code: Code
    verifier: str
    qr: str
    qr_small: str
    file_digest: bytes
    scanned: offline.Scanned


def receipt(path: Path) -> Receipt:
    """Of `--report`. Ends the command when it is none, or when code, verifier and the two symbols are not of one report."""
    given = json.loads(files.read("--report", path, files.ISSUED))
    code, verifier, qr, small = (str(given[name]) for name in ("code", "verifier", "qr", "qr_small"))
    try:
        scanned, claims = offline.claimed(qr)
        lesser = offline.scan(small)
    except (CodeMalformed, CodesError) as why:
        fail(WRONG_USE, f"--report {path}：回执里的二维码文字有误；请用 API 原样的答复",
             f"--report {path}: its symbol's text is wrong ({why.why}); take the API's answer as it came")  # fmt: skip
    if {(code, verifier)} != {(one.code, one.verifier) for one in (scanned, lesser)}:
        fail(WRONG_USE, f"--report {path}：编码、校验码与二维码不是同一份报告的；请用 API 原样的答复",
             f"--report {path}: code, verifier and symbols are not of one report; take the API's answer as it came")  # fmt: skip
    return Receipt(scanned.code, verifier, qr, small, claims.file_digest, scanned)


def key(path: Path, suite: Suite) -> PrivateKey:
    """Of `--key`, as the software store of a node or a laboratory's system writes it. A PDF takes ES256, an OFD SM2."""
    given = json.loads(files.read("--key", path, files.KEY))
    if given["suite"] != suite.value:
        what = "PDF" if suite is Suite.ES256 else "OFD"
        of = "a PDF" if suite is Suite.ES256 else "an OFD"
        fail(WRONG_USE, f"--key {path}：{what} 须用 {suite.value} 密钥签章，这是 {str(given['suite'])[:20]}；机构可另申请一个，见 docs/howto/documents.md",
             f"--key {path}: {of} is sealed by a key of {suite.value}; ask for one besides, see docs/howto/documents.md")  # fmt: skip
    try:
        found = PrivateKey(suite, bytes.fromhex(given["secret"]))
        if len(found.secret) != 32:
            raise ValueError
        _ = found.public  # of a number that is none of the curve's it has none
    except (ValueError, TypeError):
        # Nothing of the secret is quoted.
        fail(
            WRONG_USE,
            f"--key {path}：私钥已损坏，应为 64 位十六进制",
            f"--key {path}: the secret is damaged, it is 64 hexadecimal digits",
        )
    return found


def certificates(option: str, path: Path) -> list[bytes]:
    """All certificates of a file, DER. What they say is judged where they are used."""
    raw = files.read(option, path, files.CERTIFICATE)
    if not raw.startswith(b"-----"):
        return [raw]
    try:
        found = [base64.b64decode(one, validate=False) for one in _PEM.findall(raw)]
    except ValueError:
        found = []
    if not found:
        fail(
            WRONG_USE,
            f"{option} {path}：证书已损坏，请重新下载",
            f"{option} {path}: the certificate is damaged, fetch it again",
        )
    return found


def one_certificate(path: Path | None) -> bytes:
    """Of `--certificate`, the sealing one alone."""
    if path is None:
        fail(
            WRONG_USE,
            "--certificate：PDF 签章要给出密钥的证书",
            "--certificate: a PDF is sealed with the key's certificate",
        )
    found = certificates("--certificate", path)
    if len(found) != 1:
        fail(WRONG_USE, f"--certificate {path}：有 {len(found)} 张证书，应只有签章的那一张",
             f"--certificate {path}: {len(found)} certificates, it should be the sealing one alone")  # fmt: skip
    return found[0]


def seal(path: Path | None) -> bytes:
    """Of `--seal`. What it says is judged where it is used."""
    if path is None:
        fail(WRONG_USE, "--seal：OFD 签章要有电子印章，由运营方用 zhijian admin seal make 制作",
             "--seal: an OFD is sealed with an electronic seal, which the operator makes by zhijian admin seal make")  # fmt: skip
    return files.read("--seal", path, files.SEAL)


def not_for_pdf(esl: Path | None, open_: bool) -> None:
    if esl is not None or open_:
        fail(
            WRONG_USE,
            "--seal、--more-seals 只用于 OFD；PDF 签章不用电子印章",
            "--seal and --more-seals are for an OFD; a PDF takes no electronic seal",
        )


def pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).encode()


def proof(path: Path, report: Receipt) -> bytes:
    """Of `--proof`: that of this very report. A sealed file takes no other one afterwards."""
    raw = files.read("--proof", path, files.PROOF)
    try:
        offline.proof_is_of(raw, report.scanned)
    except (CodesError, LogError):
        address = f"{files.AT}/proof/{report.code}?v={report.verifier}"
        fail(WRONG_USE, f"--proof {path}：这份证明不带本报告的登记记录，请带校验码从 {address} 下载",
             f"--proof {path}: it does not carry this report's registration; fetch it with the verifier from {address}")  # fmt: skip
    return raw


def is_free(out: Path, option: str = "--out") -> None:
    """Asked before the work; `write_new` asks again."""
    if out.exists() or out.is_symlink():
        fail(
            WRONG_USE,
            f"{option} {out}：已有这个文件，不会覆盖；换一个名字",
            f"{option} {out}: it is there already and will not be replaced; give another name",
        )
    if not out.parent.is_dir():
        fail(WRONG_USE, f"{option} {out}：没有这个文件夹", f"{option} {out}: there is no such folder")


def write_new(out: Path, content: bytes, option: str = "--out") -> None:
    """A new file, whole or not at all."""
    is_free(out, option)
    try:
        with out.open("xb") as file:
            try:
                file.write(content)
                file.flush()
            except OSError:
                out.unlink(missing_ok=True)
                raise
    except OSError as why:
        fail(COULD_NOT, f"{option} {out}：写不进去", f"{option} {out}: cannot be written ({why.strerror})")
