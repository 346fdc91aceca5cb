"""Runs the steps within the transaction of whoever opens the database."""

from alembic import context

if (
    getattr(context, "config", None) is not None
):  # Alembic runs this file; to anybody who imports it, it does nothing
    context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
