import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from storage.errors import ConfigurationError, SchemaError, ZgcwatchError, explain_validation


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str
    depth: int = Field(default=1, ge=1)

    @field_validator("url")
    @classmethod
    def _absolute(cls, url):
        if not url.startswith("http"):
            raise ValueError("must be an absolute address")
        return url


class Outlet(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    sources: tuple[Source, ...] = ()


def explained(row):
    with pytest.raises(ValidationError) as caught:
        Outlet.model_validate(row)
    return explain_validation(caught.value, Outlet)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "`name`: Field required."),
        ({"nam": "가", "name": "나"}, "`nam` is not a known key; did you mean `name`?"),
        ({"name": "가", "zzz": 1}, "`zzz` is not a known key; known keys are name, sources."),
        ({"name": "가", "sources": [{"url": "x"}]}, "`sources.0.url`: must be an absolute address."),
        (
            {"name": "가", "sources": [{"url": "http://x", "dept": 2}]},
            "`sources.0.dept` is not a known key; did you mean `depth`?",
        ),
        ({"name": "가", "name.x": {}}, "`name.x` is not a known key; did you mean `name`?"),
    ],
)
def test_a_mistake_in_settings_is_a_sentence(row, sentence):
    assert explained(row) == sentence


def test_two_mistakes_are_two_sentences():
    assert (
        explained({"title": "가"})
        == "`name`: Field required. `title` is not a known key; known keys are name, sources."
    )


def test_exit_codes():
    assert (ZgcwatchError.exit_code, ConfigurationError.exit_code, SchemaError.exit_code) == (1, 78, 78)
