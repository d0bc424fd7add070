"""The other names of what a person searches for: 바이두 is 百度 and Baidu, too."""

from collections.abc import Callable

from crawler.meaning.folding import fold_name
from crawler.meaning.lexicon.records import Lexicon


def expander(lexicon: Lexicon) -> Callable[[str], tuple[str, ...]]:
    """A function that gives the other names of a name; none for a word that may stand for several or for nothing."""

    def others(name: str) -> tuple[str, ...]:
        known = lexicon.spellings.get(fold_name(name), [])
        entities = {found.entity.id: found.entity for found in known if not found.ordinary}
        if len(entities) != 1:
            return ()
        [entity] = entities.values()
        return tuple(other for other in entity.names if fold_name(other) != fold_name(name))

    return others
