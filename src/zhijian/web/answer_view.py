"""From an Answer to what the page shows. Templates only lay it out."""

from dataclasses import dataclass

from markupsafe import Markup

from zhijian.kit.clock import day
from zhijian.web import dates
from zhijian.web.facts_view import Fact, full_facts, public_facts
from zhijian.web.say import Say, zh
from zhijian.web.service import Answer, Change, ItemFacts, Standing, State
from zhijian.web.words import (
    DEMO_WITNESS,
    FILE_EQUAL,
    LEVELS,
    NO_LOG,
    NO_OUTSIDE_WITNESS,
    NO_WITNESS,
    NOT_THE_PAPER,
    NOT_THE_PAPER_YET,
    PARTIES,
    STANDINGS,
    STATES,
)


@dataclass(frozen=True, slots=True)
class Band:
    kind: str
    sign: str
    word: Markup
    line: Markup


@dataclass(frozen=True, slots=True)
class Level:
    word: Markup
    small: Markup
    mark: str
    """tick: reached; open: not reached; part: looked at, and differs."""


@dataclass(frozen=True, slots=True)
class Tag:
    kind: str
    word: Markup


@dataclass(frozen=True, slots=True)
class Step:
    mark: str
    at: Markup
    word: Markup
    says: Markup | None
    logged: bool


@dataclass(frozen=True, slots=True)
class AnswerView:
    answer: Answer
    groups: list[str]
    band: Band
    levels: list[Level]
    yes: list[Markup]
    no: list[Markup]
    advice: Markup | None
    facts: list[Fact]
    items: tuple[ItemFacts, ...]
    on_issue: Tag
    today: Tag
    standing_note: Markup | None
    steps: list[Step]
    log_note: Markup | None
    late: Markup | None

    @property
    def is_valid(self) -> bool:
        return self.answer.state is State.VALID


def answer_view(answer: Answer, t: Say) -> AnswerView:
    words = STATES[answer.state]
    yes, no = _proves(answer)
    full = answer.full
    return AnswerView(
        answer=answer,
        groups=dates.groups(answer.code),
        band=Band(words.kind, words.sign, t(words.word), _line(answer, t)),
        levels=_levels(answer, t),
        yes=[t(text) for text in yes],
        no=[t(text) for text in no],
        advice=t(words.advice) if words.advice else None,
        facts=full_facts(answer.issuer, answer, full, t) if full else public_facts(answer, t),
        items=full.items if full else (),
        on_issue=_tag(STANDINGS[answer.issuer.on_issue], t),
        today=_tag(STANDINGS[answer.issuer.today], t),
        standing_note=_standing_note(answer, t),
        steps=[_step(change, index == 0, t) for index, change in enumerate(answer.history)],
        log_note=_log_note(answer, t),
        late=_late(answer, t),
    )


def _tag(pair: tuple[str, str], t: Say) -> Tag:
    return Tag(pair[0], t(pair[1]))


def _line(answer: Answer, t: Say) -> Markup:
    """The sentence under the state: who, when, what to do."""
    change = next((change for change in answer.history if change.state is answer.state), None)
    match answer.state:
        case State.VALID:
            text = zh("{name} {issued} 签发。") if answer.issued_on else zh("{name} 签发。")
        case State.RESERVED:
            text = zh("编码已由 {name} 领取，平台还没有收到报告。")
        case State.CORRECTED | State.REPLACED:
            text = _successor(answer)
        case State.WITHDRAWN:
            text = zh("{name} {on} 撤回，请不要再使用。")
        case State.DOUBTED:
            text = zh("监管部门正在核查，结论以公布为准。")
        case State.INACCURATE | State.FALSE:
            text = zh("{actor} {on} 认定，请不要使用。")
    return t(
        text,
        name=answer.issuer.name,
        issued=dates.day(answer.issued_on) if answer.issued_on else "",
        on=dates.day(day(change.at)) if change else "",
        actor=change.actor if change else t("监管部门"),
        successor=dates.code_link(answer.successor) if answer.successor else "",
    )


