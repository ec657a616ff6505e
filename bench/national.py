"""A registry of the nation's size, invented and marked so: made within PostgreSQL, in the tables of the migrations.

Left out: history (`registry_past`), earlier calibrations, proficiency tests, findings; levels stand for one capability row in ten.
"""
# ruff: noqa: E501

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import sqlalchemy as sa

from zhijian.kit.base31 import symbols
from zhijian.kit.db import Db, copy_rows
from zhijian.kit.scope import Scope
from zhijian.registry import sought_store
from zhijian.registry import tables as t
from zhijian.synthetic import names
from zhijian.wiring import Node

Said = Callable[[str], None]
INSTITUTIONS, STAFF, INSTRUMENTS, CAPABILITIES, REPORTS, CASES = (
    53_000,
    1_500_000,
    10_000_000,
    20_000_000,
    500_000,
    50_000,
)
STAMP = "p.province, DATE '2026-01-01', 'synthetic', now()"
STAMPED = "province, since_on, source, recorded_at"
INVENTED = 9
"""Of each real method, others that are not in the list: the nation knows some thousands of pairs."""


@dataclass(frozen=True, slots=True)
class Size:
    scale: float

    def of(self, whole: int) -> int:
        return max(1, round(whole * self.scale))


def generate(node: Node, size: Size, say: Said = lambda _: None) -> None:
    """Fill the empty tables of a node that was prepared."""
    with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        for setting in ("statement_timeout = 0", "session_replication_role = replica", "maintenance_work_mem = '1GB'"):
            db.execute(sa.text(f"SET {setting}"))
        _plan(db, size)
        _words(db)
        for name, sql in _steps(size).items():
            indexes = _without_indexes(db, name)
            db.execute(sa.text(sql))
            for one in indexes:
                db.execute(sa.text(one))
            say(f"{name} {db.execute(sa.text(f'SELECT count(*) FROM {name}')).scalar_one():,}")
        db.execute(sa.text("DROP TABLE plan, method"))
        db.execute(sa.text("VACUUM ANALYZE"))


def _without_indexes(db: Db, table: str) -> list[str]:
    """Drops all but the keys; how to make them again, which is faster than to grow them."""
    query = """SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename = :t AND NOT EXISTS
        (SELECT FROM pg_constraint c WHERE c.conname = i.indexname AND c.conrelid = CAST(:t AS regclass))"""
    found = db.execute(sa.text(query), {"t": table}).all()
    for row in found:
        db.execute(sa.text(f'DROP INDEX "{row.indexname}"'))
    return [row.indexdef for row in found]


def methods() -> list[tuple[int, str, str, str, str, str | None]]:
    """(weight, category, parameter, standard, its name, restriction); the real ones have half of all rows."""
    text = resources.files("zhijian.synthetic").joinpath("data/methods.csv").read_text(encoding="utf-8")
    import csv

    real = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    made = [(INVENTED, m["category"], m["parameter"], m["standard"], m["standard_name"], m["restriction"] or None) for m in real]  # fmt: skip
    for n, m in enumerate(real * INVENTED):
        made.append((1, m["category"], f"模拟{m['parameter']}{n % 40:02}", f"HJ {6000 + n // 3}-{2010 + n % 14}", f"模拟方法 {m['standard_name']}", None))  # fmt: skip
    return made


