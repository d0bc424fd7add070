"""Outlet files that appear while the service runs."""

from tests.scheduler.test_service import Running, feed, free_port, page, wait_for
from tests.servers.client import OutletServer, answer


def test_a_dropped_in_file_is_taken_up_without_a_restart_and_a_wrong_one_only_said(tmp_path):
    with OutletServer() as server:
        base, other = f"http://127.0.0.1:{server.port}", f"http://127.0.0.2:{server.port}"
        server.plan({"/rss": answer(feed(base, [1]), content_type="application/xml"), "/a/1": answer(page(1))})
        server.plan({"/other": answer(feed(other, [2]), content_type="application/xml"), "/a/2": answer(page(2))})
        running = Running(tmp_path, base, free_port(), "crawler")
        try:
            wait_for(lambda: "/a/1" in [entry["path"] for entry in server.asked(forget=False)])
            (tmp_path / "outlets" / "wrong.toml").write_text("id = 'half")
            wait_for(lambda: "catalogue.refused" in (tmp_path / "log").read_text())
            (tmp_path / "outlets" / "wrong.toml").unlink()
            (tmp_path / "outlets" / "sample-other.toml").write_text(
                f'id = "sample-other"\nname = "다른 샘플"\nhome = "{other}"\nhosts = ["127.0.0.2:{server.port}"]\n'
                f'sample = true\n[politeness]\ndelay = 0\n[[sources]]\nkind = "feed"\nurl = "{other}/other"\n'
            )
            wait_for(lambda: "/a/2" in [entry["path"] for entry in server.asked(forget=False)])
            assert running.process.poll() is None
        finally:
            running.process.terminate()
            assert running.process.wait(30) == 0
            running.log.close()
