"""The promise to readers, tried: whatever clocks, services and calendars do, every story reaches every reader whose
watch it matches in exactly one issue.
"""

import os
import shutil
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from digest.service import close_due_windows
from digest.watches import DEFAULT
from storage.database import Database
from storage.models.digest import Delivery, DigestIssue, DigestIssueArticle
from tests.conftest import TEMPLATE, run_on_server, server_url
from tests.digest.archive import OUTLETS, add_outlets, put, words_of
from tests.digest.readers import BEFORE, SETTINGS, make_default, make_watch

KST = ZoneInfo("Asia/Seoul")
EXAMPLES = int(os.environ.get("ZGC_TILING_EXAMPLES", "8"))
HOST_ZONES = ("UTC", "America/Los_Angeles", "Asia/Seoul")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The Thursday before Seollal 2027; the Friday is a working day, Saturday to Tuesday are not.
START = datetime(2027, 2, 4, 12, 0, tzinfo=KST).astimezone(UTC)
SPAN = timedelta(days=12)
WATCHES = {
    "everything": {},
    "offices": {"days": "business", "no_news": "always"},
    "weeks": {"kind": "weekly", "days": ["mon"], "timezone": "America/Los_Angeles", "deliver_at": "08:00"},
    "robots": {"must": ["로봇|휴머노이드"], "not": ["청소기"], "cutoff": "00:00"},
    "alpha-only": {"outlets": ["alpha", "beta"], "topics": ["zgc"], "no_news": "skip"},
    "at-once": {"kind": "alert", "topics": ["zgc"], "quiet_from": "22:00", "quiet_until": "07:00"},
}
WORDS = ("로봇", "휴머노이드", "청소기", "배터리")

MINUTES = st.integers(0, int(SPAN / timedelta(minutes=1)))
REPORTS = st.lists(
    st.tuples(
        MINUTES,
        st.sampled_from(sorted(OUTLETS)),
        st.integers(0, 5),  # whose words it has
        st.sampled_from(WORDS),
        st.sampled_from(["zgc", "other"]),
        st.sampled_from([0, 0, 0, 3, 50]),  # minutes between being seen and being stored
    ),
    min_size=1,
    max_size=8,
)
# When nothing runs: from a day on, for so many cut-offs; 0 is a service that never sleeps.
OUTAGES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1, 1, 3, 9])), max_size=2)
# When the clock of the machine is set, and by how many minutes it is wrong from then on.
JUMPS = st.lists(st.tuples(MINUTES, st.sampled_from([-9 * 1440, -1440, -61, -1, 1, 59, 1441, 10 * 1440])), max_size=2)


@contextmanager
def host_zone(name):
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_archive(request, tmp_path):
    """Gives a new archive with all watches each time it is called."""
    numbers = count()
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
    else:
        server = request.getfixturevalue("postgres_template")

    @contextmanager
    def make():
        if request.param == "sqlite":
            file = tmp_path / f"{next(numbers)}.db"
            shutil.copyfile(template, file)
            with Database.open(f"sqlite:///{file}") as database:
                yield database
            return
        name = f"tiling_{next(numbers)}"
        run_on_server(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            with Database.open(server_url(server, name)) as database:
                yield database
        finally:
            run_on_server(server, f"DROP DATABASE {name} WITH (FORCE)")

    return make


class World:
    """One archive through some days of February 2027."""

    def __init__(self, database, jumps):
        self.database = database
        self.jumps = sorted((START + timedelta(minutes=minute), timedelta(minutes=by)) for minute, by in jumps)
        self.articles = {}
        with database.writer() as session:
            add_outlets(session)
            for name, values in WATCHES.items():
                make_watch(session, name, readers=[f"{name}-{n}@example.com" for n in (1, 2)], **values)

    def clock(self, real):
        """What the machine's clock shows: the last jump before that moment is in force."""
        return real + next((by for at, by in reversed(self.jumps) if at <= real), timedelta(0))

    def tick(self, real):
        return close_due_windows(self.database, SETTINGS, now=self.clock(real))

    def store(self, number, seen, outlet, story, word, topic):
        first, *others = words_of(story)
        with self.database.writer() as session:
            article = put(
                session,
                outlet,
                number,
                now=self.clock(seen),
                title=f"{word} {number}",
                body=(f"{word} 소식. {first}", *others),
                topics=(topic,),
            )
        self.articles[article] = (outlet, word, topic)


def ticks(outages):
    """The service looks at every cut-off second of any watch, just before and after, and twice a day besides."""
    moments = set()
    for day in range(SPAN.days + 1):
        noon = START + DAY * day
        if any(start <= day < start + length for start, length in outages):
            continue
        cutoffs = [
            noon.astimezone(KST).replace(hour=hour, minute=minute) for hour, minute in ((7, 20), (0, 0), (0, 20))
        ]
        moments |= {moment + timedelta(seconds=s) for moment in cutoffs for s in (-1, 0, 5)} | {noon, noon + 5 * HOUR}
    return sorted(moment.astimezone(UTC) for moment in moments)


def wanted(name, article):
    outlet, word, topic = article
    return {
        "robots": word in {"로봇", "휴머노이드"},
        "alpha-only": outlet in {"alpha", "beta"} and topic == "zgc",
        "at-once": topic == "zgc",
    }.get(name, True)


@hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=REPORTS, outages=OUTAGES, jumps=JUMPS, zone=st.sampled_from(HOST_ZONES))
def test_every_story_reaches_every_matching_reader_in_exactly_one_issue(new_archive, reports, outages, jumps, zone):
    event(f"outages {len(outages)}, jumps {len(jumps)}")
    with new_archive() as database, host_zone(zone):
        world = World(database, jumps)
        world.tick(START - HOUR)
        events = [(moment, 1, None) for moment in ticks(outages)]
        for number, (minute, outlet, story, word, topic, late) in enumerate(reports):
            seen = START + timedelta(minutes=minute)
            events.append((seen + timedelta(minutes=late), 0, (number, seen, outlet, story, word, topic)))
        for moment, _, report in sorted(events, key=lambda one: one[:2]):
            if report is None:
                world.tick(moment)
                world.tick(moment)  # a second service, or one that was started again in the same second
            else:
                world.store(*report)
        for days in (30, 37):  # the clock is right again, and everything that was put off is done
            close_due_windows(database, SETTINGS, now=START + SPAN + DAY * days)
        for name in WATCHES:
            check(database, world, name)


