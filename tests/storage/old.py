"""Archives as an earlier version of zgcwatch left them."""

from contextlib import contextmanager

from alembic import command

from storage import schema
from storage.database import connect


@contextmanager
def archive_at(url, step):
    """A connection that writes into an archive whose tables are those of a step; kept when the block ends well."""
    engine = connect(url)
    with engine.execution_options(zgcwatch_writes=True).begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, step)
        yield connection
    engine.dispose()
