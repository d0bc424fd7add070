"""Windows and issues on real archives: what is told, when, to whom, and that it is told once."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.issue import compose, preview
from digest.service import close_due_windows
from digest.settings import DigestSettings
from storage.digests import issue_message, issue_text, last_issue
from storage.outbox import DeliveryState, is_due, outbox_counts
from tests.digest.archive import NOW, OUTLETS, add_outlets, headline_of, put, url_of

SETTINGS = DigestSettings(recipients=("a@example.com", "b@example.com"), sender="digest@example.com")
HOUR = timedelta(hours=1)


@pytest.fixture
def archive(database):
    with database.writer() as session:
        add_outlets(session)
    return database


def close(database, at, settings=SETTINGS):
    return compose(database, settings, window_end=at, now=at)


def text_of(database, issue):
    with database.reader() as session:
        return issue_text(session, issue.id)[2]


def test_a_window_is_half_open_and_counts_first_seen_time(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - HOUR, published_at=NOW - timedelta(days=40))
        put(session, "alpha", 2, now=NOW)
    first = close(archive, NOW)
    assert first.stories == 1
    assert url_of("alpha", 1) in text_of(archive, first)
    second = close(archive, NOW + HOUR)
    assert (second.window_start, second.window_end) == (NOW, NOW + HOUR)
    assert url_of("alpha", 2) in text_of(archive, second)
    assert url_of("alpha", 1) not in text_of(archive, second)


def test_a_window_is_closed_once(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - HOUR)
    assert close(archive, NOW) is not None
    assert close(archive, NOW) is None
    assert close(archive, NOW - HOUR) is None
    with archive.reader() as session:
        assert outbox_counts(session) == {DeliveryState.WAITING: 2}


def test_an_empty_window_is_closed_without_a_mail(archive):
    assert close(archive, NOW) is None
    with archive.reader() as session:
        issue = last_issue(session, "default")
        assert (issue.window_end, issue.subject, issue.stories) == (NOW, None, 0)
        assert outbox_counts(session) == {}
        with pytest.raises(LookupError):
            issue_message(session, issue.id)


def test_preview_changes_nothing_and_says_what_would_be_mailed(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - HOUR)
    seen = preview(archive, SETTINGS, now=NOW)
    with archive.reader() as session:
        assert last_issue(session, "default") is None
        assert outbox_counts(session) == {}
    issue = close(archive, NOW)
    with archive.reader() as session:
        assert issue_text(session, issue.id) == (seen.subject, seen.html, seen.text)
        assert seen.eml.endswith(issue_message(session, issue.id))
    assert b"To: a@example.com\r\n" in seen.eml
    assert preview(archive, SETTINGS, now=NOW + HOUR) is None
    assert preview(archive, SETTINGS, now=NOW - HOUR) is None


def test_what_was_committed_late_is_told_by_the_next_issue(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - HOUR)
    close(archive, NOW)
    with archive.writer() as session:
        put(session, "alpha", 2, now=NOW - timedelta(minutes=5))  # by a clock that runs behind
    assert url_of("alpha", 2) in text_of(archive, close(archive, NOW + HOUR))


def test_what_is_older_than_the_first_window_is_never_told(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - timedelta(days=2))
        put(session, "alpha", 2, now=NOW - HOUR)
    assert close(archive, NOW).stories == 1
    assert close(archive, NOW + HOUR) is None


def test_articles_below_the_minimum_relevance_stay_out(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - HOUR, relevance=1.0)
    assert preview(archive, SETTINGS.model_copy(update={"minimum_relevance": 2.0}), now=NOW) is None
    assert preview(archive, SETTINGS, now=NOW) is not None


def test_days_without_a_service_become_one_issue_that_says_its_range(archive):
    close(archive, NOW - timedelta(days=4))
    with archive.writer() as session:
        for days in (3, 2, 1):
            put(session, "alpha", days, now=NOW - timedelta(days=days))
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW + timedelta(minutes=3))
    assert issue.stories == 3
    assert "11/20(금) 07:20 – 11/24(화) 07:20" in text_of(archive, issue)
    assert close_due_windows(archive, SETTINGS, now=NOW + timedelta(minutes=4)) == []


def test_a_regular_issue_waits_for_the_delivery_hour(archive):
    with archive.writer() as session:
        put(session, "alpha", 1, now=NOW - HOUR)
    close_due_windows(archive, SETTINGS, now=NOW)
    with archive.reader() as session:
        assert not is_due(session, now=NOW + timedelta(minutes=19))
        assert is_due(session, now=NOW + timedelta(minutes=20))


_worlds = count()
MINUTES = st.integers(0, 70 * 60)  # less than the three days a story lasts
REPORTS = st.lists(
    st.tuples(MINUTES, st.sampled_from(sorted(OUTLETS)), st.integers(0, 4), st.integers(0, 50)), min_size=1, max_size=8
)


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=REPORTS, cuts=st.lists(MINUTES, max_size=5))
def test_every_article_is_told_once_and_a_story_is_new_once(archive, reports, cuts):
    """Reports may be committed up to 50 minutes after they were first seen; cut-offs fall anywhere, repeated or not."""
    world = next(_worlds)
    start = NOW + timedelta(days=60 * world)
    close(archive, start)
    events = [
        (minute + late, "report", (number, minute, outlet, story))
        for number, (minute, outlet, story, late) in enumerate(reports)
    ]
    events += [(minute, "cut", None) for minute in cuts]
    issues, stories = [], {}
    for minute, kind, row in sorted(events, key=lambda event: (event[0], event[1])):
        at = start + timedelta(minutes=minute)
        if kind == "cut":
            issues.append(close(archive, at))
            continue
        number, seen, outlet, story = row
        key = 1000 * (world + 1) + number
        stories[url_of(outlet, key)] = story
        with archive.writer() as session:
            name = f"{world}-{story}"
            put(session, outlet, key, title=headline_of(name), story=name, now=start + timedelta(minutes=seen))
    issues.append(close(archive, start + timedelta(days=5)))

    texts = [text_of(archive, issue) for issue in issues if issue]
    told = Counter(url for text in texts for url in stories if f"{url}\n" in text)
    assert told == dict.fromkeys(stories, 1)
    for story in set(stories.values()):
        urls = [url for url, of in stories.items() if of == story]
        mails = [text for text in texts if any(f"{url}\n" in text for url in urls)]
        assert ["이어지는 이슈 · " in _block(text, urls) for text in mails] == [False] + [True] * (len(mails) - 1)


def _block(text, urls):
    """The part of a text mail that tells the story of these addresses."""
    return next(part for part in text.split("\n\n") if any(f"{url}\n" in f"{part}\n" for url in urls))
