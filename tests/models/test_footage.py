"""Footage run through networks of all signatures: the same in any order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.cards.card import Card
from models.cards.port import Port
from models.errors import GeneratorError, LatentStripsError, MediaError
from models.footage import fingerprint
from models.inference import arrays
from models.job import Generation
from models.kinds import _footage, kind
from models.library.catalog import Entry, Library
from models.worker.client import Client
from tests.helpers.footage import frames, recipe_for, take_of
from tests.helpers.movies import cut_off, grainy, number, picture, write

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


@pytest.mark.parametrize("grow", [-1.4, -1.0, -0.3, 0.3, 1.0, 1.4])
def test_an_edge_that_moves_by_a_pixel_leaves_the_rest_as_it_is(movie: Path, tmp_path: Path, grow: float) -> None:
    found = portrait(tmp_path)
    made = frames(found, recipe_for(found, [movie], 1, grow=grow), [movie])[0][..., 0]
    assert made[27:33, 17:23].min() == 255
    assert made[:10].max() == 0


def test_keys_follow_the_footage_and_its_place(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    base = recipe_for(found, [movie], 4)
    moved = replace(base, tracks={**base.tracks, "offset_x": (0.0, 0.0, 5.0, 0.0)})
    keys = [Generation.of(recipe, found.card, tmp_path).keys() for recipe in (base, moved)]
    assert [a == b for a, b in zip(*keys, strict=True)] == [True, True, False, True]


def test_a_replaced_file_is_noticed(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    recipe = recipe_for(found, [movie])
    write(movie, 10)
    with pytest.raises(MediaError, match=r"film\.mkv: has changed"):
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
    with pytest.raises(GeneratorError, match="invalid numbers"):
        frames(found, recipe_for(found, [movie], 1), [movie])


def test_a_network_that_makes_something_else_is_refused(movie: Path, tmp_path: Path) -> None:
    found = portrait(tmp_path)
    other = replace(found.card, kind="restyle", outputs=(Port("y", "sound", 1),))
    with pytest.raises(LatentStripsError, match="can't make a restyle"):
        kind("restyle").take(replace(recipe_for(found, [movie]), kind="restyle"), other)


def test_ports_and_cards_agree() -> None:
    assert arrays.shape(Port("r1i", "state", 1, shape=(1, -1, -1, -1))) == (1, 1, 1, 1)


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
