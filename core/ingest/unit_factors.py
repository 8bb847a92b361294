"""A column that says how many base units one sold unit holds: Qty. per Unit of Measure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.checks import Checks
from core.ingest.convert import convert_numbers
from core.ingest.names import names, plain
from core.ingest.text_table import Codes, Mask

_NAMES = frozenset(
    names(
        "qty per unit of measure,quantity per unit of measure,quantity per unit,qty per unit,"
        "units per pack,pieces per pack,pack size,pack quantity,conversion factor,conversion,"
        "faktor,umrechnungsfaktor,umrechnung,menge pro einheit,menge je einheit,menge je ve,"
        "menge je vpe,stück je ve,stück je vpe,stück pro ve,inhalt,ve menge,"
        "facteur,facteur de conversion,quantité par unité,unités par colis,colisage,"
        "factor de conversión,factor conversion,cantidad por unidad,unidades por caja,"
        "conversiefactor,omrekenfactor,aantal per eenheid,aantal per verpakking,inhoud"
    )
)


def factors_beside(
    checks: Checks, item: Codes, kind: Codes, rows: Mask
) -> tuple[str, npt.NDArray[np.float64]] | None:
    """Find the column that says how many base units a sold unit holds.

    It is one only where it says the same of an item's unit each time, and 1 of some unit.

    Args:
        checks: The file.
        item: Which item each row is of, shape [n_rows].
        kind: Which unit it is sold in, same shape.
        rows: Rows of items that are sold in several units, same shape.

    Returns:
        The column's name, and the base units that one unit of each row holds, shape [n_rows].
    """
    taken = {guess.column for guess in checks.columns.values()}
    for name in checks.table.columns:
        if plain(name) not in _NAMES or name in taken:
            continue
        found, _ = convert_numbers(checks.table.column(name), checks.table.options.decimal)
        held = np.where(rows, found.values, 1.0)
        if not (np.isfinite(held) & (held > 0)).all():
            continue
        pairs = pd.DataFrame({"item": item[rows], "kind": kind[rows], "held": held[rows]})
        different = pairs.drop_duplicates()
        if len(different) == len(different[["item", "kind"]].drop_duplicates()) and (
            different.groupby("item")["held"].min().eq(1).all()
        ):
            return name, held
    return None
