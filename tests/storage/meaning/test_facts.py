from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage.archive import note_missing, store_article
from storage.changes import changes_after
from storage.deals import DealFilters, iter_deals, list_deals
from storage.entities import dismiss_candidate, list_candidates, reindex
from storage.errors import CursorError
from storage.meaning import AmountDraft, CandidateDraft, DealDraft, EntityDraft, FactsDraft, store_facts
from storage.meaning.named import list_entities
from storage.models.meaning import ArticleAmount, ArticleFacts, Deal, DealReport, Entity
from tests.storage.drafts import DAY, NOW, draft


def entity(entity_id="sample", **changes):
    values = {"id": entity_id, "name": f"표본({entity_id})", "kind": "company", "zgc": True, "home": "china"}
    return EntityDraft(**{**values, "names": ("표본",), "mentions": ((0, 2), (9, 11)), "in_title": True, **changes})


def deal(value=4.1e8, **changes):
    values = {
        "company": "표본로보", "company_id": "sample", "kind": "raised", "value": value, "currency": "USD",
        "krw": None, "round": None, "investors": ("하나벤처",), "period": None, "stated_date": "24일",
        "evidence": "표본로보가 유치했다.", "start": 0, "end": 12,
    }  # fmt: skip
    return DealDraft(**{**values, **changes})


def keep(database, name, facts, *, now=NOW):
    with database.writer() as session:
        article = store_article(session, draft(name), now=now)
        changed = store_facts(session, article.article_id, facts, now=now)
    return article.article_id, changed


def deals(database, **wanted):
    with database.reader() as session:
        return list(iter_deals(session, DealFilters(**wanted)))


def test_facts_are_kept_with_their_article(database):
    facts = FactsDraft(
        entities=(entity(), entity("other", kind="investor", mentions=((4, 6),))),
        amounts=(AmountDraft(0, 5, 4.1e8, "USD", 4.36e11, "약", "amount", ("odd",)),),
        deals=(deal(),),
        candidates=(CandidateDraft("새로보", "SaeRobo", "스타트업 새로보가 나왔다."),),
    )
    article_id, changed = keep(database, "a/1", facts)
    assert changed
    with database.reader() as session:
        rows, _ = list_entities(session)
        assert [(row.id, row.articles, row.mentions, row.first_seen_at) for row in rows] == [
            ("other", 1, 1, NOW),
            ("sample", 1, 2, NOW),
        ]
        assert [row.id for row in list_entities(session, kind="investor")[0]] == ["other"]
        amount = session.scalars(select(ArticleAmount)).one()
        assert (amount.value, amount.krw, amount.qualifier, amount.flags) == (4.1e8, 4.36e11, "약", ["odd"])
        candidate = list_candidates(session)[0]
        assert (candidate.name, candidate.alias, candidate.sentences) == (
            "새로보",
            "SaeRobo",
            ("스타트업 새로보가 나왔다.",),
        )
    (row,) = deals(database)
    assert (row.company, row.value, row.investors, row.reports[0].article_id) == (
        "표본로보",
        4.1e8,
        ("하나벤처",),
        article_id,
    )


def test_the_same_facts_again_change_nothing(database):
    facts = FactsDraft(entities=(entity(),), deals=(deal(),))
    article_id, _ = keep(database, "a/1", facts)
    before = deals(database)
    with database.writer() as session:
        assert not store_facts(session, article_id, facts, now=NOW + DAY)
        assert session.get_one(ArticleFacts, article_id).read_at == NOW + DAY
    assert deals(database) == before


def test_new_facts_replace_the_old_and_a_deal_keeps_its_id(database):
    article_id, _ = keep(database, "a/1", FactsDraft(entities=(entity(),), deals=(deal(),)))
    (before,) = deals(database)
    corrected = FactsDraft(entities=(entity("other"),), deals=(deal(4.2e8, krw=5e11),))
    with database.writer() as session:
        assert store_facts(session, article_id, corrected, now=NOW)
    (after,) = deals(database)
    assert (after.id, after.value, after.krw) == (before.id, 4.2e8, 5e11)
    with database.reader() as session:
        assert [row.id for row in list_entities(session)[0]] == ["other"]
    with database.writer() as session:
        store_facts(session, article_id, FactsDraft(), now=NOW)
        assert session.scalar(select(func.count()).select_from(Deal)) == 0


