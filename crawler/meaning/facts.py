"""All that is read off one text: entities, candidates, amounts, deals. Pure: no database, no clock, no state."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.meaning.amounts import Amount, find_amounts
from crawler.meaning.candidates import Candidate, find_candidates
from crawler.meaning.deals import Deal, find_deals
from crawler.meaning.folding import Folded, fold
from crawler.meaning.lexicon import Entity, Lexicon, load_lexicon
from crawler.meaning.mentions import Mention, MentionFinder


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says. Offsets count its characters."""

    mentions: tuple[Mention, ...]
    candidates: tuple[Candidate, ...]
    amounts: tuple[Amount, ...]
    deals: tuple[Deal, ...]

    def by_entity(self) -> dict[str, list[Mention]]:
        """The mentions of each entity, in the order in which the entities first appear."""
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            found.setdefault(mention.entity.id, []).append(mention)
        return found


class FactReader:
    """Reads facts with one lexicon; made once and shared, safe in threads."""

    def __init__(self, lexicon: Lexicon, names: tuple[Path, ...] = ()) -> None:
        self.lexicon = lexicon
        self.names = names  # the operator's files in the lexicon
        self._finder = MentionFinder(lexicon)

    def read(self, text: str) -> Facts:
        """The facts of a clean text with one paragraph a line."""
        folded = fold(text)
        mentions = self._finder.find(folded)
        candidates = find_candidates(text, mentions)
        amounts = find_amounts(folded)
        deals = find_deals(text, mentions, amounts, candidates)
        return Facts(tuple(mentions), tuple(candidates), tuple(amounts), tuple(deals))

    def mentions(self, folded: Folded) -> list[Mention]:
        """The entities of a folded text alone."""
        return self._finder.find(folded)

    def touched(self, folded: Folded) -> list[Entity]:
        """Every entity a text may name, whatever the guards think of it: for headlines, which have little context."""
        return self._finder.touched(folded)

    def read_article(self, title: str, body: Sequence[str]) -> Facts:
        """The facts of an article; offsets are those in `article_text`."""
        return self.read(article_text(title, body))


def article_text(title: str, body: Sequence[str]) -> str:
    """Title and paragraphs as one text, one a line: what offsets of stored facts count in."""
    return "\n".join(" ".join(part.split("\n")) for part in (title, *body))


@cache
def load_reader(*names: Path) -> FactReader:
    """A reader with the packaged lexicon and the operator's files of names; raises ConfigurationError."""
    return FactReader(load_lexicon(*names), names)
