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
_RARE = frozenset("âêîôûëïùìòœæøåãõÿýÄÖÜÉÈÀÇÑÁÍÓÚÂÊÎÔÛËÏÙŒÆØÅ")
_CENTRAL = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰăşţľĺŕ")
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
    letters = _USUAL | _RARE | (_CENTRAL if encoding == "cp1250" else frozenset())
    return sum(_fit(three.decode(encoding, "replace"), letters) for three in around)


def _fit(around: str, letters: frozenset[str]) -> int:
    """Rate a letter between its neighbours: 2 usual, 1 rare, 0 on its own, -1 out of place."""
    before, letter, after = around[0], around[1], around[2:]
    if letter in letters and not before.isalpha() and not after.isalpha():
        return 0
    if letter in letters:
        shouted = letter.isupper() and before.islower()
        return -1 if shouted else 2 if letter in _USUAL else 1
    return -1 if letter.isalpha() or before.isalpha() or letter == "\ufffd" else 0
