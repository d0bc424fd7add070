"""Drafts for storage tests: Korean sample sentences of the project's own, and a clock that stands still."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.records import ArticleDraft, Author, PageDraft, RemovedBlock

NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

BODY = (
    "중관춘의 로봇 스타트업 샘플로보가 시리즈 B 투자로 4억1000만달러를 유치했다고 24일 밝혔다.",
    "이번 투자에는 국부펀드와 벤처캐피털 7곳이 참여했으며 기업가치는 25억달러로 평가받았다.",
    "샘플로보는 2019년 설립돼 물류 창고용 로봇 1200대를 11개국에 공급하고 있다.",
    "회사는 조달한 자금으로 베이징 하이뎬구에 연구소를 세우고 내년 상반기 상장을 준비한다는 계획이다.",
)


def page(url: str, body: bytes = b"<html>sample</html>", **changes: Any) -> PageDraft:
    return PageDraft(**{"url": url, "status": 200, "body": body, "fetched_at": NOW, "etag": '"1"', **changes})


def draft(name: str = "a/1", **changes: Any) -> ArticleDraft:
    """A draft of the outlet before the slash with the number after it."""
    outlet, number = name.split("/")
    url = f"https://{outlet}.example/news/{number}"
    values: dict[str, Any] = {
        "outlet": outlet,
        "canonical_url": url,
        "title": "중관춘 로봇 기업, 4억달러 유치",
        "body": BODY,
        "page": page(changes.get("canonical_url", url)),
        "article_number": number,
        "authors": (Author("홍길동", "hong@a.example"),),
        "removed": (RemovedBlock("공유", "toolbar"),),
        "extractor": "test/1",
        "language": "ko",
        "relevance": 0.9,
        "topics": ("zgc",),
        "keywords": ("중관춘", "로봇"),
        "image_url": f"https://{outlet}.example/photo/{number}.jpg",
    }
    return ArticleDraft(**{**values, **changes})
