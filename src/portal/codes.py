"""Checks the codes of a query's filters, so that a misspelt one is an error and not an empty answer."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from catalog import institutions
from portal.services import Services
from search.query import VOCABULARIES, Query, QueryError


def check_codes(query: Query, services: Services) -> Query:
    """The query itself, if its filters name codes that there are; else QueryError, with the nearest code."""
    for name, codes in query.filters.values.items():
        if name == "institution":
            _check_institutions(codes, services)
            continue
        vocabulary = services.schemas.vocabulary(VOCABULARIES.get(name, name))
        for code in codes:
            if vocabulary.get(code) is None:
                known = [term.code for term in vocabulary.terms]
                raise _unknown(name, code, known, f"see /v1/vocabularies/{vocabulary.name}")
    return query


def _check_institutions(codes: Sequence[str], services: Services) -> None:
    # One that was registered a moment ago may not be known by name yet.
    strange = [code for code in codes if not services.search.institution_names(code)]
    if not strange:
        return
    with services.database.read() as session:
        missing = institutions.unknown(session, strange)
        if missing:
            known = [institution.code for institution in institutions.all_institutions(session)]
            raise _unknown("institution", missing[0], known, "see /v1/institutions")


def _unknown(name: str, code: str, known: Sequence[str], otherwise: str) -> QueryError:
    near = difflib.get_close_matches(code, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else otherwise
    return QueryError(f"{code!r} is not a code of {name}; {hint}", field=name)
