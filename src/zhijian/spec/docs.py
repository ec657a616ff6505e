"""Reference page of the specification in Markdown, derived from it (docs/reference/spec.md)."""

from collections.abc import Iterable

from zhijian.spec.model import FIRST, CodeEntry, Element, Entity, Specification


def markdown(spec: Specification) -> str:
    """One page: every entity with its elements, theme by theme, then every code list."""
    lines = [f"# 数据规范 {spec.version} · Data specification", "",
             "由 `src/zhijian/spec/schema/*.yaml` 生成（`make docs`），请改源文件。Generated; change the YAML. "
             "各版本的变更 changes: [spec-changes.md](spec-changes.md).", "",
             "信源：该项以谁为准（一数一源），未写时同实体。Source: whose word counts; where none stands, the entity's.", ""]  # fmt: skip
    themes = {code: f"{c.zh} {c.en}" for code, c in spec.codelists.get("theme", {}).items()}
    grouped = {code: [e for e in spec.entities.values() if e.theme == code] for code in (*themes, "")}
    lines += ["| 主题 theme | 实体 entities |", "|---|---|"]
    lines += [
        f"| {themes.get(code, '其他 other')} | {'、'.join(_link(e) for e in of)} |"
        for code, of in grouped.items()
        if of
    ]
    lines.append("")
    for code, of in grouped.items():
        lines += [f"# {themes.get(code, '其他 other')}", ""] if of else []
        for entity in of:
            lines += _entity(spec, entity)
    lines += ["# 代码表 Code lists", ""]
    for name, codes in spec.codelists.items():
        lines += _codelist(name, tuple(codes.values()))
    return "\n".join(lines)


def _codelist(name: str, codes: tuple[CodeEntry, ...]) -> list[str]:
    """With the days on which a code may be used, where one has any."""
    dated = any(c.valid_from or c.valid_to for c in codes)
    lines = [
        f"## `{name}`",
        "",
        f"| 代码 | 中文 | English |{' 起 from | 止 to |' if dated else ''}",
        f"|---|---|---|{'---|---|' if dated else ''}",
    ]
    days = {c.code: f" {c.valid_from or ''} | {c.valid_to or ''} |" if dated else "" for c in codes}
    return [*lines, *(f"| {c.code} | {c.zh} | {c.en} |{days[c.code]}" for c in codes), ""]


def _link(entity: Entity) -> str:
    return f"[{entity.zh}](#{entity.zh}-{entity.id})"


def _entity(spec: Specification, entity: Entity) -> Iterable[str]:
    sources = spec.codelists.get("source", {})
    by = f" 信源 source: {sources[entity.source].zh} {sources[entity.source].en}." if entity.source in sources else ""
    since = "" if entity.since == FIRST else f" 自 since {entity.since}."
    yield from (f"## {entity.zh} `{entity.id}`", "", f"{entity.definition_zh} {entity.definition_en}", "")
    keys = ", ".join(f"`{k}`" for k in entity.key)
    yield from (f"依据 basis: {entity.basis}. 主键 key: {keys}.{by}{since}", "")
    yield "| 标识 id | 名称 name | 类型 type | 必填 | 代码表 codes | 敏感 | 定义 definition | 说明 |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_row(entity, e) for e in entity.elements)
    yield ""
    yield from (f"嵌套 nested: `{part}` → `{nested}`\n" for part, nested in entity.parts.items())


def _row(entity: Entity, e: Element) -> str:
    kind = f"{e.notation}{' 多值' if e.many else ''}{f' {e.unit}' if e.unit else ''}{' 可分行' if e.lines else ''}"
    secret = "" if e.sensitivity == "public" else f"{e.sensitivity}/{e.mask}"
    about = [e.basis, f"→ `{e.refers}`" if e.refers else None, e.check,
             f"信源 `{e.source}`" if e.source != entity.source else None,
             f"自 since {e.since}" if e.since != entity.since else None, f"至 until {e.until}" if e.until else None]  # fmt: skip
    cells = [f"`{e.id}`", f"{e.zh} {e.en}", kind, "是" if e.required else "", f"`{e.codes}`" if e.codes else "", secret,
             f"{e.definition_zh} {e.definition_en}".strip().replace("|", "\\|"), " ".join(x for x in about if x)]  # fmt: skip
    return f"| {' | '.join(cells)} |"
