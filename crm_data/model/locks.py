"""Locks between processes on one machine; the system lets go of them when a process ends, however it ends."""
from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_data.errors import N_, MabatError

try:
    import fcntl
except ImportError:  # Windows has no fcntl; its own locks do the same there
    fcntl = None
    import msvcrt


class Busy(MabatError):
    """Somebody else holds the lock and did not let go in time."""


def _try(handle: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


@contextmanager
def file_lock(path: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of ``path`` (an empty file, kept); ``Busy`` when it is not free within ``wait_seconds``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        until = time.monotonic() + wait_seconds
        while not _try(handle):
            if time.monotonic() >= until:
                raise Busy(N_("Another import or publication is running (lock {path}). Try again when it has ended."), path=path)
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """See to it that the file's content is on the disk, not only in the system's memory."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """See to it that names in the folder are on the disk (not possible and not needed on Windows)."""
    if os.name == "posix":
        sync_file(path)


def write_whole(path: Path, text: str) -> None:
    """Replace the file in one step: whoever reads sees the old text or the new one, also after a power cut."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with open(part, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, path)
    sync_folder(path.parent)
