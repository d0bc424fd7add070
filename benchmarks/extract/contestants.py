"""Everybody who takes part: this project with and without profiles, and the peers in their own environment."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

PEERS_PROGRAM = Path(__file__).with_name("peers.py")
PEER_NAMES = ("trafilatura", "newspaper4k", "news-please", "readability-lxml", "resiliparse", "goose3")
SEOUL = timezone(timedelta(hours=9))
A_PAGE = 60.0  # seconds a peer may take for one page before it is given up


@dataclass(frozen=True)
class Sample:
    """One page of a suite. `profiles` and `fetched_at` are known to this project alone."""

    id: str
    html: bytes = field(repr=False)
    url: str | None = None
    content_type: str | None = None
    profiles: tuple[Any, ...] = ()
    outlet: str | None = None
    fetched_at: datetime | None = None
    is_article: bool = True


@dataclass(frozen=True)
class Found:
    """What one contestant made of one page. `body` is empty where it found no article."""

    body: tuple[str, ...] = ()
    title: str | None = None
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Contestant:
    """A name for the tables and the results, page by page. `missing` says why there are none."""

    name: str
    version: str
    found: dict[str, Found]
    missing: str | None = None


def ours(samples: Iterable[Sample], *, profiles: bool) -> Contestant:
    """This project's extractor, in this process."""
    from crawler.extract import NoArticle, extract

    found = {}
    for sample in samples:
        known = sample.profiles if profiles else ()
        started = time.perf_counter()
        try:
            article = extract(
                sample.html,
                url=sample.url,
                content_type=sample.content_type,
                profiles=known,
                outlet=sample.outlet if known else None,
                fetched_at=sample.fetched_at,
            )
        except NoArticle as error:
            found[sample.id] = Found(seconds=time.perf_counter() - started, note=str(error))
            continue
        except Exception as error:  # noqa: BLE001 - an unforeseen error is a result of this run
            found[sample.id] = Found(error=f"{type(error).__name__}: {error}")
            continue
        names = tuple(author.name for author in article.authors)
        seconds = time.perf_counter() - started
        found[sample.id] = Found(
            article.body, article.title, article.published_at, names, seconds, note=article.extractor
        )
    return Contestant("zgcwatch" if profiles else "zgcwatch, no profiles", "", found)


def peers(environment: Path, samples: Sequence[Sample], only: Sequence[str] = PEER_NAMES) -> Iterator[Contestant]:
    """Each peer in a process of its own, on the same pages."""
    for name in only:
        yield _peer(environment, name, samples)


def _peer(environment: Path, name: str, samples: Sequence[Sample]) -> Contestant:
    python = environment / "bin" / "python"
    if not python.exists():
        return Contestant(name, "", {}, missing=f"no environment at {environment}")
    command = [str(python), "-W", "ignore", str(PEERS_PROGRAM), name]
    jobs = "".join(
        json.dumps({"id": sample.id, "url": sample.url, "html": base64.b64encode(sample.html).decode()}) + "\n"
        for sample in samples
    )
    limit = 60 + A_PAGE * len(samples)
    try:
        done = subprocess.run(command, input=jobs, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return Contestant(name, "", {}, missing=f"it was not done after {limit:.0f} s")
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines or "ready" not in lines[0]:
        reason = lines[0]["missing"] if lines else (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Contestant(name, "", {}, missing=reason)
    found = {line["id"]: _found(line) for line in lines[1:]}
    if len(found) < len(samples):
        print(f"{name} ended after {len(found)} of {len(samples)} pages (exit {done.returncode})", file=sys.stderr)
    return Contestant(name, lines[0]["ready"], found)


def _found(line: dict[str, Any]) -> Found:
    return Found(
        body=tuple(line["body"]),
        title=line["title"],
        published=_moment(line["date"]),
        authors=tuple(line["authors"]),
        seconds=line["seconds"],
        error=line.get("error"),
    )


def _moment(stated: str | None) -> datetime | None:
    """A date as a peer states it; without a zone it is Seoul's, as on the page."""
    try:
        moment = datetime.fromisoformat(stated) if stated else None
    except ValueError:
        return None
    return moment.replace(tzinfo=SEOUL) if moment is not None and moment.tzinfo is None else moment
