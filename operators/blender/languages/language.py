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
#: What stands after a name and between the parts of a list, outside of brackets, which a language may translate, too;
#: and in how many parts a text is split.
JOINTS, PARTS = (": ", "; ", ", "), 20
_OUTSIDE = r"(?![^(]*\))"
_LISTED = re.compile(r"^[,;:] |[A-Za-z][^,;:]*[,;:] |[,;:] .*[A-Za-z]", re.DOTALL)
#: How often what was filled into a message is itself taken apart.
DEPTH = 2
#: Spaces beside Chinese punctuation and between Chinese characters, which have none.
_WIDE = r"[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff1f]"
_GAP = re.compile(f"(?<={_WIDE}) +(?={_WIDE})|(?<=。) +")


class Form:
    """A text with fields: its longest part between them (`own`), and what a message of this form matches."""

    def __init__(self, english: str, words: str) -> None:
        self.parts = english.split("{}")
        self.words, self.own = words, max(self.parts, key=len)
        self.letters = len("".join(self.parts))
        self.is_short = english.startswith("{}") and not re.search("[,;:.] ", english)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Made when it is needed: to make all at once takes longer than a redraw may."""
        return re.compile("(.*?)".join(map(re.escape, self.parts)), re.DOTALL)


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
            found = self._whole(text) or self._named(text) or self._sentences(text) or self._whole(text, across=True)
            self._known[text] = _GAP.sub("", found) if found else text
        return self._known[text]

    def _word(self, text: str) -> str:
        spelled = text, text.rstrip("."), text.capitalize(), text.title()
        return next((self.words[each] for each in spelled if each in self.words), "")

    def _whole(self, text: str, depth: int = DEPTH, across: bool = False) -> str:
        """Return the translation of a text as a whole, or an empty string.

        What is filled in is no more than a part of a sentence, unless it may go `across` sentences; and what a short
        form such as "{} missing" begins with is no list.
        """
        if known := self._word(text):
            return known
        for form in self._forms if len(text) <= LONGEST else ():
            match = form.pattern.fullmatch(text) if form.own in text else None
            if match is None or (form.is_short and _LISTED.search(match[1])):
                continue
            if across or not any(map(_SENTENCES.search, match.groups())):
                filled = [self._filled(part, depth) for part in match.groups()]
                numbers = iter(fields(form.words))
                return _FIELD.sub(lambda _, numbers=numbers, filled=filled: filled[next(numbers)], form.words)  # type: ignore[misc]
        return ""

    def _filled(self, part: str, depth: int) -> str:
        """Return what was filled into a message: translated as far as it is known."""
        found = self._word(part)
        if depth and not found:
            found = self._whole(part, depth - 1) or self._listed(part, depth - 1)
        return found or part

    def _named(self, text: str) -> str:
        """Return a message that follows the name of a file or strip, and the name; "" where that is not known."""
        for match in list(re.finditer(": ", text))[:PARTS]:
            if found := self._whole(text[match.end() :]):
                return self._filled(text[: match.start()], DEPTH) + self.words.get(": ", ": ") + found
        return ""

    def _sentences(self, text: str) -> str:
        """Return a text with those of its sentences translated that are known; "" where none is."""
        parts = _SENTENCES.split(text)
        found = [self._whole(part) or self._named(part) or self._listed(part) or part for part in parts]
        return "".join(found) if found != parts else ""

    def _listed(self, text: str, depth: int = DEPTH, joints: tuple[str, ...] = JOINTS) -> str:
        """Return a list with those of its parts translated that are known; "" where none is."""
        if not joints:
            return ""
        parts = re.split(joints[0] + _OUTSIDE, text, maxsplit=PARTS)
        if len(parts) == 1:
            return self._listed(text, depth, joints[1:])
        found = [self._whole(part, depth) or self._listed(part, depth, joints[1:]) or part for part in parts]
        return self.words.get(joints[0], joints[0]).join(found) if found != parts else ""

    @cached_property
    def _forms(self) -> list[Form]:
        """Texts with fields, those of the most letters of their own first."""
        found = [Form(english, words) for english, words in self.words.items() if _FIELD.search(english)]
        return sorted(found, key=lambda form: -form.letters)


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
