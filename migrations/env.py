"""Alembic's entry: migrates the connection that `catalog.migration` hands over."""

from __future__ import annotations

from alembic import context

from catalog.tables import Base

connection = context.config.attributes["connection"]
# SQLite cannot alter most things in place: batch mode copies the table.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
