"""`zgcwatch topics`: why an article is relevant, or is not."""

from pathlib import Path

import click

from cli.context import App, json_option, pass_app, print_json
from cli.files import read_korean

_LONGEST_PATH = 255  # bytes of a file name on the usual file systems


@click.group()
def topics() -> None:
    """The watched topics."""


@topics.command(epilog='Example: zgcwatch topics test "中 로봇 스타트업, 시리즈B 투자 유치"')
@click.argument("source", metavar="FILE|TEXT|-")
@json_option
@pass_app
def test(app: App, source: str, as_json: bool) -> None:
    """Show each topic's score for a text (first line: the headline), what made it up, and the threshold."""
    is_file = source == "-" or ("\n" not in source and len(source.encode()) <= _LONGEST_PATH and Path(source).is_file())
    text = read_korean(source) if is_file else source
    title, _, body = text.strip("\n").partition("\n")
    paragraphs = body.split("\n") if body else []
    watched = app.topics
    worth_reading = watched.may_match(title, body or None)
    scores = watched.scores(title, paragraphs)
    if as_json:
        print_json(
            {
                "worth_reading": worth_reading,
                "topics": [
                    {
                        "id": score.id,
                        "score": score.score,
                        "threshold": topic.threshold,
                        "relevant": score.reached,
                        "reasons": list(score.reasons),
                    }
                    for topic, score in zip(watched, scores, strict=True)
                ],
            }
        )
        return
    for topic, score in zip(watched, scores, strict=True):
        verdict = "relevant" if score.reached else "not relevant"
        click.echo(f"{topic.id} ({topic.name}): {score.score:g} of {topic.threshold:g}, {verdict}")
        for reason in score.reasons or ("no name, no pair of words of this topic",):
            click.echo(f"  {reason}")
    click.echo(f"By headline and summary alone, the page is {'worth' if worth_reading else 'not worth'} reading.")
