from storage.archive import archive_counts, get_article, known_urls, store_article
from storage.changes import changes_after
from storage.records import ChangeOp, Outcome
from tests.storage.drafts import HOUR, NOW, draft


def test_a_new_article_is_kept_with_its_change(database):
    with database.writer() as session:
        stored = store_article(session, draft(), now=NOW)
    with database.reader() as session:
        article = get_article(session, stored.article_id)
        changes = changes_after(session, 0)
        known = known_urls(session, [draft().canonical_url, "https://a.example/other"])
        counts = archive_counts(session)
    assert stored.outcome is Outcome.NEW
    assert (article.title, article.body, article.authors) == (draft().title, draft().body, draft().authors)
    assert article.removed == draft().removed
    assert (article.first_seen_at, article.state, article.revision) == (NOW, "live", 1)
    assert [(change.seq, change.op, change.article_id) for change in changes] == [(1, ChangeOp.ADD, stored.article_id)]
    assert list(known) == [draft().canonical_url]
    assert known[draft().canonical_url].recheck_at == NOW + HOUR
    assert (counts.articles, counts.live, counts.revisions, counts.pages) == (1, 1, 1, 1)
