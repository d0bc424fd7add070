"""From the bytes of a page (or a pasted text) to the article a person would copy out by hand, and nothing else."""

from crawler.extract.article import Article, Byline, CleanText, NoArticle, Reason, Removed
from crawler.extract.page import extract
from crawler.extract.plaintext import clean

__all__ = ["Article", "Byline", "CleanText", "NoArticle", "Reason", "Removed", "clean", "extract"]
