"""One language: its texts and their translations, checked, and messages found again by their form.

The worker and `models` know English alone. A message of theirs is translated when it is shown: "Frame {} of {}" matches
"Frame 3 of 10", and what was filled in goes into the translation, itself translated where it is a known word, message
or list of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

#: Longer messages are looked up as a whole only: patterns would take long over what somebody wrote into a file.
LONGEST = 2000
#: So many messages are remembered with their translations.
KEPT = 2000
_FIELD = re.compile(r"\{(\d*)\}")
_SENTENCES = re.compile(r"((?<=[.!?…])\s+)")
#: What stands between the parts of a list, or after a name, outside of brackets; and in how many parts a text is split.
_JOINTS, PARTS = re.compile(r"([,;:] )(?![^(]*\))"), 20
#: How often what was filled into a message is itself taken apart.
DEPTH = 2
_GAP = re.compile(r"(?<=[。！？]) +")


class Language:
    """Translations by their English texts. `problems` says which entries of a file were left out, and why."""

    def __init__(self, words: Mapping[str, object]) -> None:
        wrong = {english: problem(english, translation) for english, translation in words.items()}
        self.words = {english: str(words[english]) for english, text in wrong.items() if not text}
        self.problems = list(filter(None, wrong.values()))
        self._known: dict[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> Language:
        """Read a JSON object of English texts and their translations. What is wrong with it is a problem, no error."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(raw, dict):
                raise ValueError("it is not an object of texts and translations")
        except (OSError, ValueError, RecursionError) as error:
            language = cls({})
            language.problems.append(f"can't be used ({error}); the interface stays in English")
            return language
        return cls(raw)

    @property
    def plain(self) -> dict[str, str]:
        """The texts in which nothing is filled in."""
        return {english: words for english, words in self.words.items() if not _FIELD.search(english)}

    def translated(self, text: str) -> str:
        """Return a message in this language, sentence by sentence, or as it is where it has no translation."""
        if text not in self._known:
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[text] = self._whole(text) or self._split(text, _SENTENCES) or self._whole(text, True) or text
        return self._known[text]

    def _whole(self, text: str, across: bool = False, depth: int = DEPTH) -> str:
        """Return the translation of a text as a whole, or an empty string.

        What is filled in is no more than a part of a sentence, unless it may go `across` sentences.
        """
        if known := self.words.get(text) or self.words.get(text.rstrip(".")):
            return known
        for own, form, words in self._forms if len(text) <= LONGEST else ():
            match = form.fullmatch(text) if own in text else None
            if match and (across or not any(map(_SENTENCES.search, match.groups()))):
                filled = [self._filled(part, depth) for part in match.groups()]
                numbers = iter(fields(words))
                return _FIELD.sub(lambda _, numbers=numbers, filled=filled: filled[next(numbers)], words)  # type: ignore[misc]
        return ""

    def _filled(self, part: str, depth: int) -> str:
        if known := self.words.get(part) or self.words.get(part.capitalize()):
            return known
        found = (self._whole(part, depth=depth - 1) or self._split(part, _JOINTS, depth - 1)) if depth else ""
        return found or part

    def _split(self, text: str, joints: re.Pattern[str], depth: int = DEPTH) -> str:
        """Return a text with those of its parts translated that are known, or an empty string where none is."""
        parts = joints.split(text, PARTS)
        if joints is _SENTENCES:
            found = [self._whole(part) or self._split(part, _JOINTS) or part for part in parts]
        else:
            found = [self._whole(part, depth=depth) or self.words.get(part.capitalize(), part) for part in parts]
        return _GAP.sub("", "".join(found)) if found != parts else ""

    @cached_property
    def _forms(self) -> list[tuple[str, re.Pattern[str], str]]:
        """Texts with fields as their longest own part, a pattern and a translation; those of the most letters first."""
        found = [(english.split("{}"), words) for english, words in self.words.items() if _FIELD.search(english)]
        found.sort(key=lambda pair: -len("".join(pair[0])))
        return [
            (max(own, key=len), re.compile("(.*?)".join(map(re.escape, own)), re.DOTALL), words) for own, words in found
        ]


def fields(text: str) -> list[int]:
    """Return the numbers of what a text fills in: [0, 1] for "{} of {}", [1, 0] for "{1} / {0}".

    Raises ValueError for braces that are not fields, and for numbered beside unnumbered ones.
    """
    found = _FIELD.findall(text)
    if re.search(r"[{}]", _FIELD.sub("", text)) or ("" in found and any(found)):
        raise ValueError(f"{text!r} has braces that are not fields")
    return [int(number) if number else place for place, number in enumerate(found)]


def problem(english: str, translation: object) -> str:
    """Return what is wrong with a translation, or an empty string."""
    if not isinstance(translation, str) or not translation.strip():
        return f"the translation of {english!r} is empty"
    try:
        if sorted(fields(english)) != sorted(fields(translation)):
            return f"the translation of {english!r} has other fields: {translation!r}"
    except ValueError as error:
        return str(error)
    return ""
