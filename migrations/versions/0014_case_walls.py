"""cases behind the wall: the office's role sees those of the scope that it has entered

Revision: 0014
Follows: 0013
"""

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

PARTS = ("case_event", "case_task", "case_evidence", "case_objection")


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    place = "((SELECT scope_part(1)) IS NULL OR province = ANY ((SELECT scope_part(1))::text[]))"
    whose = "((SELECT scope_part(2)) IS NULL OR (is_told AND uscc = ANY ((SELECT scope_part(2))::text[])))"
    op.execute("ALTER TABLE case_file ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON case_file USING ({place} AND {whose})")
    op.execute("ALTER TABLE case_number ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON case_number USING ({place} AND (SELECT scope_part(2)) IS NULL)")
    for name in PARTS:
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY seen ON {name} USING (EXISTS (SELECT FROM case_file f WHERE f.no = {name}.no))")
    op.execute("ALTER TABLE complaint ENABLE ROW LEVEL SECURITY")
    its_case = "EXISTS (SELECT FROM case_file f WHERE f.source = 'complaint' AND f.source_ref = complaint.receipt)"
    op.execute(f"CREATE POLICY seen ON complaint USING ((SELECT scope_part(2)) IS NULL AND ({place} OR {its_case}))")


def downgrade() -> None:
    for name in ("case_file", "case_number", "complaint", *PARTS):
        op.execute(f"DROP POLICY seen ON {name}")
        op.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
