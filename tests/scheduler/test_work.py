"""What single ticks do to the archive."""

from types import SimpleNamespace

from scheduler.work import Work
from storage.stories import list_stories
from tests.digest.archive import NOW, add_outlets, headline_of, put


def test_reports_become_stories_without_any_mail(database):
    with database.writer() as session:
        add_outlets(session)
        for number, outlet in enumerate(("alpha", "beta")):
            put(session, outlet, number, title=headline_of("one"), story="one", now=NOW)
    tick = SimpleNamespace(database=database, clock=lambda: NOW)  # all of the service that the tick needs
    Work._group_stories(tick)
    Work._group_stories(tick)
    with database.reader() as session:
        found, _ = list_stories(session, limit=5)
    assert [len(story.articles) for story in found] == [2]
