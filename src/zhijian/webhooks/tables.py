"""Tables of the webhooks room. No secret lies in them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from zhijian.kit.db import metadata

_time = sa.DateTime(timezone=True)

webhook = sa.Table(
    "webhook", metadata,
    sa.Column("id", sa.String(24), primary_key=True, comment="随机，永不重复"),
    sa.Column("uscc", sa.String(18), sa.ForeignKey("institution.uscc"), nullable=False, index=True),
    sa.Column("kid", sa.String(8), nullable=False, comment="创建所用的密钥"),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("host", sa.String(253), nullable=False, comment="同一主机的并发有上限"),
    sa.Column("types", ARRAY(sa.Text()), nullable=False, comment="事件类型"),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("generation", sa.Integer(), nullable=False, comment="密钥的代次"),
    sa.Column("rotated_at", _time),
    sa.Column("created_at", _time, nullable=False),
    sa.Column("position", sa.Text(), nullable=False, comment="已送达到日志的这个位置"),
    sa.Column("batch_to", sa.Text(), comment="正在投递的一批到这个位置；重试送同一批"),
    sa.Column("ping_wanted", sa.Boolean(), nullable=False),
    sa.Column("pinged_at", _time, comment="上次要求探测的时间"),
    sa.Column("attempts", sa.Integer(), nullable=False, comment="连续失败次数"),
    sa.Column("failed_since", _time),
    sa.Column("next_attempt_at", _time, comment="空为眼下无事可做"),
    sa.Column("claimed_until", _time, comment="某个进程正在投递"),
    sa.Column("last_at", _time),
    sa.Column("last_status", sa.Integer()),
    sa.Column("last_error", sa.String(20)),
    sa.Column("paused_reason", sa.String(20)),
    sa.Index("ix_webhook_due", "next_attempt_at", postgresql_where=sa.text("next_attempt_at IS NOT NULL")),
    comment="机构要求推送事件的地址",
)  # fmt: skip
attempt = sa.Table(
    "webhook_attempt", metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("webhook_id", sa.String(24), sa.ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", _time, nullable=False),
    sa.Column("kind", sa.String(6), nullable=False, comment="ping 或 events"),
    sa.Column("message_id", sa.String(40), nullable=False),
    sa.Column("events", sa.Integer(), nullable=False, comment="这一批的事件数"),
    sa.Column("status", sa.Integer(), comment="HTTP 状态；空为没有答复"),
    sa.Column("error", sa.String(20)),
    sa.Column("took_ms", sa.Integer(), nullable=False),
    sa.Index("ix_webhook_attempt_webhook_id_id", "webhook_id", "id"),
    comment="投递记录，每个地址留最近的",
)  # fmt: skip
