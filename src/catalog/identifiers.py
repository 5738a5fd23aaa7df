"""Identifiers of items: their check digits, and one form for every way of writing them."""

from __future__ import annotations

import re
import unicodedata

_PREFIX = re.compile(r"(?:isbn|issn)(?=[0-9]{4})")


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


def normal_identifier(text: str) -> str:
    """The one form of an identifier: without width, case, separators and the word ISBN or ISSN.

    Roman numerals of one character become letters (Ⅱ-28 is II-28), an ISBN of 10 digits becomes that of 13.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    compact = "".join(sign for sign in plain if sign.isalnum())
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
