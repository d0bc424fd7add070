"""Run by Alembic: migrates the connection that `storage.schema.upgrade` hands over, inside its transaction."""

from alembic import context

from storage import models  # noqa: F401 - registers every table
from storage.models.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
