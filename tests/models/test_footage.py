"""Footage: decoded in even steps, put in its place, run through networks of all signatures, the same in any order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from models import fingerprint, ports
from models.card import Card
from models.card_port import Port
from models.client import Client
from models.errors import GeneratorError, LatentStripsError, MediaError
from models.footage import Decoded, Movie, Pictures
from models.generators import _footage, kind
from models.generators._footage import FootageTake
from models.job import Job
from models.library import Entry, Library
from models.placing import Place, placed
from models.recipe import Recipe
from models.resample import blurred, resized, taps
from models.runtime import Session
from models.seen import Seen
from tests.models.conftest import decode

SIZE = 96, 64  # px across, down


def picture(n: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A ground that says its number, and a green square that moves."""
    pixels = np.full((size[1], size[0], 3), 30 + 4 * n, np.uint8)
    pixels[20:40, 10 + 2 * n : 30 + 2 * n] = (0, 220, 0)
    return pixels


def write(
    path: Path, count: int = 24, rate: int = 24, codec: str = "libx264rgb", pixels: str = "rgb24", **more: Any
) -> Path:
    """A movie of `picture`s; frame n is shown at `when(n)` frames."""
    when: Callable[[int], int] = more.get("when", lambda n: n)
    size, shown = more.get("size", SIZE), more.get("shown", picture)
    with av.open(str(path), "w", options=more.get("options", {})) as file:
        stream = file.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.options = {"crf": "0", "g": "10"} if "264" in codec else {}
        for n in range(count):
            frame = av.VideoFrame.from_ndarray(shown(n, size), format="rgb24")
            frame.pts, frame.time_base = when(n), Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def number(pixels: np.ndarray) -> float:
    """Which `picture` it is."""
    return (float(np.median(pixels[:10, ..., 0])) - 30) / 4


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    return write(tmp_path / "film.mkv")


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


def cut_off(path: Path) -> Path:
    """A file that was not copied whole."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    return path


def overwritten(path: Path) -> Path:
    """A file of a damaged disk."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    return path


def grainy(n: int, size: tuple[int, int]) -> np.ndarray:
    """As `picture`, in many bytes, so that a cut leaves some frames."""
    return (picture(n, size) + np.random.default_rng(n).integers(0, 3, (size[1], size[0], 1))).astype(np.uint8)


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


def test_the_worker_tells_of_a_damaged_movie(tmp_path: Path) -> None:
    film = cut_off(write(tmp_path / "film.mkv", shown=grainy))
    keyer = next(each for each in Library().of_kind("footage_mask") if each.card.id == "keyer")
    client = Client()
    try:
        recipe = json.loads(recipe_for(keyer, [film], 24).canonical())
        client.send("make", "1", recipe=recipe, root=str(tmp_path / "made"), files=[str(film)])
        done = list(client.wait("1"))[-1]
    finally:
        client.close()
    assert (done["say"], done["made"]) == ("done", 24)
    assert "film.mkv: " in done["warning"]


def test_pictures_may_be_of_different_sizes(tmp_path: Path) -> None:
    from models import media

    for n, size in enumerate(((4, 6), (8, 3))):
        (tmp_path / f"{n}.png").write_bytes(media.png(np.full((4, *size), 0.5, np.float32)))
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


