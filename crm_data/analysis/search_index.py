"""Everything customers are found by, held in memory for one snapshot: words, how they sound, numbers, phones, mails.

About 0.3 KB a customer (54 MB at 200,000 with 85,000 contacts), told by ``Index.bytes``. A snapshot never changes, so nothing
here ever does.
"""
from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from sqlalchemy import select

from crm_data.analysis.search_lines import Lines, Lists, Sorted, Words
from crm_data.cuts.access import Scope
from crm_data.model import schema as s
from crm_data.model.folding import fold, phone_digits, skeletons
from crm_data.model.identity import identity_key
from crm_data.model.sounds import sounds

#: What a word belongs to: the customer's own name, a contact's name, or the city and branch.
NAME, CONTACT, PLACE = 0, 1, 2
SHOWN = ("number", "name", "name_local", "city", "branch", "phone", "email")
_BATCH, LONGEST_WORD = 20_000, 60
_NOT_ALNUM = re.compile(r"[\W_]+")


@dataclass(frozen=True, eq=False, repr=False)
class Index:
    """``shown`` has a row a customer, as have ``ids``, ``branches``, ``owners`` (-1: none), ``rank`` (0 first among equals) and
    ``lengths`` (words of the name, and of the one in its own script). ``of_word`` lists customers * 4 + what the word belongs
    to; ``of_sound`` lists words. ``numbers``, ``phones``, ``mails`` and ``identities`` (identity numbers) are lines, each of the customer
    of ``*_of``."""

    ids: np.ndarray
    branches: np.ndarray
    owners: np.ndarray
    rank: np.ndarray
    lengths: tuple[np.ndarray, np.ndarray]
    shown: pa.Table
    words: Words
    of_word: Lists
    keys: Words
    of_key: Lists
    loose_keys: Sorted
    of_loose_key: Lists
    numbers: Lines
    phones: Lines
    phones_of: np.ndarray
    mails: Lines
    mails_of: np.ndarray
    identities: Lines
    identities_of: np.ndarray
    contacts: pa.Array | pa.ChunkedArray
    contacts_of: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def seen(self, scope: Scope) -> np.ndarray:
        """Which customers are within a scope, by their home branch and owner."""
        mask = np.ones(len(self), bool)
        for column, allowed in ((self.branches, scope.branches), (self.owners, scope.owners)):
            if allowed is not None:
                mask &= (column >= 0) & np.isin(column, np.fromiter(allowed, np.int64, len(allowed)))
        return mask

    @property
    def bytes(self) -> int:
        """Memory held, about."""
        parts = (self.words, self.of_word, self.keys, self.of_key, self.loose_keys, self.of_loose_key, self.numbers, self.phones, self.mails, self.identities)
        arrays = (self.ids, self.branches, self.owners, self.rank, *self.lengths, self.phones_of, self.mails_of, self.identities_of, self.contacts_of)
        return sum(p.bytes for p in parts) + sum(a.nbytes for a in arrays) + self.shown.nbytes + self.contacts.nbytes


def number_key(text: str | None) -> str:
    """A customer's number as it is compared: letters and digits only (``C-100482`` and ``c 100482`` are one)."""
    return _NOT_ALNUM.sub("", fold(text))


def build(warehouse) -> Index:
    """Read the customers and contacts of a snapshot; about 3 s for 200,000, of which the engine takes little."""
    return index_of(*_read(warehouse), warehouse.country)


def index_of(customers: pa.Table, contacts: pa.Table, country: str = "") -> Index:
    """The index of a table of customers and one of contacts, both in the order of the customers' ids. ``country``: the firm's, ISO code."""
    ids, many = customers["id"].to_numpy(), customers.num_rows
    row = np.arange(many)
    row_of_contact = np.searchsorted(ids, contacts["customer_id"].to_numpy())
    collected = _Collected()
    lengths = tuple(collected.add(customers[column], row, NAME) for column in ("name", "name_local"))
    collected.add(contacts["name"], row_of_contact, CONTACT)
    for column in ("city", "branch"):
        collected.add(customers[column], row, PLACE)
    words, of_word = collected.finished()
    keys, of_key = _by_sound(sorted(collected.known), sounds)
    loose_keys, of_loose = _by_sound(sorted(collected.known), skeletons)
    both = np.concatenate((row, row_of_contact))
    phones, phones_of = _told([*_phones(customers, "phone_digits", country), *_phones(contacts, "", country)], both)
    mails, mails_of = _told([(mail or "").casefold().strip() for table in (customers, contacts) for mail in table["email"].to_pylist()], both)
    return Index(ids, _keys(customers["branch_id"]), _keys(customers["owner_id"]), _rank(customers), lengths, customers.select(SHOWN), words, of_word,  # type: ignore[arg-type]
                 Words(keys), of_key, Sorted(loose_keys), of_loose, Lines([number_key(n) for n in customers["number"].to_pylist()]), Lines(phones), phones_of,
                 Lines(mails), mails_of, *_identities(customers, row), contacts["name"].combine_chunks(), row_of_contact)


