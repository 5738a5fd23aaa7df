"""Finding out the encoding of a text file, in constant memory, down to the byte where it breaks.

The order of belief: a byte order mark; NUL bytes on one side only (UTF-16); strict UTF-8; else GB18030, which
contains GBK and GB2312. A file that begins as good UTF-8 and breaks later was cut or put together from two
encodings: reading all of it as GB18030 would turn the good part into nonsense, so it is called broken
instead.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import IO

from catalog.intake.records import IntakeError
from catalog.intake.sources import Source

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NAMES = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
    "utf-16": "utf-16-le", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
    "big5": "cp950", "big5-hkscs": "big5hkscs", "shift-jis": "cp932", "euc-jp": "euc-jp", "euc-kr": "cp949",
    "latin-1": "latin-1", "iso-8859-1": "latin-1", "windows-1252": "cp1252", "cp1252": "cp1252",
    "ascii": "ascii",
}  # fmt: skip
# A sequence of three bytes is what UTF-8 needs for a Chinese character. GBK text forms one by accident
# about once in 500 characters, two before the first mistake practically never.
_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
_EVIDENCE = 2
_STRONG_EVIDENCE = 4


class EncodingError(IntakeError):
    """The bytes do not follow one encoding; `offset` is the byte at which they stop to."""

    title = "Encoding broken"

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message, field=f"byte {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """`name` is Python's name of the codec, `bom` the bytes before the text.

    `broken_at` is the byte (counted from the start of the unpacked file) where the encoding ends, None if
    it never does; `why` says what is there.
    """

    name: str
    bom: int = 0
    broken_at: int | None = None
    why: str = ""

    def error(self) -> EncodingError:
        """The refusal of a file that is broken."""
        return EncodingError(
            f"{self.why}. Save the file again in one encoding, name it with --encoding, or take in the rows "
            "before that byte with --on-broken keep",
            self.broken_at or 0,
        )


def detect(source: Source, named: str = "auto") -> TextEncoding:
    """The encoding of a file, `named` by the user or found out; the whole file is read once.

    Raises IntakeError for a name that is not supported.
    """
    if named != "auto":
        return _checked(source, _named(source, named))
    head = source.head(_HEAD_BYTES)
    marked = _by_mark(head) or _by_nul(head)
    return _checked(source, marked) if marked else _utf8_or_gb18030(source)


def marked(source: Source) -> TextEncoding:
    """UTF-16, checked, where a mark or NUL bytes tell it, else UTF-8, unchecked."""
    head = source.head(_HEAD_BYTES)
    found = _by_mark(head) or _by_nul(head) or TextEncoding("utf-8")
    return found if found.name == "utf-8" else _checked(source, found)


def _named(source: Source, name: str) -> TextEncoding:
    codec = _NAMES.get(name.lower().replace("_", "-"))
    if codec is None:
        known = ", ".join(sorted(_NAMES))
        raise IntakeError(
            f"the encoding {name!r} is not supported; use auto or one of {known}", field="encoding"
        )
    marked = _by_mark(source.head(4))
    if marked and (marked.name == codec or name.lower() in ("utf-16", "utf_16")):
        return marked
    return TextEncoding(codec)


def _by_mark(head: bytes) -> TextEncoding | None:
    return next((TextEncoding(name, len(mark)) for mark, name in _BOMS if head.startswith(mark)), None)


def _by_nul(head: bytes) -> TextEncoding | None:
    """UTF-16 without a mark shows the NUL halves of its commas and digits on one side only."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < len(head) / 40 or least * 16 > most:
        return None
    # A few NUL bytes in text that is good UTF-8 are dirt in it.
    if most < len(head) / 4 and _is_utf8(head):
        return None
    return TextEncoding("utf-16-be" if even > odd else "utf-16-le")


def _checked(source: Source, encoding: TextEncoding) -> TextEncoding:
    with source.open() as stream:
        stream.read(encoding.bom)
        error = _first_error(stream, encoding.name, encoding.bom)
    if error is None:
        return encoding
    return replace(encoding, broken_at=error[0], why=f"byte {error[0]} is not {encoding.name} ({error[1]})")


def _utf8_or_gb18030(source: Source) -> TextEncoding:
    utf8 = _checked(source, TextEncoding("utf-8"))
    if utf8.broken_at is None:
        return utf8
    if _evidence_of_utf8(source, utf8.broken_at):
        why = f"the file is UTF-8 up to byte {utf8.broken_at} and then is not"
        return replace(utf8, why=f"{why}: it was cut inside a character, or another encoding follows")
    return _gb18030(source, utf8.broken_at)


def _gb18030(source: Source, utf8_broken_at: int) -> TextEncoding:
    encoding = _checked(source, TextEncoding("gb18030"))
    stray = _utf8_line(source, encoding.broken_at)
    if stray is not None:
        why = f"the file is GB18030 up to byte {stray}, where a line in UTF-8 follows"
        return replace(encoding, broken_at=stray, why=why)
    if encoding.broken_at is not None:
        places = f"byte {utf8_broken_at} is not UTF-8, byte {encoding.broken_at} not GB18030"
        return replace(encoding, why=f"the file follows neither encoding: {places}")
    return encoding


def _evidence_of_utf8(source: Source, end: int) -> bool:
    with source.open() as stream:
        return len(_THREE_BYTES.findall(stream.read(min(end, _BLOCK_BYTES)))) >= _EVIDENCE


def _utf8_line(source: Source, end: int | None) -> int | None:
    """Start of the first line that is UTF-8 beyond doubt, in a file that is GB18030 up to byte `end`."""
    offset = 0
    with source.open() as stream:
        while (line := stream.readline(_BLOCK_BYTES)) and (end is None or offset <= end):
            if len(_THREE_BYTES.findall(line)) >= _STRONG_EVIDENCE and _is_utf8(line):
                return offset
            offset += len(line)
    return None


def _is_utf8(text: bytes) -> bool:
    """Whether these bytes are UTF-8, but for a character that the end cuts through."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _first_error(stream: IO[bytes], codec: str, offset: int) -> tuple[int, str] | None:
    """(byte, reason) of the first mistake; `offset` is where the stream stands."""
    decoder = codecs.getincrementaldecoder(codec)()
    final = False
    while not final:
        block = stream.read(_BLOCK_BYTES)
        final = not block
        offset += len(block)
        try:
            decoder.decode(block, final)
        except UnicodeDecodeError as error:
            # What the decoder had kept from the block before is part of the error's object.
            return offset - len(error.object) + error.start, error.reason
    return None
