"""suggested matches and second readings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '5fd2f71af1f6'
down_revision = '78780a2ae678'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database here."""
    op.create_table('grader_shares',
    sa.Column('project_id', sa.String(length=16), nullable=False),
    sa.Column('task', sa.String(length=6), nullable=False),
    sa.Column('grader_id', sa.String(length=16), nullable=False),
    sa.Column('assigned_by_id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('undone_at', sa.String(length=27), nullable=True),
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("task IN ('grades', 'reads')", name=op.f('ck_grader_shares_known_task')),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['users.id'], name=op.f('fk_grader_shares_assigned_by_id')),
    sa.ForeignKeyConstraint(['grader_id'], ['users.id'], name=op.f('fk_grader_shares_grader_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_grader_shares_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grader_shares'))
    )
    with op.batch_alter_table('grader_shares', schema=None) as batch_op:
        batch_op.create_index('uq_grader_shares_standing', ['project_id', 'task'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))

    op.create_table('second_readings',
    sa.Column('project_id', sa.String(length=16), nullable=False),
    sa.Column('reader_id', sa.String(length=16), nullable=False),
    sa.Column('opinion', sa.String(length=6), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.String(length=16), nullable=True),
    sa.Column('answered_at', sa.String(length=27), nullable=True),
    sa.Column('withdrawn_at', sa.String(length=27), nullable=True),
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("opinion IN ('agrees', 'change')", name=op.f('ck_second_readings_known_opinion')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['users.id'], name=op.f('fk_second_readings_answered_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_second_readings_project_id')),
    sa.ForeignKeyConstraint(['reader_id'], ['users.id'], name=op.f('fk_second_readings_reader_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_readings'))
    )
    with op.batch_alter_table('second_readings', schema=None) as batch_op:
        batch_op.create_index('uq_second_readings_standing', ['project_id', 'reader_id'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_table('suggested_matches',
    sa.Column('finding_id', sa.String(length=16), nullable=False),
    sa.Column('mistake_id', sa.String(length=16), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('parts', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('shown_at', sa.String(length=27), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=True),
    sa.Column('decided_by_id', sa.String(length=16), nullable=True),
    sa.Column('decided_at', sa.String(length=27), nullable=True),
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("outcome IN ('confirmed', 'partial', 'denied')", name=op.f('ck_suggested_matches_known_outcome')),
    sa.CheckConstraint('score BETWEEN 0 AND 1000', name=op.f('ck_suggested_matches_score_in_thousandths')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_suggested_matches_decided_by_id')),
    sa.ForeignKeyConstraint(['finding_id'], ['findings.id'], name=op.f('fk_suggested_matches_finding_id')),
    sa.ForeignKeyConstraint(['mistake_id'], ['mistakes.id'], name=op.f('fk_suggested_matches_mistake_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggested_matches')),
    sa.UniqueConstraint('finding_id', 'mistake_id', name=op.f('uq_suggested_matches_finding_id_mistake_id'))
    )
    with op.batch_alter_table('suggested_matches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suggested_matches_mistake_id'), ['mistake_id'], unique=False)


def downgrade() -> None:
    """Refuse: a newer database is restored from its backup, not turned back."""
    raise NotImplementedError
