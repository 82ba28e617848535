"""ASS and SSA files, written so that they keep what they were read with: script info, styles, layers, margins, tags.

A cue brings its file's header along as text (`Origin.header`). Text strips carry it packed, as anybody may have edited
it: whatever is not a header counts as none.
"""

from __future__ import annotations

import base64
import re
import warnings
import zlib
from collections.abc import Sequence
from functools import lru_cache

import pysubs2

from ..errors import SubtitleError
from .cue import Cue, Look, Origin

#: The longest header and the longest text with tags that are kept, in characters.
MAX_HEADER, MAX_MARKED = 100_000, 10_000
#: Packed headers that are longer than this are not looked at, characters.
_MAX_PACKED = 2 * MAX_HEADER
_HEADING = re.compile(r"[ \t\ufeff]{0,9}\[([^\[\]\n]{1,60})\][ \t]{0,9}$")
#: The latest time that these formats can tell, ms.
LATEST = 10 * 3_600_000 - 10


def header_of(found: pysubs2.SSAFile) -> str:
    """All of a file but its events, comments, fonts and pictures; "" when that is longer than `MAX_HEADER`."""
    bare = pysubs2.SSAFile()
    bare.info, bare.styles, bare.aegisub_project = found.info.copy(), found.styles.copy(), found.aegisub_project.copy()
    text = bare.to_string("ass", header_notice="")
    return text if len(text) <= MAX_HEADER else ""


def heading(line: str) -> str:
    """Return the section that a line begins, in small letters; "" where it begins none."""
    found = _HEADING.match(line)
    return found.group(1).lower() if found else ""


def parsed(header: str, format: str = "ass") -> pysubs2.SSAFile | None:
    """Return what pysubs2 reads in a text without events, or None where it can't."""
    # What begins with a bracket and is not a heading would cost pysubs2's search for headings the square of its length.
    lines = [line for line in header.split("\n") if "[" not in line.lstrip()[:4] or heading(line)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pysubs2.SSAFile.from_string("\n".join(lines), format_=format)
    except Exception:  # noqa: BLE001 - pysubs2 raises whatever it stumbles over
        return None


def origin_from(raw: object, header: str) -> Origin:
    """Return the origin that a strip holds, as `dataclasses.asdict` gave it. Raises ValueError for what is none."""
    if not isinstance(raw, dict):
        raise ValueError("no origin")
    words = [raw[key] for key in ("marked", "style", "name", "effect")]
    numbers = [raw["layer"], *raw["margins"]]
    if len(numbers) != 4 or not all(isinstance(n, int) and abs(n) < 10**6 for n in numbers):
        raise ValueError("no numbers")
    if not all(isinstance(word, str) and len(word) <= MAX_MARKED for word in words):
        raise ValueError("no words")
    marked, style, name, effect = words
    layer, left, right, vertical = numbers
    return Origin(header, marked, style, layer, name, (left, right, vertical), effect)


@lru_cache(maxsize=16)
def packed(header: str) -> str:
    """Return a header as a short text of ASCII."""
    return base64.b64encode(zlib.compress(header.encode(), 9)).decode() if header else ""


@lru_cache(maxsize=16)
def unpacked(text: str) -> str:
    """Return what `packed` was given; "" for anything else."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True) if len(text) <= _MAX_PACKED else b""
        header = zlib.decompressobj().decompress(data, 4 * MAX_HEADER + 1).decode()
    except (ValueError, zlib.error):
        return ""
    return header if len(header) <= MAX_HEADER else ""


def base_look(style: pysubs2.SSAStyle | None) -> Look:
    """How a cue of that style looks where its tags say nothing else."""
    if style is None:
        return Look()
    color = style.primarycolor
    rgb = (color.r / 255, color.g / 255, color.b / 255)
    anchor = int(style.alignment)
    return Look(style.bold, style.italic, None if rgb == (1.0, 1.0, 1.0) else rgb, 0 if anchor == 2 else anchor)


def screen(found: pysubs2.SSAFile) -> tuple[float, float]:
    """Return the size that a file's positions are in."""

    def number(key: str, default: float) -> float:
        text = str(found.info.get(key, "")).strip()
        return float(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 99_999 else default

    return number("PlayResX", 384.0), number("PlayResY", 288.0)


def write(cues: Sequence[Cue], format: str) -> str:
    """Return the text of an ASS or SSA file. The first cue's header is the file's; styles of others are added to it.

    Raises SubtitleError for times that these formats can't tell.
    """
    for cue in cues:
        if max(cue.start, cue.end) > LATEST:
            raise SubtitleError(
                f"{format.upper()} files end before 10 hours, and {cue.text[:40]!r} is seen later. Choose .srt or .vtt."
            )
    file = pysubs2.SSAFile()
    names: dict[tuple[str, str], str] = {}
    for number, header in enumerate(dict.fromkeys(cue.origin.header for cue in cues if cue.origin)):
        if not header or (read := parsed(header)) is None:
            continue  # the strip's own text is what counts
        if not names:
            file.info, file.styles, file.aegisub_project = read.info, read.styles.copy(), read.aegisub_project
        for name, style in read.styles.items():
            fresh = name if file.styles.get(name, style) == style else f"{name} ({number + 1})"
            file.styles[fresh] = style
            names[header, name] = fresh
    size = screen(file)
    for cue in cues:
        file.append(_event(cue, file, names, size))
    return file.to_string(format)


def _event(
    cue: Cue, file: pysubs2.SSAFile, names: dict[tuple[str, str], str], size: tuple[float, float]
) -> pysubs2.SSAEvent:
    said = cue.origin or Origin()
    style = _field(names.get((said.header, said.style), said.style))
    text = said.marked or _tags(cue.look, base_look(file.styles.get(style)), size) + _escaped(cue.text)
    left, right, vertical = said.margins
    return pysubs2.SSAEvent(
        cue.start, cue.end, text.replace("\r", "").replace("\n", "\\N"), style=style, layer=said.layer,
        name=_field(said.name), marginl=left, marginr=right, marginv=vertical, effect=_field(said.effect),
    )  # fmt: skip


def _field(text: str) -> str:
    """Return a text that ends neither its field nor its line."""
    return " ".join(text.replace(",", " ").split())


def _escaped(text: str) -> str:
    """Return a text with no markup in it, as libass reads it."""
    return re.sub(r"\\(?=[Nnh{}])", "\\\\\u2060", text).replace("{", "\\{").replace("}", "\\}")


def _tags(look: Look, base: Look, size: tuple[float, float]) -> str:
    """Return the overrides that make a style look so, in braces."""
    tags = "".join(
        f"\\{name}{int(wanted)}"
        for name, wanted, usual in (("b", look.bold, base.bold), ("i", look.italic, base.italic))
        if wanted != usual
    )
    if look.color != base.color:
        r, g, b = (round(part * 255) for part in look.color or (1.0, 1.0, 1.0))
        tags += f"\\c&H{b:02X}{g:02X}{r:02X}&"
    if (look.anchor or 2) != (base.anchor or 2):
        tags += f"\\an{look.anchor or 2}"
    if look.position:
        x, y = (round(part * side, 1) for part, side in zip(look.position, size, strict=True))
        tags += f"\\pos({x:g},{y:g})"
    return f"{{{tags}}}" if tags else ""
