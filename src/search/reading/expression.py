"""The query language: quoted phrases, field prefixes, AND, OR, NOT, parentheses and ranges of years.

    "清明上河图"        the characters in this order; also “…” and 「…」
    题名:敦煌          in the title; the fields are listed in FIELDS
    ISBN:9787536692930 with this number; also 书号, ISSN, DOI, and 编号 or id for a record's own
    年:1900..1950      in these years; also 年:1900-1950, 年:1937, 年:唐, 年:唐..宋, 年:光绪二十三年, year:[1900 TO 1950]
    敦煌 AND 壁画      both; also &&, and a space where anything else of this language is written
    敦煌 OR 云冈       either; also ||
    敦煌 NOT 壁画      without; also " -壁画"
    题名:三体，作者:刘慈欣    as a space between: a comma or semicolon before a field's name

Plain text is never an error: operators are upper-case words of their own, a quoted phrase stands by itself (谁写了“明月光”
is a plain question), `-` counts only after a space and before a word, `:` only after a field's name, and whatever is
unbalanced or beyond the limits is plain text. An operator that is left dangling is plain text, too, unless there is an
expression without it: then its reader has not finished typing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from search.reading.year_ranges import year_range_at

MAX_OPERATORS = 32
MAX_DEPTH = 8
FIELDS = {
    "题名": "title", "題名": "title", "书名": "title", "書名": "title", "标题": "title", "標題": "title", "title": "title",
    "作者": "names", "著者": "names", "责任者": "names", "責任者": "names", "author": "names", "creator": "names",
    "演员": "names", "演員": "names", "作曲": "names", "作词": "names", "作詞": "names", "编剧": "names", "編劇": "names", "出版社": "names", "出版者": "names", "publisher": "names",
    "导演": "names", "導演": "names", "主演": "names", "译者": "names", "譯者": "names", "编者": "names", "編者": "names", "director": "names",
    "主编": "names", "主編": "names", "编著": "names", "編著": "names", "画家": "names", "畫家": "names", "演唱": "names", "歌手": "names",
    "朗读者": "names", "朗讀者": "names", "translator": "names", "editor": "names",
    "主题": "subjects", "主題": "subjects", "subject": "subjects", "主题词": "subjects", "主題詞": "subjects",
    "丛书": "subjects", "叢書": "subjects", "丛书名": "subjects", "叢書名": "subjects", "丛编": "subjects", "叢編": "subjects", "series": "subjects",
    "关键词": "subjects", "關鍵詞": "subjects", "关键字": "subjects", "關鍵字": "subjects", "keyword": "subjects",
    "类型": "kind", "類型": "kind", "资源类型": "kind", "資源類型": "kind", "kind": "kind",
    "语种": "language", "語種": "language", "语言": "language", "語言": "language", "language": "language",
    "地区": "region", "地區": "region", "地点": "region", "地點": "region", "place": "region",
    "收藏单位": "institution", "收藏單位": "institution", "馆藏": "institution", "館藏": "institution", "馆藏机构": "institution", "館藏機構": "institution", "机构": "institution",
    "機構": "institution", "institution": "institution",
    "出版年": "year", "出版日期": "year", "出版时间": "year", "出版時間": "year",
    "编号": "identifier", "編號": "identifier", "书号": "identifier", "書號": "identifier", "id": "identifier", "isbn": "identifier",
    "isbn号": "identifier", "isbn號": "identifier", "issn": "identifier", "doi": "identifier",
    "年": "year", "年份": "year", "年代": "year", "时代": "year", "時代": "year", "朝代": "year", "year": "year",
}  # fmt: skip
FACET_FIELDS = ("kind", "language", "region", "institution")
"""Fields that are facets: what is written in one of these is the name of a code."""
NUMBERS = "identifier"
"""The field of numbers that name one thing."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words that must all be there, in the field if one is named."""

    text: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.field}:{self.text}" if self.field else self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Characters that must follow each other, in the field if one is named."""

    text: str
    field: str | None = None

    def __str__(self) -> str:
        return f'{self.field}:"{self.text}"' if self.field else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Years:
    """A range of years with both ends; None is open. `named` where a time (唐) was written, not years."""

    start: int | None
    end: int | None
    named: bool = False

    def __str__(self) -> str:
        start, end = ("" if year is None else str(year) for year in (self.start, self.end))
        return f"year:{start}..{end}"


