"""What the page's forms say, as values of a mapping's YAML. Nothing is decided here: the mapping's reader judges it."""

from collections.abc import Mapping

from starlette.datastructures import FormData

from zhijian.exchange.mapping import MappingWrong, reviewing

Value = reviewing.Value
_OF_THE_FORM = ("from", "as", "with", "confidence")


def text_of(form: FormData, name: str, most: int = 500) -> str:
    value = form.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


def column_value(form: FormData, old: Mapping[str, Value]) -> Value:
    """Another column, or several. `old`: the field as the file has it; where the columns stay, all that it says besides stays too.
    Raises: MappingWrong."""
    columns: list[str] = [c for n in range(3) if (c := text_of(form, f"column{n}"))]
    if not columns:
        raise MappingWrong("column", "请选一列", "choose a column")
    chosen: Value = columns[0] if len(columns) == 1 else columns
    rest = {k: v for k, v in old.items() if k not in _OF_THE_FORM} if _listed(old.get("from")) == columns else {}
    said = {"as": text_of(form, "as"), "with": text_of(form, "with")}
    return _short({"from": chosen, **{k: v for k, v in said.items() if v}, **rest})


def codes_value(form: FormData, old: Mapping[str, Value]) -> Value:
    """`code0=源值` and `to0=代码` pairs; a source value without a code stays without, and is listed as lost. `old` as above."""
    codes: dict[str, Value] = {}
    for n in range(300):
        source = form.get(f"code{n}")
        target = text_of(form, f"to{n}", 60)
        if isinstance(source, str) and source and target:
            codes[source] = target
    rest = {k: v for k, v in old.items() if k not in ("codes", "confidence")}
    return _short(rest | {"codes": codes} if codes else rest)


def _listed(value: Value | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def constant_value(form: FormData) -> Value:
    value, reason = text_of(form, "value"), text_of(form, "because")
    if not value:
        raise MappingWrong("value", "请写固定值", "write the value")
    if not reason:
        raise MappingWrong("because", "固定值是源数据没有的，要写明理由", "the source has it not: say why it is so")
    return {"value": value, "because": {"zh": reason, "en": reason}}


def _short(made: Mapping[str, Value]) -> Value:
    return made["from"] if set(made) == {"from"} and isinstance(made["from"], str) else made
