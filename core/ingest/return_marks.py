"""Columns that mark returns: Is return (yes, no), or a remark on the rows that came back."""

from __future__ import annotations

import numpy as np

from core.ingest.names import names, plain
from core.ingest.status_words import meaning
from core.ingest.text_table import TextColumn, TextTable, tidy

_SET = frozenset(names("x,yes,y,ja,j,oui,o,si,s,true,wahr,vrai,verdadero,waar"))
_NOT_SET = frozenset(names("no,n,nein,nee,non,false,falsch,faux,falso,onwaar")) | {""}
_MOST = 4
# Sold on credit is sold.
_CREDIT = frozenset(names("credit,on credit,credit sale,credit hold,is credit"))


def return_marks(table: TextTable, taken: set[str]) -> list[TextColumn]:
    """Return the columns that mark returns, each with its name on the rows that are marked.

    Args:
        table: A sales file.
        taken: Columns that are something else.
    """
    found = []
    for name in table.columns:
        texts = {plain(tidy(str(text))) for text in table.frame[name].cat.categories}
        if name in taken or len(texts) > _MOST or not _is_return(name):
            continue
        if texts & _SET and texts & _NOT_SET and texts <= _SET | _NOT_SET:
            column = table.column(name)
            marked = column.where(lambda text: plain(text) in _SET)
            found.append(TextColumn(name, ("", name), marked.astype(np.int64)))
    return found


def _is_return(name: str) -> bool:
    return meaning(name) == "return" and plain(name) not in _CREDIT
