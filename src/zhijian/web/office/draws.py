"""`/office/draws`: 双随机抽查 from the plan to what it says of all, each step a button that comes when it may be done."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from zhijian.cases import flow, sampling
from zhijian.cases.flow.acts import STATES as CASE_STATES
from zhijian.cases.flow.model import Actor, Refused
from zhijian.cases.sampling import life
from zhijian.cases.sampling.looking import Looked, looked
from zhijian.cases.sampling.model import DrawUnknown, Outcome, OutOfOrder, SamplingError, State
from zhijian.identity import noted
from zhijian.identity.model import NotAllowed
from zhijian.kit.canonical import canonical
from zhijian.spec import specification
from zhijian.web.office.cases import address as case_address
from zhijian.web.office.door import Answer, Asked, File, NotThere, Page, Sent, Shown
from zhijian.web.office.draw_plan import CLASSES, KINDS, ROWS, RULES, Filled, ListWrong, listed
from zhijian.web.say import zh

PATH = "/office/draws"
ONE = PATH + "/{id}"
MOST_FORM = 5 << 20
LINE = (State.DRAFT, State.COMMITTED, State.DRAWN, State.PUBLISHED, State.EVALUATED)
OUTCOMES = {Outcome.VIOLATION: zh("有违法"), Outcome.NONE: zh("未发现"), Outcome.NOT_INSPECTED: zh("未查成")}
STATES = {
    State.DRAFT: zh("草案"), State.COMMITTED: zh("已承诺"), State.DRAWN: zh("已抽取"), State.PUBLISHED: zh("已公开"),
    State.EVALUATED: zh("已评估"), State.WITHDRAWN: zh("已撤回"),
}  # fmt: skip
SHOWN = 200
"""Lines of a list that a page shows; the file has them all."""


def list_(asked: Asked) -> Shown:
    rows = life.listed(asked.db, asked.who.scope, most=200)
    return Shown("draws.html", {"rows": rows, "states": STATES, "to": address, "may_run": asked.who.may("draws.run"),
                                "names": specification().codelists["province"]})  # fmt: skip


def new(asked: Asked) -> Shown:
    return _form(asked, Filled.first(asked))


def _form(asked: Asked, filled: Filled, why: str = "", status: int = 200) -> Shown:
    return Shown("draw_new.html", {
        "filled": filled.texts, "quotas": filled.quotas, "rows": ROWS, "classes": CLASSES, "rules": RULES, "kinds": KINDS, "why": why,
        "fields": specification().codelists["field"], "names": specification().codelists["province"],
        "provinces": sorted(asked.who.scope.provinces or specification().codelists["province"]),
    }, status)  # fmt: skip


def draft(asked: Asked) -> Answer:
    """What is wrong is said above the form, with all that was typed; files must be chosen again, which no browser spares."""
    filled = Filled.of(asked.form)
    try:
        plan = filled.plan()
        frame = filled.frame(asked, plan)
        with asked.db.begin_nested():
            life.draft(asked.db, asked.who.scope, plan, frame, secrets.token_hex(32), asked.who.login, asked.at)
    except SamplingError as why:
        return _form(asked, filled, _said(asked, why), 422)
    noted(asked.db, asked.who, "draw.draft", plan.id, asked.at, province=plan.province)
    return Sent(address(plan.id))


def show(asked: Asked) -> Shown:
    return _shown(asked)


def _shown(asked: Asked, at: str = "", why: str = "", status: int = 200) -> Shown:
    """`at`: the step whose form says `why`."""
    one = _looked(asked)
    cases = flow.reading.of_source(asked.db, asked.who.scope, "plan", one.standing.id)
    return Shown("draw.html", {
        "one": one, "states": STATES, "line": LINE, "to": address, "at": at, "why": why, "most": SHOWN, "cases": cases,
        "case_to": case_address, "case_states": CASE_STATES, "outcomes": OUTCOMES, "typed": asked.form, "percent": percent,
        "may_run": asked.who.may("draws.run"), "next": life.NEXT[one.standing.state], "rules": RULES,
        "may_open": asked.who.may("cases.receive"), "State": State, "fields": specification().codelists["field"],
        "names": specification().codelists["province"],
    }, status)  # fmt: skip


def _looked(asked: Asked) -> Looked:
    """Raises: NotThere, also for one of another province."""
    try:
        return looked(asked.db, asked.who.scope, asked.path["id"])
    except DrawUnknown:
        raise NotThere from None


def do(asked: Asked) -> Answer:
    """One step. Refused, nothing is done by halves."""
    step, one = asked.path["step"], _looked(asked)
    if step not in STEPS:
        raise NotThere
    try:
        with asked.db.begin_nested():
            STEPS[step](asked, one)
    except (SamplingError, Refused) as why:
        return _shown(asked, step, _said(asked, why), 409 if isinstance(why, OutOfOrder) else 422)
    noted(asked.db, asked.who, f"draw.{step}", one.standing.id, asked.at, province=one.standing.province)
    return Sent(address(one.standing.id))


def _commit(asked: Asked, one: Looked) -> None:
    life.commit(asked.db, asked.who.scope, one.standing.id, secrets.token_hex(32), asked.who.login, asked.at)


def _run(asked: Asked, one: Looked) -> None:
    value = _typed(asked, "value", ("填公开数", "fill in the public value"))
    life.run(asked.db, asked.who.scope, one.standing.id, value.replace("\r\n", "\n"), asked.who.login, asked.at)


def _publish(asked: Asked, one: Looked) -> None:
    where = _typed(asked, "where", ("写明公开在哪里", "say where it is made public"))
    life.publish(asked.db, asked.who.scope, one.standing.id, where, asked.who.login, asked.at)


def _withdraw(asked: Asked, one: Looked) -> None:
    why = _typed(asked, "why", ("写明撤回的原因", "say why it is withdrawn"))
    life.withdraw(asked.db, asked.who.scope, one.standing.id, why, asked.who.login, asked.at)


def _leads(asked: Asked, one: Looked) -> None:
    """A case for each that was drawn and has none out of this draw. Raises: Refused, SamplingError, NotAllowed."""
    if not asked.who.may("cases.receive"):
        raise NotAllowed("cases.receive")
    if one.result is None:
        raise OutOfOrder("not-drawn", "还没有抽取：先抽取", "not drawn yet: draw first")
    life.hold(asked.db, asked.who.scope, one.standing.id)  # pressed twice, it is done once
    have = flow.reading.of_source(asked.db, asked.who.scope, "plan", one.standing.id)
    actor = Actor(asked.who.login, frozenset(a for a in asked.who.acts if a.startswith("cases.")))
    of = {row["uscc"]: row for row in one.frame["institutions"]}
    for row in one.result["drawn"]:
        if row["uscc"] not in have:
            matter = f"双随机抽查 {one.standing.id} {one.standing.name}；检查人员 {'、'.join(row['team']) or '待派'}"
            lead = {"source": "plan", "source_ref": one.standing.id, "province": of[row["uscc"]]["division"][:2], "uscc": row["uscc"],
                    "institution_name": of[row["uscc"]]["name"], "field": of[row["uscc"]]["fields"][0], "matter": matter}  # fmt: skip
            flow.open_case(asked.db, asked.who.scope, actor, lead, asked.at)


def _evaluate(asked: Asked, one: Looked) -> None:
    """Outcomes out of the form's fields, or all of them out of a CSV."""
    file, text = listed(asked.form, "outcomes", needed=False)
    if text:
        found = sampling.reading.read_outcomes(file, text)
    else:
        drawn = [row["uscc"] for row in one.result["drawn"]] if one.result else []
        said = {uscc: str(asked.form.get(f"of_{uscc}", "")) for uscc in drawn}
        if missing := [uscc for uscc, value in said.items() if value not in set(Outcome)]:
            raise ListWrong(
                "missing",
                f"还有 {len(missing)} 家没有选结果，先是 {missing[0]}",
                f"{len(missing)} without an outcome, {missing[0]} first",
            )
        found = {uscc: Outcome(value) for uscc, value in said.items()}
    life.evaluate(asked.db, asked.who.scope, one.standing.id, found, asked.who.login, asked.at)


