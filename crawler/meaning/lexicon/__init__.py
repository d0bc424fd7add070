"""Names as data: who is watched, under how many names, and when a name is not the name."""

from crawler.meaning.lexicon.load import load_lexicon
from crawler.meaning.lexicon.records import Entity, Lexicon, Name

__all__ = ["Entity", "Lexicon", "Name", "load_lexicon"]
