"""projects to practise on."""

import sqlalchemy as sa
from alembic import op


revision = '77796571b5cb'
down_revision = '7c1d90be42f6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database here."""
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('practice_until', sa.String(length=27), nullable=True))


def downgrade() -> None:
    """Refuse: a newer database is restored from its backup, not turned back."""
    raise NotImplementedError
