"""Finding customers: milliseconds a search, and how often the customer meant is among the first five, by kind of what is typed.

``python -m bench.find --home HOME`` searches the warehouse of a MABAT_HOME; ``--made N`` a firm of N customers without a name twice.
"""
from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pyarrow as pa

from crm_data.analysis.search import best
from crm_data.analysis.search_index import SHOWN, Index, build, index_of
from crm_data.cuts.access import Scope
from crm_data.model.folding import fold

FIRST = 5
_NEAR = {"a": "eo", "e": "ai", "i": "ey", "o": "ua", "u": "oi", "y": "i", "k": "c", "c": "k", "s": "z", "z": "s", "b": "v", "v": "b", "f": "p", "p": "f", "d": "t", "t": "d",
         "ט": "ת", "ת": "ט", "כ": "ק", "ק": "כ", "ס": "ש", "ש": "ס", "א": "ע", "ע": "א", "ח": "כ", "ב": "ו", "ت": "ط", "س": "ص", "ز": "ذ", "ه": "ح", "ی": "ا"}


@dataclass(frozen=True)
class Typed:
    """Something typed for the customer in a row of the index."""

    kind: str
    text: str
    row: int


@dataclass(frozen=True)
class Searched:
    """One search: seconds by the clock and of the processor, whether the customer meant (or its namesake) was among the first."""

    typed: Typed
    clock: float
    processor: float
    found: bool


def misspelt(dice: random.Random, text: str, errors: int = 1, first: bool = False) -> str:
    """``text`` with letters swapped, dropped, doubled or replaced by one that looks or sounds alike; ``first``: the first letter wrong."""
    words = text.split()
    for _ in range(errors):
        n = dice.choice([i for i, w in enumerate(words) if len(w) > 2] or [0])
        word, at = words[n], dice.randrange(1, max(2, len(words[n]) - 1))
        if first:
            words[n] = dice.choice([c for c in ("bdgklmnprst" if word.isascii() else "בגדלמנפרת") if c != word[0].lower()]) + word[1:]
            continue
        how = dice.choice(("swap", "drop", "double", "change"))
        words[n] = {"swap": word[:at] + word[at + 1:at + 2] + word[at] + word[at + 2:], "drop": word[:at] + word[at + 1:], "double": word[:at] + word[at] + word[at:],
                    "change": word[:at] + dice.choice(_NEAR.get(word[at], "aeiou" if word.isascii() else "וי")) + word[at + 1:]}[how]
    return " ".join(words)


def phone_written(digits: str) -> tuple[str, ...]:
    """A number of digits with its country code in the ways people write it."""
    code, rest = (digits[:3], digits[3:]) if digits.startswith(("972", "971")) else (digits[:2], digits[2:])
    return (f"0{rest[:2]}-{rest[2:]}", f"+{code} {rest[:2]} {rest[2:5]} {rest[5:]}", f"00{code}{rest}", f"+{code} (0){rest[:2]}-{rest[2:5]}-{rest[5:]}",
            "".join(chr(0x6F0 + int(d)) for d in "0" + rest))


def typed(index: Index, dice: random.Random, a_kind: int) -> Iterator[Typed]:
    """``a_kind`` of every kind of search, for customers drawn at random."""
    shown = {name: index.shown[name].to_pylist() for name in ("number", "name", "name_local", "phone", "email")}
    latin = [n for n, name in enumerate(shown["name"]) if fold(name).isascii()]
    local = [n for n, name in enumerate(shown["name"]) if not fold(name).isascii()]
    own = [n for n, name in enumerate(shown["name_local"]) if name]
    phones, mails = ([n for n, text in enumerate(shown[field]) if text] for field in ("phone", "email"))

    def of(rows: Sequence[int], kind: str, make: Callable[[int], str]) -> Iterator[Typed]:
        for n in dice.sample(rows, min(a_kind, len(rows))):
            yield Typed(kind, make(n), n)
    name = shown["name"]
    yield from of(latin, "name in Latin", lambda n: name[n])
    yield from of([n for n in local or own if "\u0590" <= (name[n] + (shown["name_local"][n] or ""))[-1] <= "\u05ff"], "name in Hebrew", lambda n: shown["name_local"][n] or name[n])
    yield from of([n for n in local or own if "\u0600" <= (name[n] + (shown["name_local"][n] or ""))[-1] <= "\u06ff"], "name in Persian", lambda n: shown["name_local"][n] or name[n])
    yield from of(own, "the other script", lambda n: shown["name_local"][n])
    yield from of(latin, "words in another order", lambda n: " ".join(reversed(name[n].split())))
    yield from of(latin, "beginnings of words", lambda n: " ".join(w[:max(3, len(w) - 2)] for w in name[n].split()))
    yield from of(latin, "part of a word", lambda n: max(name[n].split(), key=len)[1:])
    yield from of(latin, "one typing error", lambda n: misspelt(dice, name[n]))
    yield from of(local or own, "one error, own script", lambda n: misspelt(dice, shown["name_local"][n] or name[n]))
    yield from of(latin, "two typing errors", lambda n: misspelt(dice, name[n], 2))
    yield from of(latin, "first letter wrong", lambda n: misspelt(dice, name[n], first=True))
    yield from of(phones, "phone, five ways", lambda n: dice.choice(phone_written("".join(c for c in shown["phone"][n] if c.isdigit()))))
    yield from of(phones, "last six of a phone", lambda n: "".join(c for c in shown["phone"][n] if c.isdigit())[-6:])
    yield from of(mails, "mail", lambda n: shown["email"][n])
    yield from of(mails, "beginning of a mail", lambda n: shown["email"][n].split("@")[0])
    yield from of(range(len(index)), "number", lambda n: shown["number"][n])
    yield from of(range(len(index)), "digits of a number", lambda n: "".join(c for c in shown["number"][n] if c.isdigit()))
    yield from of(range(len(index)), "one letter", lambda n: name[n][0])
    yield from of(range(len(index)), "nobody", lambda n: "".join(dice.choice("qxzjw") for _ in range(9)))


