"""Readers take time in proportion to a file, and a file with too many cues is refused.

Each text is made of n parts, and read with n and with 4n. In proportion is 4 times the time; by the square it is 16.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import pytest

from models.errors import SubtitleError, TooManyCues
from models.subtitles import Cue, place, read, write
from models.subtitles.limits import MAX_CUES
from models.subtitles.substation import parsed

HEAD = "1\n00:00:01,000 --> 00:00:02,000\n"
VTT = "WEBVTT\n\n"
ASS = "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
LINE = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,"
TTML = "<tt><body><div>"
P = '<p begin="1s" end="2s">'


def stamp(n: int) -> str:
    return f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}"


#: (parts to begin with, a text of n parts).
TEXTS: dict[str, tuple[int, Callable[[int], str]]] = {
    "srt": (500, lambda n: "".join(f"{i}\n{stamp(i)},000 --> {stamp(i)},900\nLine {i}\n\n" for i in range(n))),
    "srt blanks after the arrow": (50_000, lambda n: f"1\n00:00:01,000 -->{' ' * n}00:00:02,000\nx\n"),
    "srt blanks before the arrow": (50_000, lambda n: f"1\n00:00:01,000{' ' * n}--> 00:00:02,000\nx\n"),
    "srt blanks instead of a time": (50_000, lambda n: f"{HEAD}x\n\n2\n00:00:01,000 -->{' ' * n}\nx\n"),
    "srt nothing but an arrow and blanks": (10_000, lambda n: f"1\n00:00:01,000 -->{' ' * n}\nx\n"),
    "srt empty lines": (20_000, lambda n: f"{HEAD}x{chr(10) * n}y\n"),
    "srt empty lines around": (20_000, lambda n: f"{HEAD}{chr(10) * n}x{chr(10) * n}"),
    "srt blank lines": (20_000, lambda n: f"{HEAD}x\n{' ' + chr(10)}y" * n),
    "srt numbers": (20_000, lambda n: HEAD + "7\n" * n),
    "srt digits": (50_000, lambda n: HEAD + "7" * n + "\n00:00:03,000 --> 00:00:04,000\nx\n"),
    "srt dashes": (50_000, lambda n: f"{HEAD}{'-' * n}>\n"),
    "srt arrows": (20_000, lambda n: HEAD + "00:00:01,000 -->\n" * n),
    "srt many colons": (50_000, lambda n: f"1\n{'1:' * n} --> 2\nx\n{HEAD}"),
    "srt open braces": (10_000, lambda n: HEAD + "{\\" * n),
    "srt open tags": (10_000, lambda n: HEAD + "<b" * n),
    "srt tags": (10_000, lambda n: HEAD + "<i>x</b>" * n),
    "srt a font without color": (10_000, lambda n: f"{HEAD}<font color={' ' * n}>x"),
    "srt references": (10_000, lambda n: f"{HEAD}&#{'9' * n};" + "&" * n),
    "vtt": (500, lambda n: VTT + "".join(f"{stamp(i)}.000 --> {stamp(i)}.900\nLine {i}\n\n" for i in range(n))),
    "vtt blanks after the arrow": (50_000, lambda n: f"{VTT}00:01.000 -->{' ' * n}00:02.000\nx\n"),
    "vtt empty lines": (20_000, lambda n: f"WEBVTT{chr(10) * n}00:01.000 --> 00:02.000\nx\n"),
    "vtt blank lines": (20_000, lambda n: f"{VTT}00:01.000 --> 00:02.000\n{' ' + chr(10)}x" * n),
    "vtt notes": (20_000, lambda n: f"{VTT}" + "NOTE x\n\n" * n + "00:01.000 --> 00:02.000\nx\n"),
    "vtt header": (20_000, lambda n: "WEBVTT\n" + "x: y\n" * n + "\n00:01.000 --> 00:02.000\nx\n"),
    "vtt settings": (20_000, lambda n: f"{VTT}00:01.000 --> 00:02.000 {'line:1 ' * n}\nx\n"),
    "vtt one setting": (50_000, lambda n: f"{VTT}00:01.000 --> 00:02.000 line:{'1' * n}.{'1' * n}%\nx\n"),
    "vtt open tags": (10_000, lambda n: f"{VTT}00:01.000 --> 00:02.000\n{'<c' * n}"),
    "vtt tags that nothing closes": (10_000, lambda n: f"{VTT}00:01.000 --> 00:02.000\n{'<c>' * n}{'</b>' * n}"),
    "vtt word tags": (5_000, lambda n: f"{VTT}00:01.000 --> 00:02.000\n{'<00:00:01.000' * n}>"),
    "vtt lesser than": (10_000, lambda n: f"{VTT}00:01.000 --> 00:02.000\n{'< ' * n}>"),
    "ass": (500, lambda n: ASS + "".join(f"{LINE}Line {i}\n" for i in range(n))),
    "ass brackets": (10_000, lambda n: f"{ASS}{LINE}x\n[{'a' * n}\n"),
    "ass a bracket in the header": (10_000, lambda n: f"[Script Info]\n[{'a' * n}\n[Events]\n{LINE}x\n"),
    "ass open braces": (10_000, lambda n: f"{ASS}{LINE}{'{' * n}x"),
    "ass open overrides": (10_000, lambda n: f"{ASS}{LINE}{{{chr(92) + 'pos(' * n}}}x"),
    "ass one override": (10_000, lambda n: f"{ASS}{LINE}{{\\{'a' * n}{'1' * n}}}x"),
    "ass styles": (5_000, lambda n: "[Script Info]\n[V4+ Styles]\n" + "Style: x,y\n" * n + f"[Events]\n{LINE}x\n"),
    "ass styles that can't be read": (
        500, lambda n: "[Script Info]\n[V4+ Styles]\n" + "Style: x,y,z\n" * n + f"[Events]\n{LINE}x\n"
    ),
    "ass damaged lines": (5_000, lambda n: f"{ASS}{LINE}x\n" + "Dialogue: 0,\n" * n),
    "microdvd": (500, lambda n: "".join(f"{{{i}}}{{{i + 1}}}Line {i}\n" for i in range(n))),
    "microdvd codes": (2_000, lambda n: "{1}{2}" + "{y:i}" * n + "x|" * n),
    "microdvd blanks": (50_000, lambda n: "{1}{2}x\n{1" + " " * n + "}{2}x"),
    "mpl2": (500, lambda n: "".join(f"[{i}][{i + 1}]Line {i}\n" for i in range(n))),
    "tmp": (500, lambda n: "".join(f"{stamp(i)}:Line {i}\n" for i in range(n))),
    "sami": (500, lambda n: "<SAMI><BODY>" + "".join(f"<SYNC Start={i}><P>Line {i}\n" for i in range(1, n))),
    "sami open tags": (10_000, lambda n: f"<SAMI><SYNC Start=1>x{'<p ' * n}"),
    "sami comments": (10_000, lambda n: f"<SAMI><SYNC Start=1>x{'<!--' * n}"),
    "sami blanks": (10_000, lambda n: f"<SAMI><SYNC Start={' ' * n}><SYNC Start=1>x{' ' * n}y"),
    "ttml": (500, lambda n: TTML + "".join(f'<p begin="{i}s" end="{i + 1}s">Line {i}</p>' for i in range(n))),
    "ttml nested spans": (2_000, lambda n: TTML + P + "<span>" * n + "x"),
    "ttml blanks": (10_000, lambda n: f"{TTML}{P}x{' ' * n}y</p>"),
    "ttml breaks": (5_000, lambda n: f"{TTML}{P}x{'<br/>' * n}y</p>"),
    "ttml styles": (2_000, lambda n: '<tt><head><style id="a" style="a"/>' + "<style/>" * n + f"</head><body>{P}x</p>"),
    "ttml a long time": (10_000, lambda n: f'{TTML}<p begin="{"1" * n}s" end="2s">x</p>{P}y</p>'),
    "prose": (50_000, lambda n: "word " * n),
}  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """The least processor time of three runs."""
    best = 1e9
    for _ in range(3):
        begin = time.process_time()
        with suppress(SubtitleError):
            work()
        best = min(best, time.process_time() - begin)
    return best


def grows_in_proportion(work: Callable[[int], Callable[[], object]], n: int) -> None:
    few, many = seconds(work(n)), seconds(work(4 * n))
    # What takes under a twentieth of a second tells nothing, and is no harm.
    assert many < max(9 * few, 0.05), f"{n}: {few:.3f} s, {4 * n}: {many:.3f} s"


@pytest.mark.one_python
@pytest.mark.parametrize("name", TEXTS)
def test_reading_takes_time_in_proportion(name: str) -> None:
    n, made = TEXTS[name]

    def work(n: int) -> Callable[[], object]:
        data = made(n).encode()
        return lambda: read(data)

    grows_in_proportion(work, n)


@pytest.mark.one_python
@pytest.mark.parametrize("encoding", ["cp1251", "gb18030", "utf-8"])
def test_finding_an_encoding_takes_time_in_proportion(encoding: str) -> None:
    text = TEXTS["srt"][1]

    def work(n: int) -> Callable[[], object]:
        data = text(n).replace("Line", "Строка").encode(encoding) + b"\xe9" * n
        return lambda: read(data)

    grows_in_proportion(work, 1000)
    grows_in_proportion(lambda n: lambda: read(b"x" * n + b"\n\xe9" + b"y" * n), 20_000)
    grows_in_proportion(lambda n: lambda: read(b"x\xe9\n" * n), 20_000)


def test_placing_and_writing_take_time_in_proportion() -> None:
    def together(n: int) -> list[Cue]:
        return [Cue(i, 10_000_000, f"Line {i}") for i in range(n)]

    grows_in_proportion(lambda n: lambda: place(together(n), Fraction(24)), 2000)
    for format in ("srt", "vtt", "ass"):
        grows_in_proportion(lambda n, format=format: lambda: write(together(n), format), 500)  # type: ignore[misc]


def test_a_header_that_a_strip_holds_takes_time_in_proportion() -> None:
    grows_in_proportion(lambda n: lambda: parsed("[Script Info]\n[" + "a" * n), 10_000)


@pytest.mark.parametrize("name", ["srt", "vtt", "ass", "microdvd", "mpl2", "tmp", "sami", "ttml"])
def test_a_file_with_too_many_cues_is_refused(name: str) -> None:
    text = TEXTS[name][1](MAX_CUES + 2)
    with pytest.raises(TooManyCues, match=r"10,00[12] cues; at most 10,000 are read. Split it"):
        read(text.encode())
