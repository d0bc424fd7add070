"""Reporters in Korean lines: "이름 매체 기자 …@…", "[서울=뉴시스] 이름 기자 =", "글·사진 이름".

A byline is recognised by its shape as a whole: what is left after names, titles, places and addresses are taken out
must be next to nothing. So an interview's "기자: …" and a sentence about reporters are not bylines.
"""

import re
from collections.abc import Iterable, Sequence

from crawler.extract.article import Byline
from crawler.extract.tables import table

EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_WORDS = table("bylines")
_TITLES = "|".join(_WORDS["titles"])
_RANKS = "|".join(_WORDS["ranks"])
_SURNAMES = frozenset(_WORDS["surnames"])
_NOT_NAMES = frozenset(_WORDS["not_names"])
_TITLE = rf"(?:(?<![가-힣])(?:{_RANKS})\s*)*(?:{_TITLES})"
_NAME = r"[가-힣]{2,4}"
_TITLE_WORD = re.compile(rf"(?:{_TITLE})(?![가-힣])")
_LAST_WORD = re.compile(r"(?P<word>[가-힣]{2,})\s*$")
_WORD_BEFORE = re.compile(rf"(?<![가-힣])(?P<name>{_NAME})\s+[가-힣A-Za-z]{{2,12}}\s*$")
_LISTED_BEFORE = re.compile(rf"(?<![가-힣])(?P<name>{_NAME})\s*[,·ㆍ/&]\s*$")
_NAME_AND_MAIL = re.compile(rf"(?<![가-힣])(?P<name>{_NAME})\s*[(<\[|/]?\s*(?P<email>{EMAIL.pattern})")
# [서울=뉴시스] 이현주 기자 =   [OSEN=선미경 기자]   (서울=연합뉴스) 홍길동 기자 =   [한국스포츠경제 김정희]
DATELINE = re.compile(
    rf"^\s*[\[(【〔](?P<place>[^\])】〕]{{1,40}})[\])】〕]\s*(?:(?P<name>{_NAME}(?:\s*[,·]\s*{_NAME})*)\s*(?:{_TITLE})\s*=?)?"
)
_LEADS = re.compile(
    r"^(?:글|사진|글\s*[·ㆍ/,&]\s*사진|정리|취재|영상|편집|기획|그래픽|번역|진행|대담|구성)\s*[=:·|/]\s*"
)
_DECORATION = re.compile(r"[\[\](){}<>【】〔〕/|=·ㆍ:;,&▲▶■□◆◇●○★☆☞※*#~\-–—_'\"“”‘’.\s]+")
_ENDS_AS_SENTENCE = re.compile(r"(?:다|요|죠|까|음|함)[.?!…]*[\"'”’)\]]*$|[?!]$")
_TIME = re.compile(
    r"(?:입력|등록|승인|수정)?\s*(?:19|20)\d\d[.\-/년]\s*\d{1,2}[.\-/월]\s*\d{1,2}[일.]?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
)
_LONGEST = 90
# Letters a byline may hold besides names: with an address, without one, and beside an address alone.
_BESIDE_ADDRESS, _BESIDE_NAME, _ORGANISATION = 24, 8, 12
_LEAST_BODY = 10
_USUAL_NAME = 3  # syllables
_SHORT_NAME = 2  # syllables; longer ones may be an organisation's name
_ORGANISATION_END = re.compile(
    r"(?:뉴스|일보|신문|경제|닷컴|방송|통신|미디어|투데이|타임스|데일리|저널|스포츠|언론|부|팀|국|본부)$"
)


def is_byline(line: str) -> bool:
    """True for a line that does nothing but name its writers (with or without their addresses)."""
    if len(line) > _LONGEST or not line:
        return False
    mails = EMAIL.findall(line)
    rest = _TIME.sub(" ", EMAIL.sub(" ", line))
    if mails and not _DECORATION.sub("", rest):
        return True
    if _ENDS_AS_SENTENCE.search(rest.strip()):
        return False
    names = bylines_in(line)
    if not names:
        return bool(mails) and len(_left_over(rest, ())) <= _ORGANISATION
    return len(_left_over(rest, names)) <= (_BESIDE_ADDRESS if mails else _BESIDE_NAME)


def _left_over(rest: str, names: Iterable[Byline]) -> str:
    """What a line says besides names, titles and marks."""
    rest = _LEADS.sub("", rest.strip(" [(<【"))
    for byline in names:
        rest = rest.replace(byline.name, " ", 1)
    rest = re.sub(rf"(?<![가-힣])(?:{_RANKS})(?![가-힣])|(?:{_TITLES})(?![가-힣])", " ", rest)
    return _DECORATION.sub("", rest)


def bylines_in(line: str) -> tuple[Byline, ...]:
    """The reporters a line names, in order; an address belongs to the name before it."""
    found: dict[str, tuple[int, str | None]] = {}
    for title in _TITLE_WORD.finditer(line):
        for name, position in _names_before(line[: title.start()]):
            _note(found, name, position)
    for match in _NAME_AND_MAIL.finditer(line):
        _note(found, match["name"], match.start(), match["email"])
    lead = _LEADS.match(line)
    if lead is not None:
        for match in re.finditer(rf"(?<![가-힣]){_NAME}(?![가-힣])", line[lead.end() :]):
            _note(found, match[0], lead.end() + match.start())
    _give_addresses(found, line)
    return tuple(Byline(name, email) for name, (_, email) in sorted(found.items(), key=lambda item: item[1][0]))


