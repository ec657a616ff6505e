"""Changes of the specification as text, and the change log over all versions (docs/reference/spec-changes.md)."""

import re
from collections import defaultdict
from itertools import pairwise

from zhijian.spec.model import Specification
from zhijian.spec.versions.compare import Change, Changes, Effect, compare
from zhijian.spec.versions.releases import release, releases

TITLES = {Effect.BREAKING: "不兼容 Breaking", Effect.COMPATIBLE: "兼容 Compatible", Effect.WORDING: "措辞 Wording"}


def change_log(spec: Specification) -> str:
    """From each released version to the next and to `spec`, newest first."""
    history = [*(release(v) for v in releases() if v != spec.version), spec]
    lines = ["# 数据规范的变更 · Changes of the data specification", "",
             "由各版本比较生成（`make docs`）。Written from a comparison of the versions: `zhijian spec diff OLD NEW`.", "",
             "兼容：按旧版本正确的记录，按新版本仍正确，含义不变。不兼容：有的记录不再正确，或读者得到的内容变了。",
             "Compatible: what was right stays right and means the same. Breaking: some does not, or readers are handed something else.", ""]  # fmt: skip
    for old, new in reversed(list(pairwise(history))):
        lines += _version(compare(old, new))
    return "\n".join(lines)


def _version(changes: Changes) -> list[str]:
    lines = [f"## {changes.new}（自 since {changes.old}）", ""]
    for effect, title in TITLES.items():
        listed = changes.of(effect)
        said = _wording(listed) if effect is Effect.WORDING else [line(c) for c in listed]
        lines += [f"### {title}：{len(listed)}", "", *(f"- {one}" for one in said), ""] if listed else []
    return lines


def _wording(listed: tuple[Change, ...]) -> list[str]:
    """A line an entity or code list: which properties changed, on how many of its members."""
    grouped: dict[str, list[Change]] = defaultdict(list)
    for change in listed:
        grouped[re.split("[./]", change.where)[0]].append(change)
    return [
        f"`{name}` {', '.join(sorted({c.what for c in of}))}（{len({c.where for c in of})} 处 places）"
        for name, of in grouped.items()
    ]


def line(change: Change) -> str:
    """A change in one line of Markdown.

    >>> line(Change(Effect.COMPATIBLE, "site.name", "type", "C..200", "C..300"))
    '`site.name` type: C..200 → C..300'
    """
    if change.what in ("added", "removed"):
        word = "新增 added" if change.what == "added" else "删除 removed"
        return f"`{change.where}` {word}{f': {named}' if (named := change.new or change.old) else ''}"
    return f"`{change.where}` {change.what}: {f'{change.old} → ' if change.old else ''}{change.new or '（空 empty）'}"


def text(changes: Changes) -> str:
    """For people at a terminal: what it comes to, then every change, the gravest first."""
    counts = "，".join(f"{title} {len(changes.of(effect))}" for effect, title in TITLES.items())
    said = [f"{changes.old} → {changes.new}：{counts}"]
    if not changes.version_suffices:
        said.append(f"版本号应至少为 the version should be at least {changes.least_version}")
    said += [f"{TITLES[effect]}: {line(c)}" for effect in TITLES for c in changes.of(effect)]
    return "\n".join(said)
