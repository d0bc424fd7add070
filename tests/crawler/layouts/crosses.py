"""Every story in every design: pages nobody tuned a rule to, because no one of them was looked at alone.

The hand-made pages show what can go wrong; these show whether a remedy holds elsewhere.
"""

from functools import cache

from . import stories, stories_traps
from .pages import Layout, br_lines, layout, p_tags
from .stories import Story

DESIGNS = ("daily", "portal", "weekly", "online", "amp")
FOREIGN = (stories_traps.ENGLISH, stories_traps.CHINESE, stories_traps.JAPANESE)  # their names never stand before 기자
WAYS = {"p": p_tags, "br": br_lines}


@cache
def crosses() -> tuple[Layout, ...]:
    """The pages, in a stable order; names are unique."""
    found = (
        value for module in (stories, stories_traps) for value in vars(module).values() if isinstance(value, Story)
    )
    return tuple(
        layout(f"{story.title} ({design}, {way})", design, story, write(story.paragraphs))
        for story in {story.title: story for story in found}.values()
        for design in (("online",) if story in FOREIGN else DESIGNS)
        for way, write in WAYS.items()
    )
