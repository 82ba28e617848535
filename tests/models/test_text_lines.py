"""Lines of text: what is never drawn, isolates of another direction, lines without blanks, and damaged fonts."""

from __future__ import annotations

import struct
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TextError
from models.text import fonts
from models.text.bidirectional import needs_shaping, runs
from models.text.breaks import broken, may_break
from models.text.folders import FONTS, digest_of
from models.text.invisible import drawn, is_invisible, visible
from models.text.layout import lay_out
from models.text.raster import draw
from models.text.spec import RULES, Spec
from tests.helpers.fuzz import fuzz
from tests.helpers.squares import LETTERS, square_font

WIDE = dict.fromkeys("中文字句。「」！，，ーっはるキ한국어", 1.0)
#: One of each range that Unicode ignores by default, and more of the common ones.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2064"
    "\u206a\u3164\ufe00\ufe0f\ufeff\uffa0\ufff8\U000e0041"
)
ISOLATES = "\u2066\u2067\u2068\u2069"


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("fonts")
    FONTS[:] = [folder]
    yield square_font(folder / "squares.ttf", LETTERS | WIDE)
    FONTS.clear()


def spec(font: str, text: str, **more: Any) -> Spec:
    return Spec(text, (font,), **{"size": 40.0, "frame": (400, 200), **more})


def glyphs(font: str, text: str, **more: Any) -> list[tuple[int, int, int]]:
    return [(glyph.index, glyph.x, glyph.y) for glyph in lay_out(spec(font, text, **more)).glyphs]


@pytest.mark.parametrize("character", [*INVISIBLE, *ISOLATES], ids=ascii)
@pytest.mark.parametrize("text", ["ab", "אב", "a אב", "中文"], ids=ascii)
def test_what_is_never_drawn_makes_no_difference(squares: str, character: str, text: str) -> None:
    layout = lay_out(spec(squares, text))
    for place in range(len(text) + 1):
        marked = lay_out(spec(squares, text[:place] + character + text[place:]))
        seen = [glyph for glyph in marked.glyphs if glyph.index != fonts.by_digest(squares).ft.get_char_index(" ")]
        plain = [glyph for glyph in layout.glyphs if glyph.index != fonts.by_digest(squares).ft.get_char_index(" ")]
        if unicodedata.bidirectional(character) in ("BN", "NSM", "ON"):  # the others may turn what is beside them
            assert seen == plain
        assert len(seen) == len(plain)
        assert (marked.missing, marked.rect) == (0, layout.rect)


def test_all_that_unicode_ignores_is_known() -> None:
    assert all(map(is_invisible, INVISIBLE + ISOLATES))
    assert not any(map(is_invisible, "a אé中。-\u00a0\u3000\u0301\n\t"))
    assert visible("a\u200bb\u2067c\ufeff") == "abc"
    assert drawn("a\u200bb\u2067c\ufeff\u200f") == "a\u200bbc\u200f"


def seen(text: str) -> str:
    """A line as it is seen from left to right, letter by letter."""
    pieces = [(visible(piece), rtl and any(map(needs_shaping, piece))) for piece, rtl in runs(text)]
    return "".join(piece[::-1] if reverse else piece for piece, reverse in pieces)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u2067אב\u2069", "בא"),
        ("a \u2067אב\u2069 b", "a בא b"),
        # by itself the sign belongs to the Hebrew word; in an isolate of the other direction it doesn't
        ("א! a", "a !א"),
        ("א \u2066a!\u2069 ב", "ב a! א"),
        ("\u2067a אב!\u2069", "!בא a"),
        ("\u2068אב!\u2069 a", "!בא a"),
        ("a \u2067b \u2066W i\u2069 א\u2069 a", "a א W i b a"),
        ("a \u2067אב a", "a a בא"),  # one that nothing ends
        ("a\u2069 b", "a b"),  # and the end of none
        ("\u2066\u2067\u2068\u2069\u2069\u2069", ""),
    ],
    ids=ascii,
)
def test_isolates_are_ordered_by_themselves(text: str, expected: str) -> None:
    assert seen(text) == expected


@given(st.text(st.sampled_from("ab אב1(,)!" + ISOLATES + "\u202a\u202b\u202c\u202d\u202e\u200f"), max_size=40))
def test_any_directions_show_each_letter_once(text: str) -> None:
    pieces = "".join(visible(piece) for piece, _ in runs(text))
    mirrored = {"(": "(", ")": "("}
    assert sorted(mirrored.get(c, c) for c in pieces) == sorted(mirrored.get(c, c) for c in visible(text))


