"""The browser's way out, asked by hand: what it lets by and what it does not."""

import asyncio

import pytest

from crawler.fetch.guard import Gate
from crawler.render.proxy import GuardedProxy
from tests.servers.client import answer
from tests.servers.ear import Ear


async def ask(proxy, request):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
    writer.write(request.encode())
    found = b""
    async with asyncio.timeout(10):
        while chunk := await reader.read(65536):
            found += chunk
            if found.endswith(b"\r\n\r\ntext"):
                break
    writer.close()
    return found


def through(gate, request, limit=100_000):
    async def main():
        async with GuardedProxy(gate, limit=limit) as proxy:
            return await ask(proxy, request)

    return asyncio.run(main())


HOSTS = ["127.0.0.1", "127.0.0.9", "0x7f000001", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("form", ["GET http://{0}/secret HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT {0} HTTP/1.1\r\n\r\n"])
def test_nothing_inside_is_reached(host, form):
    with Ear() as ear:
        found = through(Gate(), form.format(f"{host}:{ear.port}"))
        assert found.startswith(b"HTTP/1.1 403")
        assert ear.connections == 0


def test_a_plain_request_is_passed_on_without_what_is_the_proxys(server):
    server.plan({"/page?x=1": answer("text", content_type="text/plain")})
    head = (
        f"GET {server.url('/page?x=1')} HTTP/1.1\r\nHost: 127.0.0.1\r\nProxy-Connection: keep-alive\r\nX-Own: 1\r\n\r\n"
    )
    found = through(Gate(allow_private_addresses=True), head)
    assert found.endswith(b"\r\n\r\ntext")
    (entry,) = server.asked()
    assert entry["headers"] == {"host": "127.0.0.1", "x-own": "1", "connection": "close"}


def test_the_body_of_a_request_goes_along_and_a_second_request_does_not(server):
    server.plan({"/api": answer("text"), "/other": answer("text")})
    first = f"POST {server.url('/api')} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
    second = f"GET {server.url('/other')} HTTP/1.1\r\nHost: b\r\n\r\n"
    found = through(Gate(allow_private_addresses=True), first + second)
    assert b"connection: close" in found.lower()
    assert server.paths() == ["/api"]


def test_a_tunnel_carries_bytes_both_ways(server):
    server.plan({"/page": answer("text")})

    async def main():
        async with GuardedProxy(Gate(allow_private_addresses=True), limit=100_000) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
            writer.write(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n\r\n".encode())
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            writer.write(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(4) == b"text"
            writer.close()

    asyncio.run(main())


def test_an_answer_beyond_the_limit_is_cut_off(server):
    server.plan({"/page": answer("x" * 500_000)})
    head = f"GET {server.url('/page')} HTTP/1.1\r\nHost: x\r\n\r\n"
    assert len(through(Gate(allow_private_addresses=True), head, limit=100_000)) <= 100_000


@pytest.mark.parametrize("nonsense", ["\r\n\r\n", "GET\r\n\r\n", "CONNECT x:y HTTP/1.1\r\n\r\n", "x" * 100_000])
def test_nonsense_ends_the_connection_and_nothing_else(nonsense):
    assert through(Gate(), nonsense) == b""


def test_nobody_there_is_a_bad_gateway(free_port):
    found = through(Gate(allow_private_addresses=True), f"GET http://127.0.0.1:{free_port}/ HTTP/1.1\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 502")
