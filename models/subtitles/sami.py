"""SAMI (.smi): HTML in which `<SYNC Start=ms>` begins a cue, and the next one ends it.

Format: "Understanding SAMI 1.0", Microsoft, 2001.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from . import limits
from .cue import Cue, Look
from .one_line import READING, SHOWN
from .styled import Styled, entities
from .summary import Summary
from .tags import tag

_ROOT = re.compile(r"<sami[ \t\n>]|<sync[ \t\n]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"</?[ \t\n]{0,9}([a-zA-Z][a-zA-Z0-9]{0,15})")
_START = re.compile(r"start[ \t]{0,9}=[ \t\"']{0,9}(-?\d{1,10})", re.IGNORECASE)
_CLASS = re.compile(r"class[ \t]{0,9}=[ \t\"']{0,9}([\w-]{1,40})", re.IGNORECASE)


def is_sami(text: str) -> bool:
    """Whether a text is SAMI by its beginning."""
    return text.lstrip()[:1] == "<" and bool(_ROOT.search(text[:20_000]))


def parse(text: str, summary: Summary) -> list[Cue]:
    """Return the cues of a text. Where it has several languages the first is taken. Raises TooManyCues."""
    found = list(_syncs(text, summary))
    limits.check(len(found))
    starts = sorted({start for _, start, _ in found})
    after = dict(pairwise(starts))
    languages: dict[str, None] = {}
    cues = []
    for line, start, body in found:
        plain, look, lost = _text(body[: limits.MAX_RAW], languages)
        if plain:  # one without a text only ends the cue before
            end = after.get(start, start + SHOWN + READING * len(plain))
            cues.append(Cue(start, end, plain, look, line=line))
            for what in lost:
                summary.change(f"{what} is not shown", line)
    if len(languages) > 1:
        summary.remarks.append(f"It has {len(languages)} languages; only {next(iter(languages))} is shown.")
    return cues


def _syncs(text: str, summary: Summary) -> Iterator[tuple[int, int, str]]:
    """(line, start in ms, HTML) of each cue."""
    ends = [found.start() for found in re.finditer("\n", text)]
    begun, body = None, 0
    for found in _TAG.finditer(text):
        name = _NAME.match(found.group())
        if name is None or name.group(1).lower() not in ("sync", "body", "sami"):
            continue
        if begun:
            yield *begun, text[body : found.start()]
        line = bisect_left(ends, found.start()) + 1
        start = _START.search(found.group())
        if start is None and found.group()[:5].lower() == "<sync":
            summary.drop("a SYNC without a start", line)
        begun, body = (line, int(start.group(1))) if start else None, found.end()
    if begun:
        yield *begun, text[body:]


def _text(body: str, languages: dict[str, None]) -> tuple[str, Look, list[str]]:
    """(plain text, look, what is lost) of the first language in a piece of HTML. Line ends are blanks in it."""
    state = Styled()
    shown, end = True, 0
    for found in (*_TAG.finditer(body), None):
        if shown:
            piece = body[end : found.start() if found else len(body)]
            state.add(re.sub(r"[ \t\n]+", " ", entities(piece)))
        if found is None:
            break
        end = found.end()
        name = _NAME.match(found.group())
        word = name.group(1).lower() if name else ""
        if word == "p":
            language = _CLASS.search(found.group())
            if language:
                languages[language.group(1)] = None
                shown = language.group(1) == next(iter(languages))
            state.add("\n")
        elif word == "br":
            state.add("\n")
        elif name and shown:
            tag(found.group(), state)
    text, look, lost = state.done()
    return "\n".join(line.strip(" ") for line in text.split("\n")).strip(), look, lost
