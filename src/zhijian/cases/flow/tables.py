"""Tables of the flow. `case_event` is the truth and is only added to (a trigger refuses anything else); the others follow from it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from zhijian.kit.db import metadata

_time = sa.DateTime(timezone=True)

case_file = sa.Table(
    "case_file", metadata,
    sa.Column("no", sa.String(20), primary_key=True, comment="浙检查〔2026〕0001"),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False, comment="事件数"),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("source_ref", sa.String(200)),
    sa.Column("uscc", sa.String(18)),
    sa.Column("institution_name", sa.String(200)),
    sa.Column("field", sa.String(2), nullable=False),
    sa.Column("matter", sa.String(2000), nullable=False),
    sa.Column("division", sa.String(200)),
    sa.Column("officers", ARRAY(sa.Text()), nullable=False),
    sa.Column("outcome", sa.String(20), comment="有效决定"),
    sa.Column("found", sa.String(20), comment="有效决定认定的不实或虚假"),
    sa.Column("is_told", sa.Boolean(), nullable=False, comment="当事人已被告知"),
    sa.Column("is_public", sa.Boolean(), nullable=False, comment="决定公示着"),
    sa.Column("into", sa.String(20), comment="并入的案件"),
    sa.Column("clocks", JSONB(), nullable=False, comment="在走的期限"),
    sa.Column("next_due_on", sa.Date(), comment="最近的一个期限"),
    sa.Column("due_unknown", sa.Boolean(), nullable=False, comment="有期限因节假日未公布而算不出"),
    sa.Column("head", sa.String(64), nullable=False, comment="最后一个事件的摘要"),
    sa.Column("opened_at", _time, nullable=False),
    sa.Column("changed_at", _time, nullable=False),
    sa.Column("followed", sa.Integer(), nullable=False, server_default="0", comment="做到哪个事件：报告状态和规范记录"),
    sa.Column("follow_problems", JSONB(), nullable=False, server_default="[]", comment="没能做到的"),
    sa.Index("ix_case_file_behind", "changed_at", postgresql_where=sa.text("followed < version")),
    sa.Index("ix_case_file_state", "province", "state", "changed_at"),
    sa.Index("ix_case_file_due", "next_due_on"),
    sa.Index("ix_case_file_uscc", "uscc"),
    sa.Index("uq_case_file_complaint", "source_ref", unique=True, postgresql_where=sa.text("source = 'complaint'")),
    comment="案件；由 case_event 得出",
)  # fmt: skip
case_number = sa.Table(
    "case_number", metadata,
    sa.Column("province", sa.String(2), primary_key=True),
    sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer(), nullable=False),
    comment="每省每年的案件序号",
)  # fmt: skip
case_event = sa.Table(
    "case_event", metadata,
    sa.Column("no", sa.String(20), sa.ForeignKey("case_file.no"), primary_key=True),
    sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False, comment="从 1 起"),
    sa.Column("act", sa.String(30), nullable=False),
    sa.Column("by", sa.String(200), nullable=False, comment="账号"),
    sa.Column("at", _time, nullable=False),
    sa.Column("fields", JSONB(), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False, comment="上一个事件的摘要"),
    sa.Column("digest", sa.String(64), nullable=False),
    comment="案件的每一步，只增不改",
)  # fmt: skip
case_task = sa.Table(
    "case_task", metadata,
    sa.Column("no", sa.String(20), sa.ForeignKey("case_file.no"), primary_key=True),
    sa.Column("task_no", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("division", sa.String(200), nullable=False),
    sa.Column("officers", ARRAY(sa.Text()), nullable=False),
    sa.Column("given_on", sa.Date(), nullable=False),
    sa.Column("due_on", sa.Date()),
    sa.Column("ended_on", sa.Date()),
    sa.Index("ix_case_task_officers", "officers", postgresql_using="gin"),
    comment="任务：派给哪个处室和哪些人",
)  # fmt: skip
case_evidence = sa.Table(
    "case_evidence", metadata,
    sa.Column("no", sa.String(20), sa.ForeignKey("case_file.no"), primary_key=True),
    sa.Column("evidence_no", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(200), nullable=False),
    sa.Column("size_bytes", sa.BigInteger(), nullable=False),
    sa.Column("place", sa.String(200)),
    sa.Column("obtained_at", _time, nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False, comment="原样的字节"),
    comment="证据的原件",
)  # fmt: skip
case_objection = sa.Table(
    "case_objection", metadata,
    sa.Column("no", sa.String(20), sa.ForeignKey("case_file.no"), primary_key=True),
    sa.Column("objection_no", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("about", sa.String(200), nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("raised_on", sa.Date(), nullable=False),
    sa.Column("result", sa.String(20)),
    sa.Column("answered_on", sa.Date()),
    comment="异议和更正申请",
)  # fmt: skip