@dataclass(frozen=True, slots=True)
class Not:
    """What `part` does not match."""

    part: Expression

    def __str__(self) -> str:
        return f"NOT {self.part}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What every part matches."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return "(" + " AND ".join(map(str, self.parts)) + ")"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What one of the parts matches."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return "(" + " OR ".join(map(str, self.parts)) + ")"


Leaf = Text | Phrase
Expression = Leaf | Years | Not | AllOf | AnyOf


def parse(text: str) -> Expression | None:
    """The expression that a text writes; None for plain text."""
    if not _TELLING.search(text):
        return None
    tokens = _without_dangling(_without_empty(_tokens(text)))
    if any(token.is_expression for token in tokens):
        while any(token.dangling for token in tokens):
            finished = [token for token in tokens if not token.dangling]
            tokens = _without_dangling(_without_empty(finished))
    operators = sum(token.kind in _OPERATORS for token in tokens)
    if not any(token.is_expression for token in tokens) or operators > MAX_OPERATORS:
        return None
    return _Parser(tokens).parse()


def pruned(expression: Expression, keep: Callable[[Leaf], bool]) -> Expression | None:
    """The expression without the leaves that are not to be kept; None where nothing is left."""
    if isinstance(expression, Text | Phrase):
        return expression if keep(expression) else None
    if isinstance(expression, Not):
        part = pruned(expression.part, keep)
        return Not(part) if part else None
    if isinstance(expression, AllOf | AnyOf):
        parts = tuple(part for each in expression.parts if (part := pruned(each, keep)))
        if not parts:
            return None
        return AllOf(parts) if isinstance(expression, AllOf) else AnyOf(parts)
    return expression


def leaves(expression: Expression) -> Iterator[Leaf]:
    """The words and phrases of an expression, in order."""
    if isinstance(expression, Text | Phrase):
        yield expression
    elif isinstance(expression, Not):
        yield from leaves(expression.part)
    elif isinstance(expression, AllOf | AnyOf):
        for part in expression.parts:
            yield from leaves(part)


def positive_text(expression: Expression) -> str:
    """The words and phrases that are wanted, for ranking and highlights; what is excluded is left out."""
    if isinstance(expression, Text | Phrase):
        return expression.text
    if isinstance(expression, AllOf | AnyOf):
        return " ".join(filter(None, map(positive_text, expression.parts)))
    return ""


def phrases_alone(text: str) -> Expression | None:
    """The phrases of a text that is written of words and phrases alone; None where it is not, or has no word.

    Quotation marks are punctuation, too: titles and keywords bear them.
    """
    tokens = _tokens(text)
    if {token.kind for token in tokens} != {_Kind.WORD, _Kind.PHRASE}:
        return None
    phrases = tuple(Phrase(token.text) for token in tokens if token.kind is _Kind.PHRASE)
    return AllOf(phrases) if len(phrases) > 1 else phrases[0]


class _Kind(Enum):
    WORD = "word"
    PHRASE = "phrase"
    YEARS = "years"
    FIELD = "field"
    AND = "and"
    OR = "or"
    NOT = "not"
    OPEN = "open"
    CLOSE = "close"


