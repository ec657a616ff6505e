"""reports behind the wall; counts by place

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

COUNTS = ("area_count", "report_count")
PARTS = ("report_item", "state_change")
WHOLE = ("institution", "certificate", "instrument", "calibration")
"""Walled since 0011; the condition is said anew."""
OURS = "coalesce(province = ANY ((SELECT scope_part(1))::text[]), true) AND coalesce(uscc = ANY ((SELECT scope_part(2))::text[]), true)"
"""No column is null, so that null is said of the list alone: all. A condition with OR is taken for one that few rows meet, and lists of
millions are then sorted that stand in order in an index."""
BEFORE = (
    "((SELECT scope_part(1)) IS NULL OR province = ANY ((SELECT scope_part(1))::text[])) "
    "AND ((SELECT scope_part(2)) IS NULL OR uscc = ANY ((SELECT scope_part(2))::text[]))"
)


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_table('area_count',
    sa.Column('place', sa.String(length=6), nullable=False, comment='行政区划'),
    sa.Column('province', sa.String(length=2), nullable=False),
    sa.Column('institutions', sa.Integer(), nullable=False),
    sa.Column('certificates', sa.Integer(), nullable=False, comment='有效期内的'),
    sa.Column('ending_30', sa.Integer(), nullable=False, comment='30 天内有证书到期的机构'),
    sa.Column('ending_90', sa.Integer(), nullable=False, comment='90 天内有证书到期的机构'),
    sa.Column('overdue', sa.Integer(), nullable=False, comment='检定校准逾期的在用仪器'),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_area_count')),
    comment='各区划的机构、证书、仪器数，定时数得'
    )
    op.create_table('report_count',
    sa.Column('grain', sa.String(length=5), nullable=False, comment='day 或 month'),
    sa.Column('on_day', sa.Date(), nullable=False, comment='登记的日子；按月的是一日'),
    sa.Column('place', sa.String(length=6), nullable=False, comment='登记时机构所在的行政区划'),
    sa.Column('province', sa.String(length=2), nullable=False),
    sa.Column('reports', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('grain', 'on_day', 'place', name=op.f('pk_report_count')),
    comment='各地每日、每月登记的报告数，由 report 数得'
    )
    op.create_table('report_counted',
    sa.Column('until', sa.DateTime(timezone=True), nullable=False, comment='此前登记的已数入 report_count；只有一行'),
    sa.PrimaryKeyConstraint('until', name=op.f('pk_report_counted')),
    comment='report_count 数到何时'
    )
    op.create_index('ix_report_registered_at', 'report', ['registered_at', 'code'], unique=False)
    op.create_index('ix_report_province_registered_at', 'report', ['province', 'registered_at', 'code'], unique=False)
    for name in WHOLE:
        op.execute(f"ALTER POLICY seen ON {name} USING ({OURS})")
    place = "coalesce(province = ANY ((SELECT scope_part(1))::text[]), true) AND (SELECT scope_part(2)) IS NULL"
    for name, sees in (("report", OURS), *((one, place) for one in COUNTS)):
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY seen ON {name} USING ({sees})")
    for name in PARTS:
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        # A code begins with its report's province: only a laboratory's rows have to be looked up.
        own = f"(SELECT scope_part(2)) IS NULL OR EXISTS (SELECT FROM report r WHERE r.code = {name}.code)"
        op.execute(f"CREATE POLICY seen ON {name} USING (coalesce(left(code, 2) = ANY ((SELECT scope_part(1))::text[]), true) AND ({own}))")


def downgrade() -> None:
    for name in WHOLE:
        op.execute(f"ALTER POLICY seen ON {name} USING ({BEFORE})")
    for name in ("report", *PARTS):
        op.execute(f"DROP POLICY seen ON {name}")
        op.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    op.drop_index('ix_report_province_registered_at', table_name='report')
    op.drop_index('ix_report_registered_at', table_name='report')
    op.drop_table('report_counted')
    op.drop_table('report_count')
    op.drop_table('area_count')