def _successor(answer: Answer) -> str:
    if answer.successor is None:
        return zh("{name} {on} 改用了新报告，请向机构索取。")
    if answer.successor_state in (None, State.VALID):
        return zh("请改用 {successor}。")
    return zh("{name} 改用的 {successor} 现在也不是有效状态，请先查询它，或向机构核实。")


def _levels(answer: Answer, t: Say) -> list[Level]:
    log = answer.log
    if log is None:
        logged = t("等待检查点")
    elif log.witnesses:
        logged = t("{count} 方见证", count=len(log.witnesses))
    else:
        logged = t("尚无外部见证")
    compared = {None: t("待您比对"), True: t("逐字节相同"), False: t("与登记不一致")}[answer.file_matches]
    smalls = (
        t("校验通过"),
        t("机构 + 平台") if answer.signature else t("没有签名"),
        t("{at} 读取", at=dates.clock_time(answer.status.read_at)),
        logged,
        compared,
    )
    marks = ["tick" if level <= answer.level else "open" for level in range(5)]
    if answer.file_matches is False:
        marks[4] = "part"
    return [Level(t(word), small, mark) for word, small, mark in zip(LEVELS, smalls, marks, strict=True)]


def _proves(answer: Answer) -> tuple[list[str], list[str]]:
    words = STATES[answer.state]
    yes, no = list(words.yes), list(words.no)
    if answer.file_matches:
        yes.append(FILE_EQUAL)
    elif answer.state is State.VALID:
        no.insert(0, NOT_THE_PAPER if answer.full else NOT_THE_PAPER_YET)
    if answer.state is not State.RESERVED:
        if answer.log is None:
            no.append(NO_LOG)
        elif not answer.log.witnesses:
            no.append(NO_WITNESS)
        elif not _witnessed(answer):
            no.append(NO_OUTSIDE_WITNESS)
    return yes, no


def _witnessed(answer: Answer) -> bool:
    """Whether somebody else than the platform vouches that everyone sees the same log."""
    return answer.log is not None and any(not name.startswith(DEMO_WITNESS) for name in answer.log.witnesses)


def _log_note(answer: Answer, t: Say) -> Markup | None:
    """What the log does for the history above it. Without witnesses the platform could show two people two logs, so
    that nothing is promised but what each can check. That a code was taken is not logged at all."""
    if answer.state is State.RESERVED:
        return None
    if _witnessed(answer):
        return t("每次变化都写入公开日志，事后改动会被发现。")
    return t("每次变化都写入公开日志，并可逐条核对。")


def _late(answer: Answer, t: Say) -> Markup | None:
    """Issue time and log disagree by more than the window: say which of the two the platform vouches for."""
    if not answer.late:
        return None
    if answer.signature is None:
        return t("登记时间晚于机构写的签发时间。签发时间由机构自报。")
    return t(
        "机构写的签发时间是 {issued}，登记时间是 {registered}。平台只能证明后一个。",
        issued=dates.minute(answer.signature.issued_at),
        registered=dates.minute(answer.signature.registered_at),
    )


def _standing_note(answer: Answer, t: Say) -> Markup | None:
    issuer = answer.issuer
    if answer.issued_on and issuer.on_issue not in {Standing.IN_FORCE, Standing.NONE}:
        return t("签发当日证书不在有效状态，请向出具机构或监管部门核实。")
    if issuer.on_issue is issuer.today or answer.state is State.RESERVED:
        return None
    return t("今天的资质变化不改变签发当日的资质。")


def _step(change: Change, newest: bool, t: Say) -> Step:
    words = STATES[change.state]
    mark = {"care": "care", "penalty": "penalty"}.get(words.kind, "now" if newest else "")
    says: list[Markup] = []
    if change.reason:
        says.append(t(PARTIES[change.by], reason=change.reason, actor=change.actor))
    elif change.by == "regulator":
        says.append(t("{actor} 公布", actor=change.actor))
    if change.successor:
        says.append(t("新报告 {code}", code=dates.code_link(change.successor)))
    return Step(mark, dates.minute(change.at), t(words.changed), t.join(says) if says else None,
                change.logged or change.state is State.RESERVED)  # fmt: skip
