"""Headlines without what outlets hang on them: the outlet's name, the section, an urgency tag."""

import re
from collections.abc import Iterable, Sequence

from crawler.extract.repeats import letters_of

# Urgency and exclusivity tags; series names such as [종합] or [현장+] are part of the headline.
_FLAGS = "속보|긴급|단독|1보|2보|3보|상보|긴급속보|속보\\)|단독인터뷰"
_FLAG = re.compile(
    rf"^\s*[\[(【<〔]\s*(?P<flag>{_FLAGS})\s*[\])】>〕]\s*|\s*[\[(【<〔]\s*(?P<end>{_FLAGS})\s*[\])】>〕]\s*$"
)
_SEPARATOR = re.compile(r"\s+[-–—|:<>·»]\s+|\s*(?:::|[|｜ㅣ│])\s*")
_SITE_WORD = re.compile(
    r"(?:뉴스|신문|일보|닷컴|경제|방송|통신|미디어|투데이|타임스|데일리|저널|스포츠|매거진|네이버|다음|Daum|NAVER|모바일|홈페이지|포털|연예|"
    r"\.com|\.co\.kr|\.net|news|times|daily|media)",
    re.IGNORECASE,
)
SECTIONS = frozenset(
    [
        "정치",
        "경제",
        "사회",
        "국제",
        "세계",
        "문화",
        "스포츠",
        "연예",
        "오피니언",
        "사설",
        "칼럼",
        "산업",
        "증권",
        "금융",
        "부동산",
        "기업",
        "기술",
        "과학",
        "생활",
        "건강",
        "지역",
        "전국",
        "북한",
        "외교",
        "국방",
        "교육",
        "환경",
        "노동",
        "여행",
        "라이프",
        "IT",
        "테크",
        "자동차",
        "유통",
        "바이오",
        "인물",
        "포토",
        "영상",
        "종합",
        "뉴스",
        "기획",
        "연재",
        "국회",
        "정당",
        "IT과학",
        "IT·과학",
        "생활경제",
        "중국",
        "일본",
        "미국",
    ]
)
_LONGEST_SITE = 24
_SITE_WORDS = 3
_LEAST_TITLE = 6


def headline(stated: Sequence[str], printed: Sequence[str], site_names: Iterable[str] = ()) -> str | None:
    """The headline from what the head of the page states (og:title, title) and the headings it prints.

    A printed heading that a stated title begins with (or contains) is the headline as the desk wrote it.
    """
    stated = [" ".join(text.split()) for text in stated if text and text.strip()]
    printed = [" ".join(text.split()) for text in printed if text and text.strip()]
    for text in stated:
        whole = letters_of(text)
        inside = [one for one in printed if len(letters_of(one)) >= _LEAST_TITLE and letters_of(one) in whole]
        best = max(inside, key=len, default=None)
        if best is not None and len(letters_of(best)) >= 0.5 * len(letters_of(without_site(text, site_names))):
            return best
    if stated:
        return without_site(stated[0], site_names)
    return printed[0] if printed else None


def without_site(title: str, site_names: Iterable[str] = ()) -> str:
    """A title without the names of outlet and section at its ends."""
    names = [letters_of(name) for name in site_names if name]
    while found := list(_SEPARATOR.finditer(title)):
        last = title[found[-1].end() :]
        if _is_site(last, names, alone=len(found) == 1) and len(letters_of(title[: found[-1].start()])) >= _LEAST_TITLE:
            title = title[: found[-1].start()].rstrip()
            continue
        first = title[: found[0].start()]
        if _is_site(first, names, alone=False) and len(letters_of(title[found[0].end() :])) >= _LEAST_TITLE:
            title = title[found[0].end() :].lstrip()
            continue
        break
    head, dash, section = title.rpartition("-")
    if dash and section.strip() in SECTIONS and len(letters_of(head)) >= _LEAST_TITLE:
        return head.rstrip()
    return title.strip()


def _is_site(part: str, names: Sequence[str], *, alone: bool) -> bool:
    part = part.strip()
    letters = letters_of(part)
    if len(part) > _LONGEST_SITE or not letters:
        return not letters
    if part in SECTIONS or any(_same_name(letters, name) for name in names if name):
        return True
    if _SITE_WORD.search(part) and len(part.split()) <= _SITE_WORDS:
        return True
    # One last part in Latin letters behind a Korean headline is the outlet's name.
    return alone and re.fullmatch(r"[A-Za-z0-9 .&+-]+", part) is not None and len(part.split()) <= _SITE_WORDS


def _same_name(letters: str, name: str) -> bool:
    """True when one is the other with a little more ("견본일보" and "견본일보 모바일")."""
    return letters in name or (name in letters and 2 * len(name) >= len(letters))


def take_flags(title: str) -> tuple[str, tuple[str, ...]]:
    """The headline without urgency tags, and the tags."""
    flags: list[str] = []
    while (found := _FLAG.search(title)) is not None and len(
        letters_of(title[: found.start()] + title[found.end() :])
    ) > 1:
        flags.append(found["flag"] or found["end"])
        title = title[: found.start()] + title[found.end() :]
    return title.strip(), tuple(flags)
