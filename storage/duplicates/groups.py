"""Who heads whom: a pure function of who is like whom and who was seen first, whatever order they arrived in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

Pair = tuple[int, int]


def heads(
    first_seen: Mapping[int, datetime], copies: Iterable[Pair], excerpts: Iterable[Pair], sources: Iterable[Pair] = ()
) -> dict[int, int]:
    """The head of every article that has one. Copies form groups headed by the one first seen (ties: the lower id).

    Of `sources` (article, the agency's own article) the second heads the group when both are in it: the text is the
    agency's, though an outlet may have been faster. A group that is an excerpt (excerpt, container) of an earlier group
    gets that group's head; an excerpt that came before its container stays on its own, for the longer report tells more
    than was known.
    """
    age = {article: (seen, article) for article, seen in first_seen.items()}
    group_of = _groups(age, copies)
    head_of_group = _group_heads(age, group_of, sources)
    containers: defaultdict[int, set[int]] = defaultdict(set)
    for excerpt, container in excerpts:
        containers[group_of[excerpt]].add(group_of[container])
    first_of: dict[int, int] = {}
    for group in sorted(set(group_of.values()), key=age.__getitem__):
        # Earlier groups are settled already.
        earlier = [first_of[other] for other in containers[group] if age[other] < age[group]]
        first_of[group] = min(earlier, key=age.__getitem__, default=group)
    final = {article: head_of_group[first_of[group]] for article, group in group_of.items()}
    return {article: head for article, head in final.items() if head != article}


def _group_heads(
    age: Mapping[int, tuple[datetime, int]], group_of: Mapping[int, int], sources: Iterable[Pair]
) -> dict[int, int]:
    """The head of each group: the agency's article, else the earliest, by whom the group is named."""
    agencies: defaultdict[int, set[int]] = defaultdict(set)
    for article, source in sources:
        if group_of[article] == group_of[source]:
            agencies[group_of[source]].add(source)
    return {group: min(agencies[group], key=age.__getitem__, default=group) for group in set(group_of.values())}


def _groups(age: Mapping[int, tuple[datetime, int]], copies: Iterable[Pair]) -> dict[int, int]:
    """Each article's group, named by its earliest member."""
    leader = {article: article for article in age}

    def find(article: int) -> int:
        while leader[article] != article:
            leader[article] = leader[leader[article]]
            article = leader[article]
        return article

    for pair in copies:
        first, second = sorted((find(pair[0]), find(pair[1])), key=age.__getitem__)
        leader[second] = first
    return {article: find(article) for article in leader}
