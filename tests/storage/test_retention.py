from digest.settings import DigestSettings
from digest.watches import sync_default
from storage.archive import get_article, latest_page, note_page, store_article
from storage.retention import RULES, prune
from storage.settings import StorageSettings
from storage.subscribers import Profile, ask_to_confirm, confirm, subscribers, unsubscribe
from storage.tokens import add_token, revoke_token, tokens
from storage.visits import start_visit
from tests.storage.drafts import DAY, NOW, draft, page


def test_old_pages_go_and_articles_stay(database):
    old, new = draft("a/1").canonical_url, "https://a.example/new"
    with database.writer() as session:
        stored = store_article(session, draft("a/1"), now=NOW)
        recent = page(new, fetched_at=NOW + 5 * DAY)
        note_page(session, outlet="a", url=new, verdict="off_topic", page=recent, now=NOW + 5 * DAY)
    settings = StorageSettings(keep_pages_days=3)
    assert [prune(database, settings, now=NOW + days * DAY)["pages"] for days in (3, 4, 4)] == [0, 1, 0]
    with database.reader() as session:
        assert latest_page(session, old) is None
        assert latest_page(session, new) is not None
        assert get_article(session, stored.article_id).body == draft().body


def test_each_table_lets_go_of_what_is_past_its_time(database):
    settings = StorageSettings()
    with database.writer() as session:
        stored = store_article(session, draft("a/1"), now=NOW)
        start_visit(session, "a", now=NOW)
        add_token(session, "old", ["read"], now=NOW)
        revoke_token(session, "old", now=NOW)
        add_token(session, "open", ["read"], now=NOW)
    assert not any(prune(database, settings, now=NOW + 89 * DAY).values())
    would = prune(database, settings, now=NOW + 91 * DAY, dry_run=True)
    assert (would["pages"], would["visits"], would["api_tokens"]) == (1, 1, 1)
    assert prune(database, settings, now=NOW + 91 * DAY) == would
    assert not any(prune(database, settings, now=NOW + 91 * DAY, dry_run=True).values())
    with database.reader() as session:
        assert get_article(session, stored.article_id).body == draft().body
        assert [token.name for token in tokens(session)] == ["open"]


def test_who_never_confirmed_is_forgotten_and_who_left_is_not(database):
    asked, reads, left = (f"{name}@example.com" for name in ("asked", "reads", "left"))
    with database.writer() as session:
        sync_default(session, DigestSettings(), now=NOW)
        of = {one: ask_to_confirm(session, one, Profile(), "default", now=NOW) for one in (asked, reads, left)}
        for one in (reads, left):
            confirm(session, of[one], "default", now=NOW)
        unsubscribe(session, of[left], ["default"], now=NOW)
        ask_to_confirm(session, left, Profile(), "default", now=NOW)
    would = prune(database, StorageSettings(), now=NOW + 91 * DAY, dry_run=True)
    assert (would["subscriptions"], would["subscribers"]) == (1, 1)
    assert prune(database, StorageSettings(), now=NOW + 91 * DAY) == would
    with database.reader() as session:
        assert {one.address for one in subscribers(session)} == {reads, left}


def test_more_rows_than_a_batch_go_in_several_transactions(sqlite_database, monkeypatch):
    monkeypatch.setattr("storage.retention.BATCH", 2)
    with sqlite_database.writer() as session:
        for _ in range(5):
            start_visit(session, "a", now=NOW)
    assert prune(sqlite_database, StorageSettings(), now=NOW + 91 * DAY)["visits"] == 5


def test_every_rule_names_a_setting():
    for rule in RULES:
        assert rule.setting in StorageSettings.model_fields
