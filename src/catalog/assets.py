"""Where the data that ships with the project lies: beside the code in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).parent / "_assets"
_CHECKOUT = Path(__file__).parents[2]


def asset(name: str) -> Path:
    """Path of a shipped folder or file such as `schemas` or `models`.

    Raises FileNotFoundError when the installation lacks it.
    """
    for root in (_PACKAGED, _CHECKOUT):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"this installation of wenmai lacks its folder {name!r}; install it again")
