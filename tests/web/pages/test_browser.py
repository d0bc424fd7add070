"""The pages in Chromium: nothing of a hostile archive runs, everybody can use them, on every screen."""

import shutil

import pytest

from storage.archive import store_article
from storage.meaning import DealDraft, EntityDraft, FactsDraft, store_facts
from storage.models.digest import Story, StoryArticle
from storage.outlets import sync_outlets
from storage.records import OutletRow, VisitCounts
from storage.visits import finish_visit, start_visit
from tests.web.conftest import NOON, draft, served
from tests.web.pages.archive import PASSWORD, ROBO, fill
from tests.web.pages.conftest import TOOLS
from tests.web.pages.hostile import CORPUS

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is on the PATH"),
]
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as started:
        # Inside a container Chromium cannot build its own sandbox; what it shows here is ours.
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """A person with a browser window, and whatever its console says."""

    def __init__(self, chromium, base, **options):
        self.base = base
        self.context = chromium.new_context(viewport=WIDE, locale="ko-KR", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.said = []
        self.page.on("console", lambda one: self.said.append(one.text) if one.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def open(self, path):
        return self.page.goto(self.base + path)

    def log_in(self, name="op"):
        self.open("/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_selector("nav.rooms")
        return self

    def hits(self):
        return [frame.url for frame in self.page.frames if frame.evaluate("window.hit") is not None]


@pytest.fixture
def visit(chromium):
    """Opens windows, and closes them in the end."""
    opened = []

    def one(base, **options):
        opened.append(Visitor(chromium, base, **options))
        return opened[-1]

    yield one
    for visitor in opened:
        visitor.context.close()


@pytest.fixture
def site(small):
    with served(small[0], tools=TOOLS, clock=lambda: NOON) as base:
        yield base, small[1]


def every_page(samples):
    return [
        "/", "/?day=2026-11-24", "/search", "/search?q=중관춘&outlet=sample-full", "/entities", f"/entities/{ROBO}",
        "/deals", "/outlets", "/outlets/sample-full", "/digests?show=all", f"/digests/{samples.issue}",
        f"/stories/{samples.story}", *(f"/articles/{samples.articles[name]}" for name in ("full", "none", "gone")),
        "/subscribers", f"/subscribers/{samples.subscriber}", "/watches", "/watches/new", "/watches/default",
        "/settings", "/digests/preview",
    ]  # fmt: skip


def grave(page):
    """What axe-core finds that keeps people out, in a line each."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in GRAVE]


class TestForEverybody:
    def test_no_page_keeps_people_out_or_complains(self, site, visit):
        base, samples = site
        visitor = visit(base)
        visitor.open("/login")
        assert grave(visitor.page) == []
        visitor.log_in()
        for path in every_page(samples):
            assert visitor.open(path).status == 200, path
            assert grave(visitor.page) == [], path
        assert visitor.said == []

    def test_the_dark_colours_can_be_read_too(self, site, visit):
        base, samples = site
        visitor = visit(base, color_scheme="dark")
        visitor.open("/login")
        assert grave(visitor.page) == []
        visitor.log_in()
        article, issue = f"/articles/{samples.articles['full']}", f"/digests/{samples.issue}"
        for path in (
            "/?day=2026-11-24",
            "/search?q=중관춘",
            "/outlets",
            "/outlets/sample-full",
            article,
            issue,
            "/watches/new",
        ):
            visitor.open(path)
            assert grave(visitor.page) == [], path
        paper = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(int(part) for part in paper[4:-1].split(",")) < 60

    def test_nothing_is_cut_off_on_a_small_screen(self, site, visit):
        base, samples = site
        visitor = visit(base).log_in()
        visitor.page.set_viewport_size(NARROW)
        for path in every_page(samples):
            visitor.open(path)
            wide = visitor.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= NARROW["width"], path

    def test_the_keyboard_alone_is_enough(self, site, visit):
        visitor = visit(site[0])
        visitor.open("/search?q=중관춘")
        keyboard, page = visitor.page.keyboard, visitor.page
        keyboard.type("op")  # the first field has the focus
        keyboard.press("Tab")
        keyboard.type(PASSWORD)
        keyboard.press("Enter")
        page.wait_for_selector("nav.rooms")
        assert page.url.endswith("/search?q=%EC%A4%91%EA%B4%80%EC%B6%98")
        keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "q"
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid"

    def test_language_and_colours_change_by_their_buttons(self, site, visit):
        visitor = visit(site[0]).log_in()
        visitor.page.click("text=English")
        assert visitor.page.inner_text("h1").startswith("Today's stories")
        visitor.page.click("text=Dark")
        assert visitor.page.get_attribute("html", "data-theme") == "dark"
        visitor.page.click("text=Log out")
        assert visitor.page.url.endswith("/login")


def poison(database):
    """Each hostile text in a title, a body, an outlet's name, an entity's, a deal's, a story, and a visit's error."""
    with database.writer() as session:
        rows = [OutletRow(f"evil-{n}", text, f"javascript:{text}", "full") for n, text in enumerate(CORPUS)]
        sync_outlets(session, rows, now=NOON)
    ids = []
    for number, text in enumerate(CORPUS):
        one = draft(
            number, f"evil-{number}", title=f"{number} {text}", body=(f"{number} {text}", text), section=text[:80]
        )
        with database.writer() as session:
            article_id = store_article(session, one, now=NOON).article_id
            entity = EntityDraft(f"evil-{number}", text, "company", True, "china", (text,), ((0, 1),), in_title=True)
            deal = DealDraft(
                company=text[:90],
                company_id=f"evil-{number}",
                kind="raised",
                value=1e8,
                currency="USD",
                krw=None,
                round=text[:40],
                investors=(text,),
                period=text,
                stated_date=text,
                evidence=text,
                start=0,
                end=1,
            )
            store_facts(session, article_id, FactsDraft(entities=(entity,), deals=(deal,)), now=NOON)
            story = Story(
                head_id=article_id, first_reported_at=NOON, last_reported_at=NOON, created_at=NOON, updated_at=NOON
            )
            session.add(story)
            session.flush()
            session.add(StoryArticle(article_id=article_id, story_id=story.id))
            visit = start_visit(session, f"evil-{number}", now=NOON)
            finish_visit(session, visit, VisitCounts(failed=1, errors=[text]), now=NOON, error=text)
        ids.append(article_id)
    return ids


def lists(page):
    """A list and the pages that follow it."""
    while True:
        yield page.url
        following = page.query_selector("a[rel=next].button:not(.days a)")
        if following is None:
            return
        following.click()
        page.wait_for_load_state("domcontentloaded")


class TestHostileArchive:
    """Without the policy that forbids scripts, so that it is the pages that hold; and with it, which stays silent."""

    def test_no_text_of_two_hundred_becomes_a_script(self, sqlite_database, visit):
        fill(sqlite_database)
        ids = poison(sqlite_database)
        with served(sqlite_database, tools=TOOLS, clock=lambda: NOON) as base:
            visitor = visit(base, bypass_csp=True).log_in()
            shown = 0
            for start in ("/?day=2026-11-24", "/search?q=hit", "/entities", "/deals"):
                visitor.open(start)
                for _ in lists(visitor.page):
                    assert visitor.hits() == []
                    shown += 1
            assert shown >= 7 + 10 + 4 + 5
            # Lists have every title, opening and name; of the pages of one thing, enough to have each kind of text.
            paths = [f"/articles/{number}" for number in ids[::3]]
            paths += [f"/entities/evil-{number}" for number in range(0, len(ids), 20)]
            paths += [f"/outlets/evil-{number}" for number in range(0, len(ids), 20)]
            for path in ("/outlets", "/watches/new", *paths):
                assert visitor.page.goto(base + path, wait_until="domcontentloaded").status == 200, path
                assert visitor.hits() == [], path
            assert visitor.page.query_selector("a[href^='javascript' i], a[href^='data' i]") is None
            assert visitor.said == []

    def test_asked_for_in_an_address_it_is_text_too(self, site, visit):
        from urllib.parse import quote

        visitor = visit(site[0], bypass_csp=True).log_in()
        for text in CORPUS[::20]:
            for path in (
                "/search?q={}",
                "/search?section={}",
                "/entities?q={}",
                "/deals?investor={}",
                "/login?next={}",
            ):
                visitor.page.goto(visitor.base + path.format(quote(text[:90])), wait_until="commit")
                assert visitor.hits() == [], (path, text)

    def test_a_mail_with_a_script_in_it_is_shown_and_runs_nothing(self, sqlite_database, visit):
        samples = fill(sqlite_database, "<script>window.hit=1</script><img src=x onerror=window.hit=1>")
        with served(sqlite_database, tools=TOOLS, clock=lambda: NOON) as base:
            visitor = visit(base).log_in()
            for path in (f"/digests/{samples.issue}", f"/digests/{samples.issue}/mail"):
                visitor.open(path)
                visitor.page.wait_for_timeout(100)
                # A sandboxed frame lets nobody look into its world; what it shows is that the script did not write.
                assert visitor.page.evaluate("window.hit") is None
            assert all(
                "Blocked script execution" in said or "Refused" in said or "violates" in said for said in visitor.said
            )
            every = every_page(samples)
            visitor.said.clear()
            for path in [path for path in every if not path.startswith("/digests/")]:
                visitor.open(path)
                assert visitor.hits() == [], path
            assert visitor.said == []
