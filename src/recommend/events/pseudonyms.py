"""Names of readers as they are kept: a keyed hash, so that whoever reads the database learns no app's own names."""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from pathlib import Path

from catalog.durable import sync_directory
from catalog.errors import Unavailable, WenmaiError

_KEY_BYTES = 32


class Pseudonyms:
    """Hashes with one key. Source: HMAC-SHA-256 (RFC 2104)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, name: str) -> str:
        """The pseudonym of a subject or a session: 64 hexadecimal digits."""
        return hmac.digest(self._key, name.encode(), "sha256").hex()


def load_key(path: Path) -> bytes:
    """The key in the file; a new one, readable by its owner alone, where there is none. Raises WenmaiError.

    Raises Unavailable where its folder, the data directory, is not there.
    """
    if not path.parent.is_dir():
        raise Unavailable(f"{path.parent} is not a wenmai data directory yet: run `wenmai init` first")
    if not path.exists():
        _make_key(path)
    try:
        return read_key(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise WenmaiError(f"the key of subjects, {path}, cannot be read: {error}") from error


def read_key(text: str, source: str) -> bytes:
    """The key that is written as 64 hexadecimal digits in this source. Raises WenmaiError."""
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise WenmaiError(f"{source} is no key: write 64 hexadecimal digits", field="subject_key") from error
    if len(key) != _KEY_BYTES:
        raise WenmaiError(
            f"{source} is no key: it has {2 * len(key)} hexadecimal digits, not 64", field="subject_key"
        )
    return key


def _make_key(path: Path) -> None:
    # Linked into place whole: of two processes that start together, one makes the key of both.
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(_KEY_BYTES).hex().encode())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(temporary)
    temporary.unlink()
    sync_directory(path.parent)
