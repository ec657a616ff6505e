"""The acts as data (`acts.yaml`): who may do each, from which state to which, what it needs and why, which clocks it moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from zhijian.cases.days import DEADLINES
from zhijian.cases.flow.model import ENDS, Refused, State
from zhijian.kit import yaml_text
from zhijian.spec import specification


class Words(NamedTuple):
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    id: str
    kind: str
    said: Words
    why: Words
    choices: Mapping[str, Words]
    """Code → words; empty where anything goes."""


@dataclass(frozen=True, slots=True)
class Act:
    id: str
    said: Words
    right: str
    also: str | None
    """Another right that will do."""
    officer: bool
    """Only whom the case is assigned to."""
    by_platform: bool
    """It follows from another act and is not to be asked for."""
    steps: Mapping[State, State | None]
    """From state to state; None where the act itself says (confirm, send-back)."""
    stays: frozenset[State]
    """States in which it can be done without leaving them."""
    needs: tuple[str, ...]
    may: tuple[str, ...]
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    told: tuple[str, ...]
    """Fields that the party sees; empty: the party is not told of the act."""

    def possible_in(self, state: State) -> bool:
        return state in self.steps or state in self.stays


_RAW: dict[str, Any] = yaml_text.read((Path(__file__).parent / "acts.yaml").read_text("utf-8"))


def _words(raw: dict[str, str]) -> Words:
    return Words(raw["zh"], raw["en"])


def _choices(raw: dict[str, Any]) -> Mapping[str, Words]:
    if "codes" in raw:
        return {code: Words(entry.zh, entry.en) for code, entry in specification().codelists[raw["codes"]].items()}
    known = {**_RAW["fields"], **_RAW["words"]}  # an option can be the name of a field, and its own word goes first
    return {one: _words(known[one]) for one in raw.get("of", ())}


def _field(name: str, raw: dict[str, Any]) -> Field:
    return Field(name, raw["kind"], _words(raw), _words(raw["why"]), _choices(raw))


def _act(name: str, raw: dict[str, Any]) -> Act:
    stays = {"open": frozenset(State) - ENDS, "all": frozenset(State)}.get(str(raw.get("stays"))) or frozenset(
        map(State, raw.get("stays", ()))
    )
    steps = {State(a): State(b) if b else None for a, b in raw.get("steps", {}).items()}
    lists = {key: tuple(raw.get(key, ())) for key in ("needs", "may", "starts", "stops", "told")}
    if unknown := {*lists["starts"], *lists["stops"]} - set(DEADLINES):
        raise ValueError(f"{name}: no such deadline: {unknown}")
    return Act(name, _words(raw), raw["right"], raw.get("also"), raw.get("officer", False), raw.get("by_platform", False),
               steps, stays, **lists)  # fmt: skip


STATES: Mapping[State, Words] = {State(name): _words(raw) for name, raw in _RAW["states"].items()}
FIELDS: Mapping[str, Field] = MappingProxyType({name: _field(name, raw) for name, raw in _RAW["fields"].items()})
ACTS: Mapping[str, Act] = MappingProxyType({name: _act(name, raw) for name, raw in _RAW["acts"].items()})
RIGHTS = frozenset({act.right for act in ACTS.values()} | {act.also for act in ACTS.values() if act.also})
"""What roles are made of."""


def possible(state: State) -> tuple[Act, ...]:
    """Acts that may come next in a state, whoever does them, in the order of the flow.

    >>> [act.id for act in possible(State.LEAD)][:3]
    ['take-up', 'not-take', 'merge']
    """
    return tuple(act for act in ACTS.values() if act.possible_in(state) and not act.by_platform)


def known(act: str) -> Act:
    """Raises: Refused."""
    found = ACTS.get(act)
    if found is None or found.by_platform:
        names = "、".join(name for name, one in ACTS.items() if not one.by_platform)
        raise Refused("act-unknown", f"{act}：没有这一步，有：{names}", f"{act}: no such act; there are: {names}")
    return found
