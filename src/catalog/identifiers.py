"""Identifiers of items: their check digits, and one form for every way of writing them."""

from __future__ import annotations

import re
import unicodedata

_PREFIX = re.compile(r"(?:isbn|issn)(?:号码?|编号)?(?=[0-9]{4})")
# What numbers of other schemes are written with: DOI:10.1000/1, https://doi.org/10.1000/1.
_SCHEME = re.compile(
    r"(?:(?:https?)?(?:dx)?doi(?:org)?(?=10[0-9])|(?:oclc|ocolc|lccn)(?=[0-9])|isrc(?=[a-z]{2}[a-z0-9]))+"
)
_HYPHEN = "[‐-―−-]"
# With blanks between only one of 13 digits: others would be years and numbers side by side.
_ISBN = re.compile(
    r"(?<![0-9a-z])(?:isbn(?:-?1[03])?(?:号码?|编号)?[\s:：]*)?"
    rf"(?P<isbn>97[89](?:(?:\s|{_HYPHEN})?[0-9]){{10}}|[0-9](?:{_HYPHEN}?[0-9]){{8}}{_HYPHEN}?[0-9x])(?![0-9a-z])",
    re.IGNORECASE,
)
# How books name it: 978-7-5366-9293-0（平装）, ISBN 7-5366-9293-0/I·1.
_BESIDE_ISBN = re.compile(r"\s*(?:[（(\[].*|/\s*[a-z].*)?", re.IGNORECASE)


def is_isbn(compact: str) -> bool:
    """Whether 10 or 13 characters without separators are an ISBN with its check digit (ISO 2108)."""
    if re.fullmatch(r"[0-9]{9}[0-9X]", compact):
        return sum((10 - place) * _digit(sign) for place, sign in enumerate(compact)) % 11 == 0
    return bool(re.fullmatch(r"97[89][0-9]{10}", compact)) and _weighted(compact) % 10 == 0


def wrong_check_digit(normal: str) -> bool:
    """Whether an identifier in its normal form is an ISBN but for its check digit.

    Of ten digits those of China (group 7) are known; ten other digits may be any number.
    """
    return bool(re.fullmatch(r"97[89][0-9]{10}|7[0-9]{8}[0-9x]", normal)) and not is_isbn(normal.upper())


def is_issn(compact: str) -> bool:
    """Whether 8 characters without a hyphen are an ISSN with its check digit (ISO 3297)."""
    if not re.fullmatch(r"[0-9]{7}[0-9X]", compact):
        return False
    return sum((8 - place) * _digit(sign) for place, sign in enumerate(compact)) % 11 == 0


def isbn_in(text: str) -> str | None:
    """The ISBN, as it is written, of a text that is one and what books write beside it; None for any other text."""
    text = unicodedata.normalize("NFKC", text)
    found = _ISBN.match(text)
    is_one = found and is_isbn(_compact(found["isbn"]).upper()) and _BESIDE_ISBN.fullmatch(text, found.end())
    return found["isbn"] if found and is_one else None


def with_isbns_joined(text: str) -> str:
    """A text in which each ISBN is one number without hyphens, blanks and the word ISBN before it."""

    def joined(found: re.Match[str]) -> str:
        compact = _compact(found["isbn"])
        return compact if is_isbn(compact.upper()) else found[0]

    return _ISBN.sub(joined, text)


def _compact(written: str) -> str:
    return "".join(sign for sign in written if sign.isalnum())


def normal_identifier(text: str) -> str:
    """The one form of an identifier: without width, case, separators and the name of its scheme (ISBN, ISSN, DOI).

    Roman numerals of one character become letters (Ⅱ-28 is II-28), an ISBN of 10 digits becomes that of 13.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    compact = _compact(plain)
    compact = compact[found.end() :] if (found := _SCHEME.match(compact)) else compact
    if compact.startswith("is"):
        bare = _PREFIX.sub("", compact, count=1)
        # ISBN-10 and ISBN-13 say how long the number is; 1032512345 only begins so.
        compact = bare if len(bare) not in (10 + 2, 13 + 2) or bare[:2] not in ("10", "13") else bare[2:]
    return _isbn13(compact) if len(compact) == 10 and is_isbn(compact.upper()) else compact


def _isbn13(isbn10: str) -> str:
    body = "978" + isbn10[:9]
    return f"{body}{-_weighted(body) % 10}"


def _weighted(digits: str) -> int:
    return sum((3 if place % 2 else 1) * int(sign) for place, sign in enumerate(digits))


def _digit(sign: str) -> int:
    return 10 if sign == "X" else int(sign)
