"""Corrections reach those who got the first version, and only those: mail by mail, and in any order of events."""

import os
import re
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from digest.issue import compose
from digest.readers import add_watch, edit_watch
from digest.variants import Variant, variant_named
from digest.watches import load_watch
from digest.words import words
from storage.digests import issue_text
from storage.models.digest import Delivery, DigestIssueArticle
from storage.models.subscribers import DigestRendering
from storage.subscribers import Profile, add_subscriber, subscribe, subscriber_by_address, unsubscribe
from tests.digest.archive import NOW, add_outlets, put, take_down
from tests.digest.readers import SETTINGS, make_watch, watch_of
from tests.digest.test_tiling import new_archive  # noqa: F401 - a fixture

EXAMPLES = int(os.environ.get("ZGC_DUE_EXAMPLES", "12"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD, NEW = "old@example.com", "new@example.com"
CORRECTION = re.compile(r"\[제목 수정\] 기업 (\d+), (\d+)억 위안 유치.*?이전 제목: 기업 \1, (\d+)억", re.DOTALL)
GONE = "[기사 삭제]"


def title(article, version):
    return f"기업 {article}, {version}억 위안 유치"


class Desk:
    """An archive whose articles have versions, and watches that are closed when it is told so."""

    def __init__(self, database):
        self.database = database
        self.version = {}
        self.at = NOW

    def write(self, article, version):
        self.at += timedelta(minutes=1)
        self.version[article] = version
        with self.database.writer() as session:
            return put(session, "alpha", article, now=self.at, title=title(article, version))

    def issue(self, watch="robots", *, note=False):
        """The text that each reader gets of the issue of a watch that is closed now, by address."""
        self.at += DAY
        with self.database.reader() as session:
            closed = load_watch(session, SETTINGS, watch)
        made = compose(self.database, SETTINGS, window_end=self.at, now=self.at, watch=closed, note=note)
        if made is None:
            return {}
        self.last = made.id
        with self.database.reader() as session:
            rows = session.execute(select(Delivery.recipient, Delivery.variant).where(Delivery.issue_id == made.id))
            self.variants = dict(rows.all())
            return {one: issue_text(session, made.id, variant)[2] for one, variant in self.variants.items()}

    def join(self, address, *watches, profile=None):
        with self.database.writer() as session:
            known = subscriber_by_address(session, address)
            if known is None:
                add_subscriber(session, address, profile or Profile(), watches=watches, now=self.at)
            else:
                subscribe(session, known, watches, now=self.at, again=True)

    def leave(self, address, *watches):
        with self.database.writer() as session:
            unsubscribe(session, subscriber_by_address(session, address), watches, now=self.at)

    def lose_last(self, addresses):
        """The mails of the last issue do not arrive at these addresses."""
        with self.database.writer() as session:
            lost = Delivery.recipient.in_(addresses), Delivery.issue_id == self.last
            session.execute(update(Delivery).where(*lost).values(state="failed"))


def corrections(text):
    """(article, version before, version after) of each correction in the text of a mail."""
    return {(int(article), int(before), int(after)) for article, after, before in CORRECTION.findall(text)}


@pytest.fixture
def desk(database):
    with database.writer() as session:
        add_outlets(session)
        make_watch(session, "robots", readers=[OLD])
    return Desk(database)


def test_a_reader_who_came_later_is_told_no_correction(desk):
    desk.write(1, 21)
    desk.issue()
    desk.join(NEW, "robots")
    desk.write(1, 12)
    desk.write(2, 5)
    mails = desk.issue()
    assert corrections(mails[OLD]) == {(1, 21, 12)}
    assert "■ 수정" not in mails[NEW]
    assert "수정 1건" not in mails[NEW]
    assert title(2, 5) in mails[OLD]
    assert title(2, 5) in mails[NEW]
    desk.write(2, 7)
    mails = desk.issue()
    assert corrections(mails[OLD]) == corrections(mails[NEW]) == {(2, 5, 7)}
    assert desk.variants == {OLD: "", NEW: ""}  # the same for both, so the same bytes


@pytest.mark.parametrize(("note", "readers"), [(False, {OLD}), (True, {OLD, NEW})])
def test_who_is_due_nothing_gets_no_mail_or_is_told_so(desk, note, readers):
    desk.write(1, 21)
    desk.issue()
    desk.join(NEW, "robots")
    desk.write(1, 12)
    mails = desk.issue(note=note)
    assert set(mails) == readers
    if note:
        assert words("ko")("no_news")[:20] in mails[NEW]
        assert title(1, 12) not in mails[NEW]


def test_a_mail_that_never_came_is_not_corrected(desk):
    desk.join(NEW, "robots")
    desk.write(1, 21)
    desk.issue()
    desk.lose_last([NEW])
    desk.write(1, 12)
    mails = desk.issue()
    assert set(mails) == {OLD}
    assert corrections(mails[OLD]) == {(1, 21, 12)}


def test_who_missed_a_correction_is_told_from_the_version_that_came(desk):
    desk.join(NEW, "robots")
    desk.write(1, 21)
    desk.issue()
    desk.write(1, 12)
    desk.issue()
    desk.lose_last([NEW])
    desk.write(1, 15)
    mails = desk.issue()
    assert corrections(mails[OLD]) == {(1, 12, 15)}
    assert corrections(mails[NEW]) == {(1, 21, 15)}


def test_a_withdrawal_is_told_to_those_who_had_the_article(desk):
    desk.write(1, 21)
    desk.issue()
    desk.join(NEW, "robots")
    with desk.database.writer() as session:
        take_down(session, "alpha", 1, now=desk.at + HOUR)
    desk.write(2, 5)
    mails = desk.issue()
    assert GONE in mails[OLD]
    assert GONE not in mails[NEW]


def test_the_first_version_may_have_come_from_another_watch(desk):
    """Then the mail that comes first corrects it, and what a watch told itself, it corrects itself."""
    with desk.database.writer() as session:
        add_watch(session, watch_of("chips"), now=NOW)
    desk.issue("chips")
    desk.join(NEW, "chips")
    desk.write(1, 21)
    desk.issue("robots")
    desk.issue("chips")
    desk.join(NEW, "robots")
    desk.write(1, 12)
    assert corrections(desk.issue("robots")[NEW]) == {(1, 21, 12)}
    assert corrections(desk.issue("chips")[NEW]) == {(1, 21, 12)}
    desk.write(1, 15)
    assert corrections(desk.issue("chips")[NEW]) == {(1, 12, 15)}
    assert desk.issue("robots").keys() == {OLD}  # the other watch has told it by now


def test_readers_of_one_kind_and_one_past_share_their_bytes(desk):
    english = Profile(language="en")
    desk.join("b@example.com", "robots")
    desk.join("c@example.com", "robots", profile=english)
    desk.write(1, 21)
    desk.issue()
    for number in range(20):
        desk.join(f"{number}@example.com", "robots", profile=english if number % 2 else None)
    desk.write(1, 12)
    desk.write(2, 5)
    desk.issue()
    forms = defaultdict(int)
    for name in desk.variants.values():
        forms[name] += 1
    assert forms == {"": 2, "en.html.excerpts.watch": 1, "#1": 10, "en.html.excerpts.watch#1": 10}
    with desk.database.reader() as session:
        kept = session.scalars(select(DigestRendering.variant).order_by(DigestRendering.variant)).all()
    assert sorted(set(kept)) == ["#1", "en.html.excerpts.watch", "en.html.excerpts.watch#1"]


def test_a_channel_is_a_reader(desk):
    desk.write(1, 21)
    with desk.database.writer() as session:
        edit_watch(session, SETTINGS, "robots", {"channels": ["desk"]}, now=NOW)
    desk.issue()
    with desk.database.writer() as session:
        edit_watch(session, SETTINGS, "robots", {"channels": ["desk", "late"]}, now=NOW)
    desk.write(1, 12)
    assert set(desk.issue()) == {OLD, "channel:desk"}
    desk.write(1, 15)
    desk.write(2, 5)
    desk.issue()
    assert desk.variants == {OLD: "", "channel:desk": "", "channel:late": "#1"}


@pytest.mark.parametrize(
    "variant",
    [Variant(), Variant(corrections=3), Variant("en", "text", False, "Etc/GMT+9", 12), Variant(zone="Asia/Tokyo")],
)
def test_the_name_of_a_form_says_which(variant):
    assert variant_named(variant.name) == variant_named(f"{variant.name}~2") == variant


# What happens before a watch is closed: somebody joins or leaves, an article is written or corrected; and whose mails
# of that issue are lost.
READERS = tuple(f"{name}@example.com" for name in "abc")
MOVES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["join", "leave"]), st.sampled_from(READERS), st.sampled_from(["robots", "chips"])),
        st.tuples(st.just("write"), st.integers(1, 3)),
    ),
    max_size=4,
)
ISSUES = st.lists(
    st.tuples(MOVES, st.sampled_from(["robots", "chips"]), st.sets(st.sampled_from(READERS), max_size=1)),
    min_size=3,
    max_size=9,
)


@hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(issues=ISSUES)
def test_every_reader_is_told_what_changed_in_what_came_and_nothing_else(new_archive, issues):  # noqa: F811
    with new_archive() as database:
        with database.writer() as session:
            add_outlets(session)
            for name in ("robots", "chips"):
                make_watch(session, name)
        run(Desk(database), issues)


def run(desk, issues):
    """Each issue's mails against a plain account of what came to each reader."""
    for watch in ("robots", "chips"):
        assert desk.issue(watch) == {}
    desk.join(READERS[0], "robots")
    desk.join(READERS[1], "robots", "chips")
    ids = {}
    told = {"robots": {}, "chips": {}}  # by watch and article: the version in force at the last issue
    firsts, said = defaultdict(set), defaultdict(dict)  # by reader and watch: articles told, the versions told last
    for moves, watch, lost in issues:
        for what, *values in moves:
            if what == "write":
                (article,) = values
                ids[desk.write(article, desk.version.get(article, 0) + 1)] = article
            elif what == "join":
                desk.join(*values)
            elif subscribed(desk, *values):
                desk.leave(*values)
                firsts.pop(tuple(values), None)  # what still waited is not sent
                said.pop(tuple(values), None)
        mails = desk.issue(watch)
        fresh = articles_told(desk, watch, ids) - told[watch].keys()
        changed = {article for article, version in told[watch].items() if version != desk.version[article]}
        for reader in (one for one in READERS if subscribed(desk, one, watch)):
            known = {article: known_to(reader, watch, article, firsts, said) for article in changed}
            due = {(a, version, desk.version[a]) for a, version in known.items() if version not in {0, desk.version[a]}}
            assert (reader in mails) == bool(due or fresh)
            assert corrections(mails.get(reader, "")) == due
            if reader in mails and reader not in lost:
                firsts[reader, watch] |= fresh
                said[reader, watch] |= {a: desk.version[a] for a in fresh | {a for a, _, _ in due}}
        if mails:
            desk.lose_last(lost)
        told[watch] = {article: desk.version[article] for article in told[watch].keys() | fresh}


def known_to(reader, watch, article, firsts, said):
    """The version that a reader was told last, 0 for none: by this watch, or else by any."""
    if article in firsts[reader, watch]:
        return said[reader, watch][article]
    if not any(article in firsts[reader, other] for other in ("robots", "chips")):
        return 0
    return max(said[reader, other].get(article, 0) for other in ("robots", "chips"))


def subscribed(desk, address, watch):
    with desk.database.reader() as session:
        known = subscriber_by_address(session, address)
        return known is not None and watch in known.watches


def articles_told(desk, watch, ids):
    with desk.database.reader() as session:
        rows = select(DigestIssueArticle.article_id).where(
            DigestIssueArticle.watch == watch, DigestIssueArticle.kind.in_(["new", "follow_up"])
        )
        return {ids[article_id] for article_id in session.scalars(rows)}
