"""The second form: every row belongs to a company (that of one desk has no name), people and their rights, and a log of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give each table its company, make the two new ones."""
    for name, key in (
        ("dataset", ("data",)),
        ("state", ("data", "name")),
        ("scenario", ("data", "name")),
        ("naming", ("header",)),
    ):
        columns = [sa.Column(c, sa.Text, nullable=False) for c in ("company", *key, "document", "digest")]
        op.create_table(
            f"{name}_by_company",
            sa.Column("id", sa.Integer, primary_key=True),
            *columns,
            sa.UniqueConstraint("company", *key),
        )
        kept = ", ".join((*key, "document", "digest"))
        op.execute(
            f"INSERT INTO {name}_by_company (id, company, {kept}) SELECT id, '', {kept} FROM {name} ORDER BY id"
        )
        op.drop_table(name)
        op.rename_table(f"{name}_by_company", name)
    for name, key, values in (
        ("person", ("address",), ("company", "rights")),
        ("log", ("company", "entry"), ("at", "person", "data", "document")),
    ):
        columns = [sa.Column(c, sa.Text, nullable=False) for c in (*key, *values, "digest")]
        op.create_table(
            name, sa.Column("id", sa.Integer, primary_key=True), *columns, sa.UniqueConstraint(*key)
        )
