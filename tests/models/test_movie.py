"""Movies and pictures decoded: by number in any order, in even steps, in many formats, and when they are damaged."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from models.errors import MediaError
from models.footage import fingerprint
from models.footage.movie import Movie, Pictures
from tests.helpers.movies import SIZE, cut_off, grainy, number, overwritten, picture, write


def test_frames_come_by_number_in_any_order(movie: Path) -> None:
    with Movie(movie) as film:
        assert film.count == 24
        assert [number(film.frame(n)) for n in (0, 1, 2, 7, 3, 23, 22, 0, 11)] == [0, 1, 2, 7, 3, 23, 22, 0, 11]


def test_before_the_first_and_after_the_last_frame_those_are_held(movie: Path) -> None:
    with Movie(movie) as film:
        assert [number(film.frame(n)) for n in (-5, 99)] == [0, 23]


def test_a_varying_frame_rate_comes_out_in_even_steps(tmp_path: Path) -> None:
    film = write(tmp_path / "slow.mkv", 12, when=lambda n: 2 * n if n < 6 else n + 6)
    with Movie(film) as shown:
        assert [round(number(shown.frame(n))) for n in (0, 1, 2, 3, 10, 12, 13)] == [0, 0, 1, 1, 5, 6, 7]


@pytest.mark.parametrize(
    ("codec", "pixels", "size"),
    [
        ("libx264", "yuv420p10le", SIZE),
        ("ffv1", "rgb48le", (97, 63)),
        ("qtrle", "argb", SIZE),
        ("mpeg4", "yuv420p", SIZE),
    ],
    ids=["10 bit", "odd, 16 bit", "alpha", "mpeg4"],
)  # fmt: skip
def test_formats(tmp_path: Path, codec: str, pixels: str, size: tuple[int, int]) -> None:
    film = write(tmp_path / "film.mov" if codec == "qtrle" else tmp_path / "film.mkv", 6, 24, codec, pixels, size=size)
    with Movie(film) as shown:
        found = shown.frame(4)
    assert found.shape == (size[1], size[0], 4)
    assert np.abs(found[..., :3].astype(int) - picture(4, size)).mean() < 6


def test_what_is_no_footage_is_refused_by_name(tmp_path: Path) -> None:
    sound = tmp_path / "sound.wav"
    with av.open(str(sound), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=8000)
        stream.layout = "mono"
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        silence.sample_rate = 8000
        file.mux(stream.encode(silence))
    with pytest.raises(MediaError, match=r"sound\.wav: holds no picture, only sound"):
        Movie(sound)
    (tmp_path / "text.mp4").write_text("no movie")
    with pytest.raises(MediaError, match=r"text\.mp4: can't be read"):
        Movie(tmp_path / "text.mp4")
    with pytest.raises(MediaError, match=r"gone\.mp4: the footage is not there"):
        fingerprint.of([tmp_path / "gone.mp4"])


@pytest.mark.parametrize("name", ["film.mkv", "film.mp4"])
def test_a_movie_that_was_not_copied_whole_is_held_at_its_last_frame_and_told(tmp_path: Path, name: str) -> None:
    film = write(tmp_path / name, shown=grainy, options={"movflags": "faststart"} if name == "film.mp4" else {})
    with Movie(film) as shown:
        assert [round(number(shown.frame(n))) for n in range(24)] == list(range(24))
        assert (shown.count, shown.warning) == (24, "")
    with Movie(cut_off(film)) as shown:
        found = [round(number(shown.frame(n))) for n in range(24)]
        left = found[-1] + 1
        assert 8 < left < 20
        assert found == [*range(left), *[left - 1] * (24 - left)]
        # The very last is left out: what files say of their length is often a frame too much.
        assert shown.warning.startswith(f"{name}: frame {left + 1} and {22 - left} others can't be read")


@pytest.mark.parametrize("name", ["film.mkv", "film.mp4"])
def test_after_damage_in_its_middle_a_movie_goes_on_and_is_told(tmp_path: Path, name: str) -> None:
    film = overwritten(write(tmp_path / name, shown=grainy, options={"movflags": "faststart"} if "mp4" in name else {}))
    with Movie(film) as shown:
        assert [round(number(shown.frame(n))) for n in range(8)] == list(range(8))
        assert shown.warning == ""
        for n in range(8, 20):
            shown.frame(n)
        assert shown.warning.startswith(f"{name}: frame ")
        assert [round(number(shown.frame(n))) for n in (21, 22, 23)] == [21, 22, 23]


def test_a_movie_whose_last_picture_stays_long_is_whole(tmp_path: Path) -> None:
    film = write(tmp_path / "slow.mkv", 12, when=lambda n: n if n < 11 else 60)
    with Movie(film) as shown:
        assert [round(number(shown.frame(n))) for n in (10, 40, 60, 70)] == [10, 10, 11, 11]
        assert shown.warning == ""


def test_pictures_may_be_of_different_sizes(tmp_path: Path) -> None:
    from models.imaging import png

    for n, size in enumerate(((4, 6), (8, 3))):
        (tmp_path / f"{n}.png").write_bytes(png.png(np.full((4, *size), 0.5, np.float32)))
    shown = Pictures([tmp_path / "0.png", tmp_path / "1.png"])
    assert [shown.frame(n).shape for n in (-1, 0, 1, 5)] == [(4, 6, 4), (4, 6, 4), (8, 3, 4), (8, 3, 4)]


def test_a_fingerprint_knows_a_replaced_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(3_000_000))
    before = fingerprint.of([path])
    assert fingerprint.of([path]) == before
    path.write_bytes(bytes(2_999_999) + b"x")
    assert fingerprint.of([path]) != before
    assert fingerprint.of([path, path]) != fingerprint.of([path])