STEPS: Mapping[str, Callable[[Asked, Looked], None]] = {
    "commit": _commit, "run": _run, "publish": _publish, "withdraw": _withdraw, "leads": _leads, "evaluate": _evaluate,
}  # fmt: skip


def file(asked: Asked) -> File:
    """Of one that was drawn. Raises: NotThere."""
    try:
        content = life.published(asked.db, asked.who.scope, asked.path["id"])
    except (DrawUnknown, OutOfOrder):
        raise NotThere from None
    return File(canonical(content), "application/json", "draw.json")


def _typed(asked: Asked, name: str, said: tuple[str, str]) -> str:
    if not (text := str(asked.form.get(name, "")).strip()[:4000]):
        raise ListWrong("missing", *said)
    return text


def _said(asked: Asked, why: Any) -> str:
    return str(why.zh if asked.t.lang == "zh" else why.en)


def address(id_: str) -> str:
    return f"{PATH}/{quote(id_)}"


def percent(text: Any) -> str:
    """A chance `part/whole`, or a share kept as a text.

    >>> percent("1/8"), percent("0.0415"), percent(None)
    ('12.5 %', '4.2 %', '–')
    """
    if text is None:
        return "–"
    top, _, bottom = str(text).partition("/")
    return f"{100 * float(top) / float(bottom or 1):.1f} %"


PAGES = (
    Page(PATH, "draws.see", list_),
    Page(PATH + "/new", "draws.run", new),
    Page(PATH, "draws.run", draft, "POST", most_bytes=MOST_FORM),
    Page(ONE, "draws.see", show),
    Page(ONE + "/draw.json", "draws.see", file),
    Page(ONE + "/{step}", "draws.run", do, "POST", most_bytes=MOST_FORM),
)
