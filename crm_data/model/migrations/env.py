"""Alembic's entry: runs on the connection it is given (never opens one of its own)."""
from alembic import context

from crm_data.model.appdb import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
