"""A field that must be filled because of what stands in another."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.kit import yaml_text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for one in needed().get(bound.entity.id if bound.entity else "", ()):
        for name in one["fields"].split():
            if bound.column(name) is None:
                continue
            e = next(c.element for c in bound.columns if c.id == name and c.element)
            yield Cells(
                (name,),
                f"CASE WHEN {one['when']} THEN filled({name}){_also(one, name)} END",
                Text(f"{one['zh']}，应填{e.zh}", f"{one['en']}: {e.en} is needed"),
                Text("补填；前提写错的，改正前提", "fill it in, or mend what asks for it"),
                Severity(one["severity"]) if "severity" in one else None,
            )


def _also(one: dict[str, str], name: str) -> str:
    return f" OR coalesce(trim(raw({name})) = {quoted(one['also'])}, FALSE)" if "also" in one else ""


@cache
def needed() -> dict[str, list[dict[str, str]]]:
    """Entity → `when` (SQL, as of a rule), `fields`, why; `also` is a word that is no placeholder here."""
    text = files("zhijian.exchange.checks").joinpath("needed_when.yaml").read_text(encoding="utf-8")
    read: dict[str, list[dict[str, str]]] = yaml_text.read(text)
    return read


CHECK = Check(
    "needed-when", Dimension.COMPLETENESS, Severity.ERROR,
    Text("应填而未填", "Needed and blank"),
    Text("用了标志就有证书编号，抽了样就有采样日期和地点，等等。", "A mark asks for its certificate, a sampling for its day and place, and so on."),
    rules, "各条见 needed_when.yaml",
)  # fmt: skip
