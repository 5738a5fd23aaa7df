"""`wenmai search`, `suggest`, `similar`: what readers do, from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from portal.answers import search_answer, suggestion_answers
from portal.cli.common import DEFAULT_DATA, AsJson, Data, plainly, print_json, pseudonym, services_of
from portal.codes import check_codes
from portal.languages import Language
from portal.published import published_now
from portal.reasons import recommendations_answer, recommended_answers
from recommend.request import Context, Request, Scope
from search.query import FACETS, MAX_SIZE, Filters, Mode, Query, Sort

_YEARS = re.compile(r"(-?\d{1,4})?\.\.(-?\d{1,4})?")


def _utf8(text: str) -> str:
    """The text itself. Raises BadParameter for bytes that a terminal sent in another encoding."""
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise typer.BadParameter("it is not UTF-8 text")
    return text


SearchedText = Annotated[str, typer.Argument(metavar="TEXT", help="What to look for.", callback=_utf8)]
Size = Annotated[int, typer.Option(min=1, max=MAX_SIZE, help="How many to answer with.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the top level."""
    for command in (search, suggest, similar, recommend):
        app.command()(command)


@plainly
def search(
    text: SearchedText,
    kind: Annotated[
        str | None, typer.Option(help="book, audiovisual, virtual, heritage or collection; comma list.")
    ] = None,
    institution: Annotated[str | None, typer.Option(help="Code of an institution; comma list.")] = None,
    year: Annotated[
        str | None, typer.Option(metavar="A..B", help="Range of years; either end may be left out.")
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="F=V", help=f"Filter by {', '.join(FACETS)}.")
    ] = None,
    mode: Mode = Mode.HYBRID,
    sort: Sort = Sort.RELEVANCE,
    size: Size = 20,
    page: Annotated[int, typer.Option(min=1)] = 1,
    explain: Annotated[bool, typer.Option(help="Say how each score came about.")] = False,
    cursor: Annotated[
        str | None,
        typer.Option(help="Walk through everything: *, then the cursor that each answer ends with."),
    ] = None,
    editions_of: Annotated[
        str, typer.Option(metavar="ID", help="Only editions and copies of the work of this record.")
    ] = "",
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Search the catalogue.

    Example: wenmai search 敦煌壁画 --kind heritage,virtual --year 618..907
    """
    given = [("kind", kind or ""), ("institution", institution or ""), *_fields(field or [])]
    query = Query(
        text=text, filters=_filters(given, year), facets=FACETS, mode=mode, sort=sort, size=size, page=page,
        explain=explain, cursor=cursor, editions_of=editions_of,
    )  # fmt: skip
    with services_of(data) as services:
        check_codes(query, services)
        answer = search_answer(services.search.search(query), services.schemas, "zh")
    if as_json:
        print_json(answer)
    else:
        _print_answer(answer)


@plainly
def suggest(text: SearchedText, size: Size = 8, data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Complete what is being typed: characters, pinyin or initials.

    Example: wenmai suggest qingming
    """
    with services_of(data) as services:
        services.recommendation.trends()
        services.search.read_used_titles()
        items = suggestion_answers(services.search.suggest(text, size))
    _print_items(items, as_json)


