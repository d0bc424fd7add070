from storage.archive import get_article, latest_page, note_page, store_article
from storage.retention import prune_pages
from tests.storage.drafts import DAY, NOW, draft, page


def test_old_pages_go_and_articles_stay(database):
    old, new = draft("a/1").canonical_url, "https://a.example/new"
    with database.writer() as session:
        stored = store_article(session, draft("a/1"), now=NOW)
        recent = page(new, fetched_at=NOW + 5 * DAY)
        note_page(session, outlet="a", url=new, verdict="off_topic", page=recent, now=NOW + 5 * DAY)
        assert prune_pages(session, older_than=NOW) == 0
        assert prune_pages(session, older_than=NOW + DAY) == 1
        assert prune_pages(session, older_than=NOW + DAY) == 0
    with database.reader() as session:
        assert latest_page(session, old) is None
        assert latest_page(session, new) is not None
        assert get_article(session, stored.article_id).body == draft().body
