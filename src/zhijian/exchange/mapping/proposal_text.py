"""A proposal as a mapping's YAML: what is sure as fields with confidence, the rest as comments, evidence beside each."""

import json
import re
from collections.abc import Iterator, Mapping

from zhijian.exchange.mapping.model import Join
from zhijian.exchange.mapping.proposal import SURE, Guess, Part, Proposal
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import Element, Specification

_PLAIN = re.compile(r"[\w一-鿿][\w一-鿿.（）-]*")
_GONE = ("sfsc", "是否删除", "删除标志", "scbz", "deleted", "is_deleted", "del_flag")
_MEASURED = {"result": "result", "unit": "result-unit", "limit": "limit"}


def as_yaml(proposal: Proposal, spec: Specification, name: str, kind: SourceTable | None = None) -> str:
    """`kind`: any table of the source, to tell files from a database."""
    used = {p.table for p in proposal.parts} | {j.table for p in proposal.parts for j in p.joins}
    lines = [
        "# 由 zhijian map suggest 提出，请逐条核对。每个字段后面是把握（0–1）和依据。",
        f"# 把握低于 {SURE} 的写成注释，没有采用；核对过的字段请删去 confidence。zhijian map check 会列出还没核对的。",
        f"# Proposed. Look at each; delete `confidence` of what you have confirmed. Below {SURE} it is a comment only.",
        f"mapping: {_q(name)}",
        f"title: {{zh: {_q(name)}, en: {_q(name)}}}",
        f"specification: {spec.version}",
        "tables:" if used else "tables: {}",
    ]
    word = "table" if kind is not None and kind.kind == "database" else "files"
    for table in proposal.tables:
        if table in used:
            lines.append(f"  {_q(table)}: {{{word}: {_q(proposal.files[table])}}}")
        else:
            lines.append(f"  # {table}：认不出是规范里的哪一类数据 no entity was recognised")
    lines.append("records:" if proposal.parts else "records: []")
    for part in proposal.parts:
        lines += _part(part, proposal, spec)
    return "\n".join(lines) + "\n"


def _part(part: Part, proposal: Proposal, spec: Specification) -> Iterator[str]:
    entity = spec.entities[part.entity]
    yield ""
    yield f"  # {part.table} → {entity.zh}：{part.evidence}"
    yield f"  - entity: {part.entity}"
    yield f"    from: {_q(part.table)}"
    if part.where:
        yield f"    where: {json.dumps(part.where, ensure_ascii=False)}"
    for column in proposal.tables[part.table]:
        if column.casefold() in _GONE:
            yield f"    # where: {column} = '0'  # 看来是删除标志；确认后启用 looks like a mark of deletion"
    yield from _joins(part.joins)
    if part.each is not None:
        columns = ", ".join(f"{_q(k)}: {_q(v)}" for k, v in part.each.columns.items())
        when = next(
            (g.column for g in part.sure if g.element == "parameter" and g.column in part.each.columns), part.each.when
        )
        yield f"    each: {{n: {_numbers(part.each.n)}, when: {_q(when)}, columns: {{{columns}}}}}"
    yield "    fields:" if part.sure else "    fields: {}"
    by_element = {g.element: g for g in part.guesses}
    elements = [*entity.elements, *(e for p in spec.entities.values() if part.entity in p.parts.values() for e in p.elements
                                    if e.id in p.key and e.id not in {x.id for x in entity.elements})]  # fmt: skip
    for element in elements:
        guess = by_element.get(element.id)
        if guess is not None and guess.sure:
            yield from _field(element, guess, by_element)
        elif guess is not None:
            yield f"      # {element.id}: {_q(guess.column)}  # {element.zh}，{guess.confidence:.2f}：{_said(guess)}"
        elif element.required:
            yield f"      # {element.id}:  # {element.zh}，必填，没有找到列 required, no column found"
    yield from _left(part, proposal.tables[part.table])


def _joins(joins: tuple[Join, ...]) -> Iterator[str]:
    if joins:
        yield "    join:"
        for join in joins:
            on = ", ".join(f"{_q(a)}: {_q(b)}" for a, b in join.on.items())
            yield f"      - {{table: {_q(join.table)}, as: {_q(join.alias)}, on: {{{on}}}}}"


def _field(element: Element, guess: Guess, others: Mapping[str, Guess]) -> Iterator[str]:
    parts = [f"from: {_source(element, guess, others)}"]
    if element.id in _MEASURED:
        parts.append(f"as: {_MEASURED[element.id]}")
    if guess.codes:
        parts.append(
            "codes: {"
            + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_q(v)}" for k, v in guess.codes.items())
            + "}"
        )
    parts.append(f"confidence: {guess.confidence:.2f}")
    yield f"      {element.id}: {{{', '.join(parts)}}}  # {element.zh}：{_said(guess)}"
    if guess.open_codes:
        yield f"      # {element.id} 的这些值还没有对照 no translation yet：{'、'.join(_bare(c) for c in guess.open_codes[:12])}"


def _source(element: Element, guess: Guess, others: Mapping[str, Guess]) -> str:
    wanted = {"result": ("result", "unit"), "unit": ("result", "unit", "limit")}.get(element.id, (element.id,))
    columns = [others[e].column for e in wanted if e in others and others[e].sure]
    return _q(columns[0]) if len(columns) == 1 else f"[{', '.join(map(_q, columns))}]"


def _left(part: Part, columns: Mapping[str, object]) -> Iterator[str]:
    used = {g.column for g in part.sure} | {c for j in part.joins for c in j.on}
    spread = {v.replace("{n}", str(n)) for v in part.each.columns.values() for n in part.each.n} if part.each else set()
    left = [c for c in columns if c not in used | spread]
    if left:
        yield f"    # 这个表没有用到的列 columns unused：{'、'.join(map(_bare, left))}"


def _numbers(n: tuple[int, ...]) -> str:
    return f"{n[0]}..{n[-1]}" if n == tuple(range(n[0], n[-1] + 1)) else f"[{', '.join(map(str, n))}]"


def _said(guess: Guess) -> str:
    return "；".join(map(_bare, guess.evidence))


def _bare(text: str) -> str:
    """On one line: what stands in a comment must not end it."""
    return " ".join(text.split())[:80]


def _q(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and not text.startswith("-") else json.dumps(text, ensure_ascii=False)
