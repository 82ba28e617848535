"""Short scores in MusicXML."""

from __future__ import annotations

import zipfile
from io import BytesIO

CONTAINER = '<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>'


def packed(score: str, container: str = CONTAINER) -> bytes:
    """A compressed file of a score."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("score.xml", score)
    return out.getvalue()


def note(step: str, octave: int, quarters: int, more: str = "") -> str:
    """A note of so many quarters."""
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{more}{pitch}<duration>{2 * quarters}</duration></note>"


def song(beats: int = 4) -> bytes:
    """An upbeat, a bar on C and G, one on C: a melody, and a left hand in a second voice."""
    time = (
        f"<attributes><divisions>2</divisions><time><beats>{beats}</beats><beat-type>4</beat-type></time></attributes>"
    )
    upbeat = f'<measure implicit="yes">{time}{note("G", 4, 1)}</measure>'
    grace = f"<note><grace/>{note('A', 5, 0)[6:]}"
    top = note("C", 5, 2) + grace + note("B", 4, 2)
    left = note("C", 3, 2) + note("E", 3, 2, "<chord/>") + note("G", 2, 2) + note("D", 3, 2, "<chord/>")
    one = f"<measure>{top}<backup><duration>8</duration></backup>{left}</measure>"
    two = f"<measure>{note('C', 5, 4)}<backup><duration>8</duration></backup>{note('C', 3, 4)}</measure>"
    return packed(f"<score-partwise><part>{upbeat}{one}{two}</part></score-partwise>")
