"""words by which is searched, and indexes for a registry of the nation's size

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

PLACE = ['province', 'uscc', 'number', 'site_no', 'sequence']
INDEXES = (
    ('ix_institution_name', 'institution', ['name', 'uscc']),
    ('ix_institution_place_name', 'institution', ['province', 'name', 'uscc']),
    ('ix_institution_division', 'institution', ['division', 'uscc']),
    ('ix_capability_parameter_standard_place', 'capability', ['parameter', 'standard', *PLACE]),
    ('ix_capability_parameter_place', 'capability', ['parameter', *PLACE]),
    ('ix_capability_standard_place', 'capability', ['standard', *PLACE]),
    ('ix_staff_name', 'staff', ['name', 'province']),
    ('ix_staff_staff_no', 'staff', ['staff_no', 'province']),
    ('ix_instrument_management_no', 'instrument', ['management_no', 'province']),
    ('ix_instrument_serial_no', 'instrument', ['serial_no', 'province']),
    ('ix_report_own_number_key', 'report', ['own_number_key', 'province']),
)
REST = (
    'site', 'certificate_state', 'certificate_change', 'capability', 'capability_level', 'staff', 'authorisation', 'credit', 'annual_report',
    'proficiency_result', 'inspection', 'finding', 'rectification', 'penalty',
)
OURS = "coalesce(province = ANY ((SELECT scope_part(1))::text[]), true) AND coalesce(uscc = ANY ((SELECT scope_part(2))::text[]), true)"
"""As 0017 says it, for the tables that were left where no column is null: registry_past has rows of no institution."""
BEFORE = (
    "((SELECT scope_part(1)) IS NULL OR province = ANY ((SELECT scope_part(1))::text[])) "
    "AND ((SELECT scope_part(2)) IS NULL OR uscc = ANY ((SELECT scope_part(2))::text[]))"
)


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '60min'")
    op.create_table('scope_term',
    sa.Column('kind', sa.String(length=10), nullable=False, comment='standard 或 parameter'),
    sa.Column('said', sa.String(length=200), nullable=False, comment='能力附表里的写法'),
    sa.Column('key', sa.Text(), nullable=False, comment='比对形式'),
    sa.Column('stem', sa.Text(), nullable=False, comment='标准：不带年号的比对形式；参数：拼音首字母'),
    sa.PrimaryKeyConstraint('kind', 'said', name=op.f('pk_scope_term')),
    comment='能力附表里出现过的标准和参数的各种写法；不说是谁的'
    )
    op.create_index('ix_scope_term_key', 'scope_term', ['kind', 'key'], unique=False)
    op.create_index('ix_scope_term_stem', 'scope_term', ['kind', 'stem'], unique=False)
    op.create_table('institution_sought',
    sa.Column('uscc', sa.String(length=18), nullable=False),
    sa.Column('province', sa.String(length=2), nullable=False),
    sa.Column('text', sa.Text(), nullable=False, comment='名称、拼音首字母、全拼、信用代码，各一行，小写'),
    sa.ForeignKeyConstraint(['uscc'], ['institution.uscc'], name=op.f('fk_institution_sought_uscc')),
    sa.PrimaryKeyConstraint('uscc', name=op.f('pk_institution_sought')),
    comment='找机构用的文字，登记时写入'
    )
    op.create_index('ix_institution_sought_place', 'institution_sought', ['province', 'text'], unique=False)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False, postgresql_include=['valid_from', 'valid_to'] if table == 'capability' else None)
    op.drop_index('ix_capability_parameter_standard', table_name='capability')
    op.execute("ALTER TABLE institution_sought ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON institution_sought USING ({OURS})")
    for name in REST:
        op.execute(f"ALTER POLICY seen ON {name} USING ({OURS})")
    _fill()


def _fill() -> None:
    """What is there already, in the words of today's program."""
    from zhijian.kit.scope import Scope
    from zhijian.registry import sought_store

    db = op.get_bind()
    rows = db.execute(sa.text("SELECT uscc, name FROM institution")).mappings().all()
    for start in range(0, len(rows), 5000):
        sought_store.keep(db, Scope.everything(), 'institution', rows[start : start + 5000])
    pairs = db.execute(sa.text("SELECT DISTINCT standard, parameter FROM capability")).mappings().all()
    for start in range(0, len(pairs), 5000):
        sought_store.keep(db, Scope.everything(), 'capability', pairs[start : start + 5000])


def downgrade() -> None:
    for name in REST:
        op.execute(f"ALTER POLICY seen ON {name} USING ({BEFORE})")
    op.create_index('ix_capability_parameter_standard', 'capability', ['parameter', 'standard'], unique=False)
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_table('institution_sought')
    op.drop_table('scope_term')
