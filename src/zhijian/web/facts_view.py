"""What the reader compares with the report in hand: terms and values, without and with the verifier."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from zhijian.web import dates
from zhijian.web.say import Say
from zhijian.web.service import Answer, FullFacts, Issuer, ItemFacts


@dataclass(frozen=True, slots=True)
class Fact:
    term: Markup
    value: Markup | str
    note: Markup | None = None
    digits: bool = False


def public_facts(answer: Answer, t: Say) -> list[Fact]:
    facts = [Fact(t("出具机构"), answer.issuer.name)]
    if answer.issued_on:
        facts.append(Fact(t("签发日期"), dates.day(answer.issued_on), digits=True))
    if answer.issuer.certificate_number:
        facts.append(Fact(t("证书编号"), answer.issuer.certificate_number, digits=True))
    return facts


def full_facts(issuer: Issuer, answer: Answer, full: FullFacts, t: Say) -> list[Fact]:
    facts = [Fact(t("出具机构"), issuer.name), Fact(t("机构报告编号"), full.own_number, digits=True)]
    facts.extend(public_facts(answer, t)[1:])
    facts.append(Fact(t("报告标题"), full.title))
    facts.append(Fact(t("检验类别"), t("{form}，{kind}", form=t(full.form), kind=t(full.kind))))
    facts.extend(_sample_facts(full, t))
    facts.append(Fact(t("委托单位"), full.client))
    facts.append(Fact(t("授权签字人"), full.signatory))
    facts.extend(_result_facts(full, t))
    facts.append(Fact(t("页数"), t("共 {count} 页", count=full.file_pages)))
    return facts


def _sample_facts(full: FullFacts, t: Say) -> Iterator[Fact]:
    sample: Markup | str = full.sample_name
    if full.sample_count:
        sample = t("{name}，{count} 个", name=full.sample_name, count=full.sample_count)
    yield Fact(t("样品"), sample)
    yield Fact(t("样品编号"), full.sample_no, digits=True)
    if full.sample_batch:
        yield Fact(t("批号"), full.sample_batch, digits=True)
    if full.producer:
        yield Fact(t("生产单位"), full.producer)
    if full.sampled_on:
        yield Fact(t("采样日期"), dates.day(full.sampled_on), digits=True)
    yield Fact(t("收样日期"), dates.day(full.received_on), digits=True)
    tested = dates.day(full.tested_from)
    if full.tested_to != full.tested_from:
        tested = t("{start} 至 {end}", start=tested, end=dates.day(full.tested_to))
    yield Fact(t("检测日期"), tested, digits=True)


def _result_facts(full: FullFacts, t: Say) -> Iterator[Fact]:
    if full.verdict == "不判定":
        note = t("检测报告只给数据，不作合格判定")
        yield Fact(t("结论"), full.conclusion or t("不作判定"), note=note)
    else:
        yield Fact(t("结论"), t(full.verdict), note=Markup.escape(full.conclusion) if full.conclusion else None)
    shown = full.items[:3]
    results = t.join(
        [t("{parameter} {result}", parameter=item.parameter, result=result_with_unit(item)) for item in shown]
    )
    more = t("共 {count} 项，全部结果在下面", count=len(full.items)) if len(full.items) > len(shown) else None
    if shown:
        yield Fact(t("主要结果"), results, note=more)


def result_with_unit(item: ItemFacts) -> str:
    """
    >>> result_with_unit(ItemFacts(1, "氨氮", "HJ 535-2009", "1.62", "mg/L", None, None))
    '1.62 mg/L'
    """
    return f"{item.result} {item.unit}" if item.unit else item.result
