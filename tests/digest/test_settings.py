import pytest
from pydantic import ValidationError

from digest.settings import DigestSettings, SmtpSettings


@pytest.mark.parametrize(
    "address",
    [
        "",
        "analyst",
        "a@b@c",
        "A Person <a@example.com>",
        "a@example.com\r\nBcc: b@example.com",
        "가나@example.com",
        "a b@example.com",
        "a..b@example.com",
        "@example.com",
        "a@" + "b" * 260 + ".com",
    ],
)
def test_a_bad_recipient_is_refused_at_configuration(address):
    with pytest.raises(ValidationError, match="plain mail address"):
        DigestSettings(recipients=(address,))


def test_a_recipient_is_listed_once_whatever_its_case():
    with pytest.raises(ValidationError, match="more than once"):
        DigestSettings(recipients=("a@example.com", "A@Example.com"))


@pytest.mark.parametrize("sender", ["a@example.com", "중관춘 데일리 <digest@example.com>"])
def test_a_sender_may_have_a_name(sender):
    assert DigestSettings(sender=sender).sender == sender


@pytest.mark.parametrize("sender", ["nobody", "X\r\nBcc: b@example.com <a@example.com>", "X <a b@example.com>"])
def test_a_bad_sender_is_refused(sender):
    with pytest.raises(ValidationError):
        DigestSettings(sender=sender)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cutoff": "7:20"},
        {"cutoff": "24:00"},
        {"deliver_at": "07:00"},
        {"timezone": "Asia/Soul"},
        {"timezone": "../etc/passwd"},
        {"web_url": "javascript:alert(1)"},
        {"web_url": "https://a b"},
        {"unsubscribe": "http://example.com/u"},
        {"unsubscribe": "mailto:a@example.com>\r\nBcc: x"},
        {"title": "두\n줄"},
        {"nonsense": 1},
    ],
)
def test_a_bad_value_is_refused(wrong):
    with pytest.raises(ValidationError):
        DigestSettings(**wrong)


def test_a_password_is_never_sent_in_the_clear():
    with pytest.raises(ValidationError, match="encrypted"):
        SmtpSettings(username="u", password="p", security="none")
    with pytest.raises(ValidationError, match="belong together"):
        SmtpSettings(username="u")


def test_a_password_is_not_shown():
    assert "hunter2" not in repr(SmtpSettings(username="u", password="hunter2"))


def test_every_setting_is_described():
    for model in (DigestSettings, SmtpSettings):
        assert [name for name, field in model.model_fields.items() if not field.description] == []
