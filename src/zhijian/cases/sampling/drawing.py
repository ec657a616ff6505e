"""The draw itself: from plan, frame and seed to institutions and their inspectors, and the file that is published. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from zhijian.cases.sampling.chances import Chances, chances, drawn
from zhijian.cases.sampling.form import DRAW, Document, commitment, seed_of
from zhijian.cases.sampling.model import ANY, DivisionRule
from zhijian.cases.sampling.teams import staffed


def chances_of(plan: Document, frame: Document) -> dict[str, Chances]:
    """Stratum → the chance of each of its institutions."""
    weights: dict[str, dict[str, int]] = {s["id"]: {} for s in plan["strata"]}
    for one in frame["institutions"]:
        weights[one["stratum"]][one["uscc"]] = one["weight"]
    top, bottom = plan["equal"]
    return {s["id"]: chances(weights[s["id"]], s["take"], (top, bottom)) for s in plan["strata"]}


def result_of(plan: Document, frame: Document, seed: str) -> dict[str, Any]:
    """Who is drawn with which chance, and by whom each is inspected."""
    by = chances_of(plan, frame)
    rows = [(s["id"], uscc) for s in plan["strata"] for uscc in drawn(seed, s["id"], by[s["id"]])]
    may = admissible(plan, frame, {uscc for _, uscc in rows})
    most = {who["no"]: who["most"] for who in frame["inspectors"]}
    teams = staffed(seed, may, most, plan["team"])
    found = [
        {"stratum": stratum, "uscc": uscc, "chance": f"{by[stratum].parts[uscc]}/{by[stratum].whole}", "team": list(teams.of[uscc])}
        for stratum, uscc in sorted(rows, key=lambda row: row[1])
    ]  # fmt: skip
    return {"drawn": found, "unstaffed": {uscc: list(full) for uscc, full in sorted(teams.short.items())}}


def admissible(plan: Document, frame: Document, of: Collection[str] | None = None) -> dict[str, list[str]]:
    """Institution → the inspectors who may go there. `of`: only these institutions.

    Those of the same fields and division are asked about together: a country has fifty thousand.
    """
    barred: dict[str, set[str]] = {}
    for who in frame["inspectors"]:
        for uscc in who["barred"]:
            barred.setdefault(uscc, set()).add(who["no"])
    alike: dict[tuple[str, ...], list[str]] = {}
    found = {}
    for one in frame["institutions"]:
        if of is not None and one["uscc"] not in of:
            continue
        kind = (one["division"], *one["fields"])
        if kind not in alike:
            alike[kind] = [who["no"] for who in frame["inspectors"] if unfit(plan, one, who) is None]
        not_these = barred.get(one["uscc"])
        found[one["uscc"]] = [no for no in alike[kind] if no not in not_these] if not_these else alike[kind]
    return found


def hindrance(plan: Document, one: Mapping[str, Any], who: Mapping[str, Any]) -> str | None:
    """Why this inspector may not go to this institution: `conflict`, `field` or `division`."""
    return "conflict" if one["uscc"] in who["barred"] else unfit(plan, one, who)


def unfit(plan: Document, one: Mapping[str, Any], who: Mapping[str, Any]) -> str | None:
    """`field` or `division`, when these do not go together."""
    if ANY not in who["fields"] and set(who["fields"]).isdisjoint(one["fields"]):
        return "field"
    rule = DivisionRule(plan["division"])
    if rule is not DivisionRule.ANY and (who["division"] == one["division"]) is not (rule is DivisionRule.SAME):
        return "division"
    return None


def hindered(plan: Document, frame: Document, uscc: str) -> dict[str, int]:
    """How many inspectors may not go to an institution, by why."""
    one = next(one for one in frame["institutions"] if one["uscc"] == uscc)
    found = [why for who in frame["inspectors"] if (why := hindrance(plan, one, who)) is not None]
    return {why: found.count(why) for why in ("conflict", "field", "division")}


def publication(plan: Document, frame: Document, secret: str, public_value: str) -> dict[str, Any]:
    """The file by which anybody runs the draw again."""
    committed, committed_sm3 = commitment(plan, frame, secret)
    seed = seed_of(committed, secret, public_value)
    return {
        "form": DRAW, "plan": plan, "frame": frame, "commitment": committed, "commitment_sm3": committed_sm3,
        "secret": secret, "public_value": public_value, "seed": seed, "result": result_of(plan, frame, seed),
    }  # fmt: skip


def summary(plan: Document, frame: Document) -> dict[str, Any]:
    """What a plan comes to, to be looked at before it is bound: of each stratum how many, and between which chances."""
    strata = []
    for s, by in zip(plan["strata"], chances_of(plan, frame).values(), strict=True):
        every = [by.of(name) for name in by.parts]
        strata.append({"id": s["id"], "name": s["name"], "institutions": len(every), "take": s["take"],
                       "least": str(min(every)), "most": str(max(every)), "certain": len(by.certain)})  # fmt: skip
    return {"id": plan["id"], "strata": strata, "excluded": frame["excluded"], "inspectors": len(frame["inspectors"])}
