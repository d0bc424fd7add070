"""Korean search: one tokenizer for both databases, newest first or by relevance, page by page."""

from storage.search.find import search
from storage.search.index import forget, index, terms_of

__all__ = ["forget", "index", "search", "terms_of"]