def _read(warehouse) -> tuple[pa.Table, pa.Table]:
    c, b, p = s.customer.c, s.branch.c, s.contact.c
    wanted = select(c.id, c.number, c.name, c.name_local, c.city, b.name.label("branch"), c.branch_id, c.owner_id, c.relation, c.email, c.phone, c.phone_digits,
                    c.identity_number, c.country).select_from(s.customer.outerjoin(s.branch, b.id == c.branch_id)).order_by(c.id)
    people = select(p.customer_id, p.name, p.email, p.phone, c.country).select_from(s.contact.join(s.customer, c.id == p.customer_id)).order_by(p.customer_id, p.id)
    return _table(warehouse, wanted), _table(warehouse, people)


def _table(warehouse, wanted) -> pa.Table:
    """Rows as columns, in batches: others who use the engine and the interpreter get their turn between."""
    kinds = {c.name: pa.int64() if c.name.endswith("id") else pa.dictionary(pa.int32(), pa.string()) if c.name in ("city", "branch", "relation", "country") else pa.string()
             for c in wanted.selected_columns}
    batches = []
    with warehouse.engine.connect() as connection:
        for rows in connection.execute(wanted).partitions(_BATCH):
            batches.append(pa.table({name: pa.array(values, kind) for (name, kind), values in zip(kinds.items(), zip(*rows, strict=True), strict=True)}))
            time.sleep(0)
    whole = pa.concat_tables(batches) if batches else pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    return whole.unify_dictionaries().combine_chunks()


class _Collected:
    """Gathers the words of many texts; a text that occurs often is taken apart once."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._parts: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, texts: pa.ChunkedArray, of: np.ndarray, kind: int) -> np.ndarray:
        """Take the words of ``texts``, which belong to customers ``of``; how many words each has."""
        whole = texts.combine_chunks()
        coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
        codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
        lists = [self._words(text) for text in coded.dictionary.to_pylist()] + [[]]
        many = np.fromiter(map(len, lists), np.int64, len(lists))
        flat = Lists(np.repeat(np.arange(len(lists)), many), np.fromiter((w for words in lists for w in words), np.int64, int(many.sum())), len(lists))
        words, whence = flat.of(codes)
        self._parts.append((words, of[whence] * 4 + kind))
        return many[codes].astype(np.uint8)

    def _words(self, text: str) -> list[int]:
        return [self.known.setdefault(word[:LONGEST_WORD], len(self.known)) for word in dict.fromkeys(fold(text).split())]

    def finished(self) -> tuple[Words, Lists]:
        """The words in order, and the customers of each."""
        words, values = (np.concatenate([part[i] for part in self._parts]) for i in (0, 1))
        told, place = in_order(self.known)
        return Words(told), Lists(place[words], values.astype(np.int32), len(told))


def _by_sound(words: list[str], heard) -> tuple[list[str], Lists]:
    keys: dict[str, int] = {}
    pairs = [(keys.setdefault(key, len(keys)), number) for number, word in enumerate(words) for key in heard(word)]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    told, place = in_order(keys)
    return told, Lists(place[both[:, 0]] if len(told) else both[:, 0], both[:, 1].astype(np.int32), len(told))


def in_order(known: dict[str, int]) -> tuple[list[str], np.ndarray]:
    """Texts in order, and for each number a text had its place in that order."""
    told = sorted(known)
    place = np.empty(len(told), np.int64)
    place[np.fromiter((known[text] for text in told), np.int64, len(told))] = np.arange(len(told))
    return told, place


def _identities(customers: pa.Table, row: np.ndarray) -> tuple[Lines, np.ndarray]:
    """Identity numbers as they are compared, and the customers they belong to."""
    held = customers["identity_number"].to_pylist() if "identity_number" in customers.column_names else [None] * len(row)
    keys, of = _told([identity_key(number) if number else "" for number in held], row)
    return Lines(keys), of


def _phones(people: pa.Table, known: str, firm: str) -> Iterator[str]:
    """Digits with the country code where they can be told, else the digits as written."""
    digits = people[known].to_pylist() if known else [None] * people.num_rows
    for told, phone, country in zip(digits, people["phone"].to_pylist(), people["country"].to_pylist(), strict=True):
        # What begins with + says its country code itself: parsing is for the others, it takes its time.
        yield told or (_digits(phone) if phone and phone[0] == "+" else phone_digits(phone, country or firm) or _digits(phone))


def _digits(text: str | None) -> str:
    return "".join(ch for ch in fold(text) if ch.isdigit())


def _told(texts: list[str], of: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The texts that are there, and the customers they belong to."""
    there = np.fromiter((bool(text) for text in texts), bool, len(texts))
    return [text for text in texts if text], of[there].astype(np.int32)


def _keys(column: pa.ChunkedArray) -> np.ndarray:
    return column.fill_null(-1).to_numpy()


def _rank(customers: pa.Table) -> np.ndarray:
    """The order among equals: customers before others, short names before long ones, then by name."""
    names, relations = customers["name"].to_pylist(), customers["relation"].to_pylist()
    order = sorted(range(len(names)), key=lambda n: (relations[n] != "customer", len(names[n]), names[n], n))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank
