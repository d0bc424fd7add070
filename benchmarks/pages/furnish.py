"""What pages show besides articles, in the amounts of years: companies, deals, stories, visits, issues, readers."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from storage.database import Database, Session
from storage.health import HealthRow, OutletState, write_states
from storage.models.archive import Article
from storage.models.base import table_of
from storage.models.collect import Visit
from storage.models.digest import Delivery, DigestIssue, Story, StoryArticle
from storage.models.meaning import ArticleEntity, Deal, DealReport, Entity
from storage.models.subscribers import Subscriber, Subscription, Watch
from storage.outlets import sync_outlets
from storage.records import OutletRow, SourceKey, VisitCounts
from storage.sources import sync_sources

ENTITIES, DEALS, ISSUES, READERS, WATCHES = 800, 8_000, 1_100, 300, 20
VISITS = 2_000  # of each outlet, as they are kept for 90 days
OF_A_STORY = 2.4  # articles, on average
BATCH = 5_000
KINDS = ("raised", "valued", "acquired", "listed")
LICENCES = ("headline", "headline", "excerpt", "full")


def furnish(database: Database) -> datetime:
    """Add what is missing; gives the time of the newest article. An archive that has stories has been here before."""
    with database.reader() as session:
        newest = session.scalars(select(func.max(Article.first_seen_at))).one()
        is_done = session.scalar(select(Story.id).limit(1)) is not None
        articles = session.execute(select(Article.id, Article.first_seen_at, Article.outlet).order_by(Article.id)).all()
    if not is_done:
        rng = random.Random(8)
        with database.writer() as session:
            _outlets(session, sorted({row.outlet for row in articles}), newest)
            _entities(session, rng, articles)
            _deals(session, rng, articles)
            _issues(session, newest)
            _readers(session, newest)
            _stories(session, rng, articles)
    return newest


def _write(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        session.execute(insert(table_of(model)), rows[start : start + BATCH])


def _outlets(session: Session, names: list[str], newest: datetime) -> None:
    rows = [
        OutletRow(name, f"샘플 {name}", "https://sample.example/", LICENCES[place % len(LICENCES)], sample=True)
        for place, name in enumerate(names)
    ]
    sync_outlets(session, rows, now=newest)
    sync_sources(session, [SourceKey(name, f"https://{name}.example/rss", "feed") for name in names], now=newest)
    states = list(OutletState)
    write_states(
        session,
        [HealthRow(name, 0, states[i % len(states)], newest, "made up", newest, 1) for i, name in enumerate(names)],
    )
    counts = {name: 0 for name in VisitCounts.__dataclass_fields__ if name not in {"errors", "failures", "log_chars"}}
    visits = [
        {
            **counts,
            "outlet": name,
            "started_at": newest - timedelta(hours=number),
            "finished_at": newest - timedelta(hours=number),
            "fetched": number % 5,
            "failures": {},
            "errors": [],
            "log_chars": 0.0,
        }
        for number in reversed(range(VISITS))
        for name in names
    ]
    _write(session, Visit, visits)


def _entities(session: Session, rng: random.Random, articles: Any) -> None:
    named = [(f"sample-{number:03}", f"예시기업{number}") for number in range(ENTITIES)]
    kinds = ("company", "investor", "university")
    rows = [
        {
            "id": i,
            "name": name,
            "kind": kinds[n % 3],
            "zgc": n % 2 == 0,
            "home": "china",
            "names": [name, f"Sample {n}"],
        }
        for n, (i, name) in enumerate(named)
    ]
    _write(session, Entity, rows)
    weights = [1 / (place + 1) for place in range(ENTITIES)]
    mentions = [
        {
            "article_id": article.id,
            "entity_id": named[number][0],
            "in_title": number % 2 == 0,
            "mentions": [[0, 4], [10, 14]],
        }
        for article in articles
        for number in set(rng.choices(range(ENTITIES), weights, k=rng.randint(0, 4)))
    ]
    _write(session, ArticleEntity, mentions)


def _deals(session: Session, rng: random.Random, articles: Any) -> None:
    deals: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for number in range(1, DEALS + 1):
        place = rng.randrange(len(articles) - 3)
        company = rng.randrange(ENTITIES)
        money = {"value": float(rng.randint(1, 900)) * 1e6, "currency": "USD", "krw": float(rng.randint(1, 900)) * 1e9}
        deals.append(
            {
                "id": number,
                "company_key": f"sample-{company:03}",
                "company": f"예시기업{company}",
                "company_id": f"sample-{company:03}",
                "kind": KINDS[number % len(KINDS)],
                **money,
                "round": "시리즈 B",
                "first_seen_at": articles[place].first_seen_at,
            }
        )
        reports += [
            {
                "article_id": articles[place + step].id,
                "number": number,
                "deal_id": number,
                **money,
                "round": "시리즈 B",
                "investors": ["예시캐피탈", "예시벤처스"],
                "evidence": "예시기업은 4억달러를 투자받았다고 24일 밝혔다.",
                "start": 0,
                "end": 20,
            }
            for step in range(rng.randint(1, 3))
        ]
    _write(session, Deal, deals)
    _write(session, DealReport, reports)


def _stories(session: Session, rng: random.Random, articles: Any) -> None:
    stories, members, place = [], [], 0
    while place < len(articles):
        some = articles[place : place + min(30, 1 + int(rng.expovariate(1 / (OF_A_STORY - 1))))]
        place += len(some)
        number = len(stories) + 1
        stories.append(
            {
                "id": number,
                "head_id": some[0].id,
                "first_reported_at": some[0].first_seen_at,
                "last_reported_at": some[-1].first_seen_at,
                "created_at": some[0].first_seen_at,
                "updated_at": some[-1].first_seen_at,
            }
        )
        members += [{"article_id": row.id, "story_id": number} for row in some]
    _write(session, Story, stories)
    _write(session, StoryArticle, members)


def _issues(session: Session, newest: datetime) -> None:
    html = "<html><body>" + "<p style='color:#333'>예시 이슈 한 건의 소식입니다.</p>" * 700 + "</body></html>"
    issues = [
        {
            "id": number,
            "watch": "default",
            "window_start": newest - timedelta(days=number),
            "window_end": newest - timedelta(days=number - 1),
            "composed_at": newest - timedelta(days=number - 1),
            "change_seq": 1,
            "stories": 30,
            "subject": f"[중관춘 데일리] 예시 {number}",
            "html": html,
            "text": "예시 이슈 한 건의 소식입니다.\n" * 300,
            "message": html.encode(),
        }
        for number in range(1, ISSUES + 1)
    ]
    _write(session, DigestIssue, issues)
    deliveries = [
        {
            "issue_id": number,
            "recipient": f"reader{reader}@example.com",
            "message_id": f"<{number}.{reader}@example.com>",
            "state": "sent",
            "created_at": newest,
            "due_at": newest,
            "settled_at": newest,
            "attempts": 1,
            "edition": 0,
            "variant": "",
        }
        for number in range(1, 91)
        for reader in range(READERS)
    ]
    _write(session, Delivery, deliveries)


def _readers(session: Session, newest: datetime) -> None:
    plain = {"language": "ko", "format": "html", "excerpts": True, "state": "active", "origin": "operator"}
    people = [
        {
            **plain,
            "id": number,
            "key": f"reader{number}@example.com",
            "address": f"reader{number}@example.com",
            "name": "",
            "secret": b"x" * 32,
            "created_at": newest,
            "opted_in_at": newest,
        }
        for number in range(1, READERS + 1)
    ]
    _write(session, Subscriber, people)
    rules: dict[str, Any] = {"must": ["로봇"], "topics": [], "entities": [], "outlets": [], "never": []}
    watches = [
        {
            "name": f"watch-{number}",
            "title": f"관심사 {number}",
            "kind": "daily",
            "rules": rules,
            "schedule": {},
            "channels": [],
            "paused": False,
            "open_to_all": False,
            "origin": "operator",
            "created_at": newest,
            "updated_at": newest,
        }
        for number in range(WATCHES)
    ]
    _write(session, Watch, watches)
    read = [
        {
            "watch": f"watch-{number % WATCHES}",
            "subscriber_id": number,
            "state": "active",
            "created_at": newest,
            "changed_at": newest,
        }
        for number in range(1, READERS + 1)
    ]
    _write(session, Subscription, read)
