"""`make bench-meaning`: how right and how fast facts are read; into benchmarks/results/meaning-<date>.md and .json."""

import argparse
import os
import platform
import random
import statistics
import time

from benchmarks.meaning import measure, stories
from benchmarks.report import add_out, table, today, write
from crawler.extract import clean
from crawler.meaning.facts import FactReader, load_reader
from crawler.meaning.lexicon import Entity, Lexicon, Name
from crawler.meaning.topics import Topics, load_topics
from tests.gold import labelled_deals, labelled_expressions, labelled_feed_items, labelled_headlines, labelled_sentences
from tests.gold.feeds import digest_of, feed_folder, feed_items

ARTICLE_CHARACTERS = 2000
NAMES = 5000
ROUNDS = 40
# Which labelled sets (tests/gold/README.md says how each was made), and whether only their held-out third.
SETS = (
    ("first set, seen while tuning", "", False),
    ("first set, held out", "", True),
    ("written to mislead", "_hard", None),
    ("written last", "_unseen", None),
)
SEED_AMOUNTS = [
    (4.1e8, "USD", 4.36e11, "amount"),
    (1e9, "USD", 0.0, "threshold"),
    (2.5e9, "USD", 2.66e12, "amount"),
    (3e9, "USD", 3.19e12, "amount"),
    (1.29e12, "KRW", 0.0, "amount"),
]
SEED_DEALS = [("megvii", "valued"), ("ofo", "valued"), ("sensetime", "raised"), ("zhongguancun", "area_total")]
SEED_ENTITIES = {
    "baidu", "jd", "xiaomi", "didi", "alibaba", "megvii", "ofo", "sensetime", "peking-university", "tsinghua", "renmin",
    "zhongguancun", "3w", "chuku",
}  # fmt: skip
# Share of sentences without a name: the article that started the project has 24 names and 5 sums in 2,000 characters.
FILLERS = {0.85: "≤ 2", 0.7: "–"}


def main() -> None:
    parser = argparse.ArgumentParser(description="How right and how fast facts are read.")
    add_out(parser)
    options = parser.parse_args()
    rows = [*_seed(), *_accuracy(), *_feeds(), *_cost(), *stories.rows()]
    load = f"{os.getloadavg()[0]:.0f} busy on {os.cpu_count()} cores"
    machine = f"{platform.machine()}, Python {platform.python_version()}, {load}"
    shown = table({name: row[name] for name in ("what", "figure", "asked", "of")} for row in rows)
    parts = [f"# Meaning, {today()}", f"{machine}. Sets: tests/gold.", shown]
    wrong = [f"- {row['what']}: {text}" for row in rows for text in row.get("wrong", ())]
    parts += ["## Read wrongly", "\n".join(wrong)] if wrong else []
    text = "\n\n".join(parts)
    write("meaning", text, {"date": today(), "machine": machine, "rows": rows}, options.out)
    print(text)


def _seed() -> list[dict]:
    """The article that started the project: exactly these amounts, deals and entities, none twice."""
    folder = feed_folder()
    if folder is None:
        return [_line("the seed", "not here", "exact", 0)]
    cleaned = clean((folder.parent / "seed.txt").read_text(encoding="utf-8"))
    read = load_reader().read("\n".join((cleaned.title or "", *cleaned.body)))
    amounts = sorted((float(one.value), one.currency, float(one.krw or 0), one.role) for one in read.amounts)
    deals = sorted((one.company_id or one.company, one.kind) for one in read.deals)
    return [
        _line("the seed: amounts exact", "yes" if amounts == SEED_AMOUNTS else str(amounts), "yes", len(amounts)),
        _line("the seed: deals exact", "yes" if deals == SEED_DEALS else str(deals), "yes", len(deals)),
        _line("the seed: entities missing", str(len(SEED_ENTITIES - set(read.by_entity()))), "0", len(SEED_ENTITIES)),
    ]


def _accuracy() -> list[dict]:
    return [row for which, ending, held_out in SETS for row in _of_set(which, ending, held_out=held_out)]


def _of_set(which: str, ending: str, *, held_out: bool | None) -> list[dict]:
    names = measure.entities(labelled_sentences(f"entities{ending}.txt"), held_out=held_out)
    amounts = measure.amounts(labelled_expressions(f"amounts{ending}.txt"), held_out=held_out)
    deals = measure.deals(labelled_deals(f"deals{ending}.txt"), held_out=held_out)
    headlines = labelled_headlines(f"relevance{ending}.txt")
    relevance = measure.relevance([row for row in headlines if held_out in {None, row.held_out}])
    return [
        _row(f"entities: precision, {which}", names.precision, "≥ .98", names),
        _row(f"entities: recall, {which}", names.recall, "≥ .97", names, show=False),
        _row(f"amounts: exact, {which}", amounts.exact, "≥ .99", amounts),
        _row(f"deals: F1, all fields, {which}", deals.f1, "–", deals),
        _row(f"relevance: F1, headlines of our own, {which}", relevance.f1, "≥ .95", relevance),
    ]


