"""The sink takes mail over real SMTP and writes it down byte for byte."""

import smtplib
from email.message import EmailMessage

from cli.demo.sink import Sink


def a_message():
    message = EmailMessage()
    message["From"] = "digest@zgcwatch.example"
    message["To"] = "reader@zgcwatch.example"
    message["Subject"] = "중관춘 데일리"
    message.set_content("중관춘 소식\n")
    message.add_alternative("<p>중관춘 소식</p>\n", subtype="html")
    return message


def test_a_message_arrives_whole_and_is_written_in_three_forms(tmp_path):
    message = a_message()
    with Sink() as sink, smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
        client.send_message(message)
    [mail] = sink.messages
    assert (mail.sender, mail.recipients) == ("digest@zgcwatch.example", ("reader@zgcwatch.example",))
    paths = mail.write(tmp_path, "digest")
    assert paths["eml"].read_bytes() == mail.content
    assert paths["txt"].read_text() == "중관춘 소식\n"
    assert paths["html"].read_text() == "<p>중관춘 소식</p>\n"


def test_a_message_without_a_part_writes_an_empty_file(tmp_path):
    message = EmailMessage()
    message["From"] = message["To"] = "reader@zgcwatch.example"
    message.set_content("글만 있다\n")
    with Sink() as sink, smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
        client.send_message(message)
    assert sink.messages[0].part("html") == ""


def test_two_sinks_run_side_by_side():
    with Sink() as one, Sink() as other:
        assert one.port != other.port
