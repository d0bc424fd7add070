from pathlib import Path

from cli.settings_doc import document

ROOT = Path(__file__).parents[2]


def test_the_page_of_settings_is_what_the_models_say():
    written = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert written == document(), "run `python -m cli.settings_doc > docs/settings.md`"
