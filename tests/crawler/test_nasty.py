import pytest

from crawler.workers import ParsePool

from .nasty import NASTY
from .nasty_run import DEADLINE, attempt, good_page, run


@pytest.fixture(scope="module")
def pool():
    with ParsePool(1, DEADLINE) as pool:
        assert attempt(pool, good_page()) == "article"  # the first page pays for starting the worker
        yield pool


def test_there_are_at_least_sixty_and_names_are_unique():
    assert len({nasty.name for nasty in NASTY}) == len(NASTY) >= 60


@pytest.mark.parametrize("nasty", [one for one in NASTY if one.quick], ids=lambda nasty: nasty.name)
def test_a_nasty_input_costs_nobody_else_anything(pool, nasty):
    """A subset for every run; `make bench-extract` runs all of them."""
    assert run(pool, nasty).faults == ()
