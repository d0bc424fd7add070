"""What a card says of companies, sums and deals; which story stands first; bars beside the mean; who could be read."""

from datetime import timedelta

import pytest

from digest.charts import charts, trends
from digest.content import Money, bars
from digest.coverage import NAMED_PROBLEMS, OutletStates, coverage
from digest.frozen import unpack
from digest.issue import compose
from digest.outlets import OutletBook
from digest.reasons import Reasons
from digest.settings import DigestSettings
from digest.words import words
from storage.health import HealthRow, OutletState, write_states
from storage.health.records import WHOLE_OUTLET
from storage.issues import issue_content
from storage.meaning import store_facts
from storage.meaning.records import AmountDraft, DealDraft, EntityDraft, FactsDraft
from tests.digest.archive import NOW, OUTLETS, add_outlets, add_source, put

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTINGS = DigestSettings(recipients=("a@example.com",), sender="digest@example.com")


def entity(entity_id, name, *, kind="company", in_title=True, places=1):
    mentions = tuple((n, n + 2) for n in range(places))
    return EntityDraft(entity_id, name, kind, zgc=True, home="cn", names=(name,), mentions=mentions, in_title=in_title)


def amount(value, currency="CNY", krw=None, role="amount"):
    return AmountDraft(0, 1, value, currency, krw, None, role)


def deal(company, value=1.2e9, *, company_id=None, krw=2.28e11):
    return DealDraft(
        company, company_id, "raised", value, "CNY", krw, "시리즈B", ("샘플캐피털",), None, None, "증거", 0, 1
    )


@pytest.fixture
def archive(database):
    with database.writer() as session:
        add_outlets(session)
    return database


def store(database, outlet, number, *, entities=(), amounts=(), deals=(), **fields):
    with database.writer() as session:
        article_id = put(session, outlet, number, **{"now": NOW - HOUR, **fields})
        facts = FactsDraft(tuple(entities), tuple(amounts), tuple(deals))
        store_facts(session, article_id, facts, now=NOW - HOUR)
    return article_id


def content_at(database, at=NOW):
    issue = compose(database, SETTINGS, window_end=at, now=at)
    with database.reader() as session:
        return unpack(issue_content(session, issue.id))


def test_a_card_names_companies_sums_and_its_deal(archive):
    store(
        archive,
        "alpha",
        1,
        entities=(
            entity("haneul", "하늘로보틱스"),
            entity("pureun", "푸른AI", in_title=False, places=3),
            entity("zgc", "중관춘", kind="park"),
        ),
        amounts=(amount(1.2e9, krw=2.28e11), amount(1.2e9), amount(5e8, "USD"), amount(1e9, "USD", role="threshold")),
        deals=(deal("하늘로보틱스"),),
    )
    content = content_at(archive)
    (card,) = content.cards
    assert card.companies == ("하늘로보틱스", "푸른AI")
    assert card.amounts == (Money(1.2e9, "CNY", 2.28e11), Money(5e8, "USD"))
    (line,) = content.deals
    assert card.deal == line
    assert line.what(words("ko")) == "투자 유치 시리즈B 12억 위안(2,280억 원)"
    assert line.what(words("en")) == "raised 시리즈B CNY 1.2bn (KRW 228bn)"
    assert (line.company, line.investors, line.source.outlet) == ("하늘로보틱스", ("샘플캐피털",), "가람경제")


def test_more_outlets_then_a_greater_deal_then_more_companies_stand_first(archive):
    store(archive, "alpha", 1)
    store(archive, "alpha", 2, entities=(entity("a", "가온"),))
    store(archive, "alpha", 3, deals=(deal("나래", 1e8, krw=2e10),))
    store(archive, "alpha", 4, deals=(deal("다온", 1e10, krw=2e12),))
    for outlet in OUTLETS:
        store(archive, outlet, 50 if outlet == "alpha" else 51, story=50)
    titles = [card.lead.url.rsplit("/", 1)[1] for card in content_at(archive).cards]
    assert titles[1:] == ["4", "3", "2", "1"]
    assert titles[0] in {"50", "51"}


def test_a_follow_up_says_only_what_is_new(archive):
    store(
        archive,
        "alpha",
        1,
        entities=(entity("haneul", "하늘로보틱스"),),
        amounts=(amount(1.2e9),),
        deals=(deal("하늘로보틱스", company_id="haneul"),),
    )
    content_at(archive)
    store(
        archive,
        "beta",
        2,
        story=1,
        now=NOW + HOUR,
        entities=(entity("haneul", "하늘로보틱스"), entity("eunha", "은하배터리")),
        amounts=(amount(1.2e9), amount(3e8)),
        deals=(deal("하늘로보틱스", company_id="haneul"),),
    )
    content = content_at(archive, NOW + DAY)
    (card,) = content.cards
    assert content.sections[0].key == "follow_ups"
    assert (card.companies, card.amounts) == (("은하배터리",), (Money(3e8, "CNY"),))
    assert card.lead.outlet == "누리신문"
    assert (card.before.outlet, card.before.title) == ("가람경제", "중관춘 소식 alpha 1")
    assert content.deals == ()  # readers know it


