"""An archive with something for every page, all of it made up. `hostile` puts a text of an attacker everywhere."""

from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher

from storage.archive import note_missing, store_article
from storage.health import HealthRow, OutletState, write_states
from storage.logins import add_user
from storage.meaning import DealDraft, EntityDraft, FactsDraft, store_facts
from storage.models.digest import Delivery, DigestIssue, Story, StoryArticle
from storage.outlets import sync_outlets
from storage.records import OutletRow, SourceKey, VisitCounts
from storage.sources import sync_sources
from storage.subscribers import Profile, add_subscriber
from storage.visits import finish_visit, start_visit
from tests.web.conftest import LEAD, LICENCES, NOON, draft

PASSWORD = "correct horse battery staple"
# As the real one but cheap: the real one takes a quarter of a second on purpose.
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
HASH = CHEAP.hash(PASSWORD)
ROBO = "sample-robo"
LICENCE_OF = {f"sample-{licence}": licence for licence in LICENCES}


@dataclass(frozen=True)
class Samples:
    """The ids of what is in the archive."""

    articles: dict[str, int]
    story: int
    merged: int
    issue: int
    empty_issue: int
    subscriber: int


def add_users(database):
    with database.writer() as session:
        add_user(session, "op", "operator", password=HASH, now=NOON)
        add_user(session, "minji", "reader", password=HASH, now=NOON)


def fill(database, hostile=""):
    """Articles of each licence, a correction, one taken down, a story, a deal, visits, health, issues, a reader."""
    add_users(database)
    with database.writer() as session:
        rows = [
            OutletRow(f"sample-{licence}", f"샘플 {licence}{hostile}", "https://sample.example/", licence, sample=True)
            for licence in LICENCES
        ]
        sync_outlets(session, rows, now=NOON)
        sync_sources(session, [SourceKey("sample-full", "https://sample-full.example/rss", "feed")], now=NOON)
    articles = _articles(database, hostile)
    with database.writer() as session:
        for name in ("full", "headline", "none"):
            store_facts(session, articles[name], _facts(hostile), now=NOON)
        story, merged = _stories(session, [articles[name] for name in ("full", "headline", "none")])
        issue, empty = _issues(session, hostile)
        reader = add_subscriber(session, "analyst@example.com", Profile(name=hostile), watches=[], now=NOON)
        _health(session, hostile)
    return Samples(articles, story, merged, issue, empty, reader.id)


def _articles(database, hostile):
    found = {}
    for number, name in enumerate(("full", "excerpt", "headline", "none", "gone")):
        outlet = "sample-full" if name == "gone" else f"sample-{name}"
        body = (f"{number}. {LEAD}", f"둘째 문단 {name}{hostile}")
        one = draft(
            number,
            outlet,
            title=f"중관춘 로봇 {name}{hostile}",
            body=body,
            section="산업",
            relevance=50.0,
            published_at=NOON + timedelta(minutes=number),
        )
        with database.writer() as session:
            found[name] = store_article(session, one, now=NOON + timedelta(minutes=number)).article_id
    with database.writer() as session:
        new = draft(
            0, "sample-full", title=f"중관춘 로봇 full 수정{hostile}", body=(f"0. {LEAD}", f"금액은 5억{hostile}")
        )
        store_article(session, new, now=NOON + timedelta(hours=1))
        note_missing(session, url="https://sample-full.example/4", status=410, now=NOON, confirm_after=timedelta(0))
    return found


def _facts(hostile):
    name = f"예시로봇(SampleRobo){hostile}"
    robo = EntityDraft(
        ROBO, name, "company", zgc=True, home="china", names=(name, "예시로봇"), mentions=((0, 4),), in_title=True
    )
    park = EntityDraft(
        "sample-park", f"예시단지{hostile}", "park", True, "china", ("예시단지",), ((5, 9),), in_title=False
    )
    deal = DealDraft(
        company=name,
        company_id=ROBO,
        kind="raised",
        value=4.1e8,
        currency="USD",
        krw=4.36e11,
        round=f"시리즈 B{hostile}"[:40],
        investors=(f"예시캐피탈{hostile}",),
        period=None,
        stated_date=None,
        evidence=f"예시로봇은 4억1000만달러를 투자받았다.{hostile}",
        start=0,
        end=10,
    )
    return FactsDraft(entities=(robo, park), deals=(deal,))


def _stories(session, article_ids):
    times = {
        "first_reported_at": NOON,
        "last_reported_at": NOON + timedelta(minutes=3),
        "created_at": NOON,
        "updated_at": NOON,
    }
    story = Story(head_id=article_ids[0], **times)
    session.add(story)
    session.flush()
    merged = Story(head_id=article_ids[1], merged_into=story.id, **times)
    session.add(merged)
    session.add_all(StoryArticle(article_id=article_id, story_id=story.id) for article_id in article_ids)
    session.flush()
    return story.id, merged.id


def _issues(session, hostile):
    html = f"<html><body><p style='color:red'>메일</p>{hostile}</body></html>"
    window = {"watch": "default", "composed_at": NOON, "change_seq": 1}
    mailed = DigestIssue(
        **window,
        window_start=NOON - timedelta(days=2),
        window_end=NOON - timedelta(days=1),
        stories=1,
        subject=f"[중관춘 데일리] 예시{hostile}",
        html=html,
        text=f"텍스트 본문{hostile}",
        message=b"Subject: x\r\n\r\n",
    )
    empty = DigestIssue(**window, window_start=NOON - timedelta(days=1), window_end=NOON, stories=0)
    session.add_all([mailed, empty])
    session.flush()
    session.add(
        Delivery(
            issue_id=mailed.id,
            recipient="analyst@example.com",
            message_id="<1@example.com>",
            state="deferred",
            created_at=NOON,
            due_at=NOON,
            attempts=2,
            answer=f"451 try later{hostile}",
        )
    )
    return mailed.id, empty.id


def _health(session, hostile):
    for number in range(35):
        visit = start_visit(session, "sample-full", now=NOON - timedelta(hours=number))
        error = f"cut off{hostile}" if number % 10 == 9 else None
        counts = VisitCounts(fetched=number % 4, stored=number % 2, failed=1 if error else 0)
        finish_visit(session, visit, counts, now=NOON, error=error)
    rows = [
        HealthRow("sample-full", 0, OutletState.FAILING, NOON - timedelta(days=2), f"no answer{hostile}", NOON, 1),
        HealthRow("sample-headline", 0, OutletState.OK, NOON, "", NOON, 1),
    ]
    write_states(session, rows)
