"""what follows from a case: how far it has been carried out, and what could not be

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column('case_file', sa.Column('followed', sa.Integer(), server_default='0', nullable=False, comment='做到哪个事件：报告状态和规范记录'))
    op.add_column('case_file', sa.Column('follow_problems', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False, comment='没能做到的'))
    op.create_index('ix_case_file_behind', 'case_file', ['changed_at'], unique=False, postgresql_where=sa.text('followed < version'))


def downgrade() -> None:
    op.drop_index('ix_case_file_behind', table_name='case_file')
    op.drop_column('case_file', 'follow_problems')
    op.drop_column('case_file', 'followed')
