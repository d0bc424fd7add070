from pathlib import Path

from storage.schema_doc import document

PAGE = Path(__file__).parents[2] / "docs" / "schema.md"


def test_the_page_is_what_the_models_say():
    assert PAGE.read_text("utf-8") == document(), "run: python -m storage.schema_doc > docs/schema.md"


def test_every_table_is_explained():
    for section in document().split("\n## ")[1:]:
        assert section.split("\n")[2].strip(), section