def _plan(db: Db, size: Size) -> None:
    """`plan`: a row an institution with how much it has; `method`: pairs by a number that is drawn."""
    rng = random.Random(5)
    db.execute(sa.text("CREATE UNLOGGED TABLE method (k int PRIMARY KEY, category text, parameter text, standard text, name text, restriction text)"))  # fmt: skip
    drawn = [m[1:] for m in methods() for _ in range(m[0])]
    _copy(db, "method", ("k", "category", "parameter", "standard", "name", "restriction"), ((k, *m) for k, m in enumerate(drawn)))  # fmt: skip
    places = _places()
    count = size.of(INSTITUTIONS)
    draws = rng.choices(places, [w for *_, w in places], k=count)
    rows = []
    for n, (code, city, district, _) in enumerate(draws, 1):
        year = rng.randrange(1, 7)
        name = f"{city}{district}{names.brand(n)[0]}模拟{rng.choice(KINDS)}{n % 97:02}有限公司"
        weight = min(20.0, rng.lognormvariate(-0.5, 1))
        rows.append((n, f"91{code}{n:09}X", name, code, code[:2], f"2{year}{code[:2]}{n:08}", weight, 1 + (rng.random() < 0.2)))  # fmt: skip
    total = sum(r[6] for r in rows) / count
    db.execute(sa.text("CREATE UNLOGGED TABLE plan (n int PRIMARY KEY, uscc text, name text, division text, province text, number text, size float, sites int)"))  # fmt: skip
    _copy(db, "plan", ("n", "uscc", "name", "division", "province", "number", "size", "sites"),
          ((*r[:6], r[6] / total, r[7]) for r in rows))  # fmt: skip
    _institutions(db, rows, rng)
    db.execute(sa.text("ANALYZE plan"))
    db.execute(sa.text("ANALYZE method"))


KINDS = ("检测技术", "质量检验", "环境监测", "食品检测", "建设工程检测", "机动车检测", "计量测试", "粮食质量检测")


def _places() -> list[tuple[str, str, str, float]]:
    """(division, city, district, weight); a province's weight is shared by its divisions."""
    import csv

    def read(name: str) -> list[dict[str, str]]:
        text = resources.files("zhijian.synthetic").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))

    weights = {row["code"]: float(row["weight"]) for row in read("provinces")}
    divisions = read("divisions")
    each = {p: sum(d["code"][:2] == p for d in divisions) for p in weights}
    return [(d["code"], d["city"], d["district"], weights[d["code"][:2]] / each[d["code"][:2]]) for d in divisions]


def _copy(db: Db, table: str, columns: tuple[str, ...], rows: Any) -> None:
    copy_rows(db, sa.table(table), columns, rows)  # type: ignore[arg-type]


def _institutions(db: Db, rows: list[tuple[Any, ...]], rng: random.Random) -> None:
    now, day = datetime.now(UTC), date(2026, 1, 1)
    made = (
        {"uscc": uscc, "name": name, "legal_form": "企业法人", "independent": True, "division": code, "address": f"{name[:6]}模拟路{n}号",
         "legal_representative": names.person(rng), "public_phone": f"0571-8{n:07}", "fields": ["01"], "staff_count": 28, "credit_class": "ABCD"[n % 4],
         "code_index": symbols(n, 4), "revision": 1, "synthetic": True, "province": province, "since_on": day, "source": "synthetic", "recorded_at": now}
        for n, uscc, name, code, province, *_ in rows
    )  # fmt: skip
    made_list = list(made)
    columns = tuple(made_list[0])
    copy_rows(db, t.institution, columns, ([row[c] for c in columns] for row in made_list))


def _words(db: Db) -> None:
    """As enrolment keeps them."""
    rows = db.execute(sa.text("SELECT uscc, name FROM plan")).mappings().all()
    for start in range(0, len(rows), 5000):
        sought_store.keep(db, Scope.everything(), "institution", rows[start : start + 5000])  # type: ignore[arg-type]
    pairs = [{"standard": m[3], "parameter": m[2]} for m in methods()]
    sought_store.keep(db, Scope.everything(), "capability", pairs)


