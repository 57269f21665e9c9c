"""Snapshots as DuckDB files in a folder: ``NAME.duckdb``, its manifest ``NAME.json``, and ``published.json`` that points.

Files never change once they have their name. Publishing writes new files and then replaces the pointer in one step, so
a reader sees the old snapshot or the new one. Names in the pointer's ``history`` were published; any other file is what
a killed import left, and goes with the next publication.
"""
from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from crm_data.countries import MON_FRI
from crm_data.errors import N_, Cause, InputError, SnapshotDamaged
from crm_data.model import engines, older
from crm_data.model.checks import derived_problems
from crm_data.model.finish import Progress, finish
from crm_data.model.locks import file_lock, sync_file, sync_folder, write_whole
from crm_data.model.manifest import Manifest, as_of_default, checked_name, differences, digest, file_sha256, new_name
from crm_data.model.schema import TABLES
from crm_data.model.store import NoSnapshot, Store, Warehouse, check_base, mark_base
from crm_data.model.tables import control_sql, control_values

_WAIT_SECONDS = 60.0
#: Up to this size a file's SHA-256 is checked when a process opens it first; above, by ``mabat snapshots verify``.
_SMALL = 64 << 20
_SWEEP_SECONDS = 10.0


class DuckDBStore(Store):
    """A folder of snapshot files. See ``Store``."""

    def __init__(self, url: str, folder: Path, week_start: int = 6, country: str = "", weekend: frozenset[int] = MON_FRI) -> None:
        super().__init__(url, week_start, country, weekend)
        self.folder = folder.absolute()
        self.pointer = self.folder / "published.json"
        self._open: dict[str, Warehouse] = {}
        self._seen: tuple[tuple[int, int, int], Warehouse] | None = None
        self._guard = threading.Lock()
        self._swept = time.monotonic()

    # Reading -------------------------------------------------------------------------------------------------------
    def published(self) -> Manifest | None:
        state = self._state()
        return self._manifest_of(state) if state else None

    def published_name(self) -> str | None:
        state = self._state()
        return state["snapshot"] if state else None

    def names(self) -> list[str]:
        try:
            state = self._state()
        except SnapshotDamaged:  # the pointer is damaged: every file with a manifest may be the way back
            return sorted((path.stem for path in self.folder.glob("*.duckdb") if path.with_suffix(".json").exists()), reverse=True)
        return sorted(state["history"], reverse=True) if state else []

    def manifest(self, name: str) -> Manifest:
        path = self._file(name, ".json")
        try:
            return Manifest.from_json(path.read_text(encoding="utf-8"), path.name)
        except FileNotFoundError as error:
            if name in self.names():
                raise SnapshotDamaged(N_("The manifest of the snapshot {name} is missing."), name=name) from error
            raise InputError(N_("There is no snapshot {name}; “mabat snapshots list” shows them."), name=name) from error
        except UnicodeDecodeError as error:
            raise SnapshotDamaged(N_("The manifest {where} is damaged: {cause}."), where=path.name, cause=error) from error

    def verify(self, name: str) -> list[str]:
        try:
            manifest = self.manifest(name)
        except SnapshotDamaged as error:
            return [Cause(error.message, **error.values)]
        problem = self._check(manifest, whole=True)
        if problem:
            return [problem]
        try:
            con = duckdb.connect(config={"memory_limit": engines.duckdb_memory()})
            try:
                con.execute(f"ATTACH '{self._file(name)}' AS kept (READ_ONLY)")
                found = {table: control_values(TABLES[table], con.execute(control_sql(TABLES[table], "kept.")).fetchone())
                         for table in manifest.tables if table in TABLES}
                return differences(manifest, found) + derived_problems(con, "kept.", older.derived_held(older.held_columns(con, "kept")))
            finally:
                con.close()
        except duckdb.Error as error:
            return [str(error).splitlines()[0]]

    def warehouse(self, name: str | None = None) -> Warehouse:
        with self._guard:
            self._sweep()
            return self._current() if name is None else self._named(checked_name(name))

    def _current(self) -> Warehouse:
        for attempt in range(3):
            try:
                status = os.stat(self.pointer)
            except FileNotFoundError as error:
                raise NoSnapshot from error
            mark = (status.st_mtime_ns, status.st_ino, status.st_size)
            if self._seen and self._seen[0] == mark:
                return self._seen[1]
            state = self._state()
            try:
                opened = self._named(self._manifest_of(state).name)
            except (SnapshotDamaged, InputError):
                # Between reading the pointer and opening, a newer one may have come and this one been pruned.
                if attempt < 2 and self._state() != state:
                    continue
                raise
            if self._seen and self._seen[1].snapshot != opened.snapshot:
                engines.retire(self._seen[1].engine)
            self._seen = (mark, opened)
            engines.keep(opened.engine)
            return opened
        raise NoSnapshot  # three publications within one call: not reached

    def _named(self, name: str) -> Warehouse:
        if self._seen and self._seen[1].snapshot == name:
            return self._seen[1]
        known = self._open.get(name)
        if known is None or not self._file(name).exists():
            manifest = self.manifest(name)
            problem = self._check(manifest, whole=(manifest.size or 0) <= _SMALL)
            if problem:
                raise self.damaged(name, problem)
            engine = engines.duckdb_engine(self._file(name))
            older.complete_connections(engine)
            known = Warehouse(engine, name, manifest.as_of, manifest.currency,
                              manifest.attributes, manifest, self.week_start, self.country, self.weekend)
            self._open[name] = known
            engines.retire(known.engine)  # until it turns out to be the current one
        return known

    def _sweep(self) -> None:
        if time.monotonic() - self._swept >= _SWEEP_SECONDS:
            self._swept = time.monotonic()
            engines.sweep()
            self._open = {name: opened for name, opened in self._open.items() if self._file(name).exists()}

    def _check(self, manifest: Manifest, *, whole: bool) -> str:
        """What is wrong with the file as far as can be told without opening it; ``""`` when nothing is."""
        path = self._file(manifest.name)
        if not path.exists():
            return Cause(N_("{file} is missing"), file=path.name)
        if path.stat().st_size != manifest.size:
            return Cause(N_("{file} has {found} bytes instead of {said}"), file=path.name, found=path.stat().st_size, said=manifest.size)
        if whole and file_sha256(path) != manifest.sha256:
            return Cause(N_("the SHA-256 of {file} is not the one in its manifest"), file=path.name)
        return ""

    # Writing -------------------------------------------------------------------------------------------------------
    def checkout(self, path: Path) -> Manifest | None:
        manifest = self.published()
        if manifest:
            self.export(manifest.name, path)
        mark_base(path, manifest.name if manifest else None)
        return manifest

    def export(self, name: str, path: Path) -> None:
        manifest = self.manifest(name)
        problem = self._check(manifest, whole=(manifest.size or 0) <= _SMALL)
        if problem:
            raise self.damaged(name, problem)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._file(name), path)

    def publish(self, staging: Path, *, currency: str, sources: Iterable[str], note: str = "", as_of: date | None = None,
                progress: Progress | None = None) -> Manifest:
        with self.writing():
            self._clean()
            check_base(staging, self.published_name())
            name, now = self._free_name(), datetime.now(UTC).replace(microsecond=0)
            part = self._file(name, ".duckdb.part")
            try:
                finished = finish(staging, part, today=date.today(), progress=progress, country=self.country)
                sync_file(part)
                manifest = Manifest(name, now, as_of or as_of_default(finished.latest, date.today()), currency, tuple(sources),
                                    finished.tables, file_sha256(part), note, size=part.stat().st_size, attributes=finished.attributes)
                self._keep(part, manifest)
            finally:
                self._clean_parts()
        if progress:
            progress(1.0, "published")
        return manifest

    def adopt(self, file: Path, manifest: Manifest) -> Manifest:
        with self.writing():
            self._clean()
            part = self._file(manifest.name, ".duckdb.part")
            try:
                shutil.copyfile(file, part)
                found = file_sha256(part)
                if manifest.sha256 is None:  # exported from a warehouse that keeps no files
                    manifest = replace(manifest, sha256=found, size=part.stat().st_size)
                if found != manifest.sha256:
                    raise SnapshotDamaged(N_("The file of the snapshot {name} does not match its manifest; nothing was changed."),
                                          name=manifest.name)
                sync_file(part)
                with self._guard:
                    engines.forget_file(self._file(manifest.name))
                    self._open.pop(manifest.name, None)
                    self._seen = None
                self._keep(part, manifest)
            finally:
                self._clean_parts()
        return manifest

    def use(self, name: str) -> Manifest:
        with self.writing():
            manifest = self.manifest(checked_name(name))
            problems = self.verify(name)
            if problems:
                raise self.damaged(name, problems[0])
            self._point(manifest, self.names())
        return manifest

    def _keep(self, part: Path, manifest: Manifest) -> None:
        """Give the finished file its name and point to it. Each step leaves what is published whole."""
        history = self.names()
        write_whole(self._file(manifest.name, ".json"), manifest.to_json())
        os.replace(part, self._file(manifest.name))
        sync_folder(self.folder)
        problem = self._check(manifest, whole=False)
        if problem:
            raise SnapshotDamaged(N_("The new snapshot could not be written: {cause}."), cause=problem)
        self._point(manifest, history)

    def _point(self, manifest: Manifest, history: Iterable[str]) -> None:
        names = sorted({*history, manifest.name})
        write_whole(self.pointer, json.dumps({"snapshot": manifest.name, "digest": digest(manifest.to_dict()), "history": names}))

    def _remove(self, name: str) -> None:
        # First out of the pointer's history, then the files: killed between, what is left is nobody's and is cleaned away.
        state = self._state()
        if state:
            write_whole(self.pointer, json.dumps({**state, "history": [kept for kept in state["history"] if kept != name]}))
        for suffix in (".json", ".duckdb"):
            self._file(name, suffix).unlink(missing_ok=True)

    def _clean(self) -> None:
        """Remove what killed imports left. Only with the lock held; with a damaged pointer nothing but parts is touched."""
        self._clean_parts()
        known = set(self.names())
        for path in [*self.folder.glob("*.duckdb"), *self.folder.glob("*.json")]:
            if path != self.pointer and path.stem not in known:
                path.unlink(missing_ok=True)

    def _clean_parts(self) -> None:
        for path in self.folder.glob("*.part*"):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "spill", ignore_errors=True)

    def _free_name(self) -> str:
        newest = max(self.names(), default="")
        while (name := new_name()) <= newest:  # within one second the random part decides; names must sort by time
            time.sleep(0.05)
        return name

    @contextmanager
    def _lock(self) -> Iterator[None]:
        # Customers' personal data: a new folder is for its owner alone; who shares it, changes its mode.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(self.folder / "writer.lock", wait_seconds=_WAIT_SECONDS):
            yield

    # Files ---------------------------------------------------------------------------------------------------------
    def _file(self, name: str, suffix: str = ".duckdb") -> Path:
        return self.folder / f"{checked_name(name)}{suffix}"

    def _state(self) -> dict | None:
        try:
            state = json.loads(self.pointer.read_text(encoding="utf-8"))
            checked_name(state["snapshot"])
            if state["snapshot"] not in state["history"] or not isinstance(state["digest"], str):
                raise ValueError(Cause(N_("it contradicts itself")))
            return state
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, InputError) as error:
            raise SnapshotDamaged(N_("{path} is damaged: {cause}. “mabat snapshots list” shows the snapshots, “mabat snapshots use NAME” "
                                     "publishes one of them again."), path=self.pointer, cause=error) from error

    def _manifest_of(self, state: dict) -> Manifest:
        try:
            manifest = self.manifest(state["snapshot"])
        except SnapshotDamaged as error:
            raise self.damaged(state["snapshot"], Cause(N_("its manifest: {cause}"), cause=error.values["cause"]) if "cause" in error.values else Cause(N_("its manifest is missing"))) from error
        if digest(manifest.to_dict()) != state["digest"]:
            raise self.damaged(manifest.name, Cause(N_("its manifest is not the one that was published")))
        return manifest
