"""Readers come, choose, leave and stay away; what waits for one who left is not sent."""

from datetime import timedelta

import pytest

from digest.settings import DigestSettings
from digest.watches import keep_watch, parse_watch, sync_default
from storage.outbox import DeliveryState, add_deliveries, outbox_counts
from storage.subscribers import (
    Profile,
    SubscriberError,
    add_subscriber,
    ask_to_confirm,
    confirm,
    due_confirmations,
    edit_subscriber,
    note_asked,
    reader_counts,
    readers_of,
    remove_subscriber,
    subscribe,
    subscriber_by_address,
    subscriber_by_id,
    subscribers,
    sync_readers,
    unsubscribe,
)
from storage.watches import remove_watch, watch_row, watch_rows
from tests.digest.archive import NOW
from tests.storage.test_digests import draft, save_issue

HOUR = timedelta(hours=1)
ENGLISH = Profile("An Analyst", "en", "Europe/Berlin", "text", excerpts=False)


@pytest.fixture
def session(database):
    with database.writer() as session:
        sync_default(session, DigestSettings(), now=NOW)
        for name in ("robots", "weekly"):
            keep_watch(session, parse_watch({"name": name, "title": name}, where="a test"), now=NOW)
        yield session


def addresses(rows):
    return [row.address for row in rows]


def test_a_reader_is_found_whatever_the_case_of_the_address(session):
    row = add_subscriber(session, "An.Analyst@Example.com", ENGLISH, watches=["robots", "robots"], now=NOW)
    assert (row.state, row.opted_in_at, row.watches, row.profile) == ("active", NOW, ("robots",), ENGLISH)
    assert subscriber_by_address(session, " an.analyst@example.COM ") == row
    assert subscriber_by_id(session, row.id) == row
    assert subscriber_by_address(session, "nobody@example.com") is None
    with pytest.raises(SubscriberError, match="is a reader already"):
        add_subscriber(session, "an.analyst@example.com", Profile(), watches=[], now=NOW)
    assert row.secret.hex() not in repr(row)


def test_secrets_are_long_and_each_readers_own(session):
    secrets = {add_subscriber(session, f"{n}@example.com", Profile(), watches=[], now=NOW).secret for n in range(5)}
    assert len(secrets) == 5
    assert {len(secret) for secret in secrets} == {32}


def test_readers_of_a_watch_are_those_in_force(session):
    one = add_subscriber(session, "b@example.com", Profile(), watches=["robots", "weekly"], now=NOW)
    add_subscriber(session, "a@example.com", Profile(), watches=["robots"], now=NOW)
    ask_to_confirm(session, "c@example.com", Profile(), "robots", now=NOW)
    assert addresses(readers_of(session, "robots")) == ["a@example.com", "b@example.com"]
    assert reader_counts(session) == {"robots": 2, "weekly": 1}
    assert addresses(subscribers(session, watch="robots")) == ["a@example.com", "b@example.com", "c@example.com"]
    unsubscribe(session, one, ["robots"], now=NOW)
    assert addresses(readers_of(session, "robots")) == ["a@example.com"]
    assert addresses(subscribers(session)) == ["a@example.com", "b@example.com", "c@example.com"]


def test_who_left_every_watch_is_unsubscribed_and_stays_so(session):
    row = add_subscriber(session, "a@example.com", Profile(), watches=["robots", "weekly"], now=NOW)
    assert unsubscribe(session, row, ["robots"], now=NOW) == 1
    assert subscriber_by_id(session, row.id).state == "active"
    assert unsubscribe(session, row, ["robots", "weekly"], now=NOW + HOUR) == 1
    left = subscriber_by_id(session, row.id)
    assert (left.state, left.unsubscribed_at, left.watches) == ("unsubscribed", NOW + HOUR, ())
    assert unsubscribe(session, row, ["robots", "weekly"], now=NOW + 2 * HOUR) == 0
    assert subscriber_by_id(session, row.id).unsubscribed_at == NOW + HOUR
    assert subscribe(session, left, ["robots"], now=NOW) == []
    assert readers_of(session, "robots") == []
    assert subscribe(session, left, ["robots"], now=NOW, again=True) == ["robots"]
    assert subscriber_by_id(session, row.id).state == "active"


def test_what_waits_for_a_reader_who_left_is_not_sent(session):
    row = add_subscriber(session, "A@example.com", Profile(), watches=["default", "robots"], now=NOW)
    issue = save_issue(session, draft(), [])
    ids = {"A@example.com": "<1@x>", "b@example.com": "<2@x>"}
    add_deliveries(session, issue.id, ids, due_at=NOW, now=NOW)
    unsubscribe(session, row, ["robots"], now=NOW)
    assert outbox_counts(session) == {DeliveryState.WAITING: 2}
    unsubscribe(session, row, ["default"], now=NOW)
    assert outbox_counts(session) == {DeliveryState.WAITING: 1, DeliveryState.FAILED: 1}


def test_a_reader_can_be_forgotten(session):
    row = add_subscriber(session, "a@example.com", Profile(), watches=["robots"], now=NOW)
    remove_subscriber(session, row, now=NOW)
    assert subscribers(session) == []
    assert add_subscriber(session, "a@example.com", Profile(), watches=["robots"], now=NOW).secret != row.secret


