"""Everything out again: rows with a schema version, in four kinds of file, with a manifest of what is in them."""

from storage.export.row import SCHEMA_VERSION, article_schema, export_row, record_of
from storage.export.stream import iter_articles

__all__ = ["SCHEMA_VERSION", "article_schema", "export_row", "iter_articles", "record_of"]
