"""What is kept for the judgement, on both databases: facts, marks, retention, messages claimed once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.health import (
    HealthRow,
    OutletState,
    SourceVisitRow,
    add_messages,
    claim_message,
    current_states,
    disable_outlet,
    enable_outlet,
    health_rows,
    messages_since,
    mute_outlet,
    note_source_visits,
    note_told,
    outlet_facts,
    outlet_marks,
    settle_message,
    unfit_rows,
    write_states,
)
from storage.records import SourceKey, VisitCounts
from storage.retention import prune
from storage.settings import StorageSettings
from storage.sources import sources_of, sync_sources
from storage.visits import finish_visit, latest_visits, pages_since, start_visit
from tests.storage.drafts import DAY, HOUR, NOW

KEYS = [SourceKey("a", f"https://a.example/rss{number}", "feed") for number in (1, 2)]
HISTORY = 90 * DAY


@pytest.fixture
def feeds(database):
    with database.writer() as session:
        sync_sources(session, KEYS, now=NOW - 100 * DAY)
        return [source.id for source in sources_of(session, "a")]


def visit(database, *rows, now=NOW, **figures):
    with database.writer() as session:
        number = start_visit(session, "a", now=now)
        note_source_visits(session, number, rows, now=now)
        finish_visit(session, number, VisitCounts(**figures), now=now)
    return number


def facts(database, enabled=True):
    with database.reader() as session:
        return outlet_facts(session, {"a": enabled}, now=NOW, history=HISTORY)[0]


def test_the_figures_of_a_visit_come_back(database):
    figures = {
        "extracted": 7, "unreadable": 2, "refused": 1, "drifted": 3, "text_chars": 8000, "repeated_chars": 90,
        "log_chars": 49.5, "new_items": 12, "closed": 1, "received": 5_000_000_000, "failures": {"timeout": 2},
    }  # fmt: skip
    visit(database, fetched=9, **figures)
    with database.reader() as session:
        [row] = latest_visits(session)
    assert {name: getattr(row.counts, name) for name in figures} == figures


def test_the_facts_of_an_outlet(database, feeds):
    first, second = feeds
    visit(database, SourceVisitRow(first, 20, 3), SourceVisitRow(second, 0, 0, "timeout", "slow\x00"), now=NOW - HOUR)
    newest = visit(database, SourceVisitRow(first, 20, 0), now=NOW, extracted=4, log_chars=28.0)
    visit(database, SourceVisitRow(first, 20, 9), now=NOW - 91 * DAY, extracted=9)
    found = facts(database)
    assert [source.id for source in found.sources] == feeds
    assert found.sources[0].news == (NOW - HOUR,)
    assert [attempt.at for attempt in found.sources[0].attempts] == [NOW, NOW - HOUR]
    assert (found.sources[1].attempts[0].error_class, found.sources[1].attempts[0].error) == ("timeout", "slow")
    assert [(row.id, row.extracted, row.log_chars) for row in found.visits] == [(newest, 4, 28.0)]
    assert found.latest_visit == newest + 1


def test_enabling_begins_the_measure_anew(database, feeds):
    visit(database, SourceVisitRow(feeds[0], 20, 3), now=NOW - 2 * DAY, extracted=4)
    with database.writer() as session:
        assert not enable_outlet(session, "a", now=NOW - DAY)
    found = facts(database)
    assert found.visits == ()
    assert found.sources[0].news == ()


def test_marks(database):
    with database.writer() as session:
        assert disable_outlet(session, "a", now=NOW, why="moved\x00")
        assert not disable_outlet(session, "a", now=NOW + HOUR, why="again")
        mute_outlet(session, "b", until=NOW + DAY)
    with database.reader() as session:
        marks = outlet_marks(session)
    assert (marks["a"].disabled_at, marks["a"].disabled_why) == (NOW, "moved")
    assert marks["b"].is_muted(NOW)
    assert not marks["b"].is_muted(NOW + DAY)
    with database.writer() as session:
        assert enable_outlet(session, "a", now=NOW + HOUR)
        mute_outlet(session, "b", until=None)
    with database.reader() as session:
        marks = outlet_marks(session)
    assert (marks["a"].disabled_at, marks["a"].measured_from) == (None, NOW + HOUR)
    assert not marks["b"].is_muted(NOW)


def test_judgements_are_replaced_and_what_was_told_stays(database):
    row = HealthRow("a", 0, OutletState.QUIET, NOW - DAY, "Answers.", NOW, 7)
    with database.writer() as session:
        write_states(session, [row, replace(row, source_id=3), replace(row, source_id=4)])
        note_told(session, [row], now=NOW)
        write_states(session, [replace(row, state=OutletState.OK, why="well\x00", told=OutletState.FAILING)])
        assert unfit_rows(session, outlet="a", sources=[3]) == 1
    with database.reader() as session:
        assert [found.source_id for found in health_rows(session)] == [0, 3]
        found = current_states(session)["a"]
    assert (found.state, found.told, found.told_at, found.why) == (OutletState.OK, OutletState.QUIET, NOW, "well")


def test_old_visits_are_let_go_and_the_figures_of_the_others_stay(database, feeds):
    visit(database, SourceVisitRow(feeds[0], 1, 1), now=NOW - 91 * DAY)
    visit(database, SourceVisitRow(feeds[0], 1, 1), now=NOW - 89 * DAY, extracted=1)
    erased = prune(database, StorageSettings(), now=NOW)
    assert (erased["visits"], erased["source_visits"]) == (1, 1)
    found = facts(database)
    assert len(found.visits) == len(found.sources[0].news) == 1


def test_pages_since_a_moment(database):
    for hours, fetched in ((1, 5), (2, 7), (9, 100)):
        visit(database, now=NOW - hours * HOUR, fetched=fetched)
    with database.reader() as session:
        assert pages_since(session, "a", NOW - 2 * HOUR) == 12
        assert pages_since(session, "b", NOW - 2 * HOUR) == 0


def test_a_message_is_claimed_by_one_and_settled_by_its_owner_only(database):
    with database.writer() as session:
        assert add_messages(session, ["mail:x", "notify:y"], round_id="r", subject="s", body="b\x00", now=NOW) == 2
    lease = {"lease_for": timedelta(minutes=5)}
    with database.writer() as session:
        first = claim_message(session, now=NOW, lease="one", **lease)
        second = claim_message(session, now=NOW, lease="two", **lease)
        assert {first.channel, second.channel} == {"mail:x", "notify:y"}
        assert claim_message(session, now=NOW, lease="three", **lease) is None
    with database.writer() as session:
        again = claim_message(session, now=NOW + timedelta(minutes=6), lease="four", **lease)
        assert (again.id, again.attempts) == (first.id, 2)
        assert not settle_message(session, first, state="sent", answer="250", now=NOW)
        assert settle_message(session, again, state="sent", answer="250", now=NOW)
        assert settle_message(session, second, state="waiting", answer="no", now=NOW, due_at=NOW + HOUR)
    assert prune(database, StorageSettings(), now=NOW + 91 * DAY)["operator_messages"] == 1
    with database.reader() as session:
        assert [row[1:] for row in messages_since(session, NOW)] == [("notify:y", "waiting", "no")]
