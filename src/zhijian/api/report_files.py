"""Files of one's own reports: stamped here, and registered as they are handed out."""

from typing import TYPE_CHECKING

import msgspec

from zhijian import documents
from zhijian.api.aside import aside
from zhijian.api.caller import Caller, Received, authenticate
from zhijian.api.own import problem_of
from zhijian.api.submit import AnsweredWithHeaders, not_restored
from zhijian.codes import Office
from zhijian.codes.model import Code, CodesError
from zhijian.kit.digests import Digests
from zhijian.kit.problem import Problem
from zhijian.wiring import Node

if TYPE_CHECKING:
    from zhijian.codes.document.found import Inspection


def stamp(node: Node, received: Received, text: str, place: str | None) -> AnsweredWithHeaders:
    """POST /reports/{code}/stamp: the registered original in, the same with code, verifier and QR out. Nothing is kept."""
    with node.transaction() as db:
        caller, office = authenticate(db, node, received), node.office(db)
        try:
            row, _, _, verifier = office.own_report(db, caller.scope, text)
        except CodesError as why:
            raise problem_of(why) from why
    _is_what_it_says(received)
    _is_original(received.body, row["file_digest_algorithm"], row["file_digest"])
    what = documents.Stamped(Code(row["code"]), verifier, bytes(row["credential"]), caller.institution)
    return 200, aside(lambda: documents.stamp(node, office, received.body, what, place)), {}


def put_down(node: Node, received: Received, text: str) -> AnsweredWithHeaders:
    """POST /reports/{code}/document: the file as it is handed out. Its digests go into the log; it is not kept."""
    not_restored(node)
    with node.transaction() as db:
        caller, trust = authenticate(db, node, received), node.trust(db)
        try:
            row = node.office(db).own_report(db, caller.scope, text)[0]
        except CodesError as why:
            raise problem_of(why) from why
    code = Code(row["code"])
    _is_what_it_says(received)
    found = aside(lambda: documents.inspect(node, trust, received.body, received.at, code))
    _fits(found, code, row["file_digest_algorithm"], row["file_digest"])
    verdict = found.verdict
    if found.kind == "ofd" and found.contradictions:
        said = found.contradictions[0]
        raise Problem(422, "file-contradictory", said.zh, said.en, remedy_zh="登记签章后未再改动的文件",
                      remedy_en="register the file as it was sealed", why_not=said.why)  # fmt: skip
    if verdict not in ("unchanged", "not-sealed"):
        raise Problem(422, f"document-{verdict}", *_NOT_TAKEN[verdict], remedy_zh="登记签章后未再改动的文件",
                      remedy_en="register the file as it was sealed")  # fmt: skip
    return _registered(node, caller, received, code, verdict)


def _registered(node: Node, caller: Caller, received: Received, code: Code, verdict: str) -> AnsweredWithHeaders:
    file = Digests.of(received.body)
    # Its body is the file, of which the base has the digest.
    asked = Office.asked(caller.kid, caller.request.signature, caller.request.base, b"")
    with node.transaction() as db:
        try:
            is_new = node.office(db).file(db, caller.scope, code, received.media_type, file, asked, received.at)
        except CodesError as why:
            raise problem_of(why) from why
    return 201 if is_new else 200, msgspec.json.encode({
        "code": code, "media_type": received.media_type, "bytes": file.length, "sm3": file.by("sm3"), "sha256": file.by("sha256"),
        "sealed": verdict == "unchanged", "log": "pending" if is_new else "registered before",
    }), {}  # fmt: skip


_NOT_TAKEN = {
    "edited": ("文件签章后有改动", "the file was edited after it was sealed"),
    "resaved": ("文件签章后另存过", "the file was saved anew after it was sealed"),
    "stranger": ("签章者不在信任列表内，或无权代表本机构", "the seal is of nobody who may speak for this institution"),
}


def _is_original(pdf: bytes, algorithm: str, registered: str) -> None:
    found = Digests.of(pdf).by(algorithm)
    if found != registered:
        raise Problem(422, "file-differs", "文件不是登记的那一份", "the file is not the registered one",
                      remedy_zh="发送登记时计算摘要的那个文件，一个字节也不能变",
                      remedy_en="send the file whose digest was registered, byte for byte",
                      algorithm=algorithm, registered=registered, found=found)  # fmt: skip


def _is_what_it_says(received: Received) -> None:
    """Raises: Problem 422 for an OFD sent as a PDF, or the other way round: the log keeps what it was called."""
    if documents.is_ofd(received.body) != (received.media_type == documents.OFD):
        raise Problem(422, "document-media-type", "文件与 Content-Type 不符", "the file is not of its Content-Type",
                      remedy_zh="PDF 用 application/pdf，OFD 用 application/ofd", remedy_en="application/pdf for a PDF, application/ofd for an OFD",
                      found=received.media_type)  # fmt: skip


def _fits(found: "Inspection", code: Code, algorithm: str, registered: str) -> None:
    """An OFD that a known key sealed may bear no code of ours: its seal vouches for it. Any other has to say which file was
    stamped.

    Raises: Problem 422 for a file of another report, or that was not made from the registered original.
    """
    # Without a stamp the inspection knows its code from the address alone.
    bare = found.kind == "ofd" and found.verdict == "not-sealed" and not found.original_said
    borne = None if bare else found.code
    if borne != code:
        raise Problem(422, "file-of-another", "文件上的编码不是这份报告的" if borne else "文件未加盖报告编码",
                      "the file bears another code" if borne else "the file bears no code",
                      remedy_zh="先用 /stamp 加盖本报告的编码", remedy_en="have it stamped by /stamp first", found=borne)  # fmt: skip
    began = found.original.by(algorithm) if found.original else None
    if found.kind == "ofd":
        began = found.original_said.get(algorithm, None if found.verdict == "not-sealed" else registered)
    if began != registered:
        raise Problem(422, "file-differs", "文件不是由登记的原始报告盖码、签章而成", "the file was not made from the registered original",
                      remedy_zh="用登记的原始文件盖码、签章，不要另存", remedy_en="stamp and seal the registered original; do not save it anew",
                      algorithm=algorithm, registered=registered, found=began)  # fmt: skip