_OPERATORS = (_Kind.AND, _Kind.OR, _Kind.NOT, _Kind.FIELD)
_STARTS = (_Kind.WORD, _Kind.PHRASE, _Kind.YEARS, _Kind.OPEN)
_ENDS = (_Kind.WORD, _Kind.PHRASE, _Kind.YEARS, _Kind.CLOSE)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str
    years: Years | None = None
    # A word only because it has nothing to work on.
    dangling: bool = False

    @property
    def is_expression(self) -> bool:
        """Whether a text with it is more than plain."""
        return self.kind in (*_OPERATORS, _Kind.PHRASE, _Kind.YEARS)


_NAMES = "|".join(sorted(FIELDS, key=len, reverse=True))
# A sign between two fields, as records are copied; within quotation marks it is one of the phrase.
_BETWEEN_FIELDS = re.compile(
    rf'("[^"]*"|“[^“”]*”|「[^「」]*」)|[,，;；、]\s?(?=(?:{_NAMES})\s?[:：])', re.IGNORECASE
)
_SPACE = re.compile(r"\s+")
_PHRASE = re.compile(r'(?:"([^"]*)"|“([^“”]*)”|「([^「」]*)」)(?=[\s)）]|$)')
_OPERATOR = re.compile(r"(AND|OR|NOT|&&|\|\|)(?=[\s()（）]|$)")
_FIELD = re.compile(rf"({_NAMES})\s?[:：](?:\s?(?=\S)|\s*$)", re.IGNORECASE)
_WORD = re.compile(r"[^\s()（）]+|.", re.DOTALL)
# A text without any of these is plain.
_TELLING = re.compile(r'["“「:：]|AND|OR|NOT|&&|\|\||\s-')
_SYMBOLS = {"AND": _Kind.AND, "&&": _Kind.AND, "OR": _Kind.OR, "||": _Kind.OR, "NOT": _Kind.NOT}


def _tokens(text: str) -> list[_Token]:
    text = _BETWEEN_FIELDS.sub(lambda found: found[1] or " ", text)
    tokens: list[_Token] = []
    balanced = _balanced(text)
    place, fresh, spaced = 0, True, False
    while place < len(text):
        if space := _SPACE.match(text, place):
            place, fresh, spaced = space.end(), True, True
            continue
        token, place = _next(text, place, balanced, fresh, spaced)
        if token.kind is _Kind.WORD and not fresh and tokens and tokens[-1].kind is _Kind.WORD:
            tokens[-1] = replace(tokens[-1], text=tokens[-1].text + token.text)
        else:
            tokens.append(token)
        fresh, spaced = token.kind not in (_Kind.WORD, _Kind.PHRASE, _Kind.CLOSE, _Kind.YEARS), False
    return tokens


def _next(text: str, place: int, balanced: set[int], fresh: bool, spaced: bool) -> tuple[_Token, int]:
    """The token at `place` and where it ends; `fresh` where a term begins, `spaced` right behind a space."""
    sign = text[place]
    if place in balanced:
        return _Token(_Kind.OPEN if sign in "(（" else _Kind.CLOSE, sign), place + 1
    if fresh and (phrase := _PHRASE.match(text, place)):
        inner = next(group for group in phrase.groups() if group is not None)
        if inner.strip():
            return _Token(_Kind.PHRASE, inner.strip()), phrase.end()
    if fresh and (operator := _OPERATOR.match(text, place)):
        return _Token(_SYMBOLS[operator[1]], operator[1]), operator.end()
    if spaced and sign == "-" and re.match(r"-[^\s-]", text[place:]):
        return _Token(_Kind.NOT, sign), place + 1
    if fresh and (field := _FIELD.match(text, place)):
        return _after_field(text, field)
    word = _WORD.match(text, place)
    end = word.end() if word else place + 1
    return _Token(_Kind.WORD, text[place:end]), end


def _after_field(text: str, field: re.Match[str]) -> tuple[_Token, int]:
    name = FIELDS.get(field[1].lower())
    if name is None:
        # TİTLE is no field, though a pattern that ignores case takes it for one.
        return _Token(_Kind.WORD, field[0]), field.end()
    if name != "year":
        return _Token(_Kind.FIELD, field[0]), field.end()
    years = year_range_at(text, field.end())
    if years is None:
        return _Token(_Kind.WORD, field[0]), field.end()
    written = text[field.start() : years.behind]
    return _Token(_Kind.YEARS, written, Years(years.start, years.end, named=years.named)), years.behind


