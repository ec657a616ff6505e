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
from zhijian.kit.signing import PrivateKey, PublicKey

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


def algorithm_of(registered: bytes, file: bytes) -> Literal["sm3", "sha256"] | None:
    """By which of the two `file` has the registered digest; None when by neither."""
    found = Digests.of(file)
    algorithms: tuple[Literal["sm3", "sha256"], ...] = ("sm3", "sha256")
    return next((algorithm for algorithm in algorithms if found.by(algorithm) == registered.hex()), None)


def inspect(
    pdf: bytes, certificates: Sequence[bytes], point: PublicKey | None, trust: TrustList, at: datetime
) -> "Inspection":
    """`point` is the root's ES256 key: of a PDF no other matters. Raises: DocumentRefused, also `root-unknown` when no
    certificate is that key's."""
    from zhijian.codes.document.certificates import public_key, read
    from zhijian.codes.document.inspect import inspect

    roots = [one for one in certificates if public_key(read(one)) == point]
    if not roots:
        raise DocumentRefused("root-unknown", "", "--root-certificate 不是 --roots 中 ES256 根公钥的证书。",
                              "--root-certificate holds no certificate of the ES256 root key in --roots.")  # fmt: skip
    return inspect(pdf, roots, trust.keys_at(at), at)
