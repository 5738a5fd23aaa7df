"""What of a result is marked as what was typed."""

from __future__ import annotations

from support import Catalogue, add


def test_highlights_mark_the_words_and_lose_no_text(shelf: Catalogue) -> None:
    item = shelf.ask("云冈").items[0]
    assert "".join(part.text for part in item.highlights["title"]) == item.resource.title
    assert [part.text for part in item.highlights["title"] if part.match] == ["云冈"]


def test_what_is_found_by_another_name_is_marked_and_particles_are_not(catalogue: Catalogue) -> None:
    add(catalogue.database, "故宫的书画")
    catalogue.build()
    (item,) = catalogue.ask("紫禁城的书画").items
    assert [part.text for part in item.highlights["title"] if part.match] == ["故宫", "书画"]


def test_marks_are_of_pairs_and_of_whole_other_names_and_of_no_stray_character(catalogue: Catalogue) -> None:
    text = "舍弃两面，两宋的越剧又名的笃班，班主是老舍。"
    add(catalogue.database, "越剧", description=text)
    catalogue.build()

    def marked(query: str) -> list[str]:
        (item,) = catalogue.ask(query).items
        return [part.text for part in item.highlights["description"] if part.match]

    assert marked("越剧") == ["越剧", "的笃班"]
    assert marked("老舍 越剧") == ["越剧", "的笃班", "老舍"]
    assert marked("两宋 越剧") == ["两宋", "越剧", "的笃班"]
