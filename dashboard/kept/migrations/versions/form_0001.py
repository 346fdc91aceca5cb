"""The first form: data sets, states, scenarios, namings, each row with its digest, each table with its seal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    for name, key, values in (
        ("meta", ("name",), ("value",)),
        ("dataset", ("data",), ("document",)),
        ("state", ("data", "name"), ("document",)),
        ("scenario", ("data", "name"), ("document",)),
        ("naming", ("header",), ("document",)),
    ):
        columns = [sa.Column(c, sa.Text, nullable=False) for c in (*key, *values, "digest")]
        op.create_table(
            name, sa.Column("id", sa.Integer, primary_key=True), *columns, sa.UniqueConstraint(*key)
        )
    op.create_table(
        "seal",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("total", sa.Text, nullable=False),
    )
