"""What changed in articles that readers were told of: material changes only, shown as before and after."""

import re
from dataclasses import dataclass

from digest.content import Correction, Report
from digest.licence import rights_of, shown_title
from digest.safe import one_line, safe_title, shorten
from storage.archive.difference import Version
from storage.archive.difference import difference as judge
from storage.digests import DigestArticle
from storage.told import Told

Text = tuple[str, tuple[str, ...]]
NO_TEXT: Text = ("", ())  # of an article that was taken down
LONGEST_SENTENCE = 120
_SENTENCE = re.compile(r"(?<=[.!?。])[\"'”’」』)\]]*\s+")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reader has to know of a change. `sentences` is the first sentence that changed, before and after."""

    title: bool
    body: bool
    sentences: tuple[str | None, str | None] = (None, None)

    @property
    def material(self) -> bool:
        """False when only white space, punctuation or letter case differ."""
        return self.title or self.body


def compare(before: Text, after: Text) -> Difference:
    """How the text readers know differs from the text in force."""
    old, new = _sentences(before[1]), _sentences(after[1])
    lost = [sentence for sentence in old if _bare(sentence) not in {_bare(other) for other in new}]
    gained = [sentence for sentence in new if _bare(sentence) not in {_bare(other) for other in old}]
    return Difference(
        title=_bare(before[0]) != _bare(after[0]),
        body=bool(lost or gained),
        sentences=(lost[0] if lost else None, gained[0] if gained else None),
    )


def _is_material(before: Text, after: Text) -> bool:
    """As the archive judges revisions: a typo, a particle, a comma is nothing to tell readers of."""
    return judge(Version(before[0], None, before[1]), Version(after[0], None, after[1])).is_material


def correction(article: DigestArticle, before: Text, told: Told, *, lead: Report, licence: str) -> Correction | None:
    """The line of a changed article, None when the change is cosmetic."""
    if article.state == "gone":
        return Correction(lead, None, "gone", told.window_end)
    title = shown_title(article.title, licence)
    if not before[0] and not before[1]:
        return Correction(lead, title, "back", told.window_end)
    difference = compare(before, (article.title, article.body))
    if not difference.material or not _is_material(before, (article.title, article.body)):
        return None
    what = "both" if difference.title and difference.body else "title" if difference.title else "body"
    return Correction(lead, title, what, told.window_end, _details(before[0], difference, licence))


def _details(old_title: str, difference: Difference, licence: str) -> tuple[tuple[str, str], ...]:
    rights = rights_of(licence)
    rows = []
    if difference.title and rights.headline:
        rows.append(("title", safe_title(old_title)))
    if difference.body and rights.excerpt:
        lost, gained = difference.sentences
        rows += [("before", shorten(lost, LONGEST_SENTENCE))] if lost else []
        rows += [("after", shorten(gained, LONGEST_SENTENCE))] if gained else []
    return tuple(rows)


def _sentences(body: tuple[str, ...]) -> list[str]:
    return [sentence for paragraph in body for sentence in _SENTENCE.split(one_line(paragraph)) if _bare(sentence)]


def _bare(text: str) -> str:
    return "".join(character for character in one_line(text).casefold() if character.isalnum())
