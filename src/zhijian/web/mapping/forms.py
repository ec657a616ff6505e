"""What the page's forms say, as values of a mapping's YAML. Nothing is decided here: the mapping's reader judges it."""

from starlette.datastructures import FormData

from zhijian.exchange.mapping import MappingWrong, reviewing

Field = reviewing.Field
READS = ("text", "line", "day", "number", "truth", "result", "result-unit", "limit", "unit")
Value = str | list[str] | dict[str, "Value"]


def text_of(form: FormData, name: str, most: int = 500) -> str:
    value = form.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


def column_value(form: FormData, old: Field | None) -> Value:
    """Another column, or several; translations stay where the column stays. Raises: MappingWrong."""
    columns: list[Value] = [c for n in range(3) if (c := text_of(form, f"column{n}"))]
    if not columns:
        raise MappingWrong("column", "请选一列", "choose a column")
    made: dict[str, Value] = {"from": columns[0] if len(columns) == 1 else columns}  # type: ignore[dict-item]
    if reads := text_of(form, "as"):
        made["as"] = reads
    if glue := text_of(form, "with"):
        made["with"] = glue
    if old is not None and old.codes and tuple(columns) == old.columns:
        made["codes"] = dict(old.codes)
    return _short(made)


def codes_value(form: FormData, old: Field) -> Value:
    """`code0=源值` and `to0=代码` pairs; a source value without a code stays without, and is listed as lost."""
    codes: dict[str, Value] = {}
    for n in range(300):
        source = form.get(f"code{n}")
        target = text_of(form, f"to{n}", 60)
        if isinstance(source, str) and source and target:
            codes[source] = target
    made = field_value(old, confirmed=True)
    known: dict[str, Value] = made if isinstance(made, dict) else {"from": made}
    known.pop("codes", None)
    if codes:
        known["codes"] = codes
    return _short(known)


def constant_value(form: FormData) -> Value:
    value, reason = text_of(form, "value"), text_of(form, "because")
    if not value:
        raise MappingWrong("value", "请写固定值", "write the value")
    if not reason:
        raise MappingWrong("because", "固定值是源数据没有的，要写明理由", "the source has it not: say why it is so")
    return {"value": value, "because": {"zh": reason, "en": reason}}


def field_value(one: Field, confirmed: bool) -> Value:
    """A field as it stands, without its confidence where confirmed."""
    made: dict[str, Value] = {}
    if one.columns:
        made["from"] = one.columns[0] if len(one.columns) == 1 else list(one.columns)
    for name, value in (
        ("sql", one.sql),
        ("value", one.value),
        ("as", one.reads),
        ("with", one.glue),
        ("default", one.default),
    ):
        if value:
            made[name] = value
    if one.codes:
        made["codes"] = dict(one.codes)
    if one.options:
        made["options"] = dict(one.options)
    if one.because is not None:
        made["because"] = {"zh": one.because.zh, "en": one.because.en}
    if one.confidence is not None and not confirmed:
        made["confidence"] = f"{one.confidence:.2f}"
    return _short(made)


def _short(made: dict[str, Value]) -> Value:
    return made["from"] if set(made) == {"from"} and isinstance(made["from"], str) else made
