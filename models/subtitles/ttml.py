"""TTML: the XML of streaming services and broadcasters, of any year and namespace, or without one.

Times: TTML 1 (third edition), 10.3 and 10.4, and what frames and ticks mean, 6.2. Styles are followed as far as a text
strip has them. The file is read piece by piece, so what stands before damage is kept. Entities are refused.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from xml.parsers import expat

from ..errors import SubtitleError
from . import limits
from .cue import Cue
from .one_line import READING, SHOWN
from .styled import Styled
from .summary import UNREADABLE_TIMES, Summary
from .ttml_style import Styles
from .ttml_time import Clock, Span

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?tt[ \t\n>]")
#: Elements whose text nobody is meant to see.
_UNSEEN = {"metadata", "title", "desc", "copyright", "agent", "name", "actor"}
_TIMED = ("body", "div", "p", "span")


def is_ttml(text: str) -> bool:
    """Whether a text is TTML by its root element."""
    return text.lstrip().startswith("<") and bool(_ROOT.search(text[:20_000]))


def parse(text: str, summary: Summary) -> list[Cue]:
    """Return the cues of a text. Raises SubtitleError for a file with a document type, TooManyCues."""
    reader = _Reader(summary)
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, said: reader.begin(name, said, parser.CurrentLineNumber)
    parser.EndElementHandler = lambda name: reader.finish(name)
    parser.CharacterDataHandler = lambda piece: reader.say(piece)
    parser.StartDoctypeDeclHandler = _refuse
    try:
        # Its declaration may name the encoding that the file had before it was decoded.
        parser.Parse(re.sub(r"^\s*<\?xml[^>]{0,200}\?>", lambda found: "\n" * found.group().count("\n"), text), True)
    except expat.ExpatError as error:
        summary.drop(f"the file is damaged ({expat.ErrorString(error.code)}); what follows is lost", error.lineno)
    return reader.cues()


def _refuse(*_said: object) -> None:
    raise SubtitleError("This TTML file declares a document type, which subtitles don't need. Remove the DOCTYPE.")


class _Reader:
    """What is open while a file is read: spans of time, styles, and the cue that is being put together."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.clock = Clock({})
        self.styles = Styles()
        self.spans: list[Span] = []
        self.unseen = 0
        self.cue: _Cue | None = None
        self.found: list[_Cue] = []

    def begin(self, name: str, said: dict[str, str], line: int) -> None:
        """Return an element begins."""
        word, plain = _local(name), {_local(key): value for key, value in said.items()}
        if word == "tt":
            self.clock = Clock(plain)
        self.styles.begin(word, plain)
        if word in _UNSEEN or self.unseen:
            self.unseen += 1
        elif word in _TIMED:
            self._span(word, plain, line)
        elif word == "br" and self.cue:
            self.cue.break_line()

    def _span(self, word: str, said: dict[str, str], line: int) -> None:
        parent = self.spans[-1] if self.spans else Span()
        span, unread = parent.child(said, self.clock)
        if unread:
            self.summary.drop(f"{UNREADABLE_TIMES} ({unread[:20]})", line)
        self.spans.append(span)
        if word == "p":
            self.cue = _Cue(line, span, bool(unread), said.get("space") == "preserve")
        elif word == "span" and self.cue and span.timed:
            self.cue.pieces.append(span)
        if self.cue:
            self.cue.wear(self.styles)

    def finish(self, name: str) -> None:
        """Return an element ends."""
        word = _local(name)
        self.styles.finish()
        if self.unseen:
            self.unseen -= 1
        elif word in _TIMED and self.spans:
            self.spans.pop()
            if word == "p" and self.cue:
                if not self.cue.unread:
                    self.found.append(self.cue)
                    limits.check(len(self.found))
                self.cue = None
        if self.cue:
            self.cue.wear(self.styles)

    def say(self, piece: str) -> None:
        """Return a piece of text."""
        if self.cue and not self.unseen:
            self.cue.add(piece)

    def cues(self) -> list[Cue]:
        """Return what was read."""
        starts = sorted({cue.start for cue in self.found})
        after = dict(pairwise(starts))
        return [cue.done(after.get(cue.start), self.summary) for cue in self.found]


class _Cue:
    """A paragraph."""

    def __init__(self, line: int, span: Span, unread: bool, preserve: bool) -> None:
        self.line, self.span, self.unread, self.preserve = line, span, unread, preserve
        self.state = Styled()
        self.pieces: list[Span] = []
        self.length = 0

    @property
    def start(self) -> Fraction:
        """When it begins, in seconds: when its first word does, where only those have times."""
        return min(piece.begin for piece in self.pieces) if self._by_word else self.span.begin

    @property
    def _by_word(self) -> bool:
        return bool(self.pieces) and not self.span.timed

    def wear(self, styles: Styles) -> None:
        """Show what follows in the style that holds now."""
        self.state.bold, self.state.italic, self.state.color, self.state.anchor = styles.look()

    def add(self, text: str) -> None:
        """Add text; line ends and blanks are one blank, unless they are to be preserved."""
        self.length += len(text)
        if self.length <= limits.MAX_RAW:
            self.state.add(text if self.preserve else re.sub(r"[ \t\n]+", " ", text))

    def break_line(self) -> None:
        """Begin a new line."""
        self.state.add("\n")

    def done(self, following: Fraction | None, summary: Summary) -> Cue:
        """Return the cue; `following` is when the next one begins."""
        plain, look, lost = self.state.done()
        text = "\n".join(line.strip(" ") for line in re.sub(" {2,}", " ", plain).split("\n")).strip("\n")
        text = plain if self.preserve else text
        ends = [piece.end for piece in self.pieces if piece.end is not None] if self._by_word else []
        end = max(ends) if ends else self.span.end
        if end is None:
            summary.change("it has no end; it is shown until the next one begins", self.line)
            end = self.start + Fraction(SHOWN + READING * len(text), 1000)
            end = end if following is None else min(end, following)
        if self.pieces:
            lost.append("karaoke times")
        for what in lost:
            summary.change(f"{what} is not shown", self.line)
        return Cue(_ms(self.start), _ms(end), text, look, line=self.line)


def _ms(seconds: Fraction) -> int:
    return int(seconds * 1000 + Fraction(1, 2))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
