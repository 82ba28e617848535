"""A placeholder stands in for a frame, and nothing takes it for one."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import cache
from models.cache import Folder, placeholders
from models.cache.mark import is_placeholder, marked
from models.errors import MediaError
from models.footage import fingerprint
from models.imaging.png import enlarged
from models.job import STEP, Generation
from tests.helpers.making import decode, make, pngs, session
from tests.helpers.recipes import FIRSTS, small

PICTURE = marked(enlarged(np.full((1, 1, 4), 90, np.uint8), (9, 16)))
KEYS = [str(n) for n in range(6)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Six frames, of which the third is made and the others have placeholders."""
    made = Folder(tmp_path / "root" / "lava-1-aaa", 6, ".png")
    made.create("{}")
    made.put(2, KEYS[2], [b"a frame"])
    assert list(placeholders.lay(made, PICTURE, range(6))) == list(range(6))
    return made


def test_a_placeholder_is_shown_and_never_counted(folder: Folder) -> None:
    assert (decode((folder.path / folder.name(0)).read_bytes()) == 90).all()
    assert folder.check(KEYS) == ([0, 1, 3, 4, 5], [])
    assert folder.absent(folder.names()) == {folder.name(n) for n in (0, 1, 3, 4, 5)}
    assert folder.intact(KEYS).keys() == {cache.hash_key(KEYS[2])}
    assert (folder.path / folder.name(2)).read_bytes() == b"a frame"
    with pytest.raises(MediaError, match="still being generated"):
        fingerprint.of([folder.path / folder.name(2), folder.path / folder.name(3)])


def test_a_frame_takes_its_place(folder: Folder) -> None:
    folder.put(0, KEYS[0], [b"another frame"])
    assert folder.check(KEYS) == ([1, 3, 4, 5], [])
    assert is_placeholder(folder.path / folder.name(1))  # the others were the same file


def test_a_placeholder_where_a_frame_was_lost_is_no_frame(folder: Folder) -> None:
    (folder.path / folder.name(2)).unlink()
    list(placeholders.lay(folder, PICTURE, range(6)))
    assert folder.damaged() == {folder.name(2)}
    assert folder.check(KEYS)[1] == [2]


def test_frames_that_are_taken_over_replace_placeholders(folder: Folder) -> None:
    other = Folder(folder.path.parent / "lava-1-bbb", 6, ".png")
    other.create("{}")
    list(placeholders.lay(other, PICTURE, range(6)))
    assert other.take_over(folder.path) == 1
    assert other.check(KEYS) == ([0, 1, 3, 4, 5], [])


def test_they_take_their_bytes_once_and_go_with_the_folder(folder: Folder) -> None:
    before = cache.size(folder.path.parent)
    (folder.path / folder.name(5)).unlink()
    assert cache.size(folder.path.parent) == before
    assert cache.clean(folder.path.parent, keep=[])[0] == 1
    assert not folder.path.exists()


@pytest.mark.parametrize("most", [0, 2])
def test_disks_that_allow_few_names_get_more_files(tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(source: Path, path: Path) -> None:
        if os.stat(source).st_nlink > most:
            raise OSError(errno.EMLINK, "Too many links")
        real(source, path)

    real = os.link
    monkeypatch.setattr(os, "link", link)
    folder = Folder(tmp_path / "x", 6, ".png")
    folder.create("{}")
    assert len(list(placeholders.lay(folder, PICTURE, range(6)))) == 6
    assert len(folder.absent(folder.names())) == 6
    assert all((folder.path / name).read_bytes() == PICTURE for name in folder.names())
    assert not list(folder.path.glob(".*"))


def test_nothing_is_left_where_laying_ends_early(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "x", 6, ".png")
    folder.create("{}")
    work = placeholders.lay(folder, PICTURE, range(6))
    next(work)
    work.close()
    assert [path.name for path in folder.path.iterdir() if path.suffix in (".png", ".part")] == ["0001.png"]


@pytest.mark.parametrize("size", [(9, 16), (1, 1), (7, 5)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_an_enlarged_picture_is_its_pixels_as_rectangles(size: tuple[int, int], channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3, channels), np.uint8)
    found = decode(enlarged(pixels, size))
    rows, columns = (np.arange(side) * small // side for side, small in zip(size, (4, 3), strict=True))
    assert (found == pixels[rows][:, columns]).all()


def test_no_frame_that_is_just_being_written_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, asked = FIRSTS[0], small(FIRSTS[0], frames=5, loop=False)
    job = Generation.of(asked, entry.card, tmp_path)

    def slowly(owner: Any, name: str, seconds: float) -> None:
        function = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *given: (time.sleep(seconds), function(*given))[1])

    slowly(Folder, "put", 0.15)  # the third frame is written
    slowly(placeholders, "_name", 0.1)  # while it would get a placeholder
    job.make(lambda: session(entry.path, 1), lambda *_: None, lambda: None, held=lambda *_: None)
    assert not job.folder.absent(job.folder.names())
    assert not job.folder.damaged()


def test_every_eighth_frame_comes_first_and_stands_in_for_those_after_it(tmp_path: Path) -> None:
    entry, asked = FIRSTS[0], small(FIRSTS[0], frames=20, loop=False)
    whole = pngs(make(asked, tmp_path / "whole").path)
    job = Generation.of(asked, entry.card, tmp_path / "steps")
    names, order, seen = job.folder.names(), [], []

    def progress(frame: int, _done: int, _total: int) -> None:
        order.append(frame)

    def held(frame: int, last: int) -> None:
        seen.append((frame, last))
        real = (job.folder.path / names[frame]).read_bytes()
        assert real == whole[names[frame]]
        for name in names[frame + 1 : last + 1]:
            shown = (job.folder.path / name).read_bytes()
            assert (decode(shown) == decode(real)).all()
            assert len(shown) > len(real)  # so that its size alone tells it from a frame
        assert job.folder.absent(names) >= set(names[frame + 1 : last + 1])

    job.make(lambda: session(entry.path, 1), progress, lambda: None, start=2, held=held)
    assert set(order[:3]) <= {2, 10, 18, 6, 14}  # two encoders may overtake each other
    assert sorted(order) == list(range(20))
    assert max(last - frame for frame, last in seen) == STEP - 1
    assert pngs(job.folder.path) == whole
    assert job.folder.absent(names) == set()
