"""Composing for readers: each watch and each kind of reader gets its own, and readers of one kind share the bytes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from digest.desk import Desk
from digest.issue import compose, preview
from digest.readers import (
    add_reader,
    add_watch,
    drop_watch,
    edit_reader,
    edit_watch,
    import_readers,
    try_watch,
    watch_states,
)
from digest.service import close_due_windows, sync_settings
from digest.variants import Variant
from digest.watches import WatchError, keep_watch
from digest.watchfile import Reader
from storage.digests import issue_message, issue_text, last_issue
from storage.models.digest import Delivery, DigestIssue
from storage.outbox import outbox_counts
from storage.subscribers import Profile, SubscriberError, readers_of, subscriber_by_address, unsubscribe
from tests.digest.archive import NOW, add_outlets, put, url_of, words_of
from tests.digest.readers import SETTINGS, make_default, make_watch, watch_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def archive(database):
    with database.writer() as session:
        add_outlets(session)
    return database


def store(database, outlet, number, **fields):
    with database.writer() as session:
        return put(session, outlet, number, **{"now": NOW - HOUR, **fields})


def texts(database, watch="robots"):
    """The text of each mailed issue of a watch, oldest first."""
    with database.reader() as session:
        found = session.scalars(
            select(DigestIssue.text).where(DigestIssue.watch == watch, DigestIssue.subject.is_not(None))
            .order_by(DigestIssue.window_end)
        )  # fmt: skip
        return list(found)


def deliveries(database):
    with database.reader() as session:
        return dict(session.execute(select(Delivery.recipient, Delivery.variant)).all())


def test_each_watch_tells_what_it_is_for(archive):
    store(archive, "alpha", 1, title="로봇 소식")
    store(archive, "beta", 2, title="신약 소식")
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"], must=["로봇"])
        make_watch(session, "drugs", readers=["b@example.com"], must=["신약"])
        make_watch(session, "asleep", readers=["c@example.com"], paused=True)
    assert len(close_due_windows(archive, SETTINGS, now=NOW)) == 2
    assert url_of("alpha", 1) in texts(archive)[0]
    assert url_of("beta", 2) not in texts(archive)[0]
    assert url_of("beta", 2) in texts(archive, "drugs")[0]
    assert set(deliveries(archive)) == {"a@example.com", "b@example.com"}


def test_every_outlet_of_a_matched_story_is_shown(archive):
    store(archive, "alpha", 1, title="로봇 소식")
    store(archive, "beta", 2, story=1, title="제목에는 없는 말")
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"], must=["로봇"])
    close_due_windows(archive, SETTINGS, now=NOW)
    assert url_of("alpha", 1) in texts(archive)[0]
    assert url_of("beta", 2) in texts(archive)[0]
    store(archive, "gamma", 3, story=1, title="또 다른 말", now=NOW + HOUR)
    close_due_windows(archive, SETTINGS, now=NOW + DAY)
    assert url_of("gamma", 3) in texts(archive)[1]
    assert url_of("beta", 2) not in texts(archive)[1]


def test_readers_of_one_kind_share_their_bytes(archive):
    store(archive, "alpha", 1, title="로봇 소식")
    english = Profile(language="en", format="text", excerpts=False, zone="Europe/Berlin")
    with archive.writer() as session:
        make_watch(
            session,
            "robots",
            readers=["a@example.com", "b@example.com", ("c@example.com", english), ("d@example.com", english)],
        )
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW)
    named = deliveries(archive)
    assert named == {
        "a@example.com": "", "b@example.com": "",
        "c@example.com": "en.text.headlines.Europe/Berlin", "d@example.com": "en.text.headlines.Europe/Berlin",
    }  # fmt: skip
    with archive.reader() as session:
        _, _, house = issue_text(session, issue.id)
        _, _, other = issue_text(session, issue.id, named["c@example.com"])
        assert b"multipart/alternative" in issue_message(session, issue.id)
        assert b"multipart" not in issue_message(session, issue.id, named["c@example.com"])
    assert words_of(1)[0][:10] in house
    assert words_of(1)[0][:10] not in other
    assert "06:20" in house  # KST, of which Berlin is eight hours behind
    assert "22:20" in other
    assert "06:20" not in other


def test_a_reader_with_the_zone_of_the_watch_gets_the_house_form(archive):
    store(archive, "alpha", 1)
    with archive.writer() as session:
        make_watch(session, "robots", readers=[("a@example.com", Profile(zone="Asia/Seoul"))])
    close_due_windows(archive, SETTINGS, now=NOW)
    assert deliveries(archive) == {"a@example.com": ""}


def test_a_watch_of_alerts_tells_a_story_at_once_and_once(archive):
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"], kind="alert", must=["로봇"])
    assert close_due_windows(archive, SETTINGS, now=NOW) == []
    store(archive, "alpha", 1, title="로봇 소식", now=NOW + MINUTE)
    store(archive, "beta", 2, title="다른 소식", now=NOW + MINUTE)
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW + 2 * MINUTE)
    assert issue.stories == 1
    store(archive, "gamma", 3, story=1, title="로봇 소식", now=NOW + 3 * MINUTE)
    for minute in range(4, 8):
        assert close_due_windows(archive, SETTINGS, now=NOW + minute * MINUTE) == []
    assert len(texts(archive)) == 1
    with archive.reader() as session:  # quiet minutes are one window, not one a minute
        ends = session.scalars(select(DigestIssue.window_end).order_by(DigestIssue.window_end)).all()
        assert last_issue(session, "robots").window_end > NOW + 3 * MINUTE
    assert len(ends) == 3


def test_an_alert_of_the_night_waits_for_the_morning(archive):
    with archive.writer() as session:
        quiet = {"quiet_from": "07:30", "quiet_until": "08:30"}  # NOW is 07:20
        make_watch(session, "robots", readers=["a@example.com"], kind="alert", **quiet)
    close_due_windows(archive, SETTINGS, now=NOW)
    store(archive, "alpha", 1, now=NOW + 12 * MINUTE)
    assert close_due_windows(archive, SETTINGS, now=NOW + 15 * MINUTE) == []
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW + 70 * MINUTE)
    assert (issue.window_start, issue.stories) == (NOW, 1)


def test_a_correction_of_what_an_alert_told_is_told_at_once(archive):
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"], kind="alert")
    close_due_windows(archive, SETTINGS, now=NOW)
    store(archive, "alpha", 1, title="21억 위안 유치", now=NOW + MINUTE)
    close_due_windows(archive, SETTINGS, now=NOW + 2 * MINUTE)
    store(archive, "alpha", 1, title="12억 위안 유치", now=NOW + 3 * MINUTE)
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW + 4 * MINUTE)
    assert issue.stories == 0
    assert "12억 위안 유치" in texts(archive)[1]


def test_a_weekly_watch_tiles_by_weeks(archive):
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"], kind="weekly", days=["tue"])
    for number in range(1, 4):
        store(archive, "alpha", number, now=NOW - number * DAY)
    (first,) = close_due_windows(archive, SETTINGS, now=NOW)
    assert (first.stories, first.window_start) == (3, NOW - 7 * DAY)
    assert close_due_windows(archive, SETTINGS, now=NOW + 6 * DAY) == []
    store(archive, "alpha", 9, now=NOW + 6 * DAY)
    (second,) = close_due_windows(archive, SETTINGS, now=NOW + 7 * DAY)
    assert (second.window_start, second.window_end, second.stories) == (NOW, NOW + 7 * DAY, 1)


@pytest.mark.parametrize(("rule", "mails"), [("skip", 0), ("note", 5), ("always", 7)])
def test_a_week_without_news(archive, rule, mails):
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"], no_news=rule)
    for day in range(7):
        close_due_windows(archive, SETTINGS, now=NOW + day * DAY)
    assert len(texts(archive)) == mails
    with archive.reader() as session:
        assert last_issue(session, "robots").window_end == NOW + 6 * DAY


def test_missed_cutoffs_are_one_issue_that_says_so(archive):
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"])
    close_due_windows(archive, SETTINGS, now=NOW)
    for number in range(1, 4):
        store(archive, "alpha", number, now=NOW + number * DAY - HOUR)
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW + 3 * DAY + HOUR)
    assert (issue.stories, issue.window_start, issue.window_end) == (3, NOW, NOW + 3 * DAY)
    assert "거른 발송" in texts(archive)[-1]


def test_one_watch_that_breaks_does_not_keep_the_others(archive, monkeypatch):
    store(archive, "alpha", 1)
    with archive.writer() as session:
        for name in ("first", "second"):
            make_watch(session, name, readers=[f"{name}@example.com"])
    whole, broken_once = Desk.facts, []

    def broken(desk, session, window):
        if not broken_once:
            broken_once.append(True)
            raise RuntimeError("out of order")
        return whole(desk, session, window)

    monkeypatch.setattr(Desk, "facts", broken)
    assert [issue.watch for issue in close_due_windows(archive, SETTINGS, now=NOW)] == ["second"]
    assert [issue.watch for issue in close_due_windows(archive, SETTINGS, now=NOW + MINUTE)] == ["first"]


def test_who_leaves_between_composing_and_sending_gets_no_mail(archive):
    store(archive, "alpha", 1)
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com", "b@example.com"])
    close_due_windows(archive, SETTINGS, now=NOW)
    with archive.writer() as session:
        unsubscribe(session, subscriber_by_address(session, "a@example.com"), ["robots"], now=NOW)
        assert {state.value: number for state, number in outbox_counts(session).items()} == {"waiting": 1, "failed": 1}


def test_readers_that_the_settings_do_not_name_read_the_settings_watch_too(archive):
    store(archive, "alpha", 1)
    with archive.writer() as session:
        make_default(session, ("own@example.com", Profile()))
    settings = SETTINGS.model_copy(update={"recipients": ("a@example.com",)})
    sync_settings(archive, settings, now=NOW)
    close_due_windows(archive, settings, now=NOW)
    assert set(deliveries(archive)) == {"a@example.com", "own@example.com"}


def test_a_watch_made_again_does_not_tell_the_time_between(archive):
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"])
    close_due_windows(archive, SETTINGS, now=NOW)
    with archive.writer() as session:
        drop_watch(session, "robots")
    store(archive, "alpha", 1, now=NOW + 10 * DAY)
    store(archive, "alpha", 2, now=NOW + 30 * DAY - HOUR)
    with archive.writer() as session:
        make_watch(session, "robots", readers=["b@example.com"], now=NOW + 29 * DAY + HOUR)
    (issue,) = close_due_windows(archive, SETTINGS, now=NOW + 30 * DAY)
    assert (issue.stories, issue.window_start) == (1, NOW + 29 * DAY)


def test_a_preview_of_any_watch_in_any_form_keeps_nothing(archive):
    store(archive, "alpha", 1, title="로봇 소식")
    with archive.writer() as session:
        watch = make_watch(session, "robots", readers=["a@example.com"], must=["로봇"])
    seen = preview(archive, SETTINGS, now=NOW, watch=watch, variant=Variant(language="en", format="text"))
    assert "로봇 소식" in seen.text
    assert b"multipart" not in seen.eml
    with archive.reader() as session:
        assert last_issue(session, "robots") is None
    assert compose(archive, SETTINGS, window_end=NOW, now=NOW, watch=watch).stories == 1


def test_what_a_watch_would_match_is_shown_without_writing(archive):
    store(archive, "alpha", 1, title="로봇 소식")
    store(archive, "beta", 2, title="신약 소식", now=NOW - MINUTE)
    with archive.reader() as session:
        (match,) = try_watch(session, watch_of(must=["로봇"]), since=NOW - DAY, until=NOW)
        assert (match.outlet, match.title, match.reasons) == ("alpha", "로봇 소식", ("로봇",))
        both = try_watch(session, watch_of(), since=NOW - DAY, until=NOW)
        assert [match.outlet for match in both] == ["beta", "alpha"]
        assert try_watch(session, watch_of(), since=NOW, until=NOW + DAY) == []


def test_operators_change_watches_and_readers(archive):
    with archive.writer() as session:
        add_watch(session, watch_of(must=["로봇"], topics=["zgc"]), now=NOW)
        with pytest.raises(WatchError, match="already"):
            add_watch(session, watch_of(), now=NOW)
        with pytest.raises(WatchError, match="already"):
            add_watch(session, watch_of("default"), now=NOW)
        with pytest.raises(WatchError, match="described by the settings"):
            keep_watch(session, watch_of("default"), now=NOW)
        changed = edit_watch(session, SETTINGS, "robots", {"must": (), "not": ("신약",)}, now=NOW)
        assert (changed.must, changed.never, changed.topics) == ((), ("신약",), ("zgc",))
        with pytest.raises(WatchError, match="kind"):
            edit_watch(session, SETTINGS, "robots", {"kind": "yearly"}, now=NOW)
        row = add_reader(session, SETTINGS, Reader(address="a@example.com", watches=("default", "robots")), now=NOW)
        assert row.watches == ("default", "robots")
        with pytest.raises(WatchError, match="no watch called nothing"):
            add_reader(session, SETTINGS, Reader(address="b@example.com", watches=("nothing",)), now=NOW)
        row = edit_reader(session, SETTINGS, Reader(address="A@example.com", watches=("robots",)), now=NOW)
        assert (row.state, row.watches) == ("active", ("robots",))
        with pytest.raises(SubscriberError, match="is no reader"):
            edit_reader(session, SETTINGS, Reader(address="b@example.com"), now=NOW)
        assert [(state.watch.name, state.readers) for state in watch_states(session, SETTINGS)] == [
            ("default", 0),
            ("robots", 1),
        ]
        with pytest.raises(WatchError, match="described by the settings"):
            drop_watch(session, "default")
        drop_watch(session, "robots")
        with pytest.raises(WatchError, match="no watch called robots"):
            drop_watch(session, "robots")


def test_a_file_brings_nobody_back_who_left(archive):
    readers = [Reader(address=f"{n}@example.com", watches=("default", "robots"), language="en") for n in "ab"]
    with archive.writer() as session:
        make_watch(session, "robots", readers=["a@example.com"])
        unsubscribe(session, subscriber_by_address(session, "a@example.com"), ["robots"], now=NOW)
        assert import_readers(session, SETTINGS, readers, now=NOW) == (2, ["a@example.com"])
        assert [row.address for row in readers_of(session, "robots")] == ["b@example.com"]
        assert import_readers(session, SETTINGS, readers[1:], now=NOW) == (1, [])