def _steps(size: Size) -> dict[str, str]:
    """Table → what fills it."""
    count = size.of(INSTITUTIONS)
    each = {name: f"greatest(1, round(p.size * {size.of(whole) / count}))::int" for name, whole in
            (("staff", STAFF), ("instruments", INSTRUMENTS), ("capabilities", CAPABILITIES))}  # fmt: skip
    drawn = len([m for m in methods() for _ in range(m[0])])
    surnames, given = (json.dumps(list(some), ensure_ascii=False) for some in (names.SURNAMES, names.GIVEN))
    return {
        "site": f"""INSERT INTO site (uscc, site_no, name, division, address, used_from, {STAMPED})
            SELECT p.uscc, g::text, '场所' || g, p.division, '模拟路' || p.n || '号', DATE '2018-01-01', {STAMP} FROM plan p, generate_series(1, p.sites) g""",
        "certificate": f"""INSERT INTO certificate (number, uscc, authority, issued_on, expires_on, {STAMPED})
            SELECT p.number, p.uscc, '模拟市场监督管理局', d.day, (d.day + INTERVAL '6 years' - INTERVAL '1 day')::date, {STAMP}
            FROM plan p, LATERAL (SELECT DATE '2020-06-01' + (hashint4(p.n) & 2047) AS day) d""",
        "certificate_state": f"""INSERT INTO certificate_state (number, state, from_on, reason, uscc, {STAMPED})
            SELECT p.number, CASE p.n % 3 WHEN 0 THEN '撤销' WHEN 1 THEN '注销' ELSE '暂停' END, DATE '2026-01-15', '模拟', p.uscc, {STAMP}
            FROM plan p WHERE p.n % 50 = 7""",
        "capability": f"""INSERT INTO capability (number, site_no, sequence, category, object, parameter, standard, standard_name, restriction, valid_from,
            valid_to, uscc, {STAMPED})
            SELECT p.number, (1 + g % p.sites)::text, g::text, m.category, '模拟产品', m.parameter, m.standard, m.name, m.restriction, DATE '2021-01-01',
            CASE WHEN g % 40 = 0 THEN DATE '2025-12-31' END, p.uscc, {STAMP}
            FROM plan p CROSS JOIN LATERAL generate_series(1, {each["capabilities"]}) g
            JOIN method m ON m.k = (hashint8(p.n::bigint * 1000003 + g) & 2147483647) % {drawn}""",
        "capability_level": f"""INSERT INTO capability_level (number, site_no, sequence, level, level_no, name, uscc, {STAMPED})
            SELECT p.number, p.site_no, p.sequence, l, p.sequence, CASE l WHEN 1 THEN p.category ELSE p.parameter END, p.uscc, {STAMP}
            FROM capability p, generate_series(1, 2) l WHERE p.sequence LIKE '%7'""",
        "staff": f"""INSERT INTO staff (uscc, staff_no, name, roles, employed_from, {STAMPED})
            SELECT p.uscc, 'R' || lpad(g::text, 4, '0'), s.l ->> ((hashint8(p.n::bigint * 31 + g) & 1048575) % {len(names.SURNAMES)}) ||
            (v.l ->> ((hashint8(p.n::bigint * 37 + g) & 1048575) % {len(names.GIVEN)})) ||
            CASE WHEN g % 5 > 0 THEN v.l ->> ((hashint8(p.n::bigint * 41 + g) & 1048575) % {len(names.GIVEN)}) ELSE '' END,
            '{{检测}}', DATE '2022-01-01', {STAMP}
            FROM plan p CROSS JOIN LATERAL generate_series(1, {each["staff"]}) g, (SELECT $x${surnames}$x$::jsonb l) s, (SELECT $x${given}$x$::jsonb l) v""",
        "authorisation": f"""INSERT INTO authorisation (uscc, staff_no, categories, from_on, {STAMPED})
            SELECT p.uscc, p.staff_no, '{{*}}', DATE '2022-01-01', {STAMP} FROM staff p WHERE p.staff_no <= 'R0003'""",
        "instrument": f"""INSERT INTO instrument (uscc, management_no, site_no, name, model, serial_no, maker, needs_calibration, state, used_from, {STAMPED})
            SELECT p.uscc, 'YQ-' || lpad(g::text, 5, '0'), (1 + g % p.sites)::text, '模拟' || (ARRAY['天平','分光光度计','色谱仪','制动台','烘箱'])[1 + g % 5],
            'M-' || g % 400, 'SN' || p.n || '-' || g, '模拟仪器厂', g % 9 > 0, CASE WHEN g % 20 = 3 THEN '停用' ELSE '在用' END, DATE '2021-01-01', {STAMP}
            FROM plan p CROSS JOIN LATERAL generate_series(1, {each["instruments"]}) g""",
        "calibration": f"""INSERT INTO calibration (uscc, management_no, kind, certificate_no, provider, calibrated_on, due_on, passed, {STAMPED})
            SELECT p.uscc, p.management_no, '校准', 'JZ' || h.h, '模拟计量院', current_date - h.h % 380, current_date - h.h % 380 + 364, h.h % 300 > 0, {STAMP}
            FROM instrument p CROSS JOIN LATERAL (SELECT hashtext(p.uscc || p.management_no) & 1048575 AS h) h WHERE p.needs_calibration""",
        "credit": f"""INSERT INTO credit (uscc, assessed_on, class, authority, {STAMPED})
            SELECT p.uscc, DATE '2026-01-10', substr('ABCD', 1 + p.n % 4, 1), '模拟市场监督管理局', {STAMP} FROM plan p""",
        "annual_report": f"""INSERT INTO annual_report (uscc, year, submitted_on, conditions_kept, {STAMPED})
            SELECT p.uscc, 2025, DATE '2026-01-20', true, {STAMP} FROM plan p WHERE p.n % 20 > 0""",
        "report": f"""INSERT INTO report (own_number, uscc, cma_marked, certificate_number, site_no, title, form, kind, client_name, sample_name, sample_no,
            received_on, tested_from, tested_to, signatory, issued_on, verdict, file_digest, file_digest_algorithm, file_pages, own_number_key, code, institution,
            province, lease_id, yymm, status_index, state, facts_digest, credential, submission_id, position, issued_at, registered_at)
            SELECT 'MN-' || r.g, p.uscc, true, p.number, '1', '模拟检测报告', '电子', '委托', '模拟委托单位', '模拟样品', 'Y' || r.g, r.at::date, r.at::date, r.at::date,
            'R0001', r.at::date, '合格', md5(r.g::text) || md5(r.g::text), 'sm3', 3, 'MN-' || r.g, 'M' || lpad(r.g::text, 17, '0'), lpad(p.n::text, 4, '0'),
            p.province, 1, 2611, r.g, CASE WHEN r.g % 200 = 0 THEN 'withdrawn' ELSE 'valid' END, sha256(r.g::text::bytea), sha256(r.g::text::bytea), r.g, 0, r.at, r.at
            FROM (SELECT g, now() - make_interval(secs => (g * 7) % 2600000) AS at, 1 + (hashint4(g) & 2147483647) % {count} AS n
                  FROM generate_series(1, {size.of(REPORTS)}) g) r JOIN plan p ON p.n = r.n""",
        "case_file": f"""INSERT INTO case_file (no, province, version, state, source, uscc, institution_name, field, matter, officers, is_told, is_public, clocks,
            next_due_on, due_unknown, head, opened_at, changed_at)
            SELECT '模检查〔2026〕' || lpad(c.g::text, 6, '0'), p.province, 1, CASE WHEN c.g % 10 < 8 THEN 'closed' ELSE 'taken' END, 'signal', p.uscc, p.name, '01', '模拟线索',
            '{{}}', false, false, '[]', CASE WHEN c.g % 10 >= 8 THEN current_date + (c.g % 90) END, false, repeat('0', 64), now(), now() - make_interval(mins => c.g)
            FROM (SELECT g, 1 + (hashint4(g) & 2147483647) % {count} AS n FROM generate_series(1, {size.of(CASES)}) g) c JOIN plan p ON p.n = c.n""",
    }  # fmt: skip
