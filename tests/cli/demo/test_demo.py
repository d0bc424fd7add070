"""The command from end to end: twice into one folder, and what goes wrong is said in one sentence."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes, policy

import pytest

from cli.demo.folder import MARK
from cli.demo.process import LOG_FILE, SiteState
from cli.demo.site import load_site
from storage.archive import list_articles
from storage.changes import changes_after
from storage.database import Database
from storage.records import ChangeOp

COMMAND = (sys.executable, "-c", "from cli.main import main; main()", "demo")
MOST_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def demo(folder, *options):
    return subprocess.run(
        [*COMMAND, "--out", str(folder), *options], capture_output=True, text=True, timeout=150, check=False
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    started = time.monotonic()
    first = demo(folder, "--json", "--port", str(free_port()))
    seconds = time.monotonic() - started
    assert first.returncode == 0, first.stderr
    eml = (folder / "digest.eml").read_bytes()
    second = demo(folder, "--json")
    assert second.returncode == 0, second.stderr
    return folder, json.loads(first.stdout), json.loads(second.stdout), seconds, eml


@pytest.fixture(scope="module")
def folder(runs):
    return runs[0]


@pytest.fixture(scope="module")
def site(folder):
    state = SiteState.of(folder, port=None, now=None)
    return load_site(state.now, state.port)


@pytest.fixture(scope="module")
def articles(folder):
    database = Database.open(f"sqlite:///{folder / 'archive.db'}")
    with database.reader() as session:
        rows, _ = list_articles(session, limit=200)
    database.close()
    return {row.canonical_url: row for row in rows}


def requests(folder):
    return [line.split("\t") for line in (folder / LOG_FILE).read_text().splitlines()]


def test_the_first_run_counts_exactly(runs):
    _, first, _, _, _ = runs
    paths = first.pop("paths")
    assert first == {
        "outlets": 7,
        "fetched": 54,
        "stored": 37,
        "duplicates": 2,
        "corrected": 1,
        "gone": 1,
        "mail": 1,
        "failed": 1,
    }
    assert set(paths) == {"archive", "html", "txt", "eml"}


def test_the_second_run_stores_nothing_and_mails_nothing(runs):
    folder, _, second, _, eml = runs
    nothing = ("fetched", "stored", "duplicates", "corrected", "gone", "mail")
    assert {name: second[name] for name in nothing} == dict.fromkeys(nothing, 0)
    assert (folder / "digest.eml").read_bytes() == eml
    assert set(second["paths"]) == {"archive", "html", "txt", "eml"}


def test_it_takes_less_than_a_minute(runs):
    assert runs[3] < MOST_SECONDS


def test_every_article_on_topic_is_stored_and_no_other(site, articles):
    assert set(articles) == {article.url for article in site.articles() if article.relevant}


def test_each_paragraph_is_stored_once_and_in_order(site, articles):
    """The outlet with the seed's failure prints its body twice; the others have ads, related links, copyright lines."""
    for article in site.articles(2):
        if article.relevant:
            assert list(articles[article.url].body) == expected_body(article), article.url


def expected_body(article):
    """What a person would copy out: the wire's and the list outlet's own tags stay in the first paragraph."""
    first, *rest = article.paragraphs
    if article.outlet == "bogi-news":
        first = f"[보기뉴스={article.author} 기자] {first}"
    return [first, *rest]


def test_headlines_bylines_and_times_are_right(site, articles):
    for article in site.articles(2):
        if not article.relevant:
            continue
        stored = articles[article.url]
        assert stored.title.endswith(MARK)
        assert article.title.endswith(stored.title)
        assert [author.name for author in stored.authors] == [article.author]
        assert stored.authors[0].email in emails_of(article)
        assert stored.published_at == article.published_at


def emails_of(article):
    """The wire prints the address on a line of its own, away from the name: it may be taken for nobody's."""
    return {article.email, None} if article.outlet == "specimen-wire" else {article.email}


