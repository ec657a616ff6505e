"""What each finding about a file says: the banner, and what it means for whoever holds the file.

Everyday words, conclusion first. Red is for what a known seal itself shows: the file is not what was sealed (decision 0010).
It names no culprit, and says what else may have happened.
"""

from dataclasses import dataclass

from zhijian.web.inspect_finding import Finding
from zhijian.web.say import zh


@dataclass(frozen=True, slots=True)
class FindingWords:
    kind: str
    """CSS class of the band; `penalty` is its red."""
    sign: str
    word: str
    line: str


FINDINGS: dict[Finding, FindingWords] = {
    Finding.SAME_SEALED: FindingWords(
        "valid", "tick", zh("这个文件就是登记的报告文件，签章后没有改动"),
        zh("它与机构登记的文件逐字节相同。"),
    ),
    Finding.SAME: FindingWords(
        "valid", "tick", zh("这个文件就是登记的报告文件，没有改动"),
        zh("它与机构登记的文件逐字节相同。"),
    ),
    Finding.SEALED: FindingWords(
        "valid", "tick", zh("这是登记的报告，签章后没有改动"),
        zh("文件由登记的原始报告盖码、签章而成，签章覆盖整个文件。机构没有另外登记签章后的文件。"),
    ),
    Finding.RESAVED: FindingWords(
        "care", "alert", zh("文件另存过，页面内容没有变"),
        zh("看图软件或邮件系统重新保存过它，签名因此失效；每一页与签章时的清单相同。要紧的用途，请向机构索取原文件。"),
    ),
    Finding.CONTRADICTORY: FindingWords(
        "care", "alert", zh("是登记的文件，但里面的编码互相矛盾"),
        zh("文件与登记的逐字节相同，可是它还写着另一份报告的编码。请向机构核实。"),
    ),
    Finding.UNSURE: FindingWords(
        "care", "alert", zh("不能确认文件没有改动"),
        zh("文件没有登记过，也没有签章能证明它是登记的报告、后来没有加过内容。请与登记信息逐项核对，或向机构索取原文件。"),
    ),
    Finding.ELSEWHERE: FindingWords(
        "care", "alert", zh("文件登记在另一个编码下"),
        zh("文件上写的编码和登记它的编码不是一个。请先看下面列出的登记，再向机构核实。"),
    ),
    Finding.NO_FILE: FindingWords(
        "stopped", "clock", zh("还没有登记文件，不能比对"),
        zh("这个编码下还没有报告。过几天再查，或打机构的公开电话问清。"),
    ),
    Finding.EDITED: FindingWords(
        "penalty", "cross", zh("签章后有改动"),
        zh("文件现在显示的，不是签章时的内容。请不要使用它，向机构索取原文件。"),
    ),
    Finding.NOT_REGISTERED: FindingWords(
        "care", "alert", zh("编码是真的，文件不是登记的那一份"),
        zh("可能是扫描、打印成的新文件，也可能改过内容，从文件本身看不出来。请与登记信息逐项核对，或向机构索取原文件。"),
    ),
    Finding.NO_CODE: FindingWords(
        "none", "lens", zh("文件里没有报告编码"),
        zh("扫描件和照片里的编码读不出来。请在首页输入报告上印的编码，或扫它的二维码。"),
    ),
    Finding.CODE_UNKNOWN: FindingWords(
        "none", "lens", zh("文件上的编码没有登记"),
        zh("没有登记不等于报告有假：刚签发的报告可能几天后才登记。请先向出具机构核实。"),
    ),
    Finding.SIGNER_REVOKED: FindingWords(
        "care", "alert", zh("登记不作数"),
        zh("登记它的签名密钥当时已经作废，可能是有人盗用。不要使用这份报告，请向机构核实。"),
    ),
    Finding.EVIDENCE_BROKEN: FindingWords(
        "care", "alert", zh("暂时不能回答"),
        zh("平台的记录互相矛盾，已经报警。请稍后再试，或直接向出具机构核实。"),
    ),
}  # fmt: skip

HEAVIER = ("valid", "none", "changed", "stopped", "care", "penalty")
"""Kinds, the later the more the reader has to heed it: state and file may each have a say."""

PAGES: dict[str, tuple[str, str]] = {
    "unchanged": ("valid", zh("与签章时相同")),
    "edited": ("penalty", zh("内容有改动")),
    "moved": ("penalty", zh("换了位置，签章时是第 {page} 页")),
    "added": ("penalty", zh("签章后加的")),
    "uncertain": ("bare", zh("不能确定：页面以外的文件有改动")),
    "not-compared": ("bare", zh("没有比对")),
}
"""Tag class and word of a page's standing."""

FILES: dict[str, str] = {
    "changed": zh("签章后改过"),
    "missing": zh("签章后不见了"),
    "uncovered": zh("签章没有覆盖，可能是后加的"),
}
"""Of a file in an OFD's container that is not as it was sealed."""

COVERS = {"whole-file": zh("整个文件"), "revision": zh("签章时的文件，后面又加了内容"), "part": zh("文件的一部分")}

PROBLEMS = {
    "signature-broken": zh("签名与文件内容不符"),
    "signature-unreadable": zh("签名读不出来"),
    "signature-padded": zh("签名的空位里被填了别的东西"),
    "certificate-untrusted": zh("证书不是信任的根证书签发的"),
    "certificate-expired": zh("证书不在有效期内"),
    "certificate-usage": zh("这个证书不能用来签章"),
    "key-unknown": zh("签章密钥不在信任列表里，或不能代表这家机构"),
    "key-revoked": zh("签章密钥那时已经作废"),
    "seal-maker-unknown": zh("印章不是有权制章的节点制作的"),
    "seal-maker-revoked": zh("制作印章的密钥那时已经作废"),
    "seal-expired": zh("印章不在有效期内"),
    "seal-holder": zh("签章者不是印章登记的使用者"),
    "seal-broken": zh("印章或签章的签名值无效"),
    "seal-malformed": zh("印章数据不合格式"),
    "seal-differs": zh("签章用的印章和文件里的印章不是一个"),
    "files-changed": zh("签章后有文件改动"),
    "files-uncovered": zh("有文件不在签章范围内"),
    "file-absent": zh("签章的文件不全"),
    "xml-malformed": zh("签章的描述不合格式"),
    "code-absent": zh("文件里没有报告编码，不知道该由谁签章"),
}
OTHER_PROBLEM = zh("证书不合要求")
