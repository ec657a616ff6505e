"""Work on documents, each call in a process of its own: a hostile file cannot hang the command or eat the machine.

The PDF libraries take seconds to load; they are imported by that process alone. What goes to it and comes back is pickled
between two processes of one user: of a key, too, nothing touches a disk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from zhijian.cli.document_files import Receipt
from zhijian.cli.say import COULD_NOT, WRONG_USE, fail
from zhijian.codes import TrustList
from zhijian.codes.document import DocumentRefused
from zhijian.codes.model import CodesError
from zhijian.kit.aside import Aside, AsideFailed
from zhijian.kit.digests import Digests
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

if TYPE_CHECKING:
    from zhijian.codes.document.found import Inspection

T = TypeVar("T")
SECONDS, MEMORY_BYTES = 120.0, 2 << 30
_OURS = {"too-complex", "fonts-missing"}
"""Refusals that say nothing against the file."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What `seal` needs besides the file and the receipt. `picture`: page, left and bottom in millimetres."""

    key: PrivateKey
    certificate: bytes
    roots: Sequence[bytes]
    proof: bytes
    picture: tuple[int, float, float] | None


def aside(module: str, call: Callable[..., T], *arguments: Any) -> T:
    """The result of `call`, which works with this module of `codes.document`. Ends the command when there is none."""
    run = Aside([f"zhijian.codes.document.{module}"], at_once=1, seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    try:
        return run(call, *arguments)
    except DocumentRefused as why:
        fail(COULD_NOT if why.why in _OURS else WRONG_USE, why.zh, why.en)
    except CodesError as why:
        fail(WRONG_USE, f"不被接受 refused: {why}")
    except AsideFailed as why:
        fail(COULD_NOT, f"文件太复杂：超过 {SECONDS:.0f} 秒或 {MEMORY_BYTES >> 30} GB 内存；减少页数或图片，或从原程序重新导出",
             f"the document took more than {SECONDS:.0f} s or {MEMORY_BYTES >> 30} GB ({why}); fewer pages or pictures, or export it anew")  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfdSealing:
    """What `seal_ofd` needs. `certificates`: those that the caller gave besides, to be held against the seal's own."""

    key: PrivateKey
    seal: bytes
    roots: Sequence[bytes]
    proof: bytes
    picture: tuple[int, float, float] | None
    certificates: Sequence[bytes]
    is_open: bool


def is_ofd(raw: bytes) -> bool:
    return raw.startswith(b"PK")


def stamped(raw: bytes, report: Receipt, host: str, institution: str, label: str, place: str | None) -> bytes:
    call, module = (stamp_ofd, "ofd_stamp") if is_ofd(raw) else (stamp, "stamp")
    return aside(module, call, raw, report, host, institution, label, place)


def stamp_ofd(ofd: bytes, report: Receipt, host: str, institution: str, label: str, place: str | None) -> bytes:
    from zhijian.codes.document.ofd_stamp import stamp_ofd
    from zhijian.codes.document.stamp import Stamp

    what = Stamp(report.code, report.verifier, report.qr, report.qr_small, host, institution, label)
    return stamp_ofd(ofd, what, place)


def stamp(pdf: bytes, report: Receipt, host: str, institution: str, label: str, place: str | None) -> bytes:
    from zhijian.codes.document.stamp import Stamp, stamp

    what = Stamp(report.code, report.verifier, report.qr, report.qr_small, host, institution, label)
    return stamp(pdf, what, place)


def seal(stamped: bytes, report: Receipt, by: Sealing, at: datetime) -> bytes:
    """Raises: DocumentRefused, besides those of `check_chain` and `seal`: `certificate-of-another`, `original-differs`."""
    from zhijian.codes.document.certificates import check_chain
    from zhijian.codes.document.seal import Picture, Seal, Sealer, original_of, seal

    chain = check_chain(by.certificate, by.roots, at)
    if chain.public != by.key.public:
        raise DocumentRefused("certificate-of-another", chain.kid.hex(), f"证书不是这个私钥的（证书的密钥编号 {chain.kid.hex()}）。",
                              f"The certificate is of another key ({chain.kid.hex()}).")  # fmt: skip
    found = original_of(stamped, report.code)
    algorithm = algorithm_of(report.file_digest, found)
    if algorithm is None:
        raise DocumentRefused("original-differs", "", "盖码前的部分不是登记的那份文件；请用登记的原始文件盖码，不要另存。",
                              "What stands before the stamp is not the registered file; stamp the registered original, do not save it anew.")  # fmt: skip
    what = Seal(
        report.code, report.qr, by.proof, algorithm, picture=Picture(*by.picture) if by.picture is not None else None
    )
    sealer = Sealer(chain.subject.name, by.key, by.certificate, bytes(chain.root.dump()), by.key, chain.kid)
    return seal(stamped, what, sealer, at)


def seal_ofd(stamped: bytes, report: Receipt, by: OfdSealing, at: datetime) -> bytes:
    """Raises: DocumentRefused, besides those of `check_chain` and `ofd_seal`: `certificate-of-another`, `original-differs`."""
    from zhijian.codes.document import ofd_seal, ses
    from zhijian.codes.document.certificates import check_chain, public_key, read

    facts = ses.read_seal(by.seal)
    own = [one for one in facts.holders if public_key(read(one)) == by.key.public]
    if not own or any(public_key(read(one)) != by.key.public for one in by.certificates):
        raise DocumentRefused("certificate-of-another", facts.name, "印章或证书不是这个私钥的；请用为这个密钥制作的印章。",
                              "Seal or certificate is of another key; take the seal that was made for this one.")  # fmt: skip
    for one, moment in ((own[0], at), (facts.maker, facts.created)):
        check_chain(one, by.roots, moment)
    if not facts.valid_from <= at <= facts.valid_to:
        raise DocumentRefused("seal-expired", facts.valid_to.isoformat(), "印章不在有效期内，请运营方另制一枚。",
                              "The seal is not in force; the operator makes another.")  # fmt: skip
    said = ofd_seal.original_said(stamped)
    if not said or report.file_digest.hex() not in said.values():
        raise DocumentRefused("original-differs", "", "盖码的不是登记的那份文件；请用登记的原始文件盖码。",
                              "What was stamped is not the registered file; stamp the registered original.")  # fmt: skip
    whole = stamped
    if not ofd_seal.is_sealed(stamped):  # whoever sealed first has attached them
        whole = ofd_seal.attach_evidence(stamped, ofd_seal.OfdSeal(report.code, report.qr, by.proof), at)
    place = ofd_seal.from_bottom(whole, *by.picture) if by.picture is not None else None
    return ofd_seal.seal_ofd(whole, by.seal, by.key, own[0], place, at, is_last=not by.is_open)


def algorithm_of(registered: bytes, file: bytes) -> Literal["sm3", "sha256"] | None:
    """By which of the two `file` has the registered digest; None when by neither."""
    found = Digests.of(file)
    algorithms: tuple[Literal["sm3", "sha256"], ...] = ("sm3", "sha256")
    return next((algorithm for algorithm in algorithms if found.by(algorithm) == registered.hex()), None)


def inspect(
    raw: bytes, certificates: Sequence[bytes], point: PublicKey | None, trust: TrustList, at: datetime
) -> "Inspection":
    """`point` is the root's key of the file's suite: no other matters. Raises: DocumentRefused, also `root-unknown` when no
    certificate is that key's."""
    from zhijian.codes.document.certificates import public_key, read

    roots = [one for one in certificates if public_key(read(one)) == point]
    if not roots:
        suite = Suite.SM2 if is_ofd(raw) else Suite.ES256
        raise DocumentRefused("root-unknown", "", f"--root-certificate 不是 --roots 中 {suite.value} 根公钥的证书。",
                              f"--root-certificate holds no certificate of the {suite.value} root key in --roots.")  # fmt: skip
    keys = trust.keys_at(at)
    if is_ofd(raw):
        from zhijian.codes.document.ofd_inspect import inspect_file

        return inspect_file(raw, roots, keys, keys.maker, at)
    from zhijian.codes.document.inspect import inspect

    return inspect(raw, roots, keys, at)