def _balanced(text: str) -> set[int]:
    """Where the parentheses stand that have their partner, outside phrases and no deeper than allowed."""
    inside = {place for match in _PHRASE.finditer(text) for place in range(*match.span())}
    waiting: list[int] = []
    found: set[int] = set()
    for place, sign in enumerate(text):
        if place in inside:
            continue
        if sign in "(（":
            waiting.append(place)
        elif sign in ")）" and waiting:
            begin = waiting.pop()
            if len(waiting) < MAX_DEPTH:
                found |= {begin, place}
    return found


def _without_empty(tokens: list[_Token]) -> list[_Token]:
    """Without parentheses that hold nothing."""
    kept: list[_Token] = []
    for token in tokens:
        if token.kind is _Kind.CLOSE and kept and kept[-1].kind is _Kind.OPEN:
            kept.pop()
        else:
            kept.append(token)
    return kept


def _without_dangling(tokens: list[_Token]) -> list[_Token]:
    """With every operator that lacks a term to work on made a plain word."""

    def as_word(token: _Token) -> _Token:
        return _Token(_Kind.WORD, token.text, dangling=True)

    result = list(tokens)
    for place in range(len(result) - 1, -1, -1):
        after = result[place + 1].kind if place + 1 < len(result) else None
        kind = result[place].kind
        begins = after in _STARTS or (after in (_Kind.NOT, _Kind.FIELD) and kind is not _Kind.FIELD)
        if kind in _OPERATORS and not (begins and not (kind is _Kind.NOT and after is _Kind.NOT)):
            result[place] = as_word(result[place])
    for place, token in enumerate(result):
        before = result[place - 1].kind if place else None
        if token.kind in (_Kind.AND, _Kind.OR) and before not in _ENDS:
            result[place] = as_word(token)
    return result


class _Parser:
    """Recursive descent: OR binds least, then AND, then NOT; terms side by side are joined by AND."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def parse(self) -> Expression:
        return self._joined(_Kind.OR, self._both, AnyOf)

    def _both(self) -> Expression:
        return self._joined(_Kind.AND, self._term, AllOf)

    def _joined(
        self,
        operator: _Kind,
        part: Callable[[], Expression],
        join: Callable[[tuple[Expression, ...]], Expression],
    ) -> Expression:
        parts = [part()]
        while (kind := self._kind()) is not None and kind is not _Kind.CLOSE:
            if kind is operator:
                self._place += 1
            elif operator is _Kind.OR or kind is _Kind.OR:
                break
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def _term(self) -> Expression:
        token = self._tokens[self._place]
        self._place += 1
        if token.kind is _Kind.NOT:
            return Not(self._term())
        if token.kind is _Kind.FIELD:
            return _in_field(self._term(), FIELDS[re.split(r"\W", token.text)[0].lower()])
        if token.kind is _Kind.OPEN:
            inner = self.parse()
            self._place += 1
            return inner
        if token.kind is _Kind.PHRASE:
            return Phrase(token.text)
        return token.years or Text(token.text)

    def _kind(self) -> _Kind | None:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else None


def _in_field(expression: Expression, field: str) -> Expression:
    """The expression with every word and phrase of it looked for in the field; an inner field stays."""
    if isinstance(expression, Text | Phrase):
        return expression if expression.field else replace(expression, field=field)
    if isinstance(expression, AllOf | AnyOf):
        parts = tuple(_in_field(part, field) for part in expression.parts)
        return AllOf(parts) if isinstance(expression, AllOf) else AnyOf(parts)
    if isinstance(expression, Not):
        return Not(_in_field(expression.part, field))
    return expression