def time_searches(index: Index, *, a_kind: int = 15, seed: int = 7, scope: Scope | None = None) -> Iterator[Searched]:
    """Search for customers drawn at random, each text once."""
    for one in typed(index, random.Random(seed), a_kind):
        clock, processor = time.perf_counter(), time.process_time()
        hits = best(index, scope or Scope.everything(), one.text, 20)
        taken = time.perf_counter() - clock, time.process_time() - processor
        meant = {fold(index.shown[c][one.row].as_py()) for c in ("name", "name_local")} - {""}
        key, first = int(index.ids[one.row]), hits.found[:FIRST]
        yield Searched(one, *taken, any(f.id == key or meant & {fold(f.name), fold(f.name_local)} for f in first))


def in_words(searched: Sequence[Searched]) -> list[str]:
    """One line a kind, then all together."""
    from bench.explore import percentile

    lines = [f"{'typed':<28}{'searches':>9}{'p50 ms':>9}{'p95 ms':>9}{'processor p95':>15}{'in the first 5':>16}"]
    kinds = [*dict.fromkeys(s.typed.kind for s in searched), ""]
    for kind in kinds:
        of = [s for s in searched if not kind or s.typed.kind == kind]
        clock, processor = [s.clock * 1000 for s in of], [s.processor * 1000 for s in of]
        share = "" if not kind or kind in ("one letter", "nobody", "part of a word") else f"{sum(s.found for s in of) / len(of):.0%}"
        lines.append(f"{kind or 'all':<28}{len(of):>9}{percentile(clock, 0.5):>9.1f}{percentile(clock, 0.95):>9.1f}{percentile(processor, 0.95):>15.1f}{share:>16}")
    return lines


def made(many: int, seed: int = 11) -> Index:
    """A firm whose customers have names of their own, in Latin, Hebrew and Persian: the hardest case for a search by words."""
    dice = random.Random(seed)
    letters = {"en": ("bcdfghklmnprstvz", "aeiou"), "he": ("בגדזחטכלמנספקרשת", "אויה"), "fa": ("بپتجدرزسشکگلمنه", "اویه")}

    def word(language: str) -> str:
        hard, soft = letters[language]
        text = "".join(dice.choice(hard) + dice.choice(soft) for _ in range(dice.choice((2, 3, 3, 4)))) + dice.choice(("", dice.choice(hard)))
        return text.capitalize()
    rows: list[tuple] = []
    for n in range(many):
        language = dice.choice(("en", "en", "en", "he", "fa"))
        rows.append((n + 1, f"C-{100000 + n}", f"{word(language)} {word(language)}", f"{word('he')} {word('he')}" if dice.random() < 0.4 else None, dice.choice(("Haifa", "Tel Aviv", "Berlin")), "Haifa",
                     n % 9, n % 60, "customer", f"{word('en')}.{word('en')}{n}@example.com".lower(), f"+972 5{n % 10}-{dice.randrange(10 ** 7):07}", None, "Israel"))
    names = ("id", "number", "name", "name_local", "city", "branch", "branch_id", "owner_id", "relation", "email", "phone", "phone_digits", "country")
    customers = pa.table({name: pa.array(values, pa.string() if isinstance(values[0], str) or name in (*SHOWN, "phone_digits") else pa.int64())
                          for name, values in zip(names, zip(*rows, strict=True), strict=True)})
    return index_of(customers, pa.table({name: pa.array([], pa.int64() if name == "customer_id" else pa.string()) for name in ("customer_id", "name", "email", "phone", "country")}))


@click.command()
@click.option("--home", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Search the warehouse of this MABAT_HOME.")
@click.option("--made", "many", type=click.IntRange(100), help="Search a firm of so many customers with names of their own.")
@click.option("--each", default=15, show_default=True, type=click.IntRange(1), help="Searches of each kind.")
def main(home: Path | None, many: int | None, each: int) -> None:
    """Measure searches."""
    started, processor = time.perf_counter(), time.process_time()
    if many:
        index = made(many)
    else:
        os.environ["MABAT_HOME"] = str((home or Path.home() / ".mabat").resolve())
        from crm_data.model.snapshots import open_store
        from crm_data.settings import load_settings
        index = build(open_store(load_settings().warehouse).warehouse())
    click.echo(f"{len(index):,} customers, {len(index.words):,} words; made in {time.perf_counter() - started:.1f} s ({time.process_time() - processor:.1f} s of the processor), "
               f"{index.bytes / 1e6:.0f} MB ({index.bytes / len(index):.0f} bytes a customer)")
    click.echo("\n".join(in_words(list(time_searches(index, a_kind=each)))))


if __name__ == "__main__":
    main()