def test_isolates_in_one_another_end_somewhere(squares: str) -> None:
    for count in (1000, 2900):
        begin = time.process_time()
        lay_out(spec(squares, "\u2067" * count + "אב"))
        lay_out(spec(squares, "\u2067א\u2066a" * (count // 4) + "\u2069" * (count // 2)))
        assert time.process_time() - begin < 2
    assert seen("\u2067" * 100 + "אב") == "בא"


def test_a_line_without_blanks_that_leaves_the_picture_is_broken(squares: str) -> None:
    def lines(text: str, **more: Any) -> list[int]:
        layout = lay_out(spec(squares, text, wrap=360, **more))
        assert 0 <= layout.rect[0] < layout.rect[2] <= 400
        rows = [glyph.y for glyph in layout.glyphs]
        return [rows.count(y) for y in sorted(set(rows))]

    for rules in RULES:
        assert lines("中" * 20, rules=rules) == [9, 9, 2]
    assert lines("中" * 9) == [9]
    assert lines("中" * 10) == [10]  # beyond the wrap width, and still in the picture: as it was before
    assert lines("中" * 9 + "。" + "中" * 3) == [8, 5]  # no full stop begins a line
    assert lines("中" * 8 + "「" + "中" * 3) == [8, 4]  # and no opening bracket ends one
    assert lines("aa " + "中" * 20)[0] == 2


def test_a_line_that_may_not_be_broken_stays_whole(squares: str) -> None:
    assert len({y for _, _, y in glyphs(squares, "W" * 20, wrap=360)}) == 1
    assert len({y for _, _, y in glyphs(squares, "中" * 20)}) == 1  # it doesn't wrap


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("中文字", [1, 2]), ("中。文", [2]), ("「中」文", [3]), ("はっきり", [2, 3]), ("キーは", [2]),
        ("한국어", [1, 2]),
        ("ab中c", [2, 3]), ("abc", []), ("a\u200bb", [2]), ("中\u2060文", []), ("中\u200d文", []), ("か\u3099な", [2]),
        ("中…文", [2]), ("（中）！文", [4]), ("กลับเถอะ", [4]), ("😀😀", [1]), ("👍🏽中", [2]),
        ("１００％中", [1, 2, 4]),
    ],
)  # fmt: skip
def test_where_lines_may_be_broken(text: str, places: list[int]) -> None:
    assert [place for place in range(1, len(text)) if may_break(text, place)] == places


def test_words_are_broken_by_columns_and_others_left_alone() -> None:
    assert broken("中" * 10, 8) == "中中中中\n中中中中\n中中"
    assert (
        broken("a long line of Latin words, anextremelylongone", 8) == "a long line of Latin words, anextremelylongone"
    )
    assert broken("ab 中中中中中\n字", 8) == "ab 中中中中\n中\n字"
    assert broken("中\u2067中中中\u2069", 8) == "中\u2067中中中\u2069"


@given(st.text(st.sampled_from("中文。「」ーっab \u2067\u0e40กั"), max_size=60), st.integers(2, 20))
def test_breaking_adds_line_ends_and_nothing_else(text: str, columns: int) -> None:
    made = broken(text, columns)
    assert made.replace("\n", "") == text.replace("\n", "")
    assert not any(line[:1] in "。」ーっ" and line for line in made.split("\n")[1:])


def test_a_font_that_is_damaged_within_is_an_error_of_ours(squares: str, tmp_path: Path) -> None:
    data = bytearray((FONTS[0] / "squares.ttf").read_bytes())
    entry = data.index(b"glyf")  # in the table of tables: tag, checksum, offset, length
    offset, length = struct.unpack(">II", data[entry + 8 : entry + 16])
    data[offset : offset + length] = b"\xff" * length
    (FONTS[0] / "cut.ttf").write_bytes(data)
    digest = digest_of(FONTS[0] / "cut.ttf", 1)
    with pytest.raises(TextError, match=r"cut\.ttf: can't be used as a font .*Choose another font"):
        draw(spec(digest, "ab"))


@fuzz(60)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12), st.floats(0, 1), st.booleans())
def test_any_damaged_font_draws_or_is_an_error_of_ours(
    squares: str, changes: list[tuple[float, int]], kept: float, cut: bool
) -> None:
    data = bytearray((FONTS[0] / "squares.ttf").read_bytes())
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    data = data[: int(kept * len(data))] if cut else data
    begin = time.process_time()
    try:
        face = fonts.Face(bytes(data), "damaged.ttf")
    except TextError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fonts, "by_digest", lambda _digest: face)
        for text in ("ab W", "אב", "中a"):
            try:
                draw(spec("x", text, bold=True, italic=True))
            except TextError:
                continue
    assert time.process_time() - begin < 2
