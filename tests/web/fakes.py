"""A VerifyService in memory that behaves: it knows states, verifiers and digests."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import product

from tests.web.inspections import Papers

from zhijian.codes.model import CalibrationFacts, LogEvidence, SignatureEvidence, StatusEvidence
from zhijian.web.service import (
    Answer,
    Change,
    Code,
    CodeMalformed,
    CodesError,
    CodeUnknown,
    CredentialRefused,
    DigestAlgorithm,
    FullFacts,
    Inspected,
    InstrumentFacts,
    Issuer,
    ItemFacts,
    Standing,
    State,
    Trace,
    TracedItem,
    VerifierWrong,
    parse,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NOW = datetime(2026, 5, 18, 2, 24, 36, tzinfo=UTC)
VERIFIER = "7KQ2MX"
CREDENTIAL = "0A$B*C-D.E:F" * 4
INSTITUTION = "示例检测（浙江）有限公司"


def code_of(serial: str) -> Code:
    """The well-formed code around these eight symbols."""
    for checks in product(ALPHABET, repeat=2):
        with suppress(CodeMalformed):
            text = f"332608K7{serial}{''.join(checks)}"
            if parse(text) == text:
                return Code(text)
    raise AssertionError(serial)


SERIALS = {
    State.VALID: "M4QX72RD",
    State.CORRECTED: "C0RR3CT1",
    State.REPLACED: "R3P1ACED",
    State.WITHDRAWN: "T1HW9P3C",
    State.RESERVED: "R3TH0001",
    State.DOUBTED: "D0UBT001",
    State.INACCURATE: "1NACC001",
    State.FALSE: "FA1TE001",
}
CODES: dict[State, Code] = {state: code_of(serial) for state, serial in SERIALS.items()}
LATE, UNWITNESSED, LAPSED = code_of("1ATE0001"), code_of("N0W1TNET"), code_of("1APTED01")
REASONS = {
    State.CORRECTED: "样品名称有误",
    State.REPLACED: "补充检测项目",
    State.WITHDRAWN: "样品标识有误，委托方已同意",
    State.DOUBTED: None,
    State.INACCURATE: "检测原始数据与报告不符",
    State.FALSE: "未经检测出具报告",
}

ITEMS = (
    ItemFacts(1, "化学需氧量", "HJ 828-2017", "38", "mg/L", "≤ 60", None),
    ItemFacts(2, "氨氮", "HJ 535-2009", "1.62", "mg/L", "≤ 8", None),
    ItemFacts(3, "总磷", "GB/T 11893-1989", "0.21", "mg/L", "≤ 1", None),
    ItemFacts(4, "悬浮物", "GB/T 11901-1989", "12", "mg/L", "≤ 20", None),
)
FULL = FullFacts(
    own_number="SL-HJ-2026-04417",
    title="检测报告（废水）",
    form="检测",
    kind="委托抽样",
    sample_name="总排口废水",
    sample_no="W260506-03",
    sample_count=3,
    sample_batch=None,
    producer=None,
    client="杭州示＊＊＊＊有限公司",
    signatory="王＊",
    sampled_on=date(2026, 5, 6),
    received_on=date(2026, 5, 6),
    tested_from=date(2026, 5, 7),
    tested_to=date(2026, 5, 11),
    verdict="不判定",
    conclusion=None,
    file_pages=6,
    file_digest_algorithm="sm3",
    file_digest="7c1d9e40b2a86f35d01c44be9a7f2286e5b30d9174cc58fa6e0b93d21f8467ab",
    facts_digest="e5b30d9174cc58fa6e0b93d21f8467ab7c1d9e40b2a86f35d01c44be9a7f2286",
    items=ITEMS,
)
ISSUER = Issuer(
    index="08K7",
    name=INSTITUTION,
    uscc="91330100MA2EXAMP0X",
    province="33",
    public_phone="0571-8000 0000",
    certificate_number="241112340186",
    on_issue=Standing.IN_FORCE,
    today=Standing.IN_FORCE,
    expires_on=date(2030, 3, 10),
)
SIGNED = SignatureEvidence(
    suite="SM2-SM3",
    kid="zj-node-2026a",
    key_name="浙江节点",
    trust_version=118,
    issued_at=datetime(2026, 5, 12, 8, 40, 9, tzinfo=UTC),
    institution_kid="zj-08k7-2026a",
    institution_key_name="示例检测 2026",
    registered_at=datetime(2026, 5, 12, 8, 40, 11, tzinfo=UTC),
)
LOGGED = LogEvidence(
    origin="log.zj.example/2026h1",
    index=18_402_276,
    size=20_118_944,
    checkpoint_at=datetime(2026, 5, 18, 2, 24, 31, tzinfo=UTC),
    witnesses=("全国", "江苏", "某高校"),
)


@dataclass
class Report:
    answer: Answer
    full: FullFacts = FULL
    verifier: str = VERIFIER
    credential: str = CREDENTIAL
    digests: dict[str, str] = field(default_factory=dict)


def _history(code: Code, state: State) -> tuple[Change, ...]:
    issued = SIGNED.issued_at
    reserved = Change(issued - timedelta(hours=31), State.RESERVED, "institution", INSTITUTION, None, None, True)
    if state is State.RESERVED:
        return (reserved,)
    valid = Change(issued, State.VALID, "institution", INSTITUTION, None, None, True)
    if state is State.VALID:
        return (valid, reserved)
    by_regulator = state in {State.DOUBTED, State.INACCURATE, State.FALSE}
    successor = CODES[State.VALID] if state in {State.CORRECTED, State.REPLACED} else None
    actor = "浙江省市场监督管理局" if by_regulator else INSTITUTION
    by = "regulator" if by_regulator else "institution"
    last = Change(issued + timedelta(days=3), state, by, actor, REASONS[state], successor, True)
    return (last, valid, reserved)


def report(code: Code, state: State) -> Report:
    issued = state is not State.RESERVED
    values = {State.VALID: 0, State.CORRECTED: 3, State.REPLACED: 3, State.DOUBTED: 2}
    history = _history(code, state)
    answer = Answer(
        code=code,
        state=state,
        asked_at=NOW,
        issuer=ISSUER,
        issued_on=date(2026, 5, 12) if issued else None,
        late=False,
        level=3 if issued else 0,
        signature=SIGNED if issued else None,
        status=StatusEvidence("33-2026-05", 1_204_551, values.get(state, 1), NOW - timedelta(seconds=3)),
        log=LOGGED if issued else None,
        history=history,
        successor=history[0].successor,
        full=None,
        verifier=None,
        file_matches=None,
    )
    return Report(answer)


class FakeVerifyService:
    """Counts its calls, so that a test sees whether the cache answered."""

    def __init__(self) -> None:
        self.reports = {code: report(code, state) for state, code in CODES.items()}
        late, unwitnessed, lapsed = (report(code, State.VALID) for code in (LATE, UNWITNESSED, LAPSED))
        late.answer = replace(
            late.answer, late=True, signature=replace(SIGNED, issued_at=SIGNED.issued_at - timedelta(days=20))
        )
        unwitnessed.answer = replace(unwitnessed.answer, log=replace(LOGGED, witnesses=()))
        lapsed.answer = replace(lapsed.answer, issuer=replace(ISSUER, today=Standing.SUSPENDED))
        self.reports |= {LATE: late, UNWITNESSED: unwitnessed, LAPSED: lapsed}
        self.papers = Papers()
        self.calls: list[str] = []
        self.fault: Exception | None = None

    def file(self, code: Code, content: bytes) -> None:
        """Registers a file by its SHA-256."""
        self.reports[code].digests["sha256"] = sha256(content).hexdigest()

    def look_up(self, text: str, tail: str | None, at: datetime) -> Answer:
        self.calls.append("look_up")
        if self.fault:
            raise self.fault
        code = parse(text)
        found = self._found(code)
        answer = replace(found.answer, asked_at=at)
        if tail is None:
            return answer
        if len(tail) < 6:
            raise CredentialRefused(tail, "too short for a verifier")
        if tail[:6] != found.verifier:
            raise VerifierWrong(tail[:6])
        if tail[6:] and tail[6:] != found.credential:
            raise CredentialRefused(tail[6:], "signature")
        return replace(answer, full=found.full, verifier=found.verifier)

    def by_own_number(self, certificate_number: str, own_number: str, at: datetime) -> Answer:
        for found in self.reports.values():
            if (certificate_number, own_number) == (found.answer.issuer.certificate_number, found.full.own_number):
                return replace(found.answer, asked_at=at)
        raise CodeUnknown(own_number)

    def by_digest(self, algorithm: DigestAlgorithm, digest: str, at: datetime) -> tuple[Answer, ...]:
        return tuple(
            replace(found.answer, asked_at=at)
            for found in self.reports.values()
            if found.digests.get(algorithm) == digest
        )

    def file_matches(self, code: Code, algorithm: DigestAlgorithm, digest: str) -> bool | None:
        registered = self._found(code).digests.get(algorithm)
        return None if registered is None else registered == digest

    def inspect(self, pdf: bytes, at: datetime) -> Inspected:
        self.calls.append("inspect")
        if self.fault:
            raise self.fault
        paper = self.papers.of(pdf)
        code = paper.found.code or paper.found.code_printed
        if code is None:
            return Inspected(paper.found, None, None, None, "other", False, None, ())
        try:
            answer = self.look_up(code, None, at)
        except CodesError as why:
            return Inspected(paper.found, code, None, why.why, "other", False, None, ())
        has_files = answer.state is not State.RESERVED
        return Inspected(paper.found, code, answer, None, paper.bytes_are if has_files else "other", has_files,
                         paper.sealed_original, paper.also)  # fmt: skip

    def trace(self, code: Code, verifier: str, at: datetime) -> Trace:
        answer = self.look_up(code, verifier, at)
        calibration = CalibrationFacts("校准", "JZ-2025-1187", "示例计量院", date(2025, 9, 1), date(2026, 8, 31))
        meter = InstrumentFacts("YQ-017", "紫外可见分光光度计", "UV-1800", "A1234", calibration)
        bare = InstrumentFacts("YQ-020", "电子天平", None, None, None)
        items = tuple(
            TracedItem(item, date(2026, 5, 8), "李＊", "214", "水质 氨氮的测定", (meter,) if item.seq != 3 else (bare,))
            for item in self.reports[code].full.items
        )
        return Trace(answer, "总部实验室", "浙江省杭州市＊＊＊", "赵＊", "钱＊", items)

    def proof(self, code: Code, verifier: str | None) -> str | None:
        found = self._found(code)
        if verifier not in {None, found.verifier}:
            raise VerifierWrong(str(verifier))
        return (
            f"c2sp.org/tlog-proof@v1\n{'extra' if verifier else ''}\nindex {found.answer.log.index}\n"
            if found.answer.log
            else None
        )

    def root_keys(self) -> dict[str, str]:
        return {"SM2-SM3": "04" + "11" * 64, "ES256": "04" + "22" * 64}

    def qr_svg(self, code: Code, tail: str | None) -> str:
        found = self._found(code)
        if tail is not None and tail != found.verifier:
            raise VerifierWrong(tail)
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1v1H0z"/></svg>'

    def _found(self, code: Code) -> Report:
        try:
            return self.reports[code]
        except KeyError:
            raise CodeUnknown(code) from None