def test_a_profile_is_changed_and_cleaned(session):
    row = add_subscriber(session, "a@example.com", Profile(), watches=[], now=NOW)
    assert edit_subscriber(session, row, ENGLISH).profile == ENGLISH
    assert edit_subscriber(session, row, Profile("a\x00b")).profile.name == "ab"


def test_a_sign_up_is_in_force_once_confirmed(session):
    row = ask_to_confirm(session, "a@example.com", ENGLISH, "robots", now=NOW)
    assert (row.state, row.profile, row.opted_in_at) == ("pending", ENGLISH, None)
    assert readers_of(session, "robots") == []
    assert confirm(session, row, "weekly", now=NOW) is False
    assert confirm(session, row, "robots", now=NOW + HOUR) is True
    assert confirm(session, row, "robots", now=NOW + 2 * HOUR) is True
    (reader,) = readers_of(session, "robots")
    assert (reader.state, reader.opted_in_at) == ("active", NOW + HOUR)
    assert ask_to_confirm(session, "A@example.com", Profile(), "robots", now=NOW) is None


def test_a_stranger_changes_nothing_of_a_reader_in_force(session):
    row = add_subscriber(session, "a@example.com", ENGLISH, watches=["robots"], now=NOW)
    asked = ask_to_confirm(session, "a@example.com", Profile("Mallory"), "weekly", now=NOW)
    assert (asked.profile, asked.state) == (ENGLISH, "active")
    assert addresses(readers_of(session, "robots")) == ["a@example.com"]
    assert readers_of(session, "weekly") == []
    assert confirm(session, row, "weekly", now=NOW)
    assert addresses(readers_of(session, "weekly")) == ["a@example.com"]


def test_who_left_may_come_back_by_confirming(session):
    row = add_subscriber(session, "a@example.com", Profile(), watches=["robots"], now=NOW)
    unsubscribe(session, row, ["robots"], now=NOW)
    assert confirm(session, row, "robots", now=NOW) is False  # a link of before he left
    asked = ask_to_confirm(session, "a@example.com", Profile(), "robots", now=NOW)
    assert asked.state == "pending"
    assert confirm(session, row, "robots", now=NOW) is True
    assert addresses(readers_of(session, "robots")) == ["a@example.com"]


def test_a_link_to_confirm_is_mailed_once_in_a_while(session):
    row = ask_to_confirm(session, "a@example.com", Profile(), "robots", now=NOW)
    ((due, watches),) = due_confirmations(session, limit=5)
    assert (due.id, watches) == (row.id, ("robots",))
    note_asked(session, due, now=NOW)
    assert due_confirmations(session, limit=5) == []
    ask_to_confirm(session, "a@example.com", Profile(), "robots", now=NOW + timedelta(minutes=10))
    assert due_confirmations(session, limit=5) == []
    ask_to_confirm(session, "a@example.com", Profile(), "weekly", now=NOW + 2 * HOUR)
    ((_, watches),) = due_confirmations(session, limit=5)
    assert watches == ("robots", "weekly")
    confirm(session, row, "robots", now=NOW)
    confirm(session, row, "weekly", now=NOW)
    assert due_confirmations(session, limit=5) == []


def test_readers_of_the_settings_are_those_of_the_settings(session):
    add_subscriber(session, "operator@example.com", Profile(), watches=["default"], now=NOW)
    assert sync_readers(session, "default", ["a@example.com", "b@example.com"], now=NOW) == (
        ["a@example.com", "b@example.com"],
        [],
    )
    assert sync_readers(session, "default", ["A@example.com", "b@example.com"], now=NOW) == ([], [])
    left = subscriber_by_address(session, "a@example.com")
    unsubscribe(session, left, ["default"], now=NOW)
    assert sync_readers(session, "default", ["a@example.com"], now=NOW) == ([], ["b@example.com"])
    assert addresses(readers_of(session, "default")) == ["operator@example.com"]
    assert sync_readers(session, "default", ["a@example.com", "b@example.com"], now=NOW) == (["b@example.com"], [])
    assert addresses(readers_of(session, "default")) == ["b@example.com", "operator@example.com"]


def test_a_watch_is_kept_as_it_is_described(session):
    described = {
        "name": "robots",
        "title": "로봇 예시",
        "must": ["로봇|휴머노이드"],
        "not": ["청소기"],
        "days": ["mon"],
    }
    watch = parse_watch(described, where="a test")
    assert keep_watch(session, watch, now=NOW + HOUR)
    assert not keep_watch(session, watch, now=NOW + 2 * HOUR)
    row = watch_row(session, "robots")
    assert (row.created_at, row.rules["never"], row.schedule["days"]) == (NOW, ["청소기"], ["mon"])
    assert [one.name for one in watch_rows(session)] == ["default", "robots", "weekly"]


def test_a_watch_goes_with_its_readers_and_not_with_its_issues(session):
    row = add_subscriber(session, "a@example.com", Profile(), watches=["robots"], now=NOW)
    save_issue(session, draft(), [])
    assert remove_watch(session, "robots")
    assert not remove_watch(session, "robots")
    assert subscriber_by_id(session, row.id).watches == ()
