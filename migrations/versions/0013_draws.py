"""draws of institutions and inspectors; rows are only added

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

TABLES = ('draw_plan', 'draw_frame', 'draw_result')


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_table('draw_plan',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('province', sa.String(length=2), nullable=False),
    sa.Column('year', sa.SmallInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('plan', sa.LargeBinary(), nullable=False, comment='方案，规范写法 the plan in its one spelling'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='SHA-256'),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draw_plan')),
    comment='双随机抽查方案'
    )
    op.create_index('ix_draw_plan_province_at', 'draw_plan', ['province', 'at'], unique=False)
    op.create_table('draw_frame',
    sa.Column('plan', sa.String(length=40), nullable=False),
    sa.Column('frame', sa.LargeBinary(), nullable=False, comment='公开的名录，规范写法 what is published of the frame'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='SHA-256'),
    sa.Column('kept', sa.LargeBinary(), nullable=False, comment='不公开的全部内容 everything, for the office and its auditors'),
    sa.Column('salt', sa.String(length=64), nullable=False, comment='不公开 never published'),
    sa.ForeignKeyConstraint(['plan'], ['draw_plan.id'], name=op.f('fk_draw_frame_plan')),
    sa.PrimaryKeyConstraint('plan', name=op.f('pk_draw_frame')),
    comment='双随机抽查名录'
    )
    op.create_table('draw_result',
    sa.Column('plan', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False, comment='committed, drawn, published, evaluated, withdrawn'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='这一步的内容，规范写法 what the step came to'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='SHA-256'),
    sa.Column('sealed', sa.String(length=64), nullable=True, comment='承诺的密钥，抽取后随结果公开 secret of the commitment, public once drawn'),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['plan'], ['draw_plan.id'], name=op.f('fk_draw_result_plan')),
    sa.PrimaryKeyConstraint('plan', 'state', name=op.f('pk_draw_result')),
    comment='双随机抽查各步结果'
    )
    op.execute("""CREATE FUNCTION draw_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$""")
    for table in TABLES:
        op.execute(f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION draw_only_grows()")


def downgrade() -> None:
    op.drop_table('draw_result')
    op.drop_table('draw_frame')
    op.drop_index('ix_draw_plan_province_at', table_name='draw_plan')
    op.drop_table('draw_plan')
    op.execute("DROP FUNCTION draw_only_grows()")
