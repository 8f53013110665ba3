"""released facts of students."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a3d8f0c1e752"
down_revision = "77796571b5cb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database here."""
    op.create_table(
        "released_students",
        sa.Column("release_id", sa.String(length=16), nullable=False),
        sa.Column("enrollment_id", sa.String(length=16), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_released_students_enrollment_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_released_students_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_students")),
        sa.UniqueConstraint("release_id", "enrollment_id", name=op.f("uq_released_students_release_id_enrollment_id")),
    )
    with op.batch_alter_table("released_students", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_released_students_enrollment_id"), ["enrollment_id"], unique=False)


def downgrade() -> None:
    """Refuse: a newer database is restored from its backup, not turned back."""
    raise NotImplementedError
