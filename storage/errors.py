"""The one base error. Every error a person can meet is one sentence: what happened, where, and the remedy."""

import difflib
from typing import Any

from pydantic import BaseModel, ValidationError


class ZgcwatchError(Exception):
    """Something the operator can mend; the message says what, where and how. Exit code 1."""

    exit_code = 1


class ConfigurationError(ZgcwatchError):
    """The settings, an outlet file or a folder are wrong; nothing was started. Exit code 78 (EX_CONFIG)."""

    exit_code = 78


class SchemaError(ConfigurationError):
    """The database is older or newer than this code; the message names the command that mends it."""


class DatabaseUnreachable(ZgcwatchError):  # noqa: N818 - named for what the operator sees
    """The database server does not answer; the message names it without its password."""


class CursorError(ZgcwatchError):
    """A page cursor was not made by this archive, or belongs to another list; start again without it."""


def explain_validation(error: ValidationError, model: type[BaseModel]) -> str:
    """A pydantic error as sentences an operator can act on: the key, what is wrong, the nearest right key."""
    return " ".join(_explain_one(dict(problem), model) for problem in error.errors())


def _explain_one(problem: dict[str, Any], model: type[BaseModel]) -> str:
    place = ".".join(str(step) for step in problem["loc"])
    if problem["type"] != "extra_forbidden":
        return f"`{place}`: {problem['msg'].removeprefix('Value error, ')}."
    known = _keys_at(model, problem["loc"][:-1])
    near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"known keys are {', '.join(known)}."
    return f"`{place}` is not a known key; {hint}"


def _keys_at(model: Any, path: tuple[Any, ...]) -> list[str]:
    """The keys a model knows at a path inside it; list positions and keys of a mapping of models are skipped."""
    for step in path:
        if isinstance(step, int) or step not in model.model_fields:
            continue
        annotation = model.model_fields[step].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
        if model is None:
            return []
    return sorted(model.model_fields)
