"""An act as it is asked for, its fields in their form: what every guard looks at. Pure."""

from dataclasses import dataclass
from datetime import date

from zhijian.cases.flow.model import Actor, Case, Fields, Refused


@dataclass(frozen=True, slots=True)
class Asked:
    case: Case
    actor: Actor
    fields: Fields
    on: date


def field_wrong(name: str, zh: str, en: str) -> Refused:
    return Refused("fields-wrong", f"有 1 项要改：{zh}", f"1 to mend: {en}", {name: (zh, en)})
