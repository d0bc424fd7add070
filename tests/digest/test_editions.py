"""Issues that went out: kept whole, sent again as they are, made anew as a correction, shown as far as they may be."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from digest.delivery import deliver_due
from digest.editions import NoSuchIssue, page_of, reissue, resend
from digest.frozen import article_ids, as_of_today, pack, unpack, web_view
from digest.issue import compose
from digest.message import UNSUBSCRIBE_HERE, without_way_out
from digest.render import render
from storage.issues import issue_by_id, issue_content
from storage.outbox import DeliveryState, list_deliveries
from tests.digest.archive import NOW, add_outlets, put, take_down
from tests.digest.samples import issue as sample
from tests.digest.test_delivery import READERS, settings_for

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def mailed(database, server):
    """The issue that all readers have; alpha's headline is shown with its opening, beta's alone."""
    with database.writer() as session:
        add_outlets(session)
        put(session, "alpha", 1, now=NOW - timedelta(hours=1), title="중관춘 알파 기업, 21억 위안 유치")
        put(session, "beta", 2, now=NOW - timedelta(hours=1), title="중관춘 베타 기업, 상장")
    settings = settings_for(server.port).model_copy(update={"web_url": "https://zgc.example"})
    made = compose(database, settings, window_end=NOW, now=NOW)
    assert deliver_due(database, settings, clock=lambda: NOW).sent == len(READERS)
    return made.id, settings


def deliver(database, settings):
    return deliver_due(database, settings, clock=lambda: LATER)


@pytest.mark.parametrize("content", [sample(0, corrections=0), sample(30), sample(3, language="en", form="weekly")])
def test_a_content_is_kept_whole(content):
    assert unpack(pack(content)) == content


def test_what_may_not_be_shown_any_more_is_taken_out():
    content = sample(12)
    all_shown = dict.fromkeys(article_ids(content), "full")
    assert as_of_today(content, all_shown) == content
    headlines = as_of_today(content, dict.fromkeys(all_shown, "headline"))
    assert {card.excerpt for card in headlines.cards} == {None}
    assert [card.title for card in headlines.cards] == [card.title for card in content.cards]
    nothing = as_of_today(content, {})
    assert {card.title for card in nothing.cards} == {None}
    assert {item.title for item in nothing.corrections if item.what != "gone"} == {None}
    assert [card.lead for card in nothing.cards] == [card.lead for card in content.cards]


def test_the_same_bytes_again(database, server, mailed):
    issue_id, settings = mailed
    first = server.received("a@example.com")[0]
    assert resend(database, issue_id, settings=settings, now=LATER) == 0
    assert resend(database, issue_id, ("a@example.com", "new@example.com"), settings=settings, now=LATER) == 2
    assert deliver(database, settings).sent == 2
    assert server.received("a@example.com") == [first, first]
    (stranger,) = server.received("new@example.com")
    assert parsed(stranger)["List-Unsubscribe"] == "<mailto:digest@example.com?subject=unsubscribe>"
    assert "unsubscribe.invalid" not in parsed(stranger).get_body(("html",)).get_content()
    assert len(server.received("b@example.com")) == 1


def test_those_whose_delivery_failed_are_tried_again(database, server, mailed):
    issue_id, settings = mailed
    with database.writer() as session:
        for row in list_deliveries(session, recipient="c@example.com"):
            assert row.state is DeliveryState.SENT
    server.rcpt["d@example.com"] = ["550 not now"]
    resend(database, issue_id, ("d@example.com",), settings=settings, now=LATER)
    assert deliver(database, settings).failed == 1
    assert resend(database, issue_id, settings=settings, now=LATER) == 1
    assert deliver(database, settings).sent == 1
    assert len(server.letters) == len(READERS) + 1


def test_a_new_edition_says_what_it_replaces(database, server, mailed):
    issue_id, settings = mailed
    with database.writer() as session:
        put(session, "alpha", 1, now=LATER, title="중관춘 알파 기업, 12억 위안 유치")
        take_down(session, "beta", 2, now=LATER)
    made = reissue(database, issue_id, settings=settings, now=LATER)
    assert (made.number, made.recipients) == (1, 3)
    assert deliver(database, settings).sent == 3
    first, second = (parsed(content) for content in server.received("b@example.com"))
    assert second["Subject"].startswith("[정정] [중관춘 데일리] 11/24(화) ")
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]
    assert second["List-Unsubscribe"] == first["List-Unsubscribe"]
    body = second.get_body(("plain",)).get_content()
    assert "12억 위안" in body
    assert "21억 위안" not in body
    assert "베타 기업" not in body  # it is gone
    assert reissue(database, issue_id, settings=settings, now=LATER).number == 2
    assert deliver(database, settings).sent == 3
    third = parsed(server.received("b@example.com")[2])
    assert third["In-Reply-To"] == second["Message-ID"]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("web_view", [None, "https://zgc.example/issues/t"])
def test_who_is_no_reader_is_shown_no_way_out(language, web_view):
    """Only the link and its label are gone; a link of the settings stays."""
    kept = render(sample(3, language=language, web_view=web_view))
    mailed = render(sample(3, language=language, web_view=web_view, unsubscribe=UNSUBSCRIBE_HERE))
    assert "unsubscribe.invalid" in mailed.html
    assert "unsubscribe.invalid" in mailed.text
    assert without_way_out(mailed.html) == kept.html
    assert without_way_out(mailed.text) == kept.text
    own = render(sample(3, unsubscribe="https://zgc.example/leave"))
    assert without_way_out(own.html) == own.html


def parsed(content):
    return message_from_bytes(content, policy=policy.default)


def test_what_cannot_be_done_is_told(database, mailed):
    _, settings = mailed
    with pytest.raises(NoSuchIssue, match="no issue 99"):
        reissue(database, 99, settings=settings, now=LATER)
    empty = compose(database, settings, window_end=LATER, now=LATER)
    assert empty is None
    with pytest.raises(NoSuchIssue, match="nothing to say"):
        resend(database, 2, settings=settings, now=LATER)


def test_the_page_has_every_story_that_may_be_shown(database, mailed):
    issue_id, settings = mailed
    with database.reader() as session:
        token = issue_by_id(session, issue_id).web_token
        page = page_of(session, token)
        assert page_of(session, "x" * 22) is None
        content = unpack(issue_content(session, issue_id))
    assert content.web_view == web_view(settings, token) == f"https://zgc.example/issues/{token}"
    assert "알파 기업, 21억 위안 유치" in page
    assert "베타 기업, 상장" in page
    assert "unsubscribe" not in page
    with database.writer() as session:
        take_down(session, "beta", 2, now=LATER)
        add_outlets(session, alpha="none")
    with database.reader() as session:
        page = page_of(session, token)
    assert "알파 기업" not in page
    assert "베타 기업" not in page
    assert "https://alpha.example/news/1" in page
    assert replace(content, web_view=None) != content
