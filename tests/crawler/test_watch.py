"""The catalogue of a running service follows the operator's files; a wrong file changes nothing and is said."""

import os
from pathlib import Path

from crawler.meaning import topics as topics_module
from crawler.settings import CrawlerSettings
from crawler.watch import CatalogueWatcher, TopicsWatcher
from tests.crawler.outlets.test_folders import write


def ids(watcher):
    return [outlet.id for outlet in watcher.current()]


def touched(file):
    """Files written within one tick of the clock look the same otherwise."""
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))
    return file


def test_files_that_come_change_and_go_are_taken_up(tmp_path):
    write(tmp_path, "a.toml", outlet_id="a-times")
    watcher = CatalogueWatcher([tmp_path], packaged=False)
    first = watcher.current()
    assert watcher.current() is first
    write(tmp_path, "b.toml", outlet_id="b-times")
    assert ids(watcher) == ["a-times", "b-times"]
    touched(write(tmp_path, "a.toml", outlet_id="a-times", extra="enabled = false"))
    assert [outlet.enabled for outlet in watcher.current()] == [False, True]
    (tmp_path / "b.toml").unlink()
    assert ids(watcher) == ["a-times"]


def test_a_wrong_file_keeps_the_outlets_of_before_and_is_said_until_it_is_mended(tmp_path):
    write(tmp_path, "a.toml", outlet_id="a-times")
    watcher = CatalogueWatcher([tmp_path], packaged=False)
    file = write(tmp_path, "b.toml", text="id = 'half")
    before = watcher.current()
    assert ids(watcher) == ["a-times"]
    assert str(file) in watcher.problem
    assert "stay in force" in watcher.problem
    assert watcher.current() is before
    touched(write(tmp_path, "b.toml", outlet_id="b-times"))
    assert ids(watcher) == ["a-times", "b-times"]
    assert watcher.problem is None


def test_a_folder_that_goes_away_keeps_the_outlets_too(tmp_path):
    folder = tmp_path / "outlets"
    folder.mkdir()
    write(folder, "a.toml", outlet_id="a-times")
    watcher = CatalogueWatcher.for_settings(CrawlerSettings(outlets=(folder,), packaged_outlets=False))
    (folder / "a.toml").unlink()
    folder.rmdir()
    assert ids(watcher) == ["a-times"]
    assert "does not exist" in watcher.problem


def test_topics_and_names_are_followed_and_wrong_ones_refused(tmp_path):
    packaged = (Path(topics_module.__file__).parent / "topics.toml").read_text(encoding="utf-8")
    file = tmp_path / "topics.toml"
    file.write_text(packaged, encoding="utf-8")
    watcher = TopicsWatcher(CrawlerSettings(topics=file))
    first = watcher.current()
    assert watcher.current() is first
    file.write_text("[[topic]]\nnam = 'x'\n", encoding="utf-8")
    touched(file)
    assert watcher.current() is first
    assert "The topics of before stay in force" in watcher.problem
    file.write_text(packaged + "\n# mended\n", encoding="utf-8")
    assert watcher.current() is not first
    assert watcher.problem is None
    again = watcher.current(again=True)  # SIGHUP reads unchanged files, too
    assert again is not first
    assert len(tuple(again)) == len(tuple(first))
