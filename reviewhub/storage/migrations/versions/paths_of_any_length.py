"""paths of any length: git's have no limit, and every odd byte of one takes two letters of its address."""

import sqlalchemy as sa
from alembic import op

revision = 'c1d0a8f4e296'
down_revision = '4ddfe7788278'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database here."""
    with op.batch_alter_table('anchors', schema=None) as batch_op:
        batch_op.alter_column('path', existing_type=sa.String(length=1000), type_=sa.Text(), existing_nullable=False)


def downgrade() -> None:
    """Refuse: a newer database is restored from its backup, not turned back."""
    raise NotImplementedError
