"""Korean search: one tokenizer for both databases, newest first or by relevance, page by page."""

from storage.search.find import search
from storage.search.index import facets_of, forget, index, terms_of
from storage.search.query import Expand
from storage.search.reindex import IndexStanding, reindex, standing

__all__ = ["Expand", "IndexStanding", "facets_of", "forget", "index", "reindex", "search", "standing", "terms_of"]
