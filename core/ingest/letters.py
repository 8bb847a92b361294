"""Which one-byte encoding a text is in, judged by the words it would make."""

from __future__ import annotations

import numpy as np

# What spreadsheets and older systems write in Western and Central Europe; the first wins a tie.
_ENCODINGS = {
    "cp1252": "Windows-1252",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850",
    "cp1250": "Windows-1250",
}
_USUAL = frozenset("äöüßéèàçñáíóú")
_RARE = frozenset("âêîôûëïùìòœæøåÄÖÜÉÈÀÇÑÁÍÓÚÂÊÎÔÛËÏÙŒÆØÅ")
_MORE = {
    "cp1252": frozenset("ãõýÿšž"),
    "cp1250": frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰăşţľĺŕý"),
}
# Signs by where they stand: before a word, behind one, inside one.
_OPENING, _CLOSING, _INSIDE = frozenset("“„‘‚«¿¡"), frozenset("”“’…»™®ºª²³"), frozenset("’")
_MAX_LETTERS = 2000


def best_encoding(data: bytes) -> tuple[str, str]:
    """Return the encoding that makes the likeliest words, and its name.

    Args:
        data: A text that is not UTF-8.
    """
    places = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) >= 0x80)[:_MAX_LETTERS]
    around = [b" " + data[:2] if at == 0 else data[at - 1 : at + 2] for at in places.tolist()]
    best = max(_ENCODINGS, key=lambda encoding: _score(around, encoding))
    return best, _ENCODINGS[best]


def _score(around: list[bytes], encoding: str) -> int:
    letters = _USUAL | _RARE | _MORE.get(encoding, frozenset())
    return sum(_fit(three.decode(encoding, "replace"), letters) for three in around)


def _fit(around: str, letters: frozenset[str]) -> int:
    """Rate a letter or sign by its neighbours: 2 usual, 1 rare, 0 on its own, -1 out of place."""
    before, letter, after = around[0].isalpha(), around[1], around[2:].isalpha()
    if letter in letters:
        if not before and not after:
            return 0
        return -1 if letter.isupper() and around[0].islower() else 2 if letter in _USUAL else 1
    signs = {(False, True): _OPENING, (True, False): _CLOSING, (True, True): _INSIDE}
    if letter in signs.get((before, after), ()):
        return 2
    return -1 if letter.isalpha() or before or letter == "\ufffd" else 0