def check(database, world, name):
    with database.reader() as session:
        issues = {
            issue.id: issue
            for issue in session.scalars(
                select(DigestIssue).where(DigestIssue.watch == name).order_by(DigestIssue.window_end)
            )
        }
        told = session.execute(
            select(DigestIssueArticle.article_id, DigestIssueArticle.story_id, DigestIssueArticle.issue_id,
                   DigestIssueArticle.kind)
            .where(DigestIssueArticle.watch == name, DigestIssueArticle.article_id.in_(world.articles))
        ).all()  # fmt: skip
        mails = session.execute(
            select(Delivery.issue_id, Delivery.recipient).where(Delivery.issue_id.in_(issues))
        ).all()
    assert all(one.window_end == other.window_start for one, other in pairwise(issues.values())), name
    times_told = Counter(row.article_id for row in told)
    assert set(times_told.values()) <= {1}, name
    matching = {number for number, article in world.articles.items() if wanted(name, article)}
    new_in = defaultdict(set)
    for row in told:
        if row.kind == "new":
            new_in[row.story_id].add(row.issue_id)
    assert all(len(ids) == 1 for ids in new_in.values()), name
    if name == "at-once":
        assert {row.kind for row in told} <= {"new"}
        missed = stories_of(database, matching) - stories_of(database, times_told)
        assert not missed, name
    else:
        assert matching <= set(times_told), name
    expected = {(i, f"{name}-{n}@example.com") for i, issue in issues.items() if issue.subject for n in (1, 2)}
    assert sorted(mails) == sorted(expected), name


def stories_of(database, articles):
    from storage.stories import stories_of as ask

    with database.reader() as session:
        return set(ask(session, set(articles)).values())


def test_two_services_at_the_same_second_make_one_issue(database_url):
    """Both close every window of twenty watches, each with a connection of its own, from the same moment on."""
    with Database.open(database_url) as database, database.writer() as session:
        add_outlets(session)
        for number in range(20):
            make_watch(session, f"watch-{number}", readers=[f"reader-{number}@example.com"])
        make_default(session, now=BEFORE)
        for number in range(6):
            put(session, "alpha", number, now=START - HOUR)
    gate, failures = threading.Barrier(2), []

    def serve():
        with Database.open(database_url) as own:
            gate.wait()
            try:
                for minute in range(3):
                    close_due_windows(own, SETTINGS, now=START + DAY + timedelta(minutes=minute))
            except Exception as error:  # noqa: BLE001 - told below
                failures.append(error)

    services = [threading.Thread(target=serve) for _ in range(2)]
    for service in services:
        service.start()
    for service in services:
        service.join()
    assert not failures
    with Database.open(database_url) as database, database.reader() as session:
        issues = Counter(session.scalars(select(DigestIssue.watch)))
        mails = Counter(session.scalars(select(Delivery.recipient)))
    assert issues == {f"watch-{number}": 1 for number in range(20)}
    assert mails == {f"reader-{number}@example.com": 1 for number in range(20)}
    assert DEFAULT not in issues  # nobody reads it
