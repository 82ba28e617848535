"""PNG files hold exactly what was asked for."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from models.errors import MediaError
from models.footage.still import read_image
from models.imaging.png import png, png_of_bands
from tests.helpers.making import decode


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (17, 255), (48, 64)])
def test_every_value_comes_back_exactly(channels: int, depth: int, size: tuple[int, int]) -> None:
    top = 2**depth - 1
    values = np.random.default_rng(0).integers(0, top, (channels, *size), endpoint=True)
    picture = decode(png((values / top).astype(np.float32), depth))
    assert picture.dtype == (np.uint8 if depth == 8 else np.uint16)
    assert np.array_equal(picture, values.transpose(1, 2, 0))


@pytest.mark.parametrize("depth", [8, 16])
def test_every_level_can_be_written(depth: int) -> None:
    levels = np.arange(2**depth).reshape(1, -1, 256).repeat(3, axis=0)
    assert np.array_equal(decode(png((levels / (2**depth - 1)).astype(np.float32), depth))[..., 0], levels[0])


def test_values_are_rounded_to_nearest_and_clipped() -> None:
    values = np.array([-3.0, -0.001, 0.499 / 255, 0.501 / 255, 1.0, 1.4, 300.0], np.float32)
    picture = decode(png(values[None, None].repeat(3, axis=0)))
    assert picture[0, :, 0].tolist() == [0, 0, 0, 1, 255, 255, 255]


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("size", [(1, 1), (16, 9), (35, 4)])
def test_a_strict_reader_finds_nothing_wrong(size: tuple[int, int], depth: int) -> None:
    data, names, pixels = png(np.zeros((4, *size), np.float32), depth), [], b""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place = 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        body = data[place + 4 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length) == (zlib.crc32(body),)
        names.append(body[:4])
        pixels += body[4:] if body[:4] == b"IDAT" else b""
        place += 12 + length
    assert (names[0], names[-1]) == (b"IHDR", b"IEND")
    assert set(names[1:-1]) == {b"IDAT"}
    assert zlib.decompress(pixels) == bytes(size[0] * (1 + size[1] * 4 * depth // 8))  # Adler-32 checked, nothing after


def test_bands_of_any_height_are_the_whole_picture() -> None:
    image = np.random.default_rng(3).random((3, 40, 6), np.float32)
    bands = [image[:, :7], image[:, 7:8], image[:, 8:]]
    assert np.array_equal(decode(b"".join(png_of_bands(bands, (40, 6), 3))), decode(png(image)))


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_packed_picture_is_the_same_picture(channels: int, depth: int) -> None:
    image = np.random.default_rng(4).random((channels, 37, 11), np.float32)
    image[:, 10:30] = image[:, 9:10]
    plain, packed = (
        b"".join(png_of_bands([image[:, :5], image[:, 5:6], image[:, 6:]], (37, 11), channels, depth, packed))
        for packed in (False, True)
    )
    assert np.array_equal(decode(packed), decode(plain))


def test_a_packed_mask_is_small() -> None:
    y, x = np.mgrid[:200, :300].astype(np.float32)
    mask = np.clip(60 - np.hypot(x - 150, y - 100), 0, 1)[None]
    (packed, plain) = (b"".join(png_of_bands([mask], (200, 300), 1, 8, packed)) for packed in (True, False))
    assert len(packed) < len(plain) / 20


def test_equal_pictures_are_equal_files() -> None:
    image = np.random.default_rng(1).random((3, 40, 30), np.float32)
    assert png(image) == png(image.copy())


@pytest.mark.parametrize(("channels", "depth"), [(0, 8), (5, 16), (3, 10), (1, 32)])
def test_other_shapes_are_refused(channels: int, depth: int) -> None:
    with pytest.raises(MediaError, match=f"{channels} channels and {depth} bits"):
        png(np.zeros((channels, 4, 4), np.float32), depth)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_file_is_read(tmp_path: Path, channels: int) -> None:
    values = np.random.default_rng(2).integers(0, 256, (channels, 9, 7))
    path = tmp_path / "picture.png"
    path.write_bytes(png((values / 255).astype(np.float32)))
    assert np.array_equal(read_image(str(path)), values.transpose(1, 2, 0))


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_a_media_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"picture\.png"):
        read_image(str(path))


def test_a_file_that_is_not_there_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"nothing\.png"):
        read_image(str(tmp_path / "nothing.png"))
