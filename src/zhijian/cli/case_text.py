"""What `zhijian cases` says: cases, acts, deadlines, the dossier and legal bases, for people and for machines."""

from dataclasses import asdict
from datetime import date
from typing import Any

from zhijian.cases.days import DEADLINES
from zhijian.cases.flow.acts import ACTS, FIELDS, STATES, Act, Words, known, possible
from zhijian.cases.flow.dossier import Dossier
from zhijian.cases.flow.model import Clock, Done
from zhijian.cases.flow.reading import Due, Line
from zhijian.cases.law import CONFIRM, propose
from zhijian.cli.say import local


def label(field: str) -> Words:
    return FIELDS[field].said if field in FIELDS else Words("没有这个字段", "no such field")


def choices(field: str) -> list[str]:
    return list(FIELDS[field].choices)


def done(one: Done) -> str:
    state = STATES[one.state]
    return f"{one.no}  {state.zh} {state.en}  第 {one.version} 版 version {one.version}"


def line(one: Line) -> str:
    last = one.next_due_on or "-"
    return "  ".join((one.no, STATES[one.state].zh, one.institution_name or one.uscc or "-", f"期限 due {last}",
                      "、".join(one.officers) or "-", one.matter.splitlines()[0][:30]))  # fmt: skip


def due(one: Due) -> str:
    deadline = DEADLINES[one.deadline]
    if one.left is None:
        when = "节假日未公布，算不出 holidays not announced yet"
    elif one.left < 0:
        when = f"{one.last_on}，已过 {-one.left} 天 over"
    else:
        when = f"{one.last_on}，还剩 {one.left} 天 left"
    ref = f" {one.ref}" if one.ref else ""
    return f"{one.case.no}  {deadline.zh}{ref}{_unconfirmed(one.deadline)}：{when}"


def _unconfirmed(deadline: str) -> str:
    return "〔u〕" if DEADLINES[deadline].unconfirmed else ""


def shown(found: Dossier) -> dict[str, Any]:
    steps = [one.id for one in possible(found.case.state)]
    return {**asdict(found.case), "events": [asdict(one) for one in found.parts], "possible": steps}


def text(found: Dossier, on: date) -> str:
    case = found.case
    state, facts = STATES[case.state], case.facts
    rows = [f"{case.no}  {state.zh} {state.en}  第 {case.version} 版 version {case.version}",
            f"当事人 party: {facts.get('institution_name', '-')} {facts.get('uscc', '')}", f"案情 matter: {facts['matter']}"]  # fmt: skip
    if case.officers:
        rows.append(f"承办 officers: {case.tasks[-1].division}，{'、'.join(case.officers)}")
    if case.pending:
        rows.append(
            f"待复核 waits for a second person: {ACTS[case.pending.act].said.zh}，{case.pending.by} 提出 proposed"
        )
    rows += ["", "期限 deadlines", *(_clock(one, on) for one in case.clocks)] if case.clocks else []
    rows += [
        "",
        "经过 history",
        *(f"  {one.number}  {local(one.at)}  {one.said.zh} {one.act}  {one.by}" for one in found.parts),
    ]
    rows += ["", "可以 possible", "  " + "  ".join(f"{one.said.zh} {one.id}" for one in possible(case.state))]
    return "\n".join(rows)


def _clock(clock: Clock, on: date) -> str:
    last, deadline = clock.last_on, DEADLINES[clock.deadline]
    left = f"{last}，{(last - on).days} 天 days" if last else "节假日未公布，算不出 holidays not announced yet"
    return f"  {deadline.zh} {deadline.en}{_unconfirmed(clock.deadline)}: {left}"


def dossier(found: Dossier) -> str:
    kept = {"same": "一致 same", "differs": "与登记不一致 differs", "missing": "缺失 missing"}
    rows = [f"卷宗 dossier {found.no}  {found.state.zh} {found.state.en}", f"摘要 digest: {found.digest}", ""]
    rows += [
        f"  {one.number}  {local(one.at)}  {one.said.zh} {one.act}  {one.by}  {one.digest[:16]}" for one in found.parts
    ]
    rows += ["", f"证据 evidence: {len(found.evidence)}"]
    rows += [f"  {one.number}  {one.name}  {one.sha256[:16]}  {kept[one.kept]}" for one in found.evidence]
    return "\n".join(rows)


def acts(name: str) -> list[dict[str, Any]]:
    """All of them, or one. Raises: Refused."""
    wanted = [known(name)] if name else [one for one in ACTS.values() if not one.by_platform]
    return [_act(one) for one in wanted]


def _act(act: Act) -> dict[str, Any]:
    fields = [
        {"id": name, "required": name in act.needs, "kind": FIELDS[name].kind, **FIELDS[name].said._asdict(),
         "why": FIELDS[name].why._asdict(), "choices": list(FIELDS[name].choices)}
        for name in act.needs + act.may
    ]  # fmt: skip
    steps = {a.value: b.value if b else None for a, b in act.steps.items()}
    return {"id": act.id, **act.said._asdict(), "right": act.right, "steps": steps, "fields": fields}


def acts_text(found: list[dict[str, Any]]) -> str:
    if len(found) > 1:
        return "\n".join(f"{one['id']}  {one['zh']}  {one['en']}  {one['right']}" for one in found)
    rows = [f"{found[0]['id']}  {found[0]['zh']} {found[0]['en']}  {found[0]['right']}"]
    for one in found[0]["fields"]:
        must = "必填 required" if one["required"] else "可填 optional"
        choices = f"  {'、'.join(one['choices'])}" if one["choices"] else ""
        rows.append(
            f"  {one['id']}  {one['zh']} {one['en']}（{one['kind']}，{must}）{one['why']['zh']} {one['why']['en']}{choices}"
        )
    return "\n".join(rows)


def proposals(nature: str, field: str, on: date, subject: str | None) -> dict[str, Any]:
    found = [{"basis": str(one), "range": dict(zip(("zh", "en"), one.range_said(), strict=True)),
              "besides": one.fine.besides if one.fine else ""} for one in propose(nature, field, on, subject)]  # fmt: skip
    return {"on": on, "proposals": found, "note": {"zh": CONFIRM[0], "en": CONFIRM[1]}}


def proposals_text(data: dict[str, Any]) -> str:
    rows = [f"{n}  {one['basis']}\n   {one['range']['zh']} {one['range']['en']} {one['besides']}".rstrip()
            for n, one in enumerate(data["proposals"], 1)]  # fmt: skip
    return "\n".join([*(rows or ["表里没有 the table has none"]), f"{data['note']['zh']} {data['note']['en']}"])