@plainly
def similar(
    resource_id: Annotated[str, typer.Argument(metavar="ID", help="The resource's id.")],
    source: Annotated[
        Scope, typer.Option(help="Of its own institution, of all, or of all with its own first.")
    ] = Scope.BLEND,
    size: Size = 8,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """List resources like one, by use and by content, each with the reason.

    Example: wenmai similar 01JXYZ…
    """
    with services_of(data) as services:
        resource = published_now(services.database, resource_id)
        items = recommended_answers(services.recommendation.similar(resource, size, source), services, "zh")
    _print_items(items, as_json)


@plainly
def recommend(
    subject: Annotated[str | None, typer.Option(help="Pseudonym of a reader.")] = None,
    session: Annotated[str, typer.Option(metavar="ID,ID", help="Used in this visit, newest first.")] = "",
    item: Annotated[
        str | None, typer.Option(metavar="ID", help="The record that the list stands beside.")
    ] = None,
    institution: Annotated[
        str | None, typer.Option(help="The institution whose page shows the list.")
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="F=V", help=f"Filter by {', '.join(FACETS)}.")
    ] = None,
    personalised: Annotated[bool, typer.Option(help="From what the reader used.")] = True,
    context: Annotated[
        Context | None,
        typer.Option(help="Where the list stands; by default beside the item, at home without one."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the reasons.")] = "zh",
    size: Size = 10,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Recommend what to read, watch and visit next, each with its reason.

    Example: wenmai recommend --session 01JXYZ… --field kind=book,heritage
    """
    visit = tuple(one.strip() for one in session.split(",") if one.strip())
    filters = _filters(_fields(field or []), None)
    with services_of(data) as services:
        house = Filters({"institution": (institution,)} if institution is not None else {})
        for asked in (filters, house):
            check_codes(Query(filters=asked), services)
        place = Context.of(context, item)
        reader = pseudonym(subject) if subject is not None else None
        request = Request(place, item, reader, visit, filters, institution, size, personalised)
        answer = recommendations_answer(services.recommendation.recommend(request), services, lang)
    if as_json:
        print_json(answer)
        return
    _print_items(answer["items"], as_json=False)


def _fields(given: list[str]) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in given]
    wrong = [text for text, pair in zip(given, pairs, strict=True) if not pair[2]]
    if wrong:
        raise typer.BadParameter(
            f"--field {wrong[0]!r} should be a facet, an equals sign and a value: --field period=tang"
        )
    return [(name, value) for name, _, value in pairs]


def _filters(given: list[tuple[str, str]], year: str | None) -> Filters:
    """Comma lists and what is given again are one, as in the API."""
    found: dict[str, dict[str, None]] = {}
    for name, codes in given:
        if chosen := [code.strip() for code in codes.split(",") if code.strip()]:
            found.setdefault(name, {}).update(dict.fromkeys(chosen))
    values = {name: tuple(codes) for name, codes in found.items()}
    if year is None:
        return Filters(values)
    match = _YEARS.fullmatch(year)
    if match is None:
        raise typer.BadParameter(f"--year {year!r} should be a range such as 618..907, 1911.. or ..-221")
    start, end = (int(part) if part else None for part in match.groups())
    return Filters(values, start, end)


def _print_answer(answer: dict[str, Any]) -> None:
    console = Console()
    console.print(f"{answer['total']} found ({answer['tier']}), {answer['took_ms']} ms", highlight=False)
    for note in _notes(answer["interpreted_as"]):
        console.print(note, highlight=False, markup=False)
    for item in answer["items"]:
        line = Text(f"{item['id']}  ", style="dim")
        for part in item["highlights"]["title"]:
            line.append(part["text"], style="bold red" if part["match"] else "")
        line.append(f"  {item['kind']} · {item['institution']}", style="dim")
        if others := item.get("other_editions"):
            line.append(f"  (+{others} editions)", style="dim")
        line.append("  (related)" if item.get("outside_tier") else "", style="dim")
        console.print(line)
        for part in _explained(item):
            console.print(f"    {part}", highlight=False, markup=False, soft_wrap=True)
    if "cursor" in answer:
        console.print(f"go on with --cursor {answer['cursor']}", highlight=False)


def _explained(item: dict[str, Any]) -> Iterator[str]:
    """The parts of a score, and what each leg said, where they were asked for."""
    if "explain" in item:
        parts = (f"{name} {share:.3f}" for name, share in item["explain"].items() if share)
        yield f"{item['score']:.3f} = {' + '.join(parts) or 0}"
    for name, leg in item.get("legs", {}).items():
        yield f"{name}: rank {leg['rank']}, {leg['score']:.3f} of 1, weighs {leg['weight']:.3f}"


def _notes(read: dict[str, Any]) -> Iterator[str]:
    """How a text was read, where that is not plain to see."""
    if typed := read.get("corrected_from"):
        yield f"searched for {read['text']} instead of {typed}; put it in quotes to take it as typed"
    if read.get("cut"):
        yield f"the text was cut after {len(read['text'])} characters"
    if (query := read.get("query")) and "unmet_query" not in read:
        yield f"read as the query {query}"
    if unmet := read.get("unmet_query"):
        yield f"nothing meets {unmet}; its words alone: {read['plain_text']}"
    if number := read.get("wrong_check_digit"):
        yield f"the check digit of ISBN {number} is wrong"
    for period in read.get("periods", ()):
        ends = ("" if period[end] is None else period[end] for end in ("from", "to"))
        yield f"{period['text']} is read as the years {'..'.join(map(str, ends))}"
    if names := read.get("synonyms"):
        yield f"searched for under other names, too: {', '.join(names)}"
    if dropped := read.get("dropped"):
        yield f"left out of what is counted: {', '.join(dropped)}"
    for offer in read.get("filters", ()):
        yield f"only {offer['text']} ({offer['total']}): --field {offer['facet']}={offer['value']}"


def _print_items(items: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"items": items})
        return
    for item in items:
        if item.get("field") == "creator":
            typer.echo(f"{item['text']}  (creator of {item['id']} {item['title']})")
            continue
        reason = f"  ({item['reason']['text']})" if "reason" in item else ""
        typer.echo(f"{item['id']}  {item['title']}{reason}")
