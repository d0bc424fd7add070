"""Which id a story has: that of its first report."""

from collections.abc import Mapping, Sequence

from storage.stories import KnownStory, StoryMember


def place_ids(
    groups: Sequence[Sequence[StoryMember]], known: Mapping[int, KnownStory], anchored: Mapping[int, int]
) -> list[int | None]:
    """The id of each group, None where its first report has given none yet.

    `anchored` are the ids that articles gave. When the report a story has its id from was taken down, the story keeps
    the id: it lives on where the earliest of its articles is, unless that group has an earlier report.
    """
    lives_on: dict[int, int] = {}
    for place in reversed(range(len(groups))):
        lives_on.update((one.story_id, place) for one in groups[place] if one.story_id is not None)
    orphans = {
        story_id: lives_on[story_id]
        for story_id, story in known.items()
        if not story.anchor_is_live and story_id in lives_on and story.merged_into is None
    }
    ids: list[int | None] = [anchored.get(members[0].article_id) for members in groups]
    for story_id, place in sorted(orphans.items(), key=lambda row: known[row[0]].anchor, reverse=True):
        if known[story_id].anchor < groups[place][0]:
            ids[place] = story_id
    return ids
