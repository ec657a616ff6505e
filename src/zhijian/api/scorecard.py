"""The provinces' data quality by the API: read alone. Results are handed in by the operator (`zhijian admin scorecard`) until
provinces have keys of their own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import Depends, FastAPI, Path, Query
from starlette.responses import Response

from zhijian.api import openapi
from zhijian.api.days import day
from zhijian.api.parameters import only_known
from zhijian.exchange import scorecard
from zhijian.exchange.model import Dimension
from zhijian.exchange.scorecard.model import ALL, UNRECOGNISED, Card, Failing, Head, Score
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.kit.scope import Scope
from zhijian.kit.threads import in_thread
from zhijian.spec import specification
from zhijian.wiring import Node

SEEN = Scope.all_provinces()
WORST = 10
"""Failing rules that a figure of the list names; the result itself has all."""
Day = Annotated[str | None, Query(max_length=40, json_schema_extra={"format": "date"})]
Dataset = Annotated[str, Query(min_length=1, max_length=60, description="实体，如 report；* 为全部")]
Wanted = Annotated[str, Query(min_length=1, max_length=20, description="维度，如 accuracy；* 为全部")]
Limit = Annotated[int, Query(ge=1, le=50)]
Province = Annotated[str, Path(min_length=1, max_length=10, description="省份代码，两位，如 33")]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="结果文件的 SHA-256")]


@dataclass(frozen=True, slots=True)
class _Asked:
    dataset: str
    dimension: str
    since: date
    until: date


def routes(app: FastAPI, node: Node, clock: Callable[[], datetime]) -> None:
    def asked(dataset: str, dimension: str, from_: str | None, to: str | None) -> _Asked:
        if not node.settings.scorecard_shown:
            raise Problem(403, "scorecard-closed", "本节点没有开放各省数据质量", "this node does not show the provinces' data quality",
                          remedy_zh="由运行者设置 ZHIJIAN_SCORECARD_OPEN=1", remedy_en="its operator may set ZHIJIAN_SCORECARD_OPEN=1")  # fmt: skip
        return _asked(dataset, dimension, from_, to, clock().astimezone(SHANGHAI).date())

    async def answer(made: Callable[[Db], dict[str, Any]]) -> Response:
        return Response(
            await in_thread(_encoded, node, made), media_type="application/json", headers={"cache-control": "no-store"}
        )

    @app.get("/api/v1/scorecard", dependencies=[Depends(only_known)], **openapi.SCORECARD)
    async def scorecard_of_all(
        dataset: Dataset = ALL, dimension: Wanted = ALL, from_: Annotated[Day, Query(alias="from")] = None, to: Day = None
    ) -> Response:  # fmt: skip
        wanted = asked(dataset, dimension, from_, to)
        return await answer(lambda db: _all(db, wanted))

    @app.get("/api/v1/scorecard/{province}", dependencies=[Depends(only_known)], **openapi.SCORECARD_PROVINCE)
    async def scorecard_of_province(
        province: Province, dataset: Dataset = ALL, from_: Annotated[Day, Query(alias="from")] = None, to: Day = None,
        limit: Limit = 12,
    ) -> Response:  # fmt: skip
        wanted = asked(dataset, ALL, from_, to)
        return await answer(lambda db: _one(db, _known(province), wanted, limit))

    @app.get("/api/v1/scorecard/{province}/{result}", dependencies=[Depends(only_known)], **openapi.SCORECARD_RESULT)
    async def scorecard_result(province: Province, result: Digest) -> Response:
        asked(ALL, ALL, None, None)
        return await answer(lambda db: _result(db, _known(province), result))


def _encoded(node: Node, made: Callable[[Db], dict[str, Any]]) -> bytes:
    with node.reading() as db:
        return msgspec.json.encode(made(db))


def _asked(dataset: str, dimension: str, from_: str | None, to: str | None, today: date) -> _Asked:
    """Raises: Problem 422."""
    datasets, dimensions = {ALL, UNRECOGNISED, *specification().entities}, {ALL, *Dimension}
    for name, value, there in (("dataset", dataset, datasets), ("dimension", dimension, dimensions)):
        if value not in there:
            listed = ", ".join(sorted(there))
            raise Problem(422, f"{name}-unknown", f"{name}：没有 {value[:60]!r}", f"{name}: there is no {value[:60]!r}",
                          remedy_zh=f"有：{listed}", remedy_en=f"there are: {listed}", parameter=name)  # fmt: skip
    until = day("to", to) if to is not None else today
    since = day("from", from_) if from_ is not None else until - scorecard.TREND
    if since > until:
        raise Problem(422, "period-reversed", f"from {since} 晚于 to {until}", f"from {since} is after to {until}",
                      remedy_zh="把两个日期对调", remedy_en="exchange the two days")  # fmt: skip
    return _Asked(dataset, dimension, since, until)


def _known(province: str) -> str:
    """Raises: Problem 404."""
    if province not in scorecard.provinces():
        raise Problem(404, "province-unknown", f"没有省份 {province}", f"no province {province}",
                      remedy_zh="写两位代码，如浙江 33", remedy_en="write two digits, such as 33 for Zhejiang")  # fmt: skip
    return province


def _all(db: Db, asked: _Asked) -> dict[str, Any]:
    ground = scorecard.present_ground()
    made = scorecard.board(db, SEEN, ground, asked.until, asked.dataset, asked.dimension, asked.since)
    return {
        "dataset": asked.dataset, "dimension": asked.dimension, "from": asked.since, "to": asked.until,
        "specification": ground.specification, "program": ground.program, "ranked": made.ranked,
        "provinces": [
            _named(row.province)
            | {"latest": row.head and _head(row.head, row.apart), "dimensions": {d: _score(s) for d, s in row.scores.items() if d != ALL},
               "rank": row.rank, "trend": [{"result": p.result, "on": p.on, "score": p.score, "level": p.level} for p in row.trend]}
            for row in made.rows
        ],
    }  # fmt: skip


def _one(db: Db, province: str, asked: _Asked, limit: int) -> dict[str, Any]:
    ground = scorecard.present_ground()
    heads = scorecard.store.heads(db, SEEN, province, asked.since, asked.until)[:limit]
    results = []
    for head in heads:
        card = scorecard.store.card(db, SEEN, head)
        figures = [_figure(card, s) for s in card.scores if s.dataset == asked.dataset]
        results.append(_head(head, head.apart(ground)) | {"figures": figures})
    return _named(province) | {"dataset": asked.dataset, "from": asked.since, "to": asked.until, "results": results}


def _result(db: Db, province: str, result: str) -> dict[str, Any]:
    head = scorecard.store.head(db, SEEN, province, result)
    if head is None:
        raise Problem(404, "result-unknown", "这个省份没有这份结果", "this province has no such result",
                      remedy_zh=f"见 /api/v1/scorecard/{province}", remedy_en=f"see /api/v1/scorecard/{province}")  # fmt: skip
    card = scorecard.store.card(db, SEEN, head)
    failing = [
        _failing(f, cost) | {"places": [
            {"table": s.table, "row": s.row, "other_table": s.other_table, "other_row": s.other_row} for s in f.spots]}
        for f, cost in scorecard.worst(card)
    ]  # fmt: skip
    figures = [{"dataset": s.dataset, "dimension": s.dimension, **_score(s)} for s in card.scores]
    return (
        _named(province)
        | _head(head, head.apart(scorecard.present_ground()))
        | {"figures": figures, "failing": failing}
    )


def _named(province: str) -> dict[str, Any]:
    name = scorecard.provinces()[province]
    return {"province": province, "name": {"zh": name.zh, "en": name.en}}


def _head(h: Head, apart: Iterable[str]) -> dict[str, Any]:
    return {
        "result": h.id, "on": h.on, "specification": h.specification, "program": h.program, "rules_digest": h.rules_digest,
        "rows": h.rows, "datasets": h.datasets, "received_at": h.received_at, "by": h.by, "score": h.score, "level": h.level,
        "apart": list(apart),
    }  # fmt: skip


def _score(s: Score) -> dict[str, Any]:
    return {"score": s.score, "level": s.level, "rules": s.rules}


def _figure(card: Card, s: Score) -> dict[str, Any]:
    behind = scorecard.worst(card, s.dataset, s.dimension)
    return {"dataset": s.dataset, "dimension": s.dimension, **_score(s), "failing_count": len(behind),
            "failing": [_failing(f, cost) for f, cost in behind[:WORST]]}  # fmt: skip


def _failing(f: Failing, cost: float) -> dict[str, Any]:
    return {
        "number": f.number, "dataset": f.dataset, "check": f.check, "origin": f.origin, "on": f.on, "columns": f.columns,
        "severity": f.severity, "dimension": f.dimension, "applicable": f.applicable, "failing": f.failing, "cost": cost,
        "why": {"zh": f.why.zh, "en": f.why.en}, "remedy": {"zh": f.remedy.zh, "en": f.remedy.en},
    }  # fmt: skip
