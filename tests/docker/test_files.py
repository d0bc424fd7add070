"""What holds of the build and container files without an engine. `make docker-test` runs them for real."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.sqlite.yml")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict:
    return tomllib.loads(text("pyproject.toml"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_exact_versions_and_name_no_index():
    for line in text("constraints.txt").splitlines():
        assert re.fullmatch(r"#.*|[a-z0-9][a-z0-9-]*==[\w.+!]+( ; .+)?", line), line
        assert "://" not in line


def test_constraints_hold_every_dependency():
    held = {line.split("==")[0] for line in text("constraints.txt").splitlines() if "==" in line}
    wanted = project()["project"]["dependencies"] + project()["dependency-groups"]["dev"]
    names = {canonical(re.match(r"[\w.-]+", row)[0]) for row in wanted}
    assert names - held == set(), "run `make lock`"


def test_dockerfile_builds_from_one_overridable_base_without_a_frontend_of_its_own():
    dockerfile = text("Dockerfile")
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
    assert re.search(r"^ARG PYTHON_IMAGE=python:", dockerfile, re.MULTILINE)
    assert not re.search(r"^#\s*syntax|<<|index-url", dockerfile, re.MULTILINE)


def test_the_image_gets_every_package_and_little_else():
    let_in = set(re.findall(r"^!(\S+)$", text(".dockerignore"), re.MULTILINE))
    packages = {pattern.rstrip("*") for pattern in project()["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert let_in == packages | {"LICENSE", "README.md", "constraints.txt", "pyproject.toml"}


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_every_variable_of_a_compose_file_is_explained(file):
    used = set(re.findall(r"\$\{(\w+)", text(file)))
    explained = set(re.findall(r"^#?(\w+)=", text(".env.example"), re.MULTILINE))
    assert used - explained == set()


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_the_service_may_end_its_visits_and_writes_only_to_its_volume(file):
    compose = text(file)
    for line in ("stop_grace_period: 60s", "read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert line in compose
    assert "127.0.0.1:${ZGC_PORT" in compose


def test_the_example_of_env_ships_no_password():
    assert re.search(r"^POSTGRES_PASSWORD=$", text(".env.example"), re.MULTILINE)


def verbs() -> list[str]:
    [row] = re.findall(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)
    return row.split()


def test_make_lists_every_verb():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\S+)", listed, re.MULTILINE) == verbs()


def test_contributing_explains_every_verb():
    contributing = text("CONTRIBUTING.md")
    assert [verb for verb in verbs() if f"`make {verb}`" not in contributing] == []


def test_ci_ends_with_the_tests():
    """What reads the log of a run looks for pytest's closing line at its end."""
    last = [line for line in text(".ci/run").splitlines() if line.strip()][-1]
    assert re.match(r"make .* test ", last)


def test_every_service_that_stays_is_limited_judged_and_hardened():
    services = yaml.safe_load(text("docker-compose.yml"))["services"]
    assert set(services) == {"db", "migrate", "scheduler", "crawler", "web", "mail"}
    assert services["mail"]["profiles"] == ["dev"]
    for name, service in services.items():
        assert service["mem_limit"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        if name not in {"db", "mail"}:
            assert (service["read_only"], service["cap_drop"], service["init"]) == (True, ["ALL"], True), name
        if name in {"scheduler", "crawler", "web"}:
            assert service["healthcheck"]["test"] == ["CMD", "zgcwatch", "ready"]
            assert service["stop_grace_period"] == "60s"
            assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
            assert service["command"] == ["run", "--role", name]
