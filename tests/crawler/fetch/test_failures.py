import pytest
from scrapy import exceptions as scrapy

from crawler.fetch.failures import explain, explain_status
from crawler.fetch.pace import HostResting


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (scrapy.DownloadTimeoutError("x"), "in time"),
        (scrapy.CannotResolveHostError("x"), "DNS"),
        (scrapy.DownloadFailedError("[<Failure OpenSSL.SSL.Error: certificate verify failed>]"), "certificate"),
        (scrapy.DownloadFailedError("x"), "broke off"),
        (scrapy.UnsupportedURLSchemeError("x"), "neither http nor https"),
        (HostResting("a.example asked to be left alone.", 9), "left alone"),
        (ValueError("odd\n\nthing"), "ValueError: odd thing"),
        (None, "NoneType"),
    ],
)
def test_each_failure_is_one_sentence(error, says):
    sentence = explain(error)
    assert says in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_statuses_have_their_names():
    assert explain_status(404) == "It answered 404 (Not Found)."
    assert explain_status(999) == "It answered 999."
