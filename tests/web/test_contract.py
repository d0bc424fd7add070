"""The OpenAPI document, and the API held to it by requests that schemathesis makes up."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from storage.meaning import FactsDraft, store_facts
from tests.web.conftest import LICENCES, NOON, client_of, draft, key_of, served, store
from tests.web.test_entities_and_deals import deal, entity
from web.app import create_app
from web.routes.articles import ARTICLE, ArticleRow
from web.routes.deals import DEAL, DealItem
from web.routes.entities import ENTITY, EntityItem
from web.routes.search import HIT, HitRow
from web.routes.stories import STORY, StoryItem

pytest.importorskip("schemathesis")

RUN = "from schemathesis.cli import schemathesis; schemathesis()"
EXAMPLES = os.environ.get("ZGC_CONTRACT_EXAMPLES", "10")

PAGE = Path(__file__).parents[2] / "docs/api.md"
OPEN = {"/healthz", "/readyz", "/v1/schema/article.json"}  # to everyone, for they say nothing of the archive


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_openapi_describes_every_address_field_and_parameter(small_archive):
    with client_of(small_archive) as client:
        document = client.get("/openapi.json").json()
    assert document["components"]["schemas"]["ArticleRow"]["properties"]["state"]["description"]
    for path, method, operation in operations(document):
        assert operation["summary"], path
        for parameter in operation.get("parameters", []):
            assert parameter["schema"].get("description") or parameter.get("description"), (path, parameter["name"])
        if path not in OPEN:
            assert operation["security"] == [{"HTTPBearer": []}], path
            assert set(operation["responses"]) >= {"401", "403", "422", "429"}, path
            assert method != "get" or set(operation["responses"]) >= {"200", "304"}, path


def test_every_address_is_in_the_guide(small_archive):
    document = create_app(small_archive, version="1", in_zone=lambda moment: moment).openapi()
    told = {re.sub(r"{\w+}", "{}", path) for path in re.findall(r"`(/[\w./{}]+)", PAGE.read_text("utf-8"))}
    assert {re.sub(r"{\w+}", "{}", path) for path in document["paths"]} - told == set()


def test_every_row_of_the_document_has_examples(small_archive):
    document = create_app(small_archive, version="1", in_zone=lambda moment: moment).openapi()
    rows = ("ArticleRow", "VersionRow", "HitRow", "ChangeRow", "OutletItem", "EntityItem", "WeekItem", "CompanionItem")
    for name in (
        *rows,
        "DealItem",
        "ReportItem",
        "VersionItem",
        "SeriesItem",
        "MoneyItem",
        "StoryItem",
        "StoryReportItem",
        "StoryReasonItem",
    ):
        properties = document["components"]["schemas"][name]["properties"]
        lacking = {field for field, schema in properties.items() if "examples" not in schema and "items" not in schema}
        assert lacking <= {"highlights"}, name


def examples_of(document):
    """Every example in the document with the schema that it is an example of."""
    for name, model in document["components"]["schemas"].items():
        for field, schema in model.get("properties", {}).items():
            for example in schema.get("examples", []):
                yield f"{name}.{field}", schema, example
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                schema = parameter["schema"]
                for example in (*schema.get("examples", []), *parameter.get("examples", [])):
                    yield f"{path} {parameter['name']}", schema, example


def test_every_example_is_valid(small_archive):
    jsonschema = pytest.importorskip("jsonschema_rs")
    with client_of(small_archive) as client:
        document = client.get("/openapi.json").json()
    found = list(examples_of(document))
    assert len(found) > 80
    for name, schema, example in found:
        whole = {**schema, "components": document["components"]}
        assert jsonschema.is_valid(whole, example, validate_formats=True), (name, example)


def test_rows_and_their_schemas_have_the_same_fields():
    assert list(ARTICLE.fields) == list(ArticleRow.model_fields)
    assert list(HIT.fields) == list(HitRow.model_fields)
    assert list(ENTITY.fields) == list(EntityItem.model_fields)
    assert list(DEAL.fields) == list(DealItem.model_fields)
    assert list(STORY.fields) == list(StoryItem.model_fields)


CONFIG = """
[parameters]
wait = 0
[checks]
# Cursors are opaque: of all strings that fit their schema only ours are valid, and 400 is what the others get.
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "5xx"]

[[operations]]
# Addresses, zones and rules are checked beyond what a schema can say.
include-method = "PUT"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "422", "5xx"]

[[operations]]
# 503 is its answer where no scheduler runs, as in these tests.
include-path = "/readyz"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", "503"]
"""


def test_made_up_requests_are_answered_as_documented(small_archive, tmp_path):
    store(
        small_archive,
        *(draft(number, outlet=f"sample-{licence}", title="중관춘 유니콘") for number, licence in enumerate(LICENCES)),
    )
    with small_archive.writer() as session:
        facts = FactsDraft(entities=(entity("sample-robo"), entity("hongshan")), deals=(deal("sample-robo"),))
        store_facts(session, 1, facts, now=NOON)
    key = key_of(small_archive, "admin")
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    with served(small_archive, require_token="always", rate_per_minute=0) as base:
        done = subprocess.run(
            [sys.executable, "-c", RUN, "--config-file", str(config), "run", f"{base}/openapi.json",
             "--header", f"Authorization: Bearer {key}", "--checks", "all", "--max-examples", EXAMPLES,
             "--generation-deterministic", "--workers", "1"],
            capture_output=True, text=True, timeout=170, cwd=tmp_path, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