def _names_before(text: str) -> list[tuple[str, int]]:
    """The name a title follows ("조아라 한경닷컴 기자" has one word between), and the names listed before it."""
    word = _LAST_WORD.search(text)
    if word is None:
        return []
    earlier = _WORD_BEFORE.search(text)
    behind_a_name = earlier is not None and is_name(earlier["name"]) and _begins_as_name(earlier["name"])
    if is_name(word["word"]) and not (behind_a_name and _is_like_an_outlet(word["word"])):
        found = [(word["word"], word.start())]
    elif earlier is None or not is_name(earlier["name"]):
        return []
    else:
        found = [(earlier["name"], earlier.start("name"))]
    while (listed := _LISTED_BEFORE.search(text[: found[-1][1]])) is not None and is_name(listed["name"]):
        found.append((listed["name"], listed.start("name")))
    return found


def _begins_as_name(word: str) -> bool:
    return word[0] in _SURNAMES or word[:2] in _SURNAMES


def _is_like_an_outlet(word: str) -> bool:
    """True for a word between a name and its title that is hardly another name."""
    return len(word) > _USUAL_NAME or not _begins_as_name(word)


def _note(found: dict[str, tuple[int, str | None]], name: str, position: int, email: str | None = None) -> None:
    name = name.strip()
    if is_name(name) and (name not in found or email):
        found[name] = (position, email or found.get(name, (0, None))[1])


def _give_addresses(found: dict[str, tuple[int, str | None]], line: str) -> None:
    for mail in EMAIL.finditer(line):
        before = [(position, name) for name, (position, _) in found.items() if position < mail.start()]
        if before:
            position, name = max(before)
            if found[name][1] is None:
                found[name] = (position, mail[0])


def is_name(text: str) -> bool:
    """True for what can be a Korean reporter's name: two to four syllables that are no place, desk or organisation."""
    return (
        re.fullmatch(_NAME, text) is not None
        and text not in _NOT_NAMES
        and not (len(text) > _SHORT_NAME and _ORGANISATION_END.search(text))
        and not re.search(rf"(?:{_TITLES})$", text)
    )


def dateline_bylines(paragraph: str) -> tuple[Byline, ...]:
    """The reporters in the tag that opens a first paragraph; the tag itself stays where it is."""
    match = DATELINE.match(paragraph)
    if match is None:
        return ()
    if match["name"]:
        names = re.split(r"\s*[,·]\s*", match["name"])
        return tuple(Byline(name) for name in names if is_name(name))
    inside = match["place"].replace("=", " ")
    named = bylines_in(inside)
    if named:
        return named
    words = inside.split()
    # [매체이름 홍길동]: two words, the second a name.
    outlet_and_name = len(words) > 1 and len(words[:-1]) == 1 and is_name(words[-1]) and not is_name(words[0])
    return (Byline(words[-1]),) if outlet_and_name else ()


_TAIL = re.compile(
    rf"""(?P<body>.*?[.?!"”’'\])다])\s*(?P<tail>(?:[/◎▶\[(=]\s*)?(?:[가-힣]{{2,10}}\s*=\s*)?(?:{_NAME}(?:\s*[가-힣]{{2,8}})?\s*(?:{_TITLE})\s*)?[(\[]?(?<![A-Za-z0-9._%+-])(?:{EMAIL.pattern})[)\]]*)\s*$""",
    re.DOTALL,
)


def split_tail(paragraph: str) -> tuple[str, str] | None:
    """A paragraph with the writer's name and address glued to its end, parted from them; None when there is none."""
    if "@" not in paragraph[-80:]:
        return None
    match = _TAIL.match(paragraph)
    if match is None or len(match["tail"]) > _LONGEST or len(match["body"]) < _LEAST_BODY:
        return None
    return match["body"].strip(), match["tail"].strip()


def merge_bylines(*groups: Iterable[Byline]) -> tuple[Byline, ...]:
    """Reporters in the order they were found; an address found anywhere completes the name."""
    merged: dict[str, str | None] = {}
    for byline in (byline for group in groups for byline in group):
        merged[byline.name] = merged.get(byline.name) or byline.email
    return tuple(Byline(name, email) for name, email in merged.items())


def with_addresses(authors: Sequence[Byline], addresses: Sequence[str]) -> tuple[Byline, ...]:
    """Addresses that stand on lines of their own go to the writers without one, where it is plain whose they are."""
    known = {author.email for author in authors}
    free = [address for address in dict.fromkeys(addresses) if address not in known]
    without = [author for author in authors if author.email is None]
    if not without or len(free) != len(without):
        return tuple(authors)
    given = dict(zip((author.name for author in without), free, strict=True))
    return tuple(Byline(author.name, author.email or given.get(author.name)) for author in authors)
