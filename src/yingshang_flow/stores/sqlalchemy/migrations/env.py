"""Runs the migrations on the connection that the caller gives, or writes them as SQL; Alembic executes it."""

from alembic import context

given = context.config.attributes
version_table = f"{given['prefix']}schema"
if context.is_offline_mode():
    context.configure(url=given["url"], literal_binds=True, output_buffer=given["output"], version_table=version_table)
else:
    context.configure(connection=given["connection"], version_table=version_table)
with context.begin_transaction():
    context.run_migrations()
