"""Tables of the codes room. Reports and items come from the specification; the rest is the platform's own."""

import sqlalchemy as sa

from zhijian.kit.db import metadata, table_of
from zhijian.spec import specification

_spec = specification()
_time = sa.DateTime(timezone=True)

counter = sa.Table(
    "code_counter", metadata,
    sa.Column("institution", sa.String(4), primary_key=True),
    sa.Column("year", sa.Integer(), primary_key=True),
    sa.Column("next", sa.BigInteger(), nullable=False, comment="下一个可租用的计数，只增不减"),
    comment="赋码计数器",
)  # fmt: skip
status_counter = sa.Table(
    "status_counter", metadata,
    sa.Column("province", sa.String(2), primary_key=True),
    sa.Column("yymm", sa.Integer(), primary_key=True),
    sa.Column("next", sa.BigInteger(), nullable=False, comment="状态列表下一个位置"),
    comment="状态列表计数器",
)  # fmt: skip
lease = sa.Table(
    "code_lease", metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("uscc", sa.String(18), sa.ForeignKey("institution.uscc"), nullable=False),
    sa.Column("institution", sa.String(4), nullable=False),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.Column("first", sa.BigInteger(), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("used", sa.Integer(), nullable=False, comment="在线签发已用去的个数"),
    sa.Column("yymm", sa.Integer(), nullable=False, comment="所属状态列表"),
    sa.Column("status_first", sa.BigInteger(), nullable=False),
    sa.Column("offline", sa.Boolean(), nullable=False, comment="交给机构离线使用"),
    sa.Column("leased_at", _time, nullable=False),
    sa.Column("expires_at", _time, nullable=False),
    sa.Index("ix_code_lease_range", "institution", "year", "first"),
    comment="编码租约：一段计数区间",
)  # fmt: skip
report = table_of(
    _spec.entities["report"],
    sa.Column("own_number_key", sa.Text(), nullable=False, comment="机构报告编号的比对形式"),
    sa.Column("code", sa.String(18), nullable=False),
    sa.Column("institution", sa.String(4), nullable=False),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("lease_id", sa.BigInteger(), nullable=False),
    sa.Column("yymm", sa.Integer(), nullable=False),
    sa.Column("status_index", sa.BigInteger(), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("successor", sa.String(18)),
    sa.Column("facts_digest", sa.LargeBinary(), nullable=False),
    sa.Column("credential", sa.LargeBinary(), nullable=False),
    sa.Column("submission_id", sa.BigInteger(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False, comment="在提交批次中的位置，批次签名的叶序"),
    sa.Column("issued_at", _time, nullable=False),
    sa.Column("registered_at", _time, nullable=False),
    sa.UniqueConstraint("uscc", "own_number_key"),
    sa.Index("ix_report_certificate_own_number", "certificate_number", "own_number_key"),
    sa.Index("ix_report_own_number_key", "own_number_key", "province"),
    sa.Index("ix_report_file_digest", "file_digest"),
    sa.Index("ix_report_uscc_registered_at", "uscc", "registered_at"),
    sa.Index("ix_report_registered_at", "registered_at", "code"),
    sa.Index("ix_report_province_registered_at", "province", "registered_at", "code"),
    sa.Index("ix_report_not_valid", "province", "yymm", "status_index", postgresql_where=sa.text("state <> 'valid'")),
    key=("code",),
)
report_item = table_of(
    _spec.entities["report_item"],
    sa.Column("code", sa.String(18), nullable=False),
    key=("code", "seq"),
)
report_count = sa.Table(
    "report_count", metadata,
    sa.Column("grain", sa.String(5), primary_key=True, comment="day 或 month"),
    sa.Column("on_day", sa.Date(), primary_key=True, comment="登记的日子；按月的是一日"),
    sa.Column("place", sa.String(6), primary_key=True, comment="登记时机构所在的行政区划"),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("reports", sa.BigInteger(), nullable=False),
    comment="各地每日、每月登记的报告数，由 report 数得",
)  # fmt: skip
report_counted = sa.Table(
    "report_counted", metadata,
    sa.Column("until", _time, primary_key=True, comment="此前登记的已数入 report_count；只有一行"),
    comment="report_count 数到何时",
)  # fmt: skip
submission = sa.Table(
    "submission", metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("uscc", sa.String(18), nullable=False),
    sa.Column("idempotency_key", sa.String(100), nullable=False),
    sa.Column("body_digest", sa.LargeBinary(), nullable=False),
    sa.Column("kid", sa.String(8), nullable=False),
    sa.Column("root", sa.LargeBinary(), comment="批次 Merkle 根（RFC 6962，SHA-256）"),
    sa.Column("leaves", sa.LargeBinary(), comment="每份报告原文的叶摘要，依次相接"),
    sa.Column("signature_base", sa.LargeBinary(), nullable=False, comment="RFC 9421 签名基"),
    sa.Column("signature", sa.LargeBinary(), nullable=False),
    sa.Column("received_at", _time, nullable=False),
    sa.Column("response_status", sa.Integer()),
    sa.Column("response", sa.LargeBinary()),
    sa.UniqueConstraint("uscc", "idempotency_key"),
    comment="机构签名的一次提交及其回执",
)  # fmt: skip
state_change = sa.Table(
    "state_change", metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("code", sa.String(18), nullable=False, index=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", _time, nullable=False),
    sa.Column("by", sa.String(12), nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("reason", sa.String(500)),
    sa.Column("successor", sa.String(18)),
    sa.Column("signature_base", sa.LargeBinary(), nullable=False, comment="请求变更者签名的原文"),
    sa.Column("body", sa.LargeBinary(), nullable=False, comment="签名所覆盖的请求体"),
    sa.Column("log_entry_id", sa.BigInteger(), nullable=False),
    comment="状态变化",
)  # fmt: skip
report_file = sa.Table(
    "report_file", metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("code", sa.String(18), nullable=False, index=True),
    sa.Column("media_type", sa.String(40), nullable=False),
    sa.Column("length", sa.BigInteger(), nullable=False, comment="字节数"),
    sa.Column("sm3", sa.LargeBinary(), nullable=False, index=True),
    sa.Column("sha256", sa.LargeBinary(), nullable=False, index=True),
    sa.Column("at", _time, nullable=False),
    sa.Column("signature_base", sa.LargeBinary(), nullable=False, comment="送来文件的请求的签名原文，其中有文件摘要"),
    sa.Column("log_entry_id", sa.BigInteger(), nullable=False),
    comment="机构实际发出的报告文件（盖码、签章后）的摘要",
)  # fmt: skip
log_entry = sa.Table(
    "log_entry", metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("code", sa.String(18), nullable=False, index=True),
    sa.Column("kind", sa.SmallInteger(), nullable=False, comment="1 登记 2 状态变化 3 报告文件 4 审计锚定"),
    sa.Column("record", sa.LargeBinary(), nullable=False),
    sa.Column("entry", sa.LargeBinary(), nullable=False),
    sa.Column("origin", sa.String(100), comment="写入的日志；空为待写"),
    sa.Column("index", sa.BigInteger(), comment="叶序"),
    sa.Column("logged_at", _time, comment="写入日志的时间，机构说的签发时间与它比对"),
    sa.Index("ix_log_entry_pending", "id", postgresql_where=sa.text("index IS NULL")),
    sa.Index("uq_log_entry_origin_index", "origin", "index", unique=True),
    comment="日志条目：数据库是预写记录，文件由它写出",
)  # fmt: skip
node_mark = sa.Table(
    "node_mark", metadata,
    sa.Column("mark", sa.String(16), primary_key=True, comment="赋码密钥的标识"),
    comment="本库的编码由哪个密钥生成",
)  # fmt: skip
institution_key = sa.Table(
    "institution_key", metadata,
    sa.Column("kid", sa.String(8), primary_key=True),
    sa.Column("uscc", sa.String(18), sa.ForeignKey("institution.uscc"), nullable=False),
    sa.Column("institution", sa.String(4), nullable=False, comment="赋码用机构序号"),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("suite", sa.String(10), nullable=False),
    sa.Column("point", sa.LargeBinary(), nullable=False),
    sa.Column("not_before", _time, nullable=False),
    sa.Column("not_after", _time, nullable=False),
    sa.Column("revoked_at", _time, comment="失窃时间：此后的签名不作数"),
    sa.Column("revoked_reason", sa.String(200)),
    sa.Column("revoked_on_record_at", _time, comment="作废的登记时间"),
    sa.Column("reports_per_day", sa.Integer(), nullable=False),
    comment="机构密钥（公钥）",
)  # fmt: skip
key_request = sa.Table(
    "key_request", metadata,
    sa.Column("kid", sa.String(8), primary_key=True),
    sa.Column("uscc", sa.String(18), sa.ForeignKey("institution.uscc"), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("suite", sa.String(10), nullable=False),
    sa.Column("point", sa.LargeBinary(), nullable=False),
    sa.Column("asked_by", sa.String(8), comment="提出申请所用的密钥"),
    sa.Column("asked_at", _time, nullable=False),
    sa.Column("decided_at", _time),
    sa.Column("granted", sa.Boolean()),
    sa.Column("reason", sa.String(200)),
    comment="机构密钥申请",
)  # fmt: skip
key_use = sa.Table(
    "key_use", metadata,
    sa.Column("kid", sa.String(8), primary_key=True),
    sa.Column("on_day", sa.Date(), primary_key=True),
    sa.Column("reports", sa.BigInteger(), nullable=False),
    comment="密钥每日用量",
)  # fmt: skip
trust_version = sa.Table(
    "trust_version", metadata,
    sa.Column("version", sa.Integer(), primary_key=True),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    sa.Column("at", _time, nullable=False),
    comment="信任列表各版本",
)  # fmt: skip
