import pytest

from crawler.extract.titles import headline, take_flags, without_site

TITLE = "견본로봇, 중관춘에 두 번째 연구소"


@pytest.mark.parametrize(
    "stated",
    [
        f"{TITLE} - 견본일보",
        f"{TITLE} | 견본일보",
        f"{TITLE}｜견본경제",
        f"{TITLE} : 네이버 뉴스",
        f"{TITLE} : 뉴스 : 견본닷컴",
        f"{TITLE} - 견본닷컴 - 산업 > 로봇",
        f"{TITLE}-산업ㅣ견본일보",
        f"견본일보 모바일 :: {TITLE}",
        f"{TITLE} - Gyeonbon",
        f"{TITLE} - 견본 뉴스",
        TITLE,
    ],
)
def test_outlet_and_section_are_taken_off(stated):
    assert without_site(stated, ["견본일보"]).startswith(TITLE)
    assert headline([stated], [], ["견본일보", "로봇"]) == TITLE


@pytest.mark.parametrize(
    "title",
    [
        '[종합] 견본로봇 - 샘플모션 맞손…"3년 안에 상장"',
        "견본은행 금리 3.5% → 3.25%",
        "'A+' 받은 견본로봇",
        "[현장+] 로봇이 걷는다",
    ],
)
def test_headlines_keep_their_own_marks(title):
    assert headline([title], []) == title


def test_the_printed_headline_settles_what_belongs_to_it():
    assert headline([f"{TITLE} - 로봇과 사람"], [TITLE]) == TITLE
    assert headline([f"{TITLE} - 로봇과 사람"], ["로봇"]) == f"{TITLE} - 로봇과 사람"
    assert headline([], [TITLE]) == TITLE
    assert headline([], []) is None


@pytest.mark.parametrize(
    ("title", "bare", "flags"),
    [
        (f"[속보] {TITLE}", TITLE, ("속보",)),
        (f"[단독]{TITLE}", TITLE, ("단독",)),
        (f"<속보>[단독] {TITLE}", TITLE, ("속보", "단독")),
        (f"{TITLE} [단독]", TITLE, ("단독",)),
        (f"[종합] {TITLE}", f"[종합] {TITLE}", ()),
        ("[속보]", "[속보]", ()),
    ],
)
def test_urgency_tags_become_flags(title, bare, flags):
    assert take_flags(title) == (bare, flags)