def test_versions_of_several_outlets_are_one_deal_with_its_differences(database):
    first, _ = keep(database, "a/1", FactsDraft(deals=(deal(4.1e8),)))
    second, _ = keep(database, "b/1", FactsDraft(deals=(deal(4e8, krw=5.4e11, investors=()),)), now=NOW + DAY)
    third, _ = keep(database, "c/1", FactsDraft(deals=(deal(5.5e11, currency="KRW"),)), now=NOW + 2 * DAY)
    (row,) = deals(database)
    assert [report.article_id for report in row.reports][:2] == [first, second]
    assert (row.value, row.krw, row.first_seen_at) == (4.1e8, 5.4e11, NOW)
    differences = {one.field: one.versions for one in row.differences}
    assert differences["value"][0] == ("USD 410,000,000", (first,))
    assert row.reports[2].article_id == third


@pytest.mark.parametrize(
    "other",
    [deal(8e8), deal(kind="valued"), deal(company_id="else"), deal(round="시리즈 B")],
    ids=["money", "kind", "company", "round"],
)
def test_other_deals_stay_apart(database, other):
    keep(database, "a/1", FactsDraft(deals=(deal(round="시리즈 A"),)))
    keep(database, "b/1", FactsDraft(deals=(other,)))
    assert len(deals(database)) == 2


def test_a_deal_of_another_time_is_another_deal(database):
    keep(database, "a/1", FactsDraft(deals=(deal(),)))
    keep(database, "b/1", FactsDraft(deals=(deal(),)), now=NOW + timedelta(days=60))
    assert len(deals(database)) == 2
    assert len(deals(database, since=NOW + DAY)) == 1


def test_the_first_report_leads_whatever_came_in_first(database):
    keep(database, "b/1", FactsDraft(deals=(deal(4e8),)), now=NOW + DAY)
    keep(database, "a/1", FactsDraft(deals=(deal(4.1e8),)), now=NOW)
    (row,) = deals(database)
    assert (row.value, row.first_seen_at) == (4.1e8, NOW)


def test_pages_of_deals(database):
    for number in range(5):
        keep(database, f"a/{number}", FactsDraft(deals=(deal(company_id=f"c{number}"),)), now=NOW + number * DAY)
    with database.reader() as session:
        first, more = list_deals(session, limit=2)
        second, _ = list_deals(session, limit=2, after=more)
        assert [row.company_id for row in (*first, *second)] == ["c4", "c3", "c2", "c1"]
        assert [
            row.company_id for row in list_deals(session, filters=DealFilters(company_id="c2", kind="raised"))[0]
        ] == ["c2"]
        with pytest.raises(CursorError):
            list_deals(session, after="nonsense")


def test_an_article_taken_down_takes_its_facts_along(database):
    article_id, _ = keep(database, "a/1", FactsDraft(entities=(entity(),), deals=(deal(),)))
    keep(database, "b/1", FactsDraft(deals=(deal(4e8),)), now=NOW + DAY)
    with database.writer() as session:
        assert note_missing(session, url=draft("a/1").canonical_url, status=410, now=NOW, confirm_after=DAY)
    (row,) = deals(database)
    assert [report.outlet for report in row.reports] == ["b"]
    assert row.value == 4e8
    with database.writer() as session:
        assert list_entities(session) == ([], None)
        assert not store_facts(session, article_id, FactsDraft(entities=(entity(),)), now=NOW)
        assert session.scalar(select(func.count()).select_from(DealReport)) == 1


def test_a_dismissed_candidate_is_not_shown_again(database):
    facts = FactsDraft(candidates=(CandidateDraft("새로보", None, "새로보가 나왔다."),))
    keep(database, "a/1", facts)
    with database.writer() as session:
        assert dismiss_candidate(session, "새로보")
        assert not dismiss_candidate(session, "누구")
    keep(database, "b/1", facts)
    with database.reader() as session:
        assert list_candidates(session) == []
        assert list_candidates(session, state="dismissed")[0].articles == 2


def test_a_changed_lexicon_reaches_the_change_feed(database):
    ids = [keep(database, f"a/{number}", FactsDraft(entities=(entity(),)))[0] for number in range(3)]
    with database.reader() as session:
        last = changes_after(session, 0)[-1].seq

    def read(article):
        name = "renamed" if article.id == ids[1] else "sample"
        return FactsDraft(entities=(entity(name),))

    done = reindex(database, read, clock=lambda: NOW + DAY)
    assert (done.articles, done.changed) == (3, 1)
    with database.reader() as session:
        assert [(change.op, change.article_id) for change in changes_after(session, last)] == [("update", ids[1])]
        assert {row.id: row.articles for row in list_entities(session)[0]} == {"sample": 2, "renamed": 1}
    again = reindex(database, lambda _: FactsDraft(entities=(entity("renamed"),)), clock=lambda: NOW)
    assert again.changed == 2
    with database.reader() as session:
        assert list(session.scalars(select(Entity.id))) == ["renamed"]
