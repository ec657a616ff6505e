"""Reference pages of the specification in Markdown, derived from it (docs/reference/spec.md)."""

from zhijian.spec.model import Element, Specification


def markdown(spec: Specification) -> str:
    """One page: every entity with its elements, then every code list."""
    lines = [f"# 数据规范 {spec.version} · Data specification", "",
             "由 `src/zhijian/spec/schema/*.yaml` 生成（`make docs`），请改源文件。Generated; change the YAML.", ""]  # fmt: skip
    for entity in spec.entities.values():
        lines += [f"## {entity.zh} `{entity.id}`", "", f"{entity.definition_zh} {entity.definition_en}", "",
                  f"依据 basis: {entity.basis}. 主键 key: {', '.join(f'`{k}`' for k in entity.key)}.", "",
                  "| 标识 id | 名称 name | 类型 type | 必填 | 代码表 codes | 敏感 | 说明 |", "|---|---|---|---|---|---|---|"]  # fmt: skip
        lines += [_row(e) for e in entity.elements] + [""]
        lines += [f"嵌套 nested: `{part}` → `{nested}`\n" for part, nested in entity.parts.items()]
    lines += ["# 代码表 Code lists", ""]
    for name, codes in spec.codelists.items():
        lines += [f"## `{name}`", "", "| 代码 | 中文 | English |", "|---|---|---|"]
        lines += [f"| {c.code} | {c.zh} | {c.en} |" for c in codes.values()] + [""]
    return "\n".join(lines)


def _row(e: Element) -> str:
    kind = f"{e.notation}{' 多值' if e.many else ''}{f' {e.unit}' if e.unit else ''}{' 可分行' if e.lines else ''}"
    secret = "" if e.sensitivity == "public" else f"{e.sensitivity}/{e.mask}"
    about = " ".join(x for x in (e.basis, f"→ `{e.refers}`" if e.refers else None, e.check) if x)
    codes = f"`{e.codes}`" if e.codes else ""
    return f"| `{e.id}` | {e.zh} {e.en} | {kind} | {'是' if e.required else ''} | {codes} | {secret} | {about} |"
