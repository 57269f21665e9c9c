"""Backups: the application database and published snapshots in one archive, each file with its SHA-256.

The archive is a ZIP file. ``backup.json`` in it lists the other files; restoring reads all of them once, compares
every digest, opens every database, and only then changes anything.
"""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from sqlalchemy.engine import make_url

from crm_data.errors import N_, Cause, InputError, MabatError
from crm_data.model.locks import sync_file, sync_folder
from crm_data.model.manifest import Manifest, file_sha256
from crm_data.model.schema import TABLES
from crm_data.model.snapshots import Store

_FORMAT = 1
_LIST = "backup.json"
_APPDB = "app.db"
_BLOCK = 1 << 20


class ArchiveDamaged(MabatError):
    """The archive is not whole; nothing was changed."""


@dataclass(frozen=True)
class Backup:
    """What an archive holds. ``published`` is the snapshot that readers see after restoring, if any."""

    created_at: datetime
    snapshots: tuple[str, ...]
    published: str | None
    appdb: bool
    size: int


def write_archive(target: Path, store: Store, appdb: str, *, every: bool = False) -> Backup:
    """Write the application database and the published snapshot (``every``: all whole ones) to ``target``.

    People may go on working meanwhile. ``target`` appears in one step when it is complete; an existing file is not
    replaced.
    """
    if target.exists():
        raise InputError(N_("{path} exists already; choose another name."), path=target)
    if not target.absolute().parent.is_dir():
        raise InputError(N_("The folder {path} does not exist."), path=target.absolute().parent)
    published = store.published()
    manifests = (store.list() if every else [published]) if published else []
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as place, \
                open(part, "wb", opener=_private) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            files = {}
            if _copy_appdb(appdb, Path(place) / _APPDB):
                files[_APPDB] = _add(archive, Path(place) / _APPDB, _APPDB)
            for manifest in manifests:
                files |= _add_snapshot(archive, store, manifest, Path(place))
            if not files:
                raise InputError(N_("There is nothing to back up yet: no application database and no published snapshot."))
            listed = {"format": _FORMAT, "created_at": datetime.now(UTC).isoformat(timespec="seconds"), "files": files,
                      "published": published.name if published else None}
            archive.writestr(_LIST, json.dumps(listed, indent=1))
        sync_file(part)
        os.replace(part, target)
        sync_folder(target.absolute().parent)
    finally:
        part.unlink(missing_ok=True)
    return _described(listed, target)


def _private(path: str, flags: int) -> int:
    """Opens a file that only its owner may read: an archive holds personal data and password hashes."""
    return os.open(path, flags, 0o600)