def _row(what: str, figure: float, asked: str, score: measure.Score, *, show: bool = True) -> dict:
    return {**_line(what, f"{figure:.4f}", asked, score.texts), "wrong": score.wrong if show else []}


def _line(what: str, figure: str, asked: str, of: int | str) -> dict:
    return {"what": what, "figure": figure, "asked": asked, "of": of}


def _feeds() -> list[dict]:
    """Titles of real items belong to their outlets: they are shown here, never written."""
    if feed_folder() is None:
        return [_line("real feed items", "not here", "≤ .005", 0)]
    items = feed_items()
    everything = measure.relevance_of([(title, lead, False) for title, lead in items.items()])
    labels = labelled_feed_items()
    real = [(title, lead, labels[key]) for title, lead in items.items() if (key := digest_of(title)) in labels]
    every_set = ("relevance.txt", "relevance_hard.txt", "relevance_unseen.txt")
    own = [(row.title, row.lead, row.relevant) for name in every_set for row in labelled_headlines(name)]
    both = measure.relevance_of([*own, *real])
    for text in everything.wrong:
        print("taken for relevant:", text)
    share = len(everything.wrong) / len(items)
    return [
        _line("real feed items of 2022 wrongly relevant", f"{share:.4f}", "≤ .005", len(items)),
        _line("relevance: F1, own and real headlines together", f"{both.f1:.4f}", "≥ .95", both.texts),
        _line("of these real feed items", f"{len(real) / both.texts:.2f}", "≥ .50", both.texts),
    ]


def _cost() -> list[dict]:
    reader = FactReader(_grown(load_reader().lexicon))
    topics = Topics(tuple(load_topics()), reader)
    names = sum(len(entity.names) for entity in reader.lexicon.entities.values())
    floor = _spent(reader, topics, [("가나다라마바사.", ["아자차카타파하."])])
    rows = [_line("names in the lexicon", str(names), f"≥ {NAMES}", f"{len(reader.lexicon)} entities")]
    for filler, asked in FILLERS.items():
        texts = _articles(filler)
        size = statistics.mean(len(title) + sum(map(len, body)) for title, body in texts)
        read = [reader.read_article(title, body) for title, body in texts]
        held = f"{statistics.mean(len(facts.mentions) for facts in read):.0f} names, "
        held += f"{statistics.mean(len(facts.amounts) for facts in read):.0f} sums in {size:.0f} characters"
        spent = _spent(reader, topics, texts)
        rows.append(
            _line("ms an article: topics, entities, amounts, deals (median CPU time)", f"{spent:.2f}", asked, held)
        )
    return [*rows, _line("ms for one sentence without a name (floor)", f"{floor:.3f}", "–", 1)]


def _spent(reader: FactReader, topics: Topics, texts: list[tuple[str, list[str]]]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for title, body in texts:
            facts = reader.read_article(title, body)
            topics.judge(title, body, facts.mentions)
        rounds.append((time.process_time() - begin) / len(texts))
    return statistics.median(rounds[1:]) * 1000


def _articles(filler_share: float) -> list[tuple[str, list[str]]]:
    """Articles of labelled sentences, joined to the length that sentences in the news have."""
    chooser = random.Random(7)
    sentences = [sentence.text for sentence in labelled_sentences()] + [text for text, *_ in labelled_deals()]
    filler = [row.lead for row in labelled_headlines() if not row.relevant]
    articles = []
    for _ in range(20):
        body: list[str] = []
        while sum(map(len, body)) < ARTICLE_CHARACTERS:
            parts = (chooser.choice(filler if chooser.random() < filler_share else sentences) for _ in range(9))
            clauses = [part.rstrip(".") for part in parts]
            body.append(" ".join(", ".join(clauses[n : n + 3]) + "." for n in (0, 3, 6)))
        articles.append((chooser.choice(sentences), body))
    return articles


def _grown(lexicon: Lexicon) -> Lexicon:
    """The packaged lexicon, with made-up companies until it has 5,000 names."""
    chooser = random.Random(11)
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4, 29)]
    spellings, entities = dict(lexicon.spellings), dict(lexicon.entities)
    names = sum(len(entity.names) for entity in entities.values())
    for number in range(max(0, NAMES - names)):
        name = "".join(chooser.choice(syllables) for _ in range(chooser.randint(3, 6)))
        entity = Entity(f"made-up-{number}", name, "company", names=(name,))
        entities[entity.id] = entity
        spellings.setdefault(name, []).append(Name(entity, name))
    return Lexicon(entities, spellings)


if __name__ == "__main__":
    main()
