"""Leases: one process at a time does a named piece of work.

A holder renews its lease while it works. The lease of a holder that died runs out; on the same host it is free at
once, because the operating system knows that the process is gone.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from catalog import database
from catalog.clock import now
from catalog.tables import LeaseRow

_LEASE_LOCK = 0x57454E4C  # "WENL"


def this_process() -> str:
    """How this process names itself as a holder: `host:process id`."""
    return f"{socket.gethostname()}:{os.getpid()}"


def take(session: Session, name: str, holder: str, seconds: float) -> str:
    """Take or renew the lease for `seconds`; returns who holds it now (`holder` if it was free, run out or ours).

    `session` must be a writing one.
    """
    database.lock(session, _LEASE_LOCK)
    current = holder_of(session, name)
    if current is not None and current != holder:
        return current
    session.merge(LeaseRow(name=name, holder=holder, expires_at=now() + timedelta(seconds=seconds)))
    return holder


def holder_of(session: Session, name: str) -> str | None:
    """Who holds the lease now; None where it is free or has run out."""
    lease = session.get(LeaseRow, name)
    if lease is None or lease.expires_at <= now() or _is_gone(lease.holder):
        return None
    return lease.holder


def give_back(session: Session, name: str, holder: str) -> None:
    """End the lease now, if `holder` still holds it."""
    session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == holder))


def _is_gone(holder: str) -> bool:
    """The holder was a process of this host that is not running any more."""
    host, _, process = holder.rpartition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
