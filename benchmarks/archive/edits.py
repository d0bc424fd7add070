"""What other outlets make of a report, by kinds, and what only looks like it: labelled pairs for near-duplicates."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.archive.generator import Writer, with_particle

Body = tuple[str, ...]
_SYNONYMS = (
    *(
        ("밝혔다", "전했다"),
        ("말했다", "설명했다"),
        ("회사", "업체"),
        ("늘었", "증가했"),
        ("줄었", "감소했"),
        ("지난해", "작년"),
    ),
    *(("전망이다", "것으로 보인다"), ("계획이다", "방침이다"), ("기업", "업체"), ("업계", "시장"), ("커질", "성장할")),
    *(
        ("참여했으며", "참여했고"),
        ("유치했다", "조달했다"),
        ("함께", "공동으로"),
        ("강조했다", "역설했다"),
        ("나타났다", "조사됐다"),
    ),
)
_OWN_LEADS = (
    "최근 관련 업계의 움직임이 빨라지고 있어 배경에 관심이 쏠린다.",
    "치열해지는 기술 경쟁 속에서 또 하나의 소식이 전해졌다.",
    "투자 시장이 얼어붙은 가운데 눈길을 끄는 소식이다.",
)
_TAILS = ("본 기사는 예시통신의 제공으로 작성됐다.", "더 자세한 내용은 예시일보 누리집에서 볼 수 있다.")
_END = re.compile(r"(?<=[.!?])\s+")


def sentences(body: Body) -> list[str]:
    """The sentences of a body, in order."""
    return [sentence for paragraph in body for sentence in _END.split(paragraph)]


def paragraphs(parts: Sequence[str], rng: random.Random) -> Body:
    """Sentences set into paragraphs of one to three."""
    made, rest = [], list(parts)
    while rest:
        size = rng.randint(1, 3)
        made.append(" ".join(rest[:size]))
        rest = rest[size:]
    return tuple(made)


def verbatim(body: Body, _rng: random.Random) -> Body:
    return body


def other_breaks(body: Body, rng: random.Random) -> Body:
    return paragraphs(sentences(body), rng)


def other_marks(body: Body, _rng: random.Random) -> Body:
    table = str.maketrans({"“": '"', "”": '"', "·": ", "})
    return tuple(text.translate(table).replace("  ", " ") for text in body)


def synonyms(body: Body, rng: random.Random) -> Body:
    chosen = rng.sample(_SYNONYMS, len(_SYNONYMS) * 2 // 3)
    return tuple(_replaced(text, chosen) for text in body)


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = re.sub(rf"\b{old}", new, text)
    return text


def credited(body: Body, rng: random.Random) -> Body:
    return (f"(베이징=예시통신) 예시민 기자 = {body[0]}", *body[1:], rng.choice(_TAILS))


def shortened(body: Body, rng: random.Random) -> Body:
    parts = sentences(body)
    for _ in range(max(1, len(parts) // 5)):
        del parts[rng.randrange(1, len(parts))]
    return paragraphs(parts, rng)


def reordered(body: Body, rng: random.Random) -> Body:
    rest = list(body[1:])
    rng.shuffle(rest)
    return (body[0], *rest)


def other_amounts(body: Body, _rng: random.Random) -> Body:
    """4억1000만 as 4.1억, 3조2400억 as 3.24조."""
    texts = (re.sub(r"(\d)억(\d)000만", r"\1.\2억", text) for text in body)
    return tuple(re.sub(r"(\d)조(\d)(\d)00억", r"\1.\2\3조", text) for text in texts)


def own_lead(body: Body, rng: random.Random) -> Body:
    return (rng.choice(_OWN_LEADS), *body, rng.choice(_OWN_LEADS))


def slips(body: Body, rng: random.Random) -> Body:
    """A space less or a letter doubled in every third sentence."""
    made = []
    for sentence in sentences(body):
        spaces = [place for place, letter in enumerate(sentence) if letter == " "]
        if spaces and rng.random() < 0.34:
            place = rng.choice(spaces)
            made.append(sentence[:place] + sentence[place + 1 :])
        else:
            made.append(sentence)
    return paragraphs(made, rng)


def reported(body: Body, _rng: random.Random) -> Body:
    """Endings of report: 밝혔다 becomes 밝힌 것으로 전해졌다."""
    return tuple(re.sub(r"(밝|알|전)(혔|렸|했)다", "알린 것으로 전해졌다", text) for text in body)


def half(body: Body, rng: random.Random) -> Body:
    parts = sentences(body)
    return paragraphs(parts[: max(2, len(parts) // 2)], rng)


def combined(body: Body, rng: random.Random) -> Body:
    for edit in (
        synonyms,
        rng.choice((shortened, own_lead)),
        other_amounts,
        rng.choice((credited, slips)),
        other_breaks,
    ):
        body = edit(body, rng)
    return body


EDITS: dict[str, Callable[[Body, random.Random], Body]] = {
    "verbatim": verbatim,
    "other paragraph breaks": other_breaks,
    "other punctuation": other_marks,
    "synonyms": synonyms,
    "agency credit": credited,
    "a fifth of the sentences cut": shortened,
    "paragraphs reordered": reordered,
    "amounts written otherwise": other_amounts,
    "own lead and close": own_lead,
    "slips": slips,
    "reported speech": reported,
    "half cut": half,
    "combined": combined,
}


@dataclass(frozen=True)
class Pair:
    """Two bodies, and what they are: an edit of one report, or two reports."""

    kind: str
    is_copy: bool
    one: Body
    other: Body


def new_figures(body: Body, rng: random.Random) -> Body:
    """The template with new figures, as daily and quarterly reports have it."""
    return tuple(re.sub(r"\d+", lambda found: _another(found.group(), rng), text) for text in body)


def _another(digits: str, rng: random.Random) -> str:
    low = 10 ** (len(digits) - 1)
    return str(rng.randint(low, low * 10 - 1))


def other_company(body: Body, old: str, new: str) -> Body:
    """The template about another company, figures and all the rest the same."""
    swapped = tuple(text.replace(old, new) for text in body)
    for kind in ("은", "이", "을", "와"):
        for form in ("은", "는", "이", "가", "을", "를", "과", "와"):
            if form in {"은": "은는", "이": "이가", "을": "을를", "와": "과와"}[kind]:
                swapped = tuple(text.replace(f"{new}{form} ", f"{with_particle(new, kind)} ") for text in swapped)
    return swapped


def copies(seed: int, count: int) -> Iterator[Pair]:
    """`count` reports, each in every kind of edit."""
    for number in range(count):
        writer = Writer(seed + number)
        _, body = writer.story()
        for kind, edit in EDITS.items():
            yield Pair(kind, True, body, edit(body, random.Random(seed + number)))


def strangers(seed: int, count: int) -> Iterator[Pair]:
    """`count` of each kind of pair that is not one report."""
    for number in range(count):
        writer = Writer(seed + number)
        rng = writer.rng
        facts = writer.facts()
        forms = rng.sample(COMPANY_FORMS, rng.randint(4, len(COMPANY_FORMS)))
        body = paragraphs([writer.sentence(form, facts) for form in forms], rng)
        other = writer.facts()["c"]
        while other in facts["c"] or facts["c"] in other:
            other = writer.facts()["c"]
        yield Pair("same template, new figures", False, body, new_figures(body, rng))
        yield Pair("same figures, other company", False, body, other_company(body, facts["c"], other))
        both = other_company(new_figures(body, rng), facts["c"], other)
        yield Pair("other company, new figures", False, body, both)
        background = sentences(body)[-2:]
        follow_up = [writer.sentence(form, facts) for form in rng.sample(COMPANY_FORMS, 5)]
        yield Pair("follow-up with two old sentences", False, body, paragraphs([*follow_up, *background], rng))
        yield Pair("other report on the company", False, body, paragraphs(follow_up, rng))
        yield Pair("other report", False, body, writer.story()[1])


# An announcement about one company: it names it in nearly every sentence, as such texts do.
COMPANY_FORMS = (
    "{c}{은} {n}일 {p}에서 {t}{을} 공개하고 올해 안에 {m}대를 공급하겠다고 밝혔다.",
    "{c}{이} {s} 투자로 {a}{을} 유치했다고 {n}일 알렸다.",
    "이번 투자에는 {d}{와} {e} 등 {k}곳이 참여했으며 기업가치는 {b}으로 평가받았다.",
    "{r} {c} 대표는 “{w}{이} 바뀌는 지금이 {t}{을} 내놓을 때”라고 말했다.",
    "{p}에 본사를 둔 {c}{은} {z}년 설립돼 {t} 분야에서 직원 {m}명을 두고 있다.",
    "{c}{은} 지난해 매출이 {a}으로 전년보다 {f}% 늘었고 {x}{은} {g}% 줄었다고 설명했다.",
    "{c}{은} 장 마감 뒤 공시에서 {x}{을} {a}에 사들였다고 알렸다.",
    "{c}{은} 내년 상반기 {q} 증시에 상장해 {b}{을} 조달하는 방안을 검토 중이다.",
)
