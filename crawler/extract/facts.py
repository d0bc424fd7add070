"""Smaller facts of an article that pages state in many ways: section, lead image, paywall, its own number."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

_STEP = re.compile(r"\s*(?:>|›|»|→|\||/|,|;)\s*")
_CODE = re.compile(r"^(?=.*\d)[A-Za-z0-9_:.-]+$|^[A-Z]{1,2}$")
_NO_SECTION = re.compile(
    r"^(?:뉴스|홈|home|전체|전체\s*기사|기사|news|article|articles|main|메인|기타|etc)$", re.IGNORECASE
)
_LONGEST_SECTION = 20
_MOST_KEYWORDS = 20
_SHORTEST_KEYWORD, _LONGEST_KEYWORD = 2, 30
_BETWEEN_KEYWORDS = re.compile(r"\s*[,;|#\n]\s*")
_PLACEHOLDER = re.compile(
    r"(?:^|[/_.-])(?:no[-_]?(?:image|img|photo|thumb)|default|logo\w*|og[-_]?(?:image|img|logo|default)|(?:facebook|kakao|twitter)[-_]\w+|sns[-_]?(?:image|img|logo|default|share)|"
    r"blank|placeholder|favicon|share[-_]?(?:image|img|default))(?=[/_.-]|$)",
    re.IGNORECASE,
)
_PAYWALL_TEXT = re.compile(
    r"(?:이|본)\s*(?:기사|콘텐츠|글)(?:은|는)\s*(?:유료|구독자|정기\s*구독자|프리미엄|회원)|(?:유료|프리미엄)\s*(?:회원|구독자)?\s*(?:전용|기사입니다|콘텐츠입니다)|"
    r"구독자\s*전용|로그인\s*(?:후|하시면|하고).{0,12}(?:기사|전문|나머지|이어서|계속\s*읽)|(?:전문|나머지|이후\s*내용).{0,16}(?:구독|결제|가입|로그인)|"
    r"to\s+read\s+the\s+full\s+story|subscribers?\s+only",
    re.IGNORECASE,
)
_LOCKED = frozenset({"locked", "premium", "paid", "subscription", "subscriber"})


def section_of(stated: Iterable[str | None], site_names: Iterable[str] = ()) -> str | None:
    """The first section a page states that is a name: the last step of a path, no code, no name of the site."""
    sites = {"".join(name.split()).casefold() for name in site_names}
    for text in stated:
        for step in reversed(_STEP.split(" ".join((text or "").split()))):
            bare = "".join(step.split()).casefold()
            if (
                not bare
                or len(step) > _LONGEST_SECTION
                or bare in sites
                or _CODE.match(step)
                or _NO_SECTION.match(step)
            ):
                continue
            return step
    return None


def keywords_of(stated: Iterable[Any], site_wide: Iterable[str], text: str) -> tuple[str, ...]:
    """The words a page gives its article, as far as title and text (`text`) have them, white space aside.

    Words that may be the outlet's own (`site_wide`) count only where no others are stated and half of them fit.
    """
    letters = _bare(text)
    given = _words(stated)
    if not given:
        given = _words(site_wide)
        if sum(_bare(word) in letters for word in given) * 2 < len(given):
            return ()
    return tuple(word for word in given if _bare(word) in letters)[:_MOST_KEYWORDS]


def _words(stated: Iterable[Any]) -> list[str]:
    texts = [one for value in stated for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
    words = (" ".join(word.split()) for text in texts for word in _BETWEEN_KEYWORDS.split(text[:2000]))
    first: dict[str, str] = {}
    for word in words:
        if _SHORTEST_KEYWORD <= len(word) <= _LONGEST_KEYWORD and _bare(word):
            first.setdefault(_bare(word), word)
    return list(first.values())


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def lead_image(stated: Iterable[Any], url: str | None) -> str | None:
    """The first picture that is no logo or stand-in, as an absolute address."""
    for value in stated:
        for one in value if isinstance(value, list) else [value]:
            address = one.get("url") if isinstance(one, dict) else one
            if not isinstance(address, str) or not address.strip() or address.startswith("data:"):
                continue
            if not _PLACEHOLDER.search(address.split("?")[0].removeprefix("https://").removeprefix("http://")):
                return urljoin(url or "", address.strip())
    return None


def is_paywalled(ld: Mapping[str, Any], tiers: Iterable[str], lines: Iterable[str]) -> bool:
    """Whether the page says that it shows only a part to those who do not pay or log in."""
    free = ld.get("isAccessibleForFree")
    if free is False or (isinstance(free, str) and free.strip().lower() in {"false", "no"}):
        return True
    return any(tier.strip().lower() in _LOCKED for tier in tiers) or any(_PAYWALL_TEXT.search(line) for line in lines)
