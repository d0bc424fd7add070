"""`zgcwatch doctor`, `ready` and `db drill`, as an operator types them."""

import json

from cli.demo.sink import Sink
from tests.e2e.command import zgcwatch
from tests.servers.client import OutletServer, answer


def settings(folder, server, **extra):
    base = server.url("", host="127.0.0.31")
    (folder / "outlets").mkdir(exist_ok=True)
    for name, path in (("sample-open", "/rss"), ("sample-closed", "/closed/rss")):
        (folder / "outlets" / f"{name}.toml").write_text(
            f'id = "{name}"\nname = "샘플"\nhome = "{base}"\nhosts = ["127.0.0.31:{server.port}"]\nsample = true\n'
            f'[[sources]]\nkind = "feed"\nurl = "{base}{path}"\n'
        )
    rows = {"contact": '"https://example.com/bot"', **extra}
    (folder / "zgcwatch.toml").write_text(
        '[storage]\ndatabase = "sqlite:///archive.db"\n[crawler]\npackaged_outlets = false\noutlets = ["outlets"]\n'
        f"allow_private_addresses = true\ncontact = {rows.pop('contact')}\n" + rows.pop("more", "")
    )


def findings(done):
    rows = json.loads(done.out)["findings"]
    return {row["check"]: [one for one in rows if one["check"] == row["check"]] for row in rows}


def test_it_looks_at_everything_and_stores_nothing(tmp_path):
    with OutletServer() as server, Sink() as sink:
        server.plan({"/robots.txt": answer("User-agent: *\nDisallow: /closed/\nCrawl-delay: 2\n")})
        mail = f'host = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
        settings(tmp_path, server, more=f'[digest]\nrecipients = ["a@example.com"]\n[digest.smtp]\n{mail}')
        assert zgcwatch("db", "upgrade", cwd=tmp_path).code == 0
        done = zgcwatch("doctor", "--json", cwd=tmp_path)
        assert [entry["path"] for entry in server.asked()] == ["/robots.txt"]
    found = findings(done)
    assert done.code == 0, done.out
    assert "example.com/bot" in found["contact"][0]["said"]
    assert found["database"][0]["verdict"] == "well"
    assert found["scheduler"][0]["verdict"] == "warning"
    assert "answers, no login wanted" in found["mail"][0]["said"]
    assert [row["verdict"] for row in found["robots"]] == ["warning", "well"]
    assert "sample-closed: robots.txt asks" in found["robots"][0]["said"]
    assert "1 of 2 outlets" in found["robots"][1]["said"]
    assert sink.messages == []


def test_what_is_bad_is_named_with_its_remedy_and_fails(tmp_path):
    with OutletServer() as server:
        more = (
            '[digest]\nrecipients = ["a@example.com"]\n[digest.smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
        )
        settings(tmp_path, server, contact='""', more=more)
        done = zgcwatch("doctor", "--no-outlets", cwd=tmp_path)
    assert done.code == 1
    for said in ("BAD  contact", "zgcwatch db upgrade", "does not answer", "checks are bad."):
        assert said in done.out, done.out


def test_wrong_settings_are_code_78(tmp_path):
    (tmp_path / "zgcwatch.toml").write_text("[crawler]\ncontakt = 'x'\n")
    done = zgcwatch("doctor", cwd=tmp_path)
    assert (done.code, "contact" in done.err) == (78, True)


def test_ready_says_when_nobody_answers(tmp_path, free_port):
    done = zgcwatch("ready", "--url", f"http://127.0.0.1:{free_port}", cwd=tmp_path)
    assert (done.code, "No zgcwatch answers" in done.err) == (1, True)


def test_a_drill_of_the_newest_backup(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "zgcwatch.toml").write_text('[storage]\ndatabase = "sqlite:///archive.db"\nbackups = "kept"\n')
    zgcwatch("db", "upgrade", cwd=tmp_path)
    nothing = zgcwatch("db", "drill", cwd=tmp_path)
    assert (nothing.code, "no backup" in nothing.err) == (78, True)
    zgcwatch("db", "backup", "kept", cwd=tmp_path)
    done = zgcwatch("db", "drill", "--json", cwd=tmp_path)
    assert done.json()["articles"] == 0
