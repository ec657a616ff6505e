"""Tables of the registry, derived from the specification; what the platform adds is named here.

A table holds what holds now. Every other version of its rows is in `registry_past`, where a trigger of the database puts a
row that is changed or taken out (migration 0010): no way of writing forgets it.
"""

from datetime import date
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from zhijian.kit.db import metadata, table_of
from zhijian.spec import Element, specification
from zhijian.spec.model import Entity

_spec = specification()
_time = sa.DateTime(timezone=True)
_references = {name: e.key for name, e in _spec.entities.items() if len(e.key) == 1 and not e.parts}
PARENTS = {
    "site": "institution", "certificate": "institution", "certificate_state": "certificate",
    "certificate_change": "certificate", "capability": "certificate", "capability_level": "certificate",
    "staff": "institution", "authorisation": "institution", "instrument": "institution", "calibration": "institution",
    "credit": "institution", "annual_report": "institution", "proficiency_test": "", "proficiency_result": "proficiency_test",
    "inspection": "institution", "finding": "inspection", "rectification": "inspection", "penalty": "institution",
}  # fmt: skip
"""Entity → the one without which it cannot stand; "" for none. A penalty may name an inspection that nobody handed in."""
NATIONAL = frozenset({"proficiency_test"})
"""Of no institution and no province: many take part in one."""
FIRST_DAY = {
    "institution": "established_on", "site": "used_from", "certificate": "issued_on", "certificate_state": "from_on",
    "certificate_change": "applied_on", "capability": "valid_from", "staff": "employed_from", "authorisation": "from_on",
    "instrument": "used_from", "calibration": "calibrated_on", "penalty": "decided_on", "credit": "assessed_on",
    "annual_report": "submitted_on", "proficiency_test": "started_on", "inspection": "began_on",
    "rectification": "submitted_on",
}  # fmt: skip
"""Entity → the element that says since when the record has been so, where there is one."""
UNDATED = dict.fromkeys(("institution", "capability_level"), date(2026, 1, 1))
"""Entity → since when its records hold, when nobody says and none of their own days does; others hold from today."""


@cache
def parent_key(entity: str) -> tuple[str, ...]:
    """Elements that a part in a table of its own repeats of its whole: `plan_no` of a proficiency result."""
    own = {e.id for e in _spec.entities[entity].elements}
    wholes = [one for one in _spec.entities.values() if entity in one.parts.values()]
    return tuple(k for one in wholes for k in one.key if k not in own)


@cache
def elements_of(entity: str) -> tuple[Element, ...]:
    """What a record of the entity has in a table of its own."""
    key = parent_key(entity)
    wholes = [one for one in _spec.entities.values() if entity in one.parts.values()]
    return (*(one.element(k) for one in wholes for k in key), *_spec.entities[entity].elements)


@cache
def key_of(entity: str) -> tuple[str, ...]:
    return (*parent_key(entity), *_spec.entities[entity].key)


def _table(name: str, *extra: sa.schema.SchemaItem) -> sa.Table:
    entity = _spec.entities[name]
    of_whole = [_repeated(name, k) for k in parent_key(name)]
    references = {k: v for k, v in _references.items() if k in (PARENTS.get(name), "institution")}
    return table_of(entity, *of_whole, *extra, *_platform(entity), key=key_of(name), references=references)


def _repeated(name: str, key: str) -> sa.Column[str]:
    """The whole's key, as a column of its part."""
    element = next(e for e in elements_of(name) if e.id == key)
    return sa.Column(key, sa.String(element.type.length), sa.ForeignKey(f"{PARENTS[name]}.{key}"), nullable=False,
                     comment=element.zh)  # fmt: skip


