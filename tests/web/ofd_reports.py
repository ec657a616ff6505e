"""Reports as OFD before a real node: registered, stamped by the API, sealed with a seal that the node made."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.codes.document.reports import LABORATORY, record
from tests.conftest import Laboratory

from zhijian import documents
from zhijian.codes.document.ofd_seal import OfdPlace, OfdSeal, attach_evidence, seal_ofd
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.document.report import render_ofd
from zhijian.codes.document.ses import read_seal
from zhijian.kit.signing import sm3
from zhijian.wiring import Node

PAGE = "Doc_0/Pages/Page_3/Content.xml"


@dataclass(frozen=True)
class OfdReport:
    code: str
    original: bytes
    stamped: bytes
    sealed: bytes

    @property
    def edited(self) -> bytes:
        files = unzipped(self.sealed)
        return zipped(files | {PAGE: files[PAGE].replace(b"0.012", b"0.002")})


def issued_ofd(node: Node, lab: Laboratory, name: str) -> OfdReport:
    lims, at = lab.lims, datetime.now(UTC)
    original = render_ofd(record(own_number=f"{name} {at.timestamp()}"), LABORATORY)
    changes = {"file_digest_algorithm": "sm3", "file_digest": sm3(original).hex(), "file_pages": 5}
    said = lims.submit(lab.fresh(f"OFD-{name}-{at.timestamp()}", **changes))
    assert said.status_code == 201, said.text
    issued = said.json()
    stamped = lims.post_file(f"/api/v1/reports/{issued['code']}/stamp", original, kind=documents.OFD)
    assert stamped.status_code == 200, stamped.text
    with node.transaction() as db:
        seal = documents.electronic_seal(node, db, documents.SealAsked(lims.kid, None, None), at)
    whole = attach_evidence(stamped.content, OfdSeal(issued["code"], issued["qr"], b"proof"), at)
    sealed = seal_ofd(whole, seal, lims.key, read_seal(seal).holders[0], OfdPlace(3, 130, 200), datetime.now(UTC))
    return OfdReport(issued["code"], original, stamped.content, sealed)
