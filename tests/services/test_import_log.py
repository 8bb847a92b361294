"""Every import is in the log, with the file's hash, the answers and what was found."""

from __future__ import annotations

import hashlib

from core.ingest import ReadOptions, Source
from core.services.import_log import import_log, log_table
from core.services.importing import import_from_file, load_sample, undo_import
from core.store import Store

ROWS = "date,item,quantity\n" + "".join(f"2024-01-{d:02d},A,3\n" for d in range(1, 29))


def test_the_log_tells_the_hash_the_answers_and_what_counts_now(store: Store) -> None:
    load_sample(store)
    data = (ROWS + "2024-01-05,A,-1\n").encode()
    options = ReadOptions(answers={"negatives": "ignore"})
    import_from_file(store, "history", Source("week1.csv", data), options=options)
    first = import_log(store)[0]
    assert (first.file, first.sha256) == ("week1.csv", hashlib.sha256(data).hexdigest())
    assert (first.rows_read, first.rows_used, first.is_active) == (29, 28, True)
    lines = dict(first.lines)
    assert lines["answer: negatives"].endswith("What is it? ignore")
    assert lines["read as: delimiter"].startswith("comma")
    assert lines["column: item"] == "item"
    undo_import(store, "history")
    newest = import_log(store)[0]
    assert (newest.file, newest.is_active) == ("week1.csv", False)
    table = log_table(import_log(store))
    assert set(table["File"]) >= {"week1.csv", "history.csv", "items.csv"}
    assert len(table) == sum(len(entry.lines) for entry in import_log(store))
