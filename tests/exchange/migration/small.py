"""A small provincial database in SQLite, with a mapping, for tests of migration."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from zhijian.exchange.mapping import read_mapping
from zhijian.exchange.migration import MigrationRun
from zhijian.exchange.migration.model import Migration
from zhijian.spec import specification

AT = datetime(2026, 11, 1, 4, tzinfo=UTC)
MAPPING = """
mapping: small
title: {zh: 小省, en: Small province}
specification: 0.2.0
tables: {机构: {}, 场所: {}, 仪器: {}}
records:
  - entity: site
    from: 场所
    join: [{table: 机构, on: {jg_id: id}}]
    fields: {uscc: 机构.代码, site_no: 编号, name: 名称, division: 区划, address: 地址, used_from: 启用}
  - entity: institution
    from: 机构
    where: "作废 IS NULL OR 作废 <> '1'"
    fields:
      uscc: 代码
      name: 名称
      legal_form: {from: 类型, codes: {"1": 企业, "2": 事业}}
      independent: {value: "true", because: 源表只收独立法人}
      division: 区划
      address: 地址
      fields: {from: 领域, codes: {食品: "00", 环境: "12"}}
      area_m2: 面积
"""


def built(file: Path, institutions: int = 30) -> sa.Engine:
    """Each 7th institution has no code; the 5th is twice; sites of the 3rd refer to nothing."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as db:
        db.execute(sa.text("CREATE TABLE 机构 (id INTEGER PRIMARY KEY, 代码 TEXT, 名称 TEXT, 类型 TEXT, 区划 TEXT, 地址 TEXT, "
                           "领域 TEXT, 面积 REAL, 作废 TEXT)"))  # fmt: skip
        db.execute(sa.text("CREATE TABLE 场所 (id INTEGER PRIMARY KEY, jg_id INTEGER, 编号 TEXT, 名称 TEXT, 区划 TEXT, 地址 TEXT, "
                           "启用 TEXT)"))  # fmt: skip
        db.execute(sa.text("CREATE TABLE 仪器 (id INTEGER PRIMARY KEY, 名称 TEXT)"))
        for i in range(1, institutions + 1):
            code = "" if i % 7 == 0 else f"91330100MA{5 if i == 6 else i:08d}"
            db.execute(sa.text("INSERT INTO 机构 VALUES (:i, :code, :name, :kind, '330100', '某路', '食品、环境', 12.5, :gone)"),
                       {"i": i, "code": code, "name": f"甲{i}检测", "kind": "1", "gone": "1" if i % 11 == 0 else None})  # fmt: skip
            db.execute(sa.text("INSERT INTO 场所 VALUES (:i, :jg, 'S1', '总部', '330100', '某路', '2020年1月3日')"),
                       {"i": i, "jg": 10**6 if i == 3 else i})  # fmt: skip
    return engine


def run(work: Path, number: int = 1, province: str = "33", **more: object) -> MigrationRun:
    spec = specification()
    mapping = read_mapping(MAPPING, spec)
    migration = Migration(mapping, hashlib.sha256(MAPPING.encode()).hexdigest(), province, number)
    return MigrationRun(migration, spec, work, date(2026, 11, 1), **more)  # type: ignore[arg-type]