def test_a_picture_is_put_in_its_place() -> None:
    pixels = np.zeros((4, 6, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[0, 0, 0] = 255  # red above left
    still = placed(pixels, Place(), (4, 6))
    assert still[0, 0, 0] == 1
    assert np.array_equal(placed(pixels, Place(flip=(True, True)), (4, 6))[0], still[0, ::-1, ::-1])
    assert placed(pixels, Place(offset=(2, -1)), (4, 6))[0, 1, 2] == 1
    assert placed(pixels, Place(crop=(1, 0, 0, 0)), (4, 6))[3].sum() == 20
    assert placed(pixels, Place(), (8, 10))[3].sum() == 24  # in the middle, clear around
    turned = placed(pixels, Place(rotation=np.pi / 2), (8, 8))
    assert np.unravel_index(turned[0].argmax(), (8, 8)) == (6, 2)
    assert np.isclose(placed(pixels, Place(scale=(2, 2)), (8, 12))[3].mean(), 1)
    assert placed(pixels, Place(scale=(0.0, 1.0)), (4, 6))[3].max() == 0


class Still:
    """A picture that was never stored in another form."""

    is_opaque = False

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels, self.sides = pixels, pixels.shape[:2]

    def smaller(self, size: tuple[int, int]) -> np.ndarray:
        raise AssertionError(f"nothing stored to make {size} from")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("small", [(90, 160), (61, 107), (180, 320)])
def test_footage_that_fills_the_frame_is_made_smaller_as_it_is_stored(
    tmp_path: Path, scale: float, small: tuple[int, int], turned: bool
) -> None:
    sides, size = (round(180 / scale), round(320 / scale)), (180, 320)

    def waves(n: int, size: tuple[int, int]) -> np.ndarray:
        y, x = np.mgrid[: size[1], : size[0]] / size[1]
        wave = np.stack((np.sin(20 * x + 9 * y), np.sin(25 * y), np.cos(9 * x * y)), axis=-1)
        return (127 + 100 * wave).astype(np.uint8)

    film = write(tmp_path / "film.mkv", 1, codec="libx264", pixels="yuv420p", size=sides[::-1], shown=waves)
    with Movie(film) as shown:
        decoded = shown.decoded(0)
    if turned:
        decoded, size, small = Decoded(decoded._frame, 1), size[::-1], small[::-1]
    seen = Seen(decoded, Place(scale=(scale, scale)), size)
    found, wanted = seen.small(small), resized(seen.whole[:3], small)
    assert (found.shape, seen.alpha) == (wanted.shape, None)
    assert ((found - wanted) ** 2).mean() < 10**-3.5
    assert abs(found.mean() - wanted.mean()) < 1.5 / 255  # FFmpeg rounds down where it only converts


@pytest.mark.parametrize(
    "place",
    [
        Place(), Place(flip=(True, True)), Place(crop=(3, 1, 0, 2), flip=(True, False)), Place(offset=(2.5, -1)),
        Place(scale=(0.5, 0.5), rotation=0.2),
    ],
    ids=["plain", "mirrored", "cropped", "moved", "turned"],
)  # fmt: skip
@pytest.mark.parametrize("alpha", [255, 90])
@pytest.mark.parametrize("size", [(24, 33), (12, 20), (8, 12), (40, 60)])
def test_what_is_seen_is_the_same_whether_it_was_ever_whole(place: Place, alpha: int, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (24, 36, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[3, 5, 3] = alpha
    seen, whole = Seen(Still(pixels), place, (24, 36)), placed(pixels, place, (24, 36))
    assert np.abs((1 if seen.alpha is None else seen.alpha[0]) - whole[3]).max() < 1e-5
    assert np.abs(seen.small(size) - resized(whole[:3], size)).max() < 1e-5


factors = st.sampled_from([1.0, 0.5, 0.34, 2.0, 1.7, -1.0, 0.2, 0.11, -0.6])
shifts = st.floats(-20, 20)
sides = st.tuples(st.integers(3, 50), st.integers(3, 50))


@settings(max_examples=60, deadline=None)
@given(
    sides=sides, size=sides, scale=st.tuples(factors, factors), offset=st.tuples(shifts, shifts),
    origin=st.tuples(st.floats(0, 1), st.floats(0, 1)), crop=st.tuples(*[st.integers(0, 9)] * 4),
    flip=st.tuples(st.booleans(), st.booleans()), clear=st.booleans(),
)  # fmt: skip
def test_a_picture_turned_by_next_to_nothing_lies_where_one_lies_that_is_not_turned(
    sides: tuple[int, int], size: tuple[int, int], clear: bool, **place: Any
) -> None:
    """These are two ways to the same place: row by row and column by column, and px by px."""
    down, across = np.mgrid[: sides[0], : sides[1]]
    pixels = np.stack((5 * across, 5 * down, 128 + 0 * down, 255 - 4 * down * clear), axis=-1).astype(np.uint8)
    straight = placed(pixels, Place(**place), size)
    turned = placed(pixels, Place(**place, rotation=1e-12), size)
    differ = np.abs(straight - turned).max(axis=0) > 1e-3
    # Where a px's middle lies on the picture's very edge, the last digit says whether it is within.
    assert not np.minimum(straight[3], turned[3])[differ].any()
    assert differ.sum() <= 2 * sum(size)


@pytest.mark.parametrize("size", [(15, 20), (11, 17), (60, 80), (30, 40), (33, 40), (7, 111)])
def test_resizing_is_what_its_kernel_says(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).random((2, 30, 40), np.float32)
    wanted = image.astype(np.float64)
    for axis in (1, 2):
        wanted = np.moveaxis(wanted, axis, 0)
        step = len(wanted) / size[axis - 1]
        if step.is_integer():
            wanted = wanted.reshape(size[axis - 1], int(step), *wanted.shape[1:]).mean(axis=1)
        else:
            indices, weights = taps(0.0, step, size[axis - 1])
            wanted = (wanted[indices.clip(0, len(wanted) - 1)] * weights[..., None, None]).sum(axis=0)
        wanted = np.moveaxis(wanted, 0, axis)
    assert np.abs(resized(image, size) - wanted).max() < 1e-5


def test_resizing_and_blurring_keep_the_mean_and_the_edges() -> None:
    image = np.random.default_rng(0).random((3, 30, 40), np.float32)
    for size in ((15, 20), (11, 17), (60, 80), (30, 40)):
        assert resized(image, size).shape == (3, *size)
        assert abs(resized(image, size).mean() - image.mean()) < 0.02
    spot = np.zeros((41, 41), np.float32)
    spot[20, 20] = 1
    soft = blurred(spot, 3.0)
    assert np.isclose(soft.sum(), 1, atol=1e-3)
    spread = ((np.arange(41) - 20) ** 2 * soft.sum(axis=0)).sum() ** 0.5
    assert spread == pytest.approx(3, abs=0.2)
    assert np.allclose(blurred(np.ones((5, 5), np.float32), 9), 1)


# Tiny networks with the signatures of those that people use.


def graph(nodes: list[Any], inputs: dict[str, list[Any]], outputs: dict[str, list[Any]], **constants: Any) -> bytes:
    def values(shapes: dict[str, list[Any]]) -> list[Any]:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]

    stored = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    made = helper.make_graph(nodes, "tiny", values(inputs), values(outputs), stored)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


GREEN = np.array([-1, 2, -1], np.float32).reshape(1, 3, 1, 1)
N = helper.make_node


def entry(path: Path, data: bytes, kind_: str, inputs: list[Port], outputs: list[Port]) -> Entry:
    path.write_bytes(data)
    digest = fingerprint.of([path])
    return Entry(path, Card(path.stem, kind_, path.stem.title(), "CC0-1.0", digest, tuple(inputs), tuple(outputs), ()))


def portrait(folder: Path, multiple: int = 32) -> Entry:
    """MODNet: −1…1, sides multiples of 32, a mask in 0…1."""
    data = graph(
        [N("Conv", ["input", "green"], ["raw"]), N("Clip", ["raw", "zero", "one"], ["output"])],
        {"input": [1, 3, "h", "w"]}, {"output": [1, 1, "h", "w"]},
        green=GREEN, zero=np.float32(0), one=np.float32(1),
    )  # fmt: skip
    image = Port("input", "image", 3, low=-1, high=1, shape=(1, 3, -1, -1), multiple=multiple)
    return entry(
        folder / "portrait.onnx", data, "footage_mask", [image], [Port("output", "mask", 1, shape=(1, 1, -1, -1))]
    )


def salient(folder: Path) -> Entry:
    """U²-Net: 320 px, mean and deviation, to be stretched to 0…1."""
    data = graph(
        [N("Conv", ["x", "green"], ["d0"]), N("Identity", ["d0"], ["d1"])],
        {"x": [1, 3, 320, 320]}, {"d0": [1, 1, 320, 320], "d1": [1, 1, 320, 320]}, green=GREEN,
    )  # fmt: skip
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    image = Port("x", "image", 3, shape=(1, 3, 320, 320), mean=mean, std=std)
    outputs = [Port("d0", "mask", 1, activation="minmax"), Port("d1", "other", 1)]
    return entry(folder / "salient.onnx", data, "footage_mask", [image], outputs)


def dichotomous(folder: Path) -> Entry:
    """BiRefNet: a fixed size, logits."""
    data = graph(
        [N("Conv", ["x", "green", "bias"], ["logits"])],
        {"x": [1, 3, 128, 128]}, {"logits": [1, 1, 128, 128]}, green=20 * GREEN, bias=np.array([-9], np.float32),
    )  # fmt: skip
    image = Port("x", "image", 3, shape=(1, 3, 128, 128))
    return entry(
        folder / "dichotomous.onnx", data, "footage_mask", [image], [Port("logits", "mask", 1, activation="sigmoid")]
    )


def recurrent(folder: Path) -> Entry:
    """Robust Video Matting: `src`, a state that is 1×1×1×1 at first, and a ratio. It sums up what it has seen."""
    data = graph(
        [
            N("Conv", ["src", "green"], ["raw"]),
            N("Clip", ["raw", "zero", "one"], ["now"]),
            N("Mul", ["r1i", "keep"], ["old"]),
            N("Mul", ["now", "downsample_ratio"], ["part"]),
            N("Add", ["old", "part"], ["r1o"]),
            N("Identity", ["r1o"], ["pha"]),
        ],
        {"src": [1, 3, "h", "w"], "r1i": [1, "c", "a", "b"], "downsample_ratio": [1]},
        {"pha": [1, 1, "h", "w"], "r1o": [1, 1, "h", "w"]},
        green=GREEN, zero=np.float32(0), one=np.float32(1), keep=np.float32(0.5),
    )  # fmt: skip
    inputs = [
        Port("src", "image", 3, shape=(1, 3, -1, -1)),
        Port("r1i", "state", 1, shape=(1, -1, -1, -1)),
        Port("downsample_ratio", "number", 1, shape=(1,), default=0.5),
    ]
    return entry(
        folder / "recurrent.onnx", data, "footage_mask", inputs, [Port("pha", "mask", 1), Port("r1o", "state", 1)]
    )


def channels_last(folder: Path) -> Entry:
    """AnimeGAN v3: NHWC, −1…1, multiples of 8. It turns the picture into its negative."""
    data = graph([N("Neg", ["x"], ["y"])], {"x": [1, "h", "w", 3]}, {"y": [1, "h", "w", 3]})
    image = Port("x", "image", 3, low=-1, high=1, shape=(1, -1, -1, 3), layout="nhwc", multiple=8)
    return entry(
        folder / "anime.onnx", data, "restyle", [image], [Port("y", "image", 3, low=-1, high=1, layout="nhwc")]
    )


def fast_style(folder: Path) -> Entry:
    """fast-neural-style: NCHW, 0…255, and a picture of another size."""
    data = graph(
        [N("AveragePool", ["x"], ["y"], kernel_shape=[2, 2], strides=[2, 2])],
        {"x": [1, 3, "h", "w"]}, {"y": [1, 3, "a", "b"]},
    )  # fmt: skip
    image = Port("x", "image", 3, high=255, shape=(1, 3, -1, -1))
    return entry(folder / "faststyle.onnx", data, "restyle", [image], [Port("y", "image", 3, high=255)])


def recipe_for(entry: Entry, files: list[Path], frames: int = 6, **values: Any) -> Recipe:
    tracks = {"position": values.pop("position", tuple(float(n) for n in range(frames)))}
    tracks |= {name: (float(values.pop(name)),) for name in ("grow", "feather", "amount") if name in values}
    settings = {"source": fingerprint.of(files), "content": 24, "sight": 64, **values}
    card = entry.card
    return Recipe(card.kind, card.id, card.digest, *SIZE, frames, 24.0, 0, settings, tracks)


def take_of(entry: Entry, recipe: Recipe, files: list[Path]) -> FootageTake:
    take = kind(recipe.kind).take(recipe, entry.card)
    assert isinstance(take, FootageTake)
    take.attach(files)
    return take


def frames(entry: Entry, recipe: Recipe, files: list[Path], order: list[int] | None = None) -> list[np.ndarray]:
    """Made in an order, returned by number."""
    take, session = take_of(entry, recipe, files), Session(entry.path, 1)
    made = {n: decode(b"".join(take.finish(n, take.run(session, n)))) for n in order or range(recipe.frames)}
    return [made[n] for n in sorted(made)]


@pytest.mark.parametrize("make", [portrait, salient, dichotomous], ids=lambda make: make.__name__)
def test_a_mask_shows_the_green_square_wherever_it_moves(make: Any, movie: Path, tmp_path: Path) -> None:
    found = make(tmp_path)
    for n, mask in enumerate(frames(found, recipe_for(found, [movie]), [movie])):
        inside = np.zeros((64, 96), bool)
        inside[22:38, 12 + 2 * n : 28 + 2 * n] = True
        around = np.ones((64, 96), bool)
        around[16:44, 6 + 2 * n : 34 + 2 * n] = False
        assert mask[inside].min() > 200
        assert mask[around].max() < 60


def test_the_keyer_that_ships_keys(movie: Path) -> None:
    keyer = next(each for each in Library().of_kind("footage_mask") if each.card.id == "keyer")
    green, bright = (
        frames(keyer, recipe_for(keyer, [movie], 2, style=style), [movie])[0] for style in ("green_screen", "bright")
    )
    assert green[22:38, 12:28].max() == 0
    assert green[50:].min() == 255
    assert bright[22:38, 12:28].min() > 150 > bright[50:].max()


@pytest.mark.parametrize("make", [channels_last, fast_style], ids=lambda make: make.__name__)
def test_restyled_footage_in_every_layout_and_range(make: Any, movie: Path, tmp_path: Path) -> None:
    found = make(tmp_path)
    made = frames(found, recipe_for(found, [movie], 2, amount=1), [movie])[1].astype(int)
    wanted = 255 - picture(1).astype(int) if make is channels_last else picture(1).astype(int)
    assert np.abs(made - wanted)[44:].max() <= 2
    assert np.abs(made - wanted).mean() < 4
    unchanged = frames(found, recipe_for(found, [movie], 2, amount=0), [movie])[1]
    assert np.abs(unchanged.astype(int) - picture(1)).max() <= 1


@pytest.mark.parametrize(("multiple", "sight", "wanted"), [(32, 64, (64, 96)), (32, 40, (32, 64)), (1, 33, (33, 50))])
def test_sides_are_multiples_of_what_the_card_says(
    movie: Path, tmp_path: Path, multiple: int, sight: int, wanted: tuple[int, int]
) -> None:
    found = portrait(tmp_path, multiple)
    take = take_of(found, recipe_for(found, [movie], sight=sight), [movie])
    assert take.inputs(0)["input"].shape == (1, 3, *wanted)


def test_a_state_goes_from_frame_to_frame_and_any_order_gives_the_same(
    movie: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_footage, "BLOCK", 8)
    monkeypatch.setattr(_footage, "WARM", 3)
    found = recurrent(tmp_path)
    recipe = recipe_for(found, [movie], 20)
    through = frames(found, recipe, [movie])
    assert through[0][30, 20, 0] == pytest.approx(255 * 0.5, abs=2)  # a half of the square, before it has summed up
    assert through[5][30, 25, 0] > 235
    for order in ([7, 8, 9, 19, 0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 18], list(range(19, -1, -1))):
        assert all(np.array_equal(a, b) for a, b in zip(frames(found, recipe, [movie], order), through, strict=True))


def test_a_cut_empties_the_state(tmp_path: Path) -> None:
    film = write(tmp_path / "cut.mkv", 12, shown=lambda n, size: picture(n) if n < 6 else 255 - picture(0))
    found = recurrent(tmp_path)
    made = frames(found, recipe_for(found, [film], 12), [film])
    assert made[5][30, 25, 0] > 200
    assert made[6].max() < 5  # nothing of the square lingers


def test_smoothing_keeps_a_part_of_the_frame_before(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    plain, smooth = (frames(found, recipe_for(found, [movie], 2, smoothing=s), [movie])[1] for s in (0.0, 0.75))
    assert plain[30, 10, 0] < 5  # where the square was
    assert smooth[30, 10, 0] == pytest.approx(191, abs=4)


def test_edges_grow_shrink_and_fade(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    plain, more, less, soft, inverted = (
        frames(found, recipe_for(found, [movie], 1, **values), [movie])[0][..., 0].astype(float) / 255
        for values in ({}, {"grow": 4}, {"grow": -4}, {"feather": 8}, {"invert": True})
    )
    assert more[30].sum() - plain[30].sum() == pytest.approx(8, abs=1)
    assert plain[30].sum() - less[30].sum() == pytest.approx(8, abs=1)
    assert ((soft > 0.1) & (soft < 0.9)).sum() > 2 * ((plain > 0.1) & (plain < 0.9)).sum()
    assert np.abs(plain + inverted - 1).max() < 0.01


def test_keys_follow_the_footage_and_its_place(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    base = recipe_for(found, [movie], 4)
    moved = replace(base, tracks={**base.tracks, "offset_x": (0.0, 0.0, 5.0, 0.0)})
    keys = [Job.of(recipe, found.card, tmp_path).keys() for recipe in (base, moved)]
    assert [a == b for a, b in zip(*keys, strict=True)] == [True, True, False, True]


def test_a_replaced_file_is_noticed(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    recipe = recipe_for(found, [movie])
    write(movie, 10)
    with pytest.raises(MediaError, match=r"film\.mkv: was replaced or changed"):
        take_of(found, recipe, [movie])


def test_footage_that_plays_at_its_own_rate(tmp_path: Path) -> None:
    film = write(tmp_path / "film12.mkv", 12, 12)
    found = channels_last(tmp_path)
    recipe = recipe_for(found, [film], 24, amount=0, content=24)  # a second, as 24 frames of the scene
    made = frames(found, recipe, [film], [0, 1, 2, 12, 23])
    assert [round(number(frame)) for frame in made] == [0, 0, 1, 6, 11]


@pytest.mark.parametrize("made", ["restyle", "footage_mask"])
def test_numbers_that_are_none_are_never_shown(movie: Path, tmp_path: Path, made: str) -> None:
    data = graph([N("Div", ["x", "zero"], ["y"])], {"x": [1, 3, "h", "w"]}, {"y": [1, 3, "h", "w"]}, zero=np.float32(0))
    found = entry(
        tmp_path / "nan.onnx", data, made, [Port("x", "image", 3, shape=(1, 3, -1, -1))], [Port("y", "image", 3)]
    )
    with pytest.raises(GeneratorError, match="no numbers"):
        frames(found, recipe_for(found, [movie], 1), [movie])


def test_a_network_that_makes_something_else_is_refused(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    other = replace(found.card, kind="restyle", outputs=(Port("y", "sound", 1),))
    with pytest.raises(LatentStripsError, match="makes no restyle"):
        kind("restyle").take(replace(recipe_for(found, [movie]), kind="restyle"), other)


def test_ports_and_cards_agree() -> None:
    assert ports.shape(Port("r1i", "state", 1, shape=(1, -1, -1, -1))) == (1, 1, 1, 1)