def _copy_appdb(url: str, target: Path) -> bool:
    """A consistent copy of a SQLite database while it is in use; False when there is none yet."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise InputError(N_("The application database is on {backend}: back it up with that database's own tools (pg_dump)."),
                         backend=address.get_backend_name())
    source = Path(address.database or "")
    if not source.is_file():
        return False
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it
    return True


def _add_snapshot(archive: zipfile.ZipFile, store: Store, manifest: Manifest, place: Path) -> dict[str, dict]:
    file, paper = place / f"{manifest.name}.duckdb", place / f"{manifest.name}.json"
    store.export(manifest.name, file)
    paper.write_text(manifest.to_json(), encoding="utf-8")
    files = {path.name: _add(archive, path, path.name) for path in (file, paper)}
    if manifest.sha256 and files[file.name]["sha256"] != manifest.sha256:
        raise store.damaged(manifest.name, "the SHA-256 of its file is not the one in its manifest")
    file.unlink()
    return files


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> dict:
    archive.write(path, name)
    return {"sha256": file_sha256(path), "size": path.stat().st_size}


def restore_archive(source: Path, store: Store, appdb: str) -> Backup:
    """Check the whole archive, then put its snapshots and application database in place of the present ones.

    A damaged archive is refused by ``ArchiveDamaged`` before anything is changed. Present snapshots stay in the list.
    """
    if not source.is_file():
        raise InputError(N_("There is no file {path}."), path=source)
    address = make_url(appdb)
    folder = Path(address.database or "").absolute().parent if address.get_backend_name() == "sqlite" else Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as name:
        place = Path(name)
        listed = _extract(source, place)
        manifests = [_check_snapshot(place, file) for file in sorted(listed["files"]) if file.endswith(".json")]
        if _APPDB in listed["files"]:
            _check_appdb(place / _APPDB, appdb)
        with store.writing():
            # The published one last: until then readers see what they saw before.
            for manifest in sorted(manifests, key=lambda m: (m.name == listed["published"], m.name)):
                store.adopt(place / f"{manifest.name}.duckdb", manifest)
            if _APPDB in listed["files"]:
                _replace_appdb(place / _APPDB, Path(address.database or ""))
    return _described(listed, source)


def _extract(source: Path, place: Path) -> dict:
    try:
        with zipfile.ZipFile(source) as archive:
            listed = json.loads(archive.read(_LIST))
            if listed["format"] != _FORMAT:
                raise InputError(N_("{path} was made by another version of Mabat (format {format})."), path=source, format=listed["format"])
            if {info.filename for info in archive.infolist()} != {_LIST, *listed["files"]}:
                raise ValueError(Cause(N_("it does not hold the files it lists")))
            for name, said in listed["files"].items():
                if Path(name).name != name or _stream(archive, name, place / name) != said["sha256"]:
                    raise ValueError(Cause(N_("{name} does not match its SHA-256"), name=name))
            return listed
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ArchiveDamaged(N_("The archive {path} is damaged ({cause}); nothing was changed."), path=source, cause=error) from error


def _stream(archive: zipfile.ZipFile, name: str, target: Path) -> str:
    found = hashlib.sha256()
    with archive.open(name) as stream, open(target, "wb") as out:
        while block := stream.read(_BLOCK):
            found.update(block)
            out.write(block)
    return found.hexdigest()


def _check_snapshot(place: Path, file: str) -> Manifest:
    manifest = Manifest.from_json((place / file).read_text(encoding="utf-8"), file)
    try:
        with closing(duckdb.connect(str(place / f"{manifest.name}.duckdb"), read_only=True)) as con:
            for name in TABLES.keys() & manifest.tables.keys():
                found = con.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                if found != manifest.tables[name]["rows"]:
                    raise ArchiveDamaged(N_("The archive {path} is damaged ({cause}); nothing was changed."), path=file,
                                         cause=Cause(N_("{name}: {found} rows"), name=name, found=found))
    except duckdb.Error as error:
        raise ArchiveDamaged(N_("The archive {path} is damaged ({cause}); nothing was changed."), path=file,
                             cause=str(error).splitlines()[0]) from error
    return manifest


def _check_appdb(file: Path, url: str) -> None:
    if make_url(url).get_backend_name() != "sqlite":
        raise InputError(N_("The archive holds a SQLite application database, and the settings name another kind; "
                            "set MABAT_APPDB to a SQLite file."))
    try:
        with closing(sqlite3.connect(file)) as con:
            answer = con.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise ArchiveDamaged(N_("The archive {path} is damaged ({cause}); nothing was changed."), path=file.name, cause=answer)


def _replace_appdb(file: Path, target: Path) -> None:
    """Write the content in one transaction, so that a dashboard that has the database open goes on with the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    open(target, "ab", opener=_private).close()
    try:
        with closing(sqlite3.connect(file)) as new, closing(sqlite3.connect(target, timeout=10)) as old:
            new.backup(old)
    except sqlite3.DatabaseError as error:
        if "not a database" not in str(error):
            raise MabatError(N_("The application database {path} could not be replaced: {cause}. The snapshots of the archive "
                                "are in place; stop the dashboard and restore again."), path=target, cause=error) from error
        shutil.copyfile(file, target)  # what was there was no database at all


def _described(listed: dict, path: Path) -> Backup:
    names = tuple(sorted(file.removesuffix(".duckdb") for file in listed["files"] if file.endswith(".duckdb")))
    return Backup(datetime.fromisoformat(listed["created_at"]), names, listed["published"], _APPDB in listed["files"], path.stat().st_size)