def _platform(entity: Entity) -> list[sa.Column[object]]:
    added: list[sa.Column[object]] = []
    if entity.id not in NATIONAL:
        if entity.id != "institution" and all(e.id != "uscc" for e in entity.elements):
            added.append(sa.Column("uscc", sa.String(18), nullable=False, comment="所涉机构"))
        added.append(sa.Column("province", sa.String(2), nullable=False, comment="GB/T 2260 前两位"))
    return [*added, sa.Column("since_on", sa.Date(), nullable=False, comment="这一版本从哪一日起适用"),
            sa.Column("source", sa.Text(), nullable=False, comment="从哪里得知：synthetic、migration:…、api:…、import:…"),
            sa.Column("recorded_at", _time, nullable=False, comment="记入的时间")]  # fmt: skip


institution = _table(
    "institution",
    sa.Column("code_index", sa.String(4), nullable=False, unique=True, comment="赋码用机构序号，终身不变"),
    sa.Column("revision", sa.BigInteger(), nullable=False, server_default="1", comment="每次变更加一，供缓存比对"),
    sa.Column("synthetic", sa.Boolean(), nullable=False, server_default="false", comment="模拟数据"),
)
site = _table("site")
certificate = _table("certificate")
certificate_state = _table("certificate_state")
certificate_change = _table("certificate_change")
capability = _table("capability")
capability_level = _table("capability_level")
staff = _table("staff")
authorisation = _table("authorisation")
instrument = _table("instrument")
calibration = _table("calibration")
credit = _table("credit")
annual_report = _table("annual_report")
proficiency_test = _table("proficiency_test")
proficiency_result = _table("proficiency_result")
inspection = _table("inspection")
finding = _table("finding")
rectification = _table("rectification")
penalty = _table("penalty")
for _one in (certificate, penalty, inspection, proficiency_result, finding, rectification):
    sa.Index(f"ix_{_one.name}_uscc", _one.c.uscc)
_k, _i = capability.c, institution.c
sa.Index("ix_institution_name", _i.name, _i.uscc)
sa.Index("ix_institution_place_name", _i.province, _i.name, _i.uscc)
sa.Index("ix_institution_division", _i.division, _i.uscc)
_place = (_k.province, _k.uscc, _k.number, _k.site_no, _k.sequence)
"""The order in which capability rows are shown; with the days all that decides about a row."""
_days = ["valid_from", "valid_to"]
sa.Index("ix_capability_parameter_standard_place", _k.parameter, _k.standard, *_place, postgresql_include=_days)
sa.Index("ix_capability_parameter_place", _k.parameter, *_place, postgresql_include=_days)
sa.Index("ix_capability_standard_place", _k.standard, *_place, postgresql_include=_days)
for _one, _no in ((staff, "name"), (staff, "staff_no"), (instrument, "management_no"), (instrument, "serial_no")):
    sa.Index(f"ix_{_one.name}_{_no}", _one.c[_no], _one.c.province)

past = sa.Table(
    "registry_past", metadata,
    sa.Column("entity", sa.String(40), primary_key=True),
    sa.Column("key", sa.Text(), primary_key=True, comment="JSON 数组：主键各要素的值"),
    sa.Column("on", sa.Date(), primary_key=True, comment="这一版本从哪一日起适用"),
    sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False, comment="同一日的第几个版本，从 0 起"),
    sa.Column("uscc", sa.String(18), comment="所涉机构；能力验证计划没有"),
    sa.Column("province", sa.String(2)),
    sa.Column("record", JSONB(none_as_null=True), comment="各要素；空：从这一日起不再有"),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("recorded_at", _time, nullable=False),
    sa.Index("ix_registry_past_uscc", "uscc"),
    comment="登记记录的其他版本，只增不改",
)  # fmt: skip

