"""Alembic's entry: runs on the connection that zhijian.kit.migrate hands over."""

from alembic import context

import zhijian.wiring  # noqa: F401  every room's tables are registered
from zhijian.kit.db import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=False)
context.run_migrations()
