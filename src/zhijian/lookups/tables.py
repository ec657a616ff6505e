"""Tables of the look-ups room. No address of anybody is in them, and no network."""

import sqlalchemy as sa

from zhijian.kit.db import metadata

_time = sa.DateTime(timezone=True)


def _count(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, comment=comment)


look_day = sa.Table(
    "look_day", metadata,
    sa.Column("uscc", sa.String(18), primary_key=True),
    sa.Column("on_day", sa.Date(), primary_key=True, index=True),
    sa.Column("code", sa.String(18), primary_key=True),
    sa.Column("province", sa.String(2), nullable=False),
    _count("looks", "给出答复的次数"),
    _count("verified_looks", "其中校验码或二维码凭证正确的"),
    _count("wrong_verifier", "校验码或凭证不对而拒绝的次数，不在 looks 中"),
    _count("after_end", "looks 中报告已更正、替换、撤回或认定不实、虚假时的"),
    _count("before_issue", "looks 中编码已租用、报告尚未登记时的"),
    _count("places", "大致网段数（/24、/48），64 表示 64 或更多，0 为不知道"),
    sa.Column("first_at", _time, nullable=False),
    sa.Column("last_at", _time, nullable=False),
    comment="公众查验：每码每日",
)  # fmt: skip
look_unknown = sa.Table(
    "look_unknown", metadata,
    sa.Column("uscc", sa.String(18), primary_key=True),
    sa.Column("on_day", sa.Date(), primary_key=True, index=True),
    sa.Column("province", sa.String(2), nullable=False),
    _count("looks", "查询未登记编码的次数"),
    _count("codes", "大致有多少个不同编码，64 表示 64 或更多"),
    _count("places", "大致网段数，64 表示 64 或更多"),
    sa.Column("first_at", _time, nullable=False),
    sa.Column("last_at", _time, nullable=False),
    comment="公众查验：带有机构序号、但没有登记的编码，每机构每日",
)  # fmt: skip
look_sketch = sa.Table(
    "look_sketch", metadata,
    sa.Column("on_day", sa.Date(), primary_key=True),
    sa.Column("subject", sa.String(20), primary_key=True, comment="编码，或机构序号加 +places、+codes"),
    sa.Column("seen", sa.ARRAY(sa.Integer()), nullable=False, comment="至多 64 个 16 位记号"),
    comment="当日合并网段数用的记号，过后删除；不记入预写日志，不进备份",
    # Neither the write-ahead log nor a backup keeps what is to be gone tomorrow; a crash of the server costs a day's marks.
    prefixes=["UNLOGGED"], info={"of_the_day": True},
)  # fmt: skip
