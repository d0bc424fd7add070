"""Stories: the reports of one event, however many outlets tell it and in whatever words."""

from digest.stories.assign import assign_stories
from digest.stories.grouping import WINDOW

__all__ = ["WINDOW", "assign_stories"]
