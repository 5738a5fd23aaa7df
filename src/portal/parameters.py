"""What an address may ask for: query parameters, typed, each unknown one refused by name."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from portal.languages import Language
from recommend.request import Scope
from search.query import FACETS, MAX_SIZE, NO_FILTERS, WINDOW, Filters, Mode, Query, Sort

MAX_VALUES = 32
MAX_SUGGESTIONS = 20
# The parameters that may be repeated.
LISTS = frozenset((*FACETS, "facets"))


def _split(values: list[str]) -> list[str]:
    """Comma lists and repeated parameters are one: `kind=book,virtual` and `kind=book&kind=virtual`."""
    parts = (part.strip() for value in values for part in value.split(","))
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) > MAX_VALUES:
        raise PydanticCustomError("too_many", "at most {most} values can be given", {"most": MAX_VALUES})
    return found


# An empty box of a form means the default, not a mistake.
_Optional = BeforeValidator(lambda value: None if value == "" else value)
CommaList = Annotated[list[str], AfterValidator(_split)]
Year = Annotated[Annotated[int, Field(ge=-9999, le=9999)] | None, _Optional]


class Parameters(BaseModel):
    """Base of all parameter sets; a name that none declares is refused with the nearest one that is."""

    model_config = ConfigDict(frozen=True, populate_by_name=False)
    strict: ClassVar[bool] = True

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, given: dict[str, Any]) -> dict[str, Any]:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        unknown = next((name for name in given if name not in known), None)
        if unknown is not None and cls.strict:
            near = difflib.get_close_matches(unknown.lower(), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the parameters are: {', '.join(known) or 'none'}"
            message = "there is no parameter '{parameter}'; {hint}"
            raise PydanticCustomError("unknown_parameter", message, {"parameter": unknown, "hint": hint})
        return {name: value for name, value in given.items() if name in known}


class NoParameters(Parameters):
    """For addresses that take none."""


class LanguageParameters(Parameters):
    """For answers that carry labels."""

    lang: Language = Field("zh", description="Language of labels.")


class SearchParameters(LanguageParameters):
    """Parameters of a search. Lists are comma lists; years (-140 is 140 BC) include both ends."""

    q: str = Field("", description="Text; what is beyond 256 characters is cut.", examples=["敦煌壁画"])
    kind: CommaList = Field([], description="Kinds of resources.", examples=[["heritage", "virtual"]])
    institution: CommaList = Field([], description="Codes of institutions.")
    region: CommaList = Field([], description="Codes of GB/T 2260; a province includes its counties.")
    period: CommaList = Field([], description="Codes of the vocabulary `dynasty`.")
    content_type: CommaList = Field([], description="Codes of the vocabulary `content_type`.")
    language: CommaList = Field(
        [], description="Codes of ISO 639-3: languages of a text, or spoken in a film."
    )
    service_form: CommaList = Field([], description="Codes of the vocabulary `service_form`.")
    scenario: CommaList = Field([], description="Codes of the vocabulary `scenario`.")
    access: CommaList = Field([], description="Codes of the vocabulary `access`.")
    heritage_type: CommaList = Field([], description="`object`, `site` or `element`, which is intangible.")
    site_level: CommaList = Field([], description="Protection level of sites.")
    ich_level: CommaList = Field([], description="Level of intangible heritage.")
    relic_grade: CommaList = Field([], description="Grade of movable relics.")
    year_from: Year = Field(
        None, alias="year.from", description="First year; open without it.", examples=[618]
    )
    year_to: Year = Field(None, alias="year.to", description="Last year; open without it.", examples=[907])
    facets: CommaList | None = Field(None, description="Facets to count; all by default, none if empty.")
    sort: Sort = Field(Sort.RELEVANCE, description="Order of the results.")
    size: int = Field(20, ge=1, le=MAX_SIZE, description="Results of a page.")
    page: int = Field(1, ge=1, description="Which page, from 1 on.")
    mode: Mode = Field(Mode.HYBRID, description="By words, by meaning, or by both.")
    explain: bool = Field(False, description="Say how each score came about.")
    cursor: str | None = Field(
        None, max_length=64, description="Walk through everything: `*`, then the `cursor` of each answer."
    )

    editions_of: str = Field(
        "", max_length=64, description="Id of a record: only the editions and copies of its work."
    )

    def query(self) -> Query:
        """The typed request. Raises QueryError, naming the field."""
        chosen = {name: tuple(values) for name in FACETS if (values := getattr(self, name))}
        return Query(
            text=self.q,
            filters=Filters(chosen, self.year_from, self.year_to),
            facets=FACETS if self.facets is None else tuple(self.facets),
            mode=self.mode, sort=self.sort, size=self.size, page=self.page, explain=self.explain,
            cursor=self.cursor or None, editions_of=self.editions_of,
        )  # fmt: skip


class PageParameters(SearchParameters):
    """The same for the pages, which let pass what other sites add to links and what forms leave empty."""

    strict: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _without_what_says_nothing(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Empty boxes mean the default, and so does a language that there is not, on every page."""
        return {
            name: value
            for name, value in given.items()
            if value != "" and not (name == "lang" and value not in get_args(Language))
        }

    def put_right(self) -> Self:
        """With years in order that a form sends the wrong way round, and the last page in place of one behind it."""
        first, last = self.year_from, self.year_to
        if first is not None and last is not None:
            first, last = sorted((first, last))
        page = min(self.page, WINDOW // self.size)
        return self.model_copy(update={"year_from": first, "year_to": last, "page": page})


class SuggestParameters(Parameters):
    """What is being typed."""

    q: str = Field("", description="What has been typed so far.", examples=["dunh"])
    size: int = Field(8, ge=1, le=MAX_SUGGESTIONS, description="How many at most.")
    institution: CommaList = Field(
        [], description="Codes of institutions: what they have is suggested, and nothing else."
    )

    def query(self) -> Query:
        """What is suggested must pass these filters."""
        return Query(
            filters=Filters({"institution": tuple(self.institution)}) if self.institution else NO_FILTERS
        )


class SimilarParameters(LanguageParameters):
    """How many to answer with, and from where."""

    size: int = Field(8, ge=1, le=MAX_SIZE, description="How many at most.")
    source: Scope = Field(
        Scope.BLEND,
        description="`local`: of its own institution; `global`: of all; `blend`: of all, its own first.",
    )
