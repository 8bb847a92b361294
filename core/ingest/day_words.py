"""What a calendar calls a day: closed, open, a holiday, an event; in five languages."""

from __future__ import annotations

from core.ingest.names import names, plain, words
from core.ingest.text_table import TextColumn

ORDINARY = ""

_WORDS = {
    "closed": "closed, close, shut, geschlossen, zu, ruhetag, schließtag, betriebsferien, "
    "inventur geschlossen, fermé, ferme, fermeture, cerrado, cierre, gesloten, dicht, "
    "non working day, not working, arbeitsfrei",
    "holiday": "holiday, public holiday, bank holiday, national holiday, feiertag, "
    "gesetzlicher feiertag, férié, ferie, jour férié, festivo, feriado, feestdag",
    "event": "event, ereignis, veranstaltung, événement, evenement, evento, gebeurtenis",
    ORDINARY: "open, offen, geöffnet, geoeffnet, ouvert, abierto, geopend, working day, workday, "
    "business day, arbeitstag, werktag, jour ouvré, jour ouvrable, laborable, werkdag, normal, "
    "ordinary, na, n/a, none, null, nan, -, keine, kein, aucun, ninguno, geen, no event, "
    "no, n, false, f, 0, nein, falsch, non, faux, falso, nee, onwaar, no holiday",
}
_KINDS = {plain(word): kind for kind, listed in _WORDS.items() for word in names(listed)}
_YES = frozenset(names("yes,y,true,t,1,ja,j,wahr,oui,o,vrai,si,s,verdadero,waar,x"))


def kind_of_day(text: str, column: str) -> str:
    """Return closed, holiday, event, or nothing for an ordinary day.

    Args:
        text: The cell.
        column: Name of its column: a yes, or a name, under "Closed" means closed.
    """
    word = plain(text)
    if not word:
        return ORDINARY
    told = (_KINDS.get(plain(part), "") for part in (column, *words(column)))
    return _KINDS.get(word, next(filter(None, told), "event"))


def is_name(text: str) -> bool:
    """Whether a cell is what a day is called, and no mere yes, no or kind of day."""
    word = plain(text)
    return bool(word) and word not in _YES and word not in _KINDS


def kinds_of(column: TextColumn) -> list[str]:
    """Return the kind of day of each text of a column."""
    return [kind_of_day(text, column.name) for text in column.texts]