def test_the_seed_failure_is_set_aside_with_its_reasons(site, articles):
    for article in site.outlet("sample-economy").articles[2]:
        if article.relevant:
            removed = articles[article.url].removed
            toolbar = " ".join(block.text for block in removed if block.reason == "toolbar")
            assert all(word in toolbar for word in ("기사 스크랩", "공유", "댓글", "클린뷰", "프린트"))
            assert {block.reason for block in removed} >= {"toolbar", "repeated", "byline", "tip"}
            repeated = {block.text for block in removed if block.reason == "repeated"}
            assert set(article.paragraphs[1:]) <= repeated


def test_the_euckr_outlet_reads_right(site, articles):
    article = next(a for a in site.outlet("example-daily").articles[2] if a.number == "2002")
    stored = articles[article.url]
    assert stored.title == article.title
    assert stored.body == article.paragraphs


def test_the_copies_of_the_wire_story_point_to_one_article(articles):
    carried = [row for row in articles.values() if "새싹펀드" in " ".join(row.body)]
    heads = [row for row in carried if row.duplicate_of is None]
    assert len(carried) == 3
    assert len(heads) == 1
    assert {row.duplicate_of for row in carried} == {None, heads[0].id}


def test_the_corrected_article_says_when(site, articles):
    article = next(a for a in site.outlet("sample-tech").articles[2] if a.number == "4001")
    assert articles[article.url].modified_at == article.modified_at


def test_the_captions_are_kept_apart(site, articles):
    with_caption = [article for article in site.articles(2) if article.relevant and article.caption]
    assert len(with_caption) >= 6
    for article in with_caption:
        [caption] = articles[article.url].captions
        assert caption.endswith(article.caption)


def test_the_correction_and_the_withdrawal_are_in_the_change_feed(folder, site, articles):
    database = Database.open(f"sqlite:///{folder / 'archive.db'}")
    with database.reader() as session:
        changes = changes_after(session, 0)
    database.close()
    operations = {op: {change.article_id for change in changes if change.op is op} for op in ChangeOp}
    corrected = next(row for url, row in articles.items() if url.endswith("/posts/4001"))
    gone = next(row for url, row in articles.items() if url.endswith("/archives/6001"))
    assert operations[ChangeOp.UPDATE] == {corrected.id}
    assert operations[ChangeOp.GONE] == {gone.id}
    assert "1억달러" in corrected.title
    assert (gone.state, gone.body) == ("gone", ())


def test_the_closed_page_is_never_asked_for_and_robots_come_first(folder):
    asked = requests(folder)
    assert not [request for request in asked if "/premium/" in request[2]]
    firsts = {host: request for _, host, request, _ in reversed(asked)}
    assert len(firsts) == 7
    assert set(firsts.values()) == {"GET /robots.txt"}


def test_pages_already_known_are_answered_304(folder):
    assert Counter(status for _, _, _, status in requests(folder))["304"] >= 20


def test_the_mail_holds_every_story_once_and_says_they_are_samples(folder, site):
    message = message_from_bytes((folder / "digest.eml").read_bytes(), policy=policy.default)
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == (folder / "digest.txt").read_text()
    assert (folder / "digest.html").read_text().count(MARK) >= 30
    told = text.replace("\n", " ")
    assert "견본키친" not in told
    assert "1억2000만달러" not in told
    assert MARK in told


def test_a_person_sees_a_table_of_80_columns_and_the_next_commands(folder):
    answer = demo(folder)
    assert answer.returncode == 0, answer.stderr
    assert all(width(line) <= 80 for line in answer.stdout.split("Try next:")[0].splitlines() if "http" not in line)
    for column in ("outlets", "fetched", "stored", "duplicates", "corrected", "gone", "mail"):
        assert column in answer.stdout
    assert "Not read: 견본방송, http://127.0.0.17" in answer.stdout
    assert f"zgcwatch search 중관춘 --database sqlite:///{folder}/archive.db" in answer.stdout
    assert "Visit 1 of 2: 샘플경제" in answer.stderr


def width(line):
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.11", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = demo(tmp_path, "--port", str(port))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert f"Port {port} on 127.0.0.11 is in use" in answer.stderr
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    answer = demo(tmp_path / "file" / "demo")
    assert answer.returncode == 1
    assert "choose another --out" in answer.stderr


def test_ctrl_c_stops_the_site_too(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "--out", str(tmp_path), "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for((tmp_path / LOG_FILE).exists)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"Traceback" not in errors
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.11", port))


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
