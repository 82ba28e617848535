"""A photograph of the user's becomes a generator, or a clear word says why not."""

from __future__ import annotations

import zlib
from pathlib import Path

import av
import numpy as np
import pytest

from models.errors import MediaError
from models.imaging.png import png
from models.library import parts, user
from models.library.catalog import Library
from models.onnx import metadata
from models.photo import source
from models.photo.example import JOIN, SIDE
from models.worker.client import Client
from tests.helpers.recipes import raw, small

RNG = np.random.default_rng(5)
GRAIN = RNG.random((3, 300, 400), np.float32)


def stored(path: Path, pixels: np.ndarray, format: str) -> Path:
    """Write a picture in a pixel format of FFmpeg's."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream({".exr": "exr", ".png": "png", ".tif": "tiff"}[path.suffix])
        stream.height, stream.width, stream.pix_fmt = pixels.shape[0], pixels.shape[1], format
        frame = av.VideoFrame.from_ndarray(pixels, format=format)
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


def written(path: Path, image: np.ndarray) -> Path:
    path.write_bytes(png(image))
    return path


def test_the_middle_is_taken_as_it_is(tmp_path: Path) -> None:
    read = source.read(written(tmp_path / "wall.png", GRAIN))
    assert read.picture.shape == (SIDE + JOIN, SIDE + JOIN, 3)
    assert read.picture.mean() == pytest.approx(GRAIN.mean(), abs=0.01)
    assert any("enlarged from 300 px" in remark for remark in read.remarks)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (GRAIN[:, :40, :40], "is 40×40 px. Use a picture of at least 128"),
        (np.full((3, 200, 200), 0.3, np.float32), "is of one color"),
        (np.concatenate((GRAIN, np.zeros_like(GRAIN[:1]))), "100% of it is transparent"),
    ],
    ids=["tiny", "one color", "transparent"],
)
def test_what_is_not_fit_is_refused_with_a_word(tmp_path: Path, image: np.ndarray, said: str) -> None:
    with pytest.raises(MediaError, match=said):
        source.read(written(tmp_path / "wall.png", image))


def test_files_that_are_no_pictures_are_refused(tmp_path: Path) -> None:
    for name, data in (("a.png", b"nothing"), ("b.jpg", b""), ("c.jpg", b"\xff\xd8\xff\xe0\x00\x10")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MediaError, match="can't be read"):
            source.read(tmp_path / name)
    with pytest.raises(MediaError, match="can't be read"):
        source.read(tmp_path / "missing.png")


def test_the_colors_of_print_are_refused(tmp_path: Path) -> None:
    head = b"\xff\xd8\xff\xee\x00\x0eAdobe\x00d\x00\x00\x00\x00\x00\xff\xc0\x00\x14\x08\x01\x00\x01\x00\x04"
    (tmp_path / "print.jpg").write_bytes(head + b"\x01\x11\x00\x02\x11\x01\x03\x11\x01\x04\x11\x00\xff\xd9")
    with pytest.raises(MediaError, match="CMYK"):
        source.read(tmp_path / "print.jpg")


def test_a_picture_too_large_to_read_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    data = bytearray(png(np.zeros((3, 8, 8), np.float32)))
    data[16:24] = (20_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    (tmp_path / "huge.png").write_bytes(bytes(data))
    with pytest.raises(MediaError, match="20000×20000 px; at most 100 million"):
        source.read(tmp_path / "huge.png")


def test_sixteen_bits_and_light_are_read(tmp_path: Path) -> None:
    pixels = np.ascontiguousarray(GRAIN.transpose(1, 2, 0))
    deep = stored(tmp_path / "deep.png", (pixels * 65535).astype(np.uint16).byteswap(), "rgb48be")
    assert source.read(deep).picture.mean() == pytest.approx(0.5, abs=0.02)
    light = stored(tmp_path / "light.exr", (4 * pixels**2.2).astype(np.float32), "gbrpf32le")
    assert source.read(light).picture.mean() == pytest.approx(0.5, abs=0.05)


def test_light_that_slopes_is_evened_out() -> None:
    slope = np.linspace(0.5, 1.5, 400)[None, None]
    picture = (GRAIN * 0.5 * slope).transpose(1, 2, 0).astype(float)
    even, sloped = source._leveled(picture)
    assert sloped
    assert even[:, :80].mean() == pytest.approx(even[:, -80:].mean(), rel=0.1)
    assert not source._leveled(GRAIN.transpose(1, 2, 0).astype(float))[1]


def test_what_will_not_hold_is_said() -> None:
    y, x = np.mgrid[:576, :576]
    bricks = ((y % 72 < 8) | ((x + (y // 72 % 2) * 60) % 120 < 8)).astype(float)[..., None] * np.ones(3)
    assert any("bricks" in remark for remark in source._unfit(bricks))
    disc = (np.hypot(y - 288, x - 288) < 200).astype(float)[..., None] * np.ones(3)
    assert any("larger than a patch" in remark for remark in source._unfit(disc))
    assert source._unfit(RNG.random((576, 576, 3))) == []


def test_a_photograph_becomes_a_generator_in_the_library(library: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "Garden wall.png", GRAIN)
    owner = Client([library], threads=1)
    try:
        owner.send("develop", "a", path=str(path), credit="Ada, CC0")
        (told,) = owner.wait("a")
        assert (told["say"], told["label"], told["kind"], told["fresh"]) == ("imported", "Garden wall", "texture", True)
        assert told["why"].startswith("From a photograph; it is enlarged")
        entry = Library((library,)).latest(told["id"])
        assert entry.path.stat().st_size < 1_000_000
        assert "Ada, CC0" in metadata.metadata(entry.path)["latent_strips"]
        assert user.preview(entry).is_file()
        assert not parts.leftovers(library)
        owner.send("make", "b", recipe=raw(small(entry)), root=str(tmp_path / "cache"))
        assert list(owner.wait("b"))[-1]["made"] == 4
        owner.send("develop", "c", path=str(path), credit="Ada, CC0")
        assert not next(owner.wait("c"))["fresh"]  # the same photograph gives the same bytes
    finally:
        owner.close()
