"""Serves the folder of real pages as outlets with feeds: one loopback address an outlet. Run as a process of its own.

Prints one JSON line `{"port": N}` when it listens. `/_log` answers the paths asked for so far, as JSON.
"""

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape


def outlets_of(corpus: Path):
    """Outlet name → its article rows of pages.jsonl, in a stable order."""
    rows = [json.loads(line) for line in (corpus / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    groups = {}
    for row in rows:
        if row["kind"] == "article":
            groups.setdefault(row["outlet"], []).append(row)
    return groups


def address(number: int) -> str:
    return f"127.0.1.{number + 1}"


def path_of(row) -> str:
    """The path and query the page had at home; pages without a known address go by their file name."""
    parts = urlsplit(row["url"])
    if not parts.path.strip("/"):
        return "/articles/" + hashlib.sha256(row["file"].encode()).hexdigest()[:8]
    return same_query(parts.path, parts.query)


def same_query(path: str, query: str) -> str:
    """An address with its parameters in order, as a server reads it: their order means nothing to it."""
    return path + (f"?{urlencode(sorted(parse_qsl(query)))}" if query else "")


def feed(name, rows, base):
    items = "".join(
        f"<item><title>{escape(row['title'])}</title><link>{escape(base + path_of(row))}</link></item>" for row in rows
    )
    channel = f"<channel><title>{escape(name)}</title>{items}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'


def serve(corpus: Path):
    log, answers, servers, port = [], {}, [], 0

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            here = self.server.server_address[0]
            if self.path == "/_log":
                return self.answer(200, "application/json", json.dumps(log).encode())
            path = same_query(*self.path.partition("?")[::2])
            log.append([here, path])
            kind, body = answers.get((here, path), ("text/plain", None))
            return self.answer(404 if body is None else 200, kind, body or b"no such page")

        def answer(self, status, kind, body):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    for number, (name, rows) in enumerate(outlets_of(corpus).items()):
        server = ThreadingHTTPServer((address(number), port), Handler)
        port = server.server_address[1]
        servers.append(server)
        base = f"http://{address(number)}:{port}"
        answers[address(number), "/rss"] = ("application/rss+xml", feed(name, rows, base).encode())
        answers[address(number), "/robots.txt"] = ("text/plain", b"User-agent: *\nAllow: /\n")
        for row in rows:
            answers[address(number), path_of(row)] = ("text/html", (corpus / row["file"]).read_bytes())
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": port}), flush=True)
    sys.stdin.read()  # lives until its parent closes the pipe


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
