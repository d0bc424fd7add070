"""The outbox: claimed once, settled by its holder, given back, counted."""

from datetime import timedelta

import pytest

from storage.digests import IssueDraft, save_issue
from storage.outbox import (
    DeliveryState,
    Outcome,
    add_deliveries,
    claim,
    is_due,
    outbox_counts,
    postpone,
    release,
    settle,
)
from tests.digest.archive import NOW

LEASE = timedelta(minutes=3)


@pytest.fixture
def outbox(database):
    with database.writer() as session:
        draft = IssueDraft("default", NOW - timedelta(days=1), NOW, NOW, 0, 1, "제목", "<p>", "글", b"To")
        issue = save_issue(session, draft, [])
        add_deliveries(session, issue.id, {f"{n}@example.com": f"<{n}@x>" for n in "ab"}, due_at=NOW, now=NOW)
    return database


def take(database, now=NOW, lease="one"):
    with database.writer() as session:
        return claim(session, now=now, lease_for=LEASE, lease=lease)


def test_a_reader_is_put_in_once(outbox):
    with outbox.writer() as session:
        again = {"a@example.com": "<a@x>", "c@example.com": "<c@x>"}
        assert add_deliveries(session, 1, again, due_at=NOW, now=NOW) == 1
        assert add_deliveries(session, 1, {}, due_at=NOW, now=NOW) == 0
        assert outbox_counts(session, [1]) == {DeliveryState.WAITING: 3}
        assert outbox_counts(session, [2]) == {}


def test_nothing_is_due_before_its_time(outbox):
    assert take(outbox, NOW - timedelta(seconds=1)) is None


def test_a_claim_is_for_one_alone_until_its_lease_runs_out(outbox):
    first, second = take(outbox), take(outbox, lease="two")
    assert (first.recipient, second.recipient) == ("a@example.com", "b@example.com")
    assert take(outbox) is None
    late = take(outbox, NOW + LEASE, lease="three")
    assert (late.id, late.attempts, late.was) == (first.id, 2, DeliveryState.SENDING)


def test_two_open_transactions_claim_different_rows(outbox):
    if outbox.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with outbox.writer() as one, outbox.writer() as other:
        held = claim(one, now=NOW, lease_for=LEASE, lease="one")
        assert claim(other, now=NOW, lease_for=LEASE, lease="two").id != held.id


def test_only_the_holder_settles(outbox):
    claimed = take(outbox)
    take(outbox, NOW, lease="other")
    usurper = take(outbox, NOW + LEASE, lease="new")
    assert usurper.id == claimed.id
    with outbox.writer() as session:
        assert not settle(session, claimed, Outcome(DeliveryState.SENT, "250"), now=NOW + LEASE)
        assert settle(session, usurper, Outcome(DeliveryState.SENT, "250"), now=NOW + LEASE)


def test_the_first_refusal_is_remembered(outbox):
    claimed = take(outbox)
    for minutes in (1, 10):
        at = NOW + timedelta(minutes=minutes)
        with outbox.writer() as session:
            assert settle(session, claimed, Outcome(DeliveryState.DEFERRED, "451", at), now=at)
        claimed = next(c for c in (take(outbox, at), take(outbox, at)) if c and c.recipient == "a@example.com")
    assert claimed.first_refused_at == NOW + timedelta(minutes=1)
    assert claimed.was is DeliveryState.DEFERRED


def test_what_is_given_back_was_not_tried(outbox):
    claimed = take(outbox)
    with outbox.writer() as session:
        release(session, claimed, due_at=NOW, answer="no")
        assert is_due(session, now=NOW)
    assert take(outbox).attempts == 1


def test_an_abandoned_try_that_is_given_back_stays_uncertain(outbox):
    take(outbox)
    abandoned = take(outbox, NOW + LEASE)
    abandoned = abandoned if abandoned.recipient == "a@example.com" else take(outbox, NOW + LEASE)
    with outbox.writer() as session:
        release(session, abandoned, due_at=NOW, answer="no")
        assert outbox_counts(session)[DeliveryState.UNCERTAIN] == 1


def test_postponing_moves_what_is_due_and_nothing_else(outbox):
    held = take(outbox)
    until = NOW + timedelta(minutes=4)
    with outbox.writer() as session:
        assert postpone(session, until=until, answer="down") == 1
        assert not is_due(session, now=until - timedelta(seconds=1) - LEASE)
        assert settle(session, held, Outcome(DeliveryState.SENT, "250"), now=NOW)
        assert is_due(session, now=until)
