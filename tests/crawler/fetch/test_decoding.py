import gzip
import time
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fetch.decoding import TooLarge, Undecodable, unpack
from crawler.fetch.once import FetchFailed, fetch_once
from crawler.settings import CrawlerSettings
from tests.servers.client import answer
from tests.servers.papers import Story, page, rss

LIMIT = 100_000
PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": zstd.compress,
}
SETTINGS = CrawlerSettings(allow_private_addresses=True, download_timeout=3, max_page_bytes=LIMIT, max_feed_bytes=LIMIT)


def raw_deflate(body):
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@pytest.mark.parametrize("name", PACKERS)
@settings(max_examples=25, deadline=None)
@given(body=st.binary(max_size=3000))
def test_what_was_packed_comes_back(name, body):
    assert unpack(PACKERS[name](body), [name], LIMIT) == body


@pytest.mark.parametrize("name", PACKERS)
@settings(max_examples=25, deadline=None)
@given(body=st.binary(min_size=1, max_size=3000), share=st.floats(0.0, 0.999))
def test_a_cut_off_answer_is_no_answer(name, body, share):
    packed = PACKERS[name](body)
    cut = packed[: max(int(len(packed) * share), 1)]
    with pytest.raises(Undecodable):
        unpack(cut, [name], LIMIT)


@pytest.mark.parametrize("name", PACKERS)
@given(body=st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_bytes_that_are_not_packed_give_an_answer_or_one_error(name, body):
    found, said = None, None
    try:
        found = unpack(body, [name], LIMIT)
    except (Undecodable, TooLarge) as error:
        said = str(error)
    if said is None:
        assert isinstance(found, bytes)
        assert len(found) <= LIMIT
    else:
        assert said.strip()
        assert "\n" not in said


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_ends_at_the_limit(name):
    bomb = PACKERS[name](b"\0" * 50_000_000)
    started = time.process_time()
    with pytest.raises(TooLarge, match="100000 bytes"):
        unpack(bomb, [name], LIMIT)
    assert time.process_time() - started < 0.5


def test_exactly_the_limit_is_let_by():
    for name, pack in PACKERS.items():
        assert len(unpack(pack(b"x" * LIMIT), [name], LIMIT)) == LIMIT
        with pytest.raises(TooLarge):
            unpack(pack(b"x" * (LIMIT + 1)), [name], LIMIT)


def test_layers_members_padding_and_raw_streams():
    assert unpack(gzip.compress(brotli.compress(b"twice")), ["br", "gzip"], LIMIT) == b"twice"
    assert unpack(gzip.compress(b"two ") + gzip.compress(b"members"), ["gzip"], LIMIT) == b"two members"
    assert unpack(gzip.compress(b"padded") + b"\0" * 9, ["gzip"], LIMIT) == b"padded"
    assert unpack(raw_deflate(b"without a header"), ["deflate"], LIMIT) == b"without a header"
    assert unpack(b"plain", ["identity"], LIMIT) == b"plain"
    assert unpack(zstd.compress(b"two ") + zstd.compress(b"frames"), ["zstd"], LIMIT) == b"two frames"
    with pytest.raises(Undecodable, match="3 times over"):
        unpack(b"x", ["gzip"] * 3, LIMIT)
    with pytest.raises(Undecodable, match="'compress'"):
        unpack(b"x", ["compress"], LIMIT)


def test_a_zstd_window_of_gigabytes_is_refused():
    option = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    stream = zstd.ZstdCompressor(options=option)
    packed = stream.compress(b"x" * 1000) + stream.flush()
    with pytest.raises(Undecodable, match="memory"):
        unpack(packed, ["zstd"], LIMIT)


@pytest.mark.parametrize("name", PACKERS)
def test_pages_arrive_unpacked(loop, server, name):
    server.plan({"/page": answer(PACKERS[name]("안녕".encode()), content_encoding=name, etag='"1"')})
    got = loop.run(lambda: fetch_once(server.url("/page"), SETTINGS))
    assert (got.body.decode(), got.etag) == ("안녕", '"1"')
    assert server.asked()[-1]["headers"]["accept-encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("what", ["page", "feed", "robots"])
def test_a_bomb_is_one_failure_wherever_it_stands(light_world, name, what):
    world = light_world
    bomb = answer(PACKERS[name](b" " * 10_000_000), content_encoding=name)
    story = Story(1)
    answers = {"/rss": answer(rss([story], world.base)), story.path: answer(page(story))}
    answers |= {"page": {story.path: bomb}, "feed": {"/rss": bomb}, "robots": {"/robots.txt": bomb}}[what]
    world.server.plan(answers)
    outlet = world.outlet()
    report = world.visit(outlet, world.context(outlet, max_page_bytes=LIMIT, max_feed_bytes=LIMIT))
    assert report.counts.stored == 0
    (error,) = report.counts.errors
    assert "larger than the limit" in error


@pytest.mark.parametrize("packed", ["cut", "broken", "unknown"])
def test_a_page_that_cannot_be_unpacked_is_a_failure_that_says_so(loop, server, packed):
    whole = gzip.compress(b"an article " * 1000)
    body, name = {"cut": (whole[: len(whole) // 2], "gzip"), "broken": (b"plain", "gzip"), "unknown": (b"x", "lzma")}[
        packed
    ]
    server.plan({"/page": answer(body, content_encoding=name)})
    with pytest.raises(FetchFailed, match=r"packed as|inside its packing"):
        loop.run(lambda: fetch_once(server.url("/page"), SETTINGS))


def test_headers_without_end_are_hung_up_on(loop, server):
    server.plan({"/page": answer("x", manner="headers")})
    started = time.monotonic()
    with pytest.raises(FetchFailed, match="broke off"):
        loop.run(lambda: fetch_once(server.url("/page"), CrawlerSettings(allow_private_addresses=True)))
    assert time.monotonic() - started < 5