twin = sa.Table(
    "registry_twin", metadata,
    sa.Column("kind", sa.String(20), primary_key=True, comment="institution、person、instrument"),
    sa.Column("a_uscc", sa.String(18), primary_key=True),
    sa.Column("a_key", sa.Text(), primary_key=True, comment="人员编号或管理编号；机构为空"),
    sa.Column("b_uscc", sa.String(18), primary_key=True, comment="a_uscc < b_uscc"),
    sa.Column("b_key", sa.Text(), primary_key=True),
    sa.Column("a_province", sa.String(2), nullable=False),
    sa.Column("b_province", sa.String(2), nullable=False),
    sa.Column("why", ARRAY(sa.Text()), nullable=False, comment="相同之处"),
    sa.Column("score", sa.Numeric(3, 2), nullable=False, comment="0–1，可能是同一个的把握；不是结论"),
    sa.Column("state", sa.String(10), nullable=False, server_default="open", comment="open、same、different"),
    sa.Column("decided_by", sa.Text()),
    sa.Column("decided_at", _time),
    sa.Column("note", sa.Text()),
    sa.Column("found_at", _time, nullable=False, comment="最近一次发现"),
    sa.Index("ix_registry_twin_state_score", "state", "score"),
    comment="可能是同一个的两条记录，待人判断",
)  # fmt: skip

area_count = sa.Table(
    "area_count", metadata,
    sa.Column("place", sa.String(6), primary_key=True, comment="行政区划"),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("institutions", sa.Integer(), nullable=False),
    sa.Column("certificates", sa.Integer(), nullable=False, comment="有效期内的"),
    sa.Column("ending_30", sa.Integer(), nullable=False, comment="30 天内有证书到期的机构"),
    sa.Column("ending_90", sa.Integer(), nullable=False, comment="90 天内有证书到期的机构"),
    sa.Column("overdue", sa.Integer(), nullable=False, comment="检定校准逾期的在用仪器"),
    sa.Column("counted_at", _time, nullable=False),
    comment="各区划的机构、证书、仪器数，定时数得",
)  # fmt: skip

scope_draft = sa.Table(
    "scope_draft", metadata,
    sa.Column("uscc", sa.String(18), sa.ForeignKey("institution.uscc"), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True, comment="SHA-256"),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("number", sa.String(12), nullable=False, comment="证书编号"),
    sa.Column("name", sa.String(200), nullable=False, comment="文件名"),
    sa.Column("content", sa.LargeBinary(), nullable=False, comment="原样的字节"),
    sa.Column("given", JSONB(), nullable=False, comment="表上没有、上传时填的"),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("at", _time, nullable=False),
    sa.Column("confirmed_by", sa.Text()),
    sa.Column("confirmed_at", _time),
    comment="待确认的能力表",
)  # fmt: skip

term = sa.Table(
    "scope_term", metadata,
    sa.Column("kind", sa.String(10), primary_key=True, comment="standard 或 parameter"),
    sa.Column("said", sa.String(200), primary_key=True, comment="能力附表里的写法"),
    sa.Column("key", sa.Text(), nullable=False, comment="比对形式"),
    sa.Column("stem", sa.Text(), nullable=False, comment="标准：不带年号的比对形式；参数：拼音首字母"),
    sa.Index("ix_scope_term_key", "kind", "key"),
    sa.Index("ix_scope_term_stem", "kind", "stem"),
    comment="能力附表里出现过的标准和参数的各种写法；不说是谁的",
)  # fmt: skip
sought = sa.Table(
    "institution_sought", metadata,
    sa.Column("uscc", sa.String(18), sa.ForeignKey("institution.uscc"), primary_key=True),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("text", sa.Text(), nullable=False, comment="名称、拼音首字母、全拼、信用代码，各一行，小写"),
    sa.Index("ix_institution_sought_place", "province", "text"),
    comment="找机构用的文字，登记时写入",
)  # fmt: skip

BY_NAME: dict[str, sa.Table] = {
    t.name: t
    for t in (
        institution, site, certificate, certificate_state, certificate_change, capability, capability_level, staff,
        authorisation, instrument, calibration, credit, annual_report, proficiency_test, proficiency_result, inspection,
        finding, rectification, penalty,
    )
}  # fmt: skip
"""Parents before children: the order in which rows can be loaded."""
