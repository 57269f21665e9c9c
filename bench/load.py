"""``python -m bench.load SNAPSHOT FOLDER``: the import's part by itself, in a process that holds nothing else in memory."""
from __future__ import annotations

import sys
from pathlib import Path

from bench.imports import time_import
from bench.report import import_in_words

if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("\n".join(import_in_words(time_import(Path(sys.argv[1]), target))) + "\n")
