"""The pages as `zgcwatch run` serves them, on the evening of the newest article."""

from datetime import datetime

from fastapi import FastAPI

from benchmarks.serving import in_korea
from crawler.meaning.aliases import expander
from crawler.meaning.facts import load_reader
from digest.settings import DigestSettings
from storage.database import Database
from web.app import create_app
from web.pages.desk import Tools


def pages_at(url: str, newest: datetime) -> FastAPI:
    """The pages of an archive as they are at a time."""
    return create_app(
        Database.open(url),
        version="bench",
        in_zone=in_korea,
        clock=lambda: newest,
        expand=expander(load_reader().lexicon),
        tools=Tools(digest=DigestSettings()),
    )