def test_bars_stand_beside_the_mean_of_four_weeks(archive):
    haneul, pureun = entity("haneul", "하늘로보틱스"), entity("pureun", "푸른AI")
    for day in range(1, 29):
        store(archive, "alpha", 100 + day, now=NOW - day * DAY - HOUR, entities=(haneul,))
    for number in range(3):
        store(archive, "beta", number, entities=(haneul, *((pureun,) if number else ())))
    with archive.reader() as session:
        rows = trends(session, window_start=NOW - DAY, window_end=NOW)
    found = charts(
        rows, companies={"haneul", "pureun"}, topics={"zgc"}, outlets=["누리신문"] * 3, reasons=Reasons.of(None)
    )
    by_key = {chart.key: {bar.name: (bar.count, bar.mean) for bar in chart.bars} for chart in found}
    assert by_key["companies"]["하늘로보틱스"] == (3, pytest.approx(1.0, abs=0.1))
    assert by_key["companies"]["푸른AI"] == (2, 0)
    assert by_key["topics"]["중관춘과 중국 스타트업"][0] == 3
    assert "outlets" not in by_key  # one bar says nothing


def test_bars_past_the_longest_are_added_up():
    (*first, rest) = bars({str(n): 10 - n for n in range(10)}, 4)
    assert [(bar.name, bar.count, bar.percent) for bar in first] == [("0", 10, 36), ("1", 9, 32), ("2", 8, 29)]
    assert (rest.name, rest.count, rest.percent) == ("", 28, 100)
    assert bars({}) == ()


def judge(session, outlet, state, **changes):
    row = HealthRow(outlet, WHOLE_OUTLET, state, NOW - 2 * DAY, "why", NOW - HOUR, 1)
    write_states(session, [row])


@pytest.mark.parametrize(
    ("state", "said", "confirmed"),
    [
        (OutletState.OK, None, 2),
        (OutletState.QUIET, "가람경제는 11/22 07:20부터 새 기사 없음", 2),
        (OutletState.DEGRADED, "가람경제는 11/22 07:20부터 본문을 다 읽지 못함", 2),
        (OutletState.BLOCKED, "가람경제는 11/22 07:20부터 접속 거부", 1),
        (OutletState.FAILING, None, 2),  # the watch looks now and then; its sources answer again
        (OutletState.DISABLED, None, 1),
    ],
)
def test_the_coverage_line_knows_what_the_health_watch_found(archive, state, said, confirmed):
    with archive.writer() as session:
        for outlet in ("alpha", "beta"):
            add_source(session, outlet, answered_at=NOW - HOUR)
        judge(session, "alpha", state)
    with archive.reader() as session:
        names = OutletBook.read(session).names
        found = coverage(session, names, window_start=NOW - DAY, window_end=NOW)
        assert found.outlets == (1 if state is OutletState.DISABLED else 2)
        assert found.confirmed == confirmed
        assert [problem.said(words("ko"), SETTINGS.zone) for problem in found.problems] == ([said] if said else [])
        of_one = OutletStates(session, names).coverage(window_start=NOW - DAY, window_end=NOW, outlets=("beta",))
        assert (of_one.outlets, of_one.confirmed, of_one.problems) == (1, 1, ())


def test_many_problems_are_counted_and_the_worst_named(archive):
    from storage.outlets import sync_outlets
    from storage.records import OutletRow

    ids = [f"outlet-{n}" for n in range(NAMED_PROBLEMS + 3)]
    with archive.writer() as session:
        rows = [OutletRow(i, f"{i} 신문", "https://x.example", "headline", sample=False) for i in ids]
        sync_outlets(session, rows, now=NOW)
        names = {outlet: outlet for outlet in ids}
    with archive.reader() as session:
        assert coverage(session, names, window_start=NOW - DAY, window_end=NOW).outlets == 0
    with archive.writer() as session:
        from storage.records import SourceKey
        from storage.sources import sync_sources

        sync_sources(session, [SourceKey(i, f"https://{i}.example/rss", "feed") for i in ids], now=NOW)
    with archive.reader() as session:
        found = coverage(session, names, window_start=NOW - DAY, window_end=NOW)
    assert (found.outlets, found.confirmed, len(found.problems), found.more) == (len(ids), 0, NAMED_PROBLEMS, 3)
    assert found.line(words("ko"), SETTINGS.zone).endswith("그 밖에 3곳도 살펴볼 것")


@pytest.mark.parametrize(
    ("value", "currency", "korean", "english"),
    [
        (2.5e9, "USD", "25억 달러", "USD 2.5bn"),
        (1.29e12, "KRW", "1조2,900억 원", "KRW 1.29tn"),
        (4.1e8, "USD", "4억1,000만 달러", "USD 410m"),
        (30_000, "CNY", "3만 위안", "CNY 30k"),
        (950, "JPY", "950 엔", "JPY 950"),
        (1.00000001e12, "XXX", "1조 XXX", "XXX 1tn"),
        (0, "KRW", "0 원", "KRW 0"),
    ],
)
def test_sums_as_people_write_them(value, currency, korean, english):
    assert words("ko").money(value, currency) == korean
    assert words("en").money(value, currency) == english
    assert words("ko").money(value, currency, "약") == f"약 {korean}"
    assert words("en").money(value, currency, "이상") == f"at least {english}"
