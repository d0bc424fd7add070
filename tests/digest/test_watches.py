"""What watches match, and that a file of watches and readers says the same when it is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from digest.matching import Matcher, WordBook, facts_of
from digest.reasons import Reasons
from digest.settings import DigestSettings
from digest.watches import Watch, WatchError, default_watch, load_watch, parse_watch
from digest.watchfile import Reader, parse, write_readers, write_watches
from storage.digests import DigestArticle
from tests.digest.archive import NOW
from tests.digest.readers import SETTINGS, watch_of

ENTITIES = {"deepseek": "딥시크"}


def article(title="중관춘 로봇 기업", body=("본문이다.",), **changes):
    values = {
        "id": 1, "outlet": "alpha", "url": "https://alpha.example/1", "reported_at": NOW, "relevance": 4.0,
        "topics": ("zgc",), "state": "live", "revision": 1, "changed_at": NOW, "first_seen_at": NOW,
    }  # fmt: skip
    return DigestArticle(title=title, body=body, **{**values, **changes})


def matcher(watch):
    return Matcher(watch, Reasons.of(None))


def judged(rules, **changes):
    watch = watch_of(**rules)
    return matcher(watch).matches(facts_of(article(**changes), ENTITIES, WordBook([watch])))


@pytest.mark.parametrize(
    ("rules", "matched"),
    [
        ({}, True),
        ({"topics": ["zgc"]}, True),
        ({"topics": ["other"]}, False),
        ({"topics": ["other", "zgc"]}, True),
        ({"entities": ["deepseek"]}, True),
        ({"entities": ["sensetime"]}, False),
        ({"topics": ["other"], "entities": ["deepseek"]}, True),  # about one of them
        ({"outlets": ["alpha"]}, True),
        ({"outlets": ["beta"]}, False),
        ({"topics": ["zgc"], "outlets": ["beta"]}, False),
        ({"minimum_relevance": 4.0}, True),
        ({"minimum_relevance": 4.1}, False),
        ({"must": ["로봇"]}, True),
        ({"must": ["로봇", "신약"]}, False),
        ({"must": ["로봇|신약"]}, True),
        ({"not": ["로봇"]}, False),
        ({"not": ["신약"]}, True),
        ({"not": ["신약|로봇"]}, False),
    ],
)
def test_rules(rules, matched):
    assert judged(rules) is matched


@pytest.mark.parametrize(
    ("word", "title", "found"),
    [
        ("오포", "오포의 새 전화", True),
        ("오포", "바이오포럼 개막", False),  # a word in Hangul begins where the word asked for begins
        ("AI", "中 AI 기업", True),
        ("AI", "KAIST의 연구", False),
        ("openai", "OpenAI와 협력", True),
        ("商汤", "商湯科技의 상장", True),  # one form for both ways of writing
        ("C++", "C++ 개발자", True),
        ("두 낱말", "두 낱말로 된 말", True),
    ],
)
def test_words_are_found_as_readers_mean_them(word, title, found):
    assert judged({"must": [word]}, title=title) is found
    assert judged({"must": [word]}, title="다른 제목", body=("다른 문단.", title)) is found


def test_a_report_that_does_not_match_may_still_belong_to_the_story():
    watch = watch_of(topics=["other"], outlets=["alpha"], **{"not": ["신약"]})
    words = WordBook([watch])
    for changes, admitted in (({}, True), ({"outlet": "beta"}, False), ({"title": "신약"}, False)):
        facts = facts_of(article(**changes), ENTITIES, words)
        assert matcher(watch).admits(facts) is admitted
        assert not matcher(watch).matches(facts)


def test_why_it_matched_is_said_in_the_readers_words():
    watch = watch_of(topics=["zgc", "none"], entities=["deepseek"], must=["로봇| Robot "])
    facts = facts_of(article(title="로봇 로봇"), ENTITIES, WordBook([watch]))
    assert matcher(watch).reasons(facts)[0] == "딥시크"
    assert matcher(watch).reasons(facts)[-1] == "로봇"
    assert matcher(watch_of()).reasons(facts) == ()


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"kind": "weekly"}, "weekly watch needs its one day"),
        ({"kind": "weekly", "days": ["mon", "tue"]}, "weekly watch needs its one day"),
        ({"cutoff": "08:00"}, "`deliver_at` must not be before `cutoff`"),
        ({"days": []}, "names no day"),
        ({"quiet_from": "22:00"}, "belong together"),
        ({"quiet_from": "22:00", "quiet_until": "07:00"}, "quiet hours are for alerts"),
        ({"kind": "alert", "quiet_from": "22:00", "quiet_until": "22:00"}, "end at another hour"),
        ({"must": [" | "]}, "is no word"),
        ({"not": ["a\nb"]}, "is no word"),
        ({"topics": ["a\x00"]}, "control characters"),
        ({"timezone": "Asia/Nowhere"}, "is not a time zone"),
        ({"topcs": ["zgc"]}, "did you mean `topics`?"),
        ({"name": "Robots"}, "`name`"),
        ({"minimum_relevance": float("nan")}, "minimum_relevance"),
    ],
)
def test_a_wrong_watch_is_told_by_its_key(values, key):
    with pytest.raises(WatchError, match="A test: ") as told:
        parse_watch({"name": "robots", "title": "예시", **values}, where="A test")
    assert key in str(told.value)


def test_the_watch_of_the_settings_is_the_settings(database):
    settings = DigestSettings(days="business", no_news="skip", cutoff="06:00", timezone="UTC", minimum_relevance=2)
    watch = default_watch(settings)
    assert (watch.name, watch.title, watch.days, watch.cutoff) == ("default", settings.title, "business", "06:00")
    with database.reader() as session:
        assert load_watch(session, settings, "default") == watch
        with pytest.raises(WatchError, match="no watch called robots"):
            load_watch(session, settings, "robots")


HOURS = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)
LINES = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text.strip())
IDS = st.lists(LINES, max_size=3).map(tuple)
DAYS = st.lists(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), min_size=1, max_size=7).map(tuple)


@st.composite
def watches(draw):
    kind = draw(st.sampled_from(["daily", "weekly", "alert"]))
    cutoff, deliver_at = sorted(draw(st.tuples(HOURS, HOURS)))
    values = {
        "name": draw(NAMES), "title": draw(LINES), "kind": kind, "topics": draw(IDS), "entities": draw(IDS),
        "outlets": draw(IDS), "must": draw(IDS), "not": draw(IDS), "channels": draw(IDS),
        "minimum_relevance": draw(st.floats(0, 1000)), "cutoff": cutoff, "deliver_at": deliver_at,
        "timezone": draw(st.sampled_from(["Asia/Seoul", "UTC", "America/Los_Angeles"])),
        "days": draw(DAYS)[:1] if kind == "weekly" else draw(st.one_of(st.sampled_from(["every", "business"]), DAYS)),
        "no_news": draw(st.sampled_from(["note", "skip", "always"])),
        "paused": draw(st.booleans()), "open_to_all": draw(st.booleans()),
    }  # fmt: skip
    if kind == "alert" and draw(st.booleans()) and cutoff != deliver_at:
        values |= {"quiet_from": cutoff, "quiet_until": deliver_at}
    try:
        return Watch.model_validate(values)
    except ValidationError:
        return Watch(name=values["name"], title="예시")


@given(st.lists(watches(), max_size=3, unique_by=lambda watch: watch.name))
def test_watches_come_back_from_their_file_as_they_were(some):
    assert parse(write_watches(some), where="a test").watch == tuple(some)


ADDRESSES = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}@[a-z0-9]{1,10}\.example", fullmatch=True)
READERS = st.builds(
    Reader,
    address=ADDRESSES,
    name=st.one_of(st.just(""), LINES),
    language=st.sampled_from(["ko", "en"]),
    zone=st.sampled_from([None, "UTC", "Europe/Berlin"]),
    format=st.sampled_from(["html", "text"]),
    excerpts=st.booleans(),
    watches=st.lists(NAMES, max_size=3).map(tuple),
)


@given(st.lists(READERS, max_size=3, unique_by=lambda reader: reader.address.casefold()))
def test_readers_come_back_from_their_file_as_they_were(some):
    assert parse(write_readers(some), where="a test").subscriber == tuple(some)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[watch]\n", "not valid TOML"),
        ('[[watch]]\nname = "a"\n', "title"),
        ('[[watch]]\nname = "a"\ntitle = "b"\n' * 2, "describes a more than once"),
        ('[[subscriber]]\naddress = "a b@example.com"\n', "not a plain mail address"),
        ('[[subscriber]]\naddress = "a@example.com"\n[[subscriber]]\naddress = "A@example.com"\n', "more than once"),
        ('[[subscribers]]\naddress = "a@example.com"\n', "did you mean `subscriber`?"),
    ],
)
def test_a_wrong_file_is_told_by_its_name_and_key(text, said):
    with pytest.raises(WatchError, match=r"watches\.toml") as told:
        parse(text, where="watches.toml")
    assert said in str(told.value)


def test_settings_of_the_digest_know_their_days():
    assert SETTINGS.model_copy(update={"holidays": ()}).calendar.holidays == ()
    with pytest.raises(ValidationError, match="names no day"):
        DigestSettings(days=[])
    with pytest.raises(ValidationError, match="needs `web_url`"):
        DigestSettings(sign_up=True)
    assert DigestSettings(workdays=["2026-11-28"]).calendar.workdays[0].isoformat() == "2026-11-28"
