import tomllib
from pathlib import Path

from cli.example import example
from cli.settings import Settings

ROOT = Path(__file__).parents[2]


def test_the_example_file_is_what_the_models_say():
    assert (ROOT / "zgcwatch.example.toml").read_text(encoding="utf-8") == example(), (
        "run `zgcwatch config example > zgcwatch.example.toml`"
    )


def test_every_setting_in_the_example_can_be_uncommented():
    settings = [
        line.removeprefix("# ") if line.startswith("# ") and " = " in line and line.split()[1].isidentifier() else line
        for line in example().splitlines()
        if not (line.startswith("# ") and " = " not in line)
    ]
    settings = [line for line in settings if not line.endswith('= ""')]
    assert Settings(**tomllib.loads("\n".join(settings))) == Settings()


def test_every_setting_is_described():
    def undescribed(model, path):
        for name, field in model.model_fields.items():
            if hasattr(field.annotation, "model_fields"):
                yield from undescribed(field.annotation, f"{path}{name}.")
            elif not field.description:
                yield path + name

    assert list(undescribed(Settings, "")) == []
