"""From a Trace to what its page shows: sample → item → method → instrument with calibration → people → institution."""

from dataclasses import dataclass

from markupsafe import Markup

from zhijian.web import dates
from zhijian.web.facts_view import Fact, result_with_unit
from zhijian.web.say import Say
from zhijian.web.service import FullFacts, InstrumentFacts, Trace, TracedItem


@dataclass(frozen=True, slots=True)
class InstrumentView:
    name: str
    identity: Markup
    calibration: Markup
    covered: bool
    """A calibration was in force on the day of the test."""


@dataclass(frozen=True, slots=True)
class ItemView:
    seq: int
    parameter: str
    facts: list[Fact]
    instruments: list[InstrumentView]


@dataclass(frozen=True, slots=True)
class TraceView:
    sample: list[Fact]
    items: list[ItemView]
    people: list[Fact]
    place: list[Fact]


def trace_view(trace: Trace, t: Say) -> TraceView:
    full = trace.answer.full
    return TraceView(
        sample=_sample(full, t) if full else [],
        items=[_item(item, trace.answer.issuer.certificate_number is not None, t) for item in trace.items],
        people=_people(trace, full, t),
        place=[
            Fact(t("出具机构"), trace.answer.issuer.name),
            Fact(t("检测场所"), trace.site_name),
            Fact(t("地址"), trace.site_address),
        ],
    )


def _sample(full: FullFacts, t: Say) -> list[Fact]:
    facts = [
        Fact(t("样品"), full.sample_name),
        Fact(t("样品编号"), full.sample_no, digits=True),
        Fact(t("委托单位"), full.client),
    ]
    if full.sampled_on:
        facts.append(Fact(t("采样日期"), dates.day(full.sampled_on), digits=True))
    facts.append(Fact(t("收样日期"), dates.day(full.received_on), digits=True))
    return facts


def _item(traced: TracedItem, marked: bool, t: Say) -> ItemView:
    item = traced.item
    facts = [Fact(t("结果"), result_with_unit(item), note=t("限值 {limit}", limit=item.limit) if item.limit else None)]
    if item.verdict:
        facts.append(Fact(t("单项判定"), t(item.verdict)))
    standard = item.standard
    facts.append(Fact(t("方法"), standard, note=Markup.escape(traced.standard_name) if traced.standard_name else None))
    if traced.in_scope:
        facts.append(Fact(t("能力附表"), t("第 {row} 行，在批准范围内", row=traced.in_scope)))
    elif marked:
        facts.append(Fact(t("能力附表"), t("能力附表中现在没有对应的行")))
    else:
        facts.append(Fact(t("能力附表"), t("没有使用 CMA 标志，不作核对")))
    facts.append(Fact(t("检测日期"), dates.day(traced.tested_on), digits=True))
    facts.append(Fact(t("检测人"), traced.tester or t("未填写")))
    return ItemView(item.seq, item.parameter, facts, [_instrument(one, t) for one in traced.instruments])


def _instrument(one: InstrumentFacts, t: Say) -> InstrumentView:
    identity = t("管理编号 {number}", number=one.management_no)
    if one.model:
        identity = t("{identity}，型号 {model}", identity=identity, model=one.model)
    calibration = one.calibration
    if calibration is None:
        return InstrumentView(one.name, identity, t("检测当日没有有效的检定或校准记录"), covered=False)
    words = t(
        "{kind} {start} 至 {end}", kind=t(calibration.kind), start=dates.day(calibration.calibrated_on),
        end=dates.day(calibration.due_on),
    )  # fmt: skip
    if calibration.certificate_no:
        words = t("{words}，证书 {number}", words=words, number=calibration.certificate_no)
    if calibration.provider:
        words = t("{words}，{provider}", words=words, provider=calibration.provider)
    return InstrumentView(one.name, identity, words, covered=True)


def _people(trace: Trace, full: FullFacts | None, t: Say) -> list[Fact]:
    return [
        Fact(t("编制"), trace.prepared_by or t("未填写")),
        Fact(t("审核"), trace.reviewed_by or t("未填写")),
        Fact(t("批准（授权签字人）"), full.signatory if full else t("未填写")),
    ]
