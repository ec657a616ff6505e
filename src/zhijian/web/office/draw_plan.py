"""A draw's plan out of a form, and its frame out of the registry and the office's lists of inspectors."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile

from zhijian.cases import sampling
from zhijian.cases.sampling.model import Frame, Institution, Plan, SamplingError, SourceKind
from zhijian.kit import yaml_text
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import listing
from zhijian.web.office.door import Asked
from zhijian.web.say import zh

ROWS = 6
"""Quotas that the form has room for; those without a name are left out."""
MOST_LIST = 2 << 20
CLASSES = ("A", "B", "C", "D", "none")
"""Of credit (信用风险分类); `none`: not classified."""
WEIGHTS = dict(zip(CLASSES, ("1", "2", "4", "8", "2"), strict=True))
TEXTS = ("id", "name", "province", "year", "on", "division_begin", "team", "division", "equal", "former_years", "spared_months",
         "kind", "words", "parties", "excluded", *(f"weight_{one}" for one in CLASSES))  # fmt: skip
QUOTA = ("name", "fields", "take", "divisions")
RULES = {"any": zh("不限"), "same": zh("同一辖区"), "other": zh("交叉，不同辖区")}
KINDS = {
    "numbers": zh("公开号码，如彩票开奖"),
    "parties": zh("几方各出一段文字"),
    "log": zh("透明日志的根（本平台的日志不行）"),
}


class ListWrong(SamplingError):
    """A list that was not chosen, is too large, or is no text."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed, to be shown again."""

    texts: Mapping[str, str] = field(default_factory=dict)
    quotas: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def of(cls, form: FormData) -> "Filled":
        def said(name: str, most: int) -> str:
            value = form.get(name, "")
            return value.strip()[:most] if isinstance(value, str) else ""

        quotas = tuple({name: said(f"s{n}_{name}", 200) for name in QUOTA} for n in range(1, ROWS + 1))
        return cls({name: said(name, 4000) for name in TEXTS}, quotas)

    @classmethod
    def first(cls, asked: Asked) -> "Filled":
        on = asked.at.astimezone(SHANGHAI).date()
        own = asked.who.scope.provinces or frozenset()
        province = min(own) if len(own) == 1 else ""
        texts = dict.fromkeys(TEXTS, "") | {
            "id": f"{province or '10'}-{on.year}-{secrets.token_hex(2)}", "province": province, "year": str(on.year), "on": on.isoformat(),
            "team": "2", "division": "any", "equal": "1/4", "former_years": "3", "spared_months": "12", "kind": "numbers",
            **{f"weight_{one}": weight for one, weight in WEIGHTS.items()},
        }  # fmt: skip
        whole = {"name": "全部领域", "fields": "*", "take": "1/10", "divisions": ""}
        return cls(texts, (whole, *(dict.fromkeys(QUOTA, "") for _ in range(ROWS - 1))))

    def plan(self) -> Plan:
        """Raises: SamplingError, which says where."""
        t = self.texts
        strata = [self._stratum(n, one) for n, one in enumerate(self.quotas, 1) if one["name"]]
        parties = [
            dict(zip(("name", "sha256"), line.rpartition("=")[::2], strict=True))
            for line in t["parties"].splitlines()
            if line.strip()
        ]
        source = {
            "kind": t["kind"],
            "words": t["words"],
            **({"parties": parties} if t["kind"] == SourceKind.PARTIES else {}),
        }
        names = ("id", "name", "province", "year", "on", "team", "division", "equal", "former_years", "spared_months")
        given = {name: t[name] for name in names if t[name]} | {"strata": strata, "source": source}
        return sampling.reading.read_plan("方案 plan", yaml_text.write(given))

    @staticmethod
    def _stratum(number: int, one: Mapping[str, str]) -> dict[str, Any]:
        amount = {"share": one["take"]} if "/" in one["take"] else {"count": one["take"]}
        return {
            "id": f"s{number}",
            "name": one["name"],
            "fields": _parts(one["fields"]),
            "divisions": _parts(one["divisions"]),
            **amount,
        }

    def frame(self, asked: Asked, plan: Plan) -> Frame:
        """Raises: SamplingError."""
        conflicts = listed(asked.form, "conflicts", needed=False)
        staff = sampling.reading.read_inspectors(listed(asked.form, "inspectors"), conflicts if conflicts[1] else None)
        return Frame(self._institutions(asked, plan), staff.inspectors, staff.conflicts)

    def _institutions(self, asked: Asked, plan: Plan) -> tuple[Institution, ...]:
        weights = {one: self._weight(one) for one in CLASSES}
        left_out = dict(_exclusion(line) for line in self.texts["excluded"].splitlines() if line.strip())
        rows = listing.drawable(asked.db, asked.who.scope, plan.province, self.texts["division_begin"], plan.on)
        if unknown := [uscc for uscc in left_out if uscc not in {row["uscc"] for row in rows}]:
            raise ListWrong(
                "stranger",
                f"排除名单里的 {unknown[0]} 不在名录里：核对信用代码",
                f"{unknown[0]} is to be left out, but is not in the frame",
            )
        return tuple(
            Institution(row["uscc"], row["name"], tuple(row["fields"] or ("21",)), row["division"],
                        weights[row["credit_class"] if row["credit_class"] in weights else "none"], "", row["inspected_on"],
                        left_out.get(row["uscc"], ""))
            for row in rows
        )  # fmt: skip

    def _weight(self, one: str) -> int:
        text = self.texts[f"weight_{one}"]
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:8]) <= 1_000_000:
            raise ListWrong(
                "weight",
                f"风险权重 {one}：「{text}」应是 1 至 1000000 的整数",
                f"weight of {one}: {text!r}, a whole number from 1 to 1000000",
            )
        return int(text)


def _exclusion(line: str) -> tuple[str, str]:
    uscc, _, why = line.strip().partition(" ")
    if not why.strip():
        raise ListWrong(
            "reason",
            f"排除 {uscc}：写明原因，如「{uscc} 已停业」",
            f"{uscc}: say why it is left out, such as “{uscc} closed”",
        )
    return uscc.upper(), why.strip()


def _parts(text: str) -> list[str]:
    for mark in "；、,，":
        text = text.replace(mark, ";")
    return [part for one in text.split(";") if (part := one.strip())]


def listed(form: FormData, name: str, *, needed: bool = True) -> tuple[str, str]:
    """(file's name, its text); two empty texts where none was chosen and none is needed. Raises: ListWrong."""
    file = form.get(name)
    raw = file.file.read(MOST_LIST + 1) if isinstance(file, UploadFile) else b""
    title = (file.filename or name) if isinstance(file, UploadFile) else name
    if not raw and needed:
        raise ListWrong("missing", f"没有选择文件：{NAMES[name][0]}", f"no file chosen: {NAMES[name][1]}")
    if len(raw) > MOST_LIST:
        raise ListWrong("too-large", f"{title}：最大 2 MB", f"{title}: 2 MB at most")
    try:
        return (title, raw.decode("utf-8-sig")) if raw else ("", "")
    except UnicodeDecodeError:
        raise ListWrong(
            "encoding", f"{title}：不是 UTF-8；请另存为 CSV UTF-8", f"{title}: not UTF-8; save it as CSV UTF-8"
        ) from None


NAMES = {
    "inspectors": ("检查人员名录", "list of inspectors"),
    "conflicts": ("回避名单", "conflicts of interest"),
    "outcomes": ("检查结果", "outcomes"),
}
