"""what two accounts must do, passkeys, and the trail by act and time

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

MADE_TOGETHER = """
CREATE FUNCTION made_together(one text, other text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (
    SELECT FROM public.audit a JOIN public.audit b ON b.object = other AND b.act IN ('account.added', 'password.given') AND b.account = a.account
      AND b.at - a.at BETWEEN interval '-30 days' AND interval '30 days'
    WHERE a.object = one AND a.act IN ('account.added', 'password.given') AND a.account IS NOT NULL AND one <> other) $$;
"""


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_table('four_eyes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False, comment='key, institution or province, by the kind'),
    sa.Column('place', sa.String(length=2), nullable=True, comment='province of the subject'),
    sa.Column('province', sa.String(length=2), nullable=True, comment='area of whoever asked, a laboratory\'s is its province; none: the nation'),
    sa.Column('uscc', sa.String(length=18), nullable=True, comment='the laboratory that asked'),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=False),
    sa.Column('asked_login', sa.String(length=60), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False, comment='waiting, confirmed, refused, done, failed'),
    sa.Column('opinion', sa.Text(), server_default='', nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_login', sa.String(length=60), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True, comment='carried out, or the file taken'),
    sa.CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name=op.f('ck_four_eyes_decided')),
    sa.CheckConstraint('decided_by <> asked_by', name=op.f('ck_four_eyes_two')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_four_eyes'))
    )
    op.create_index('ix_four_eyes_asked_at', 'four_eyes', ['asked_at'], unique=False)
    op.create_index('ix_four_eyes_waiting', 'four_eyes', ['kind'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'confirmed')"))
    op.create_table('passkey',
    sa.Column('id', sa.LargeBinary(), nullable=False, comment="credential id, the authenticator's"),
    sa.Column('account', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False, comment='COSE'),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_passkey_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey'))
    )
    op.create_index(op.f('ix_passkey_account'), 'passkey', ['account'], unique=False)
    op.create_table('entry_challenge',
    sa.Column('digest', sa.LargeBinary(), nullable=False, comment='SHA-256 of the cookie that it is bound to, with its purpose'),
    sa.Column('purpose', sa.String(length=10), nullable=False, comment='register, enter, second, oidc'),
    sa.Column('account', sa.BigInteger(), nullable=True, comment='whose, where it is known already'),
    sa.Column('challenge', sa.LargeBinary(), nullable=False),
    sa.Column('kept', sa.Text(), server_default='', nullable=False, comment='name of a new passkey, or where to go after signing in'),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_entry_challenge_account')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_entry_challenge'))
    )
    op.create_index('ix_audit_act', 'audit', ['act', 'seq'], unique=False)
    op.create_index('ix_audit_at', 'audit', ['at'], unique=False)
    op.alter_column('log_entry', 'kind', existing_type=sa.SmallInteger(), existing_nullable=False,
                    comment='1 登记 2 状态变化 3 报告文件 4 审计锚定', existing_comment='1 登记 2 状态变化 3 报告文件')
    op.execute(MADE_TOGETHER)
    op.execute("ALTER TABLE four_eyes ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY seen ON four_eyes USING (((SELECT scope_part(1)) IS NULL OR province = ANY ((SELECT scope_part(1))::text[])) "
        "AND ((SELECT scope_part(2)) IS NULL OR uscc = ANY ((SELECT scope_part(2))::text[])))"
    )
    # Whoever sees the institution sees which keys it has; the rows of `institution` are behind their own wall.
    op.execute("ALTER TABLE institution_key ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY seen ON institution_key USING (EXISTS (SELECT FROM institution i WHERE i.uscc = institution_key.uscc))")


def downgrade() -> None:
    op.execute("DROP POLICY seen ON institution_key")
    op.execute("ALTER TABLE institution_key DISABLE ROW LEVEL SECURITY")
    op.execute("DROP POLICY seen ON four_eyes")
    op.execute("DROP FUNCTION made_together(text, text)")
    op.alter_column('log_entry', 'kind', existing_type=sa.SmallInteger(), existing_nullable=False,
                    comment='1 登记 2 状态变化 3 报告文件', existing_comment='1 登记 2 状态变化 3 报告文件 4 审计锚定')
    op.drop_index('ix_audit_at', table_name='audit')
    op.drop_index('ix_audit_act', table_name='audit')
    op.drop_table('entry_challenge')
    op.drop_index(op.f('ix_passkey_account'), table_name='passkey')
    op.drop_table('passkey')
    op.drop_index('ix_four_eyes_waiting', table_name='four_eyes', postgresql_where=sa.text("state IN ('waiting', 'confirmed')"))
    op.drop_index('ix_four_eyes_asked_at', table_name='four_eyes')
    op.drop_table('four_eyes')
