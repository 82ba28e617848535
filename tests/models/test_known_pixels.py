"""Imported generators are used rightly: every shape of input and output gives the pixels that it should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.importing import importer
from models.inference.session import Session
from models.job import Generation
from models.library import user
from models.library.catalog import Entry, Library
from tests.helpers.importing import opened
from tests.helpers.making import frames
from tests.helpers.net import FLOAT, HALF, INT32, INT64, UINT8, Net
from tests.helpers.recipes import small
from tests.helpers.third_party import GENERATORS

Array = np.ndarray[Any, Any]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


def taken(path: Path, library: Path) -> Entry:
    return importer.take(path, library, opened, "cpu").entry


def shown(image: Array, low: float, high: float) -> Array:
    """Channels first, in `low`…`high`, as eight bits `[H,W,C]`, gray as color."""
    image = np.repeat(image, 3, axis=0) if len(image) == 1 else image
    return np.round(np.clip((image.astype(np.float64) - low) / (high - low), 0, 1) * 255).transpose(1, 2, 0)


#: What a network's output stands for: its array → the picture, by the test's own reckoning.
MEANT: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "dcgan": ("out", lambda a: shown(a[0], -1, 1)),
    "stylegan": ("img", lambda a: shown(a[0], -1, 1)),
    "w_plus": ("image", lambda a: shown(a[0], -1, 1)),
    "classes_int64": ("sample", lambda a: shown(a[0], -1, 1)),
    "classes_int32_uint8": ("rgb", lambda a: a[0].astype(float)),
    "half": ("image", lambda a: shown(a[0], -1, 1)),
    "gray_bytes": ("image", lambda a: shown(a[0], 0, 255)),
    "alpha": ("rgba", lambda a: shown(a, 0, 1)),
    "latent_map": ("image", lambda a: shown(a[0], -1, 1)),
    "knobs": ("image", lambda a: shown(a[0], 0, 1)),
    "old": ("1", lambda a: shown(a[0], -1, 1)),
    "wide": ("image", lambda a: shown(a[0], 0, 1)),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_a_strip_shows_what_the_network_makes_of_what_it_should_be_given(
    name: str, library: Path, tmp_path: Path
) -> None:
    path = GENERATORS[name](tmp_path / "model.onnx")
    entry = taken(path, library)
    labels = {"label": "class-2"} if entry.card.styles else {}
    values = {"frames": 1, "truncation": 0.5, "knob_1": 0.5, "knob_3": 1.0, "fit": "stretch", **labels}
    output, meant = MEANT[name]
    size = {"old": (32, 32), "wide": (20, 8), "latent_map": (32, 16)}.get(name, (16, 16))
    recipe = small(entry, width=size[0], height=size[1], **values)
    given: dict[str, Array] = dict(Generation.of(recipe, entry.card, tmp_path).take.inputs(0))
    fixed = {port.name: port.shape for port in entry.card.inputs}
    for port, array in given.items():  # nothing is of another shape or type than the graph says
        assert [a for a, b in zip(array.shape, fixed[port], strict=True) if b not in (-1, a)] == []
    for key, wanted in _wanted(name).items():
        assert np.array_equal(given[key], wanted), key
    wanted = meant(Session(path, 1).run(given)[output])
    made = frames(entry, tmp_path / "cache", width=size[0], height=size[1], **values)[0]
    assert made.shape == wanted.shape
    assert np.abs(made - wanted).max() <= 1


def _wanted(name: str) -> dict[str, Array]:
    """What an input must be given, where that is known: the class 2, truncation 0.5, the first knob half way up."""
    return {
        "stylegan": {"c": np.eye(5, dtype=np.float32)[[2]], "truncation_psi": np.array(0.5, np.float32)},
        "classes_int64": {"y": np.array([2], np.int64)},
        "classes_int32_uint8": {"class_idx": np.array([2], np.int32)},
        "knobs": {"gain": np.array([1.5], np.float32), "hue": np.array(0, np.float32), "dark": np.array(True)},
    }.get(name, {})


def test_truncation_shortens_latents_only_where_the_network_has_no_input_for_it(library: Path, tmp_path: Path) -> None:
    for name, latent, factor in (("dcgan", "input", 0.25), ("stylegan", "z", 1.0)):
        entry = taken(GENERATORS[name](tmp_path / f"{name}.onnx"), library)
        long, short = (
            Generation.of(small(entry, frames=1, truncation=t), entry.card, tmp_path).take.inputs(0)[latent]
            for t in (1, 0.25)
        )
        assert np.allclose(short, long * factor)


def test_a_batch_of_two_is_given_the_same_twice(library: Path, tmp_path: Path) -> None:
    entry = taken(GENERATORS["gray_bytes"](tmp_path / "m.onnx"), library)
    z = Generation.of(small(entry), entry.card, tmp_path).take.inputs(0)["code"]
    assert z.shape == (2, 8)
    assert (z[0] == z[1]).all()
    assert z.std() > 0


#: Eight by eight pixels, channels first, 0…1: two rows each of white, black and two colors, and a ramp of alpha.
PATTERN = np.zeros((4, 4, 4), np.float32)
PATTERN[:3, 0] = 1.0
PATTERN[:3, 2] = np.array([1.0, 0.5, 0.25])[:, None]
PATTERN[:3, 3] = np.array([0.125, 0.75, 1.0])[:, None]
PATTERN[3] = np.array([0.0, 0.25, 0.5, 1.0])
PATTERN = PATTERN.repeat(2, axis=1).repeat(2, axis=2)


def constant(path: Path, channels: int, kind: int, low: float, high: float, last: bool, batch: bool) -> Path:
    """A network that always makes the pattern."""
    types = {FLOAT: np.float32, HALF: np.float16, UINT8: np.float32}
    net = Net()
    z = net.input("z", FLOAT, [1, 4])
    picture = PATTERN[:channels] * (high - low) + low
    picture = picture.transpose(1, 2, 0) if last else picture
    picture = picture[None] if batch else picture
    nothing = net.node("ReduceSum", net.node("Mul", z, net.weight(values=np.float32(0))), keepdims=0)
    made = net.node("Add", nothing, net.weight(values=np.round(picture) if kind == UINT8 else picture))
    net.node("Cast", made, to=kind, name="image")
    net.output("image", kind, list(picture.shape))
    assert types[kind]
    return net.save(path)


RANGES = [(FLOAT, -1, 1), (FLOAT, 0, 1), (FLOAT, 0, 255), (HALF, -1, 1), (HALF, 0, 1), (UINT8, 0, 255)]
#: Channels last or first, with a batch or without: all of them for some, one each for the others.
LAYOUTS = [(False, True), (True, True), (False, False), (True, False)]
SHAPES = [
    (kind, low, high, channels, *layout)
    for n, (kind, low, high) in enumerate(RANGES)
    for channels in (1, 3, 4)
    for layout in (LAYOUTS if n == channels - 1 else [LAYOUTS[(n + channels) % 4]])
]


@pytest.mark.parametrize(("kind", "low", "high", "channels", "last", "batch"), SHAPES)
def test_known_pixels_of_every_range_type_layout_and_number_of_channels(
    kind: int, low: float, high: float, channels: int, last: bool, batch: bool, library: Path, tmp_path: Path
) -> None:
    entry = taken(constant(tmp_path / "m.onnx", channels, kind, low, high, last, batch), library)
    made = frames(entry, tmp_path / "cache", frames=1, width=8, height=8)[0]
    assert made.shape == (8, 8, 4 if channels == 4 else 3)
    assert np.abs(made - shown(PATTERN[:channels], 0, 1)).max() <= 1


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        ({"order": "bgr"}, PATTERN[2::-1]),
        ({"low": -1.0, "high": 1.0}, PATTERN[:3] / 2 + 0.5),
        ({"activation": "sigmoid"}, 1 / (1 + np.exp(-PATTERN[:3]))),
        ({"activation": "tanh"}, np.tanh(PATTERN[:3]) / 2 + 0.5),
        ({"mean": (0.5, 0.25, 0.0), "std": (0.5, 0.5, 0.5)}, PATTERN[:3] / 2 + np.array([[[0.5]], [[0.25]], [[0.0]]])),
    ],
    ids=["bgr", "range", "sigmoid", "tanh", "mean and deviation"],
)
def test_each_correction_gives_the_pixels_that_it_should(
    change: dict[str, Any], meant: Array, library: Path, tmp_path: Path
) -> None:
    entry = taken(constant(tmp_path / "m.onnx", 3, FLOAT, 0, 1, False, True), library)
    entry = Entry(entry.path, user.correct(entry, {"image": change}))
    made = frames(entry, tmp_path / "cache", frames=1, width=8, height=8)[0]
    assert np.abs(made - shown(meant, 0, 1)).max() <= 1


@pytest.mark.parametrize(
    ("fit", "size", "wanted"),
    [
        # (width, height), and where pixels of the pattern's rows must be found: (x, y) in the frame → row.
        ("stretch", (16, 32), {(0, 2): 0, (15, 20): 2, (6, 29): 3}),
        ("fill", (32, 16), {(16, 2): 1, (16, 13): 2}),
        ("whole", (32, 16), {(12, 1): 0, (19, 14): 3}),
        ("tile", (16, 16), {(0, 0): 0, (10, 9): 0, (14, 12): 2, (3, 6): 3}),
    ],
)
def test_known_pixels_of_every_fit(
    fit: str, size: tuple[int, int], wanted: dict[tuple[int, int], int], library: Path, tmp_path: Path
) -> None:
    entry = taken(constant(tmp_path / "m.onnx", 3, FLOAT, 0, 1, False, True), library)
    made = frames(entry, tmp_path / "cache", frames=1, fit=fit, width=size[0], height=size[1])[0].astype(int)
    for (x, y), row in wanted.items():
        # Scaling is smooth, so pixels at the edge of a row are mixed; those looked at lie within.
        assert np.abs(made[y, x, :3] - np.round(PATTERN[:3, 2 * row, 0] * 255)).max() <= 40, (x, y)
    if fit == "whole":
        assert made[:, :8, 3].max() == 0
        assert made[:, 8:24, 3].min() == 255


def test_style_mixing_takes_each_half_of_the_layers_from_one_seed(library: Path, tmp_path: Path) -> None:
    net = Net()
    ws = net.input("ws", FLOAT, [1, 4, 3])  # the upper rows show the first two layers, the lower ones the others
    coarse, fine = (
        net.node("ReduceMean", net.node("Gather", ws, net.weight(values=np.array(rows, np.int64)), axis=1), axes=[1])
        for rows in ([0, 1], [2, 3])
    )
    rows = [
        net.node(
            "Expand",
            net.node("Reshape", half, net.weight(values=np.array([1, 3, 1, 1], np.int64))),
            net.weight(values=np.array([1, 3, 4, 8], np.int64)),
        )
        for half in (coarse, fine)
    ]
    net.node("Sigmoid", net.node("Concat", *rows, axis=2), name="image")
    net.output("image", FLOAT, [1, 3, 8, 8])
    entry = taken(net.save(tmp_path / "w.onnx"), library)
    assert [port.role for port in entry.card.inputs] == ["latent_layers"]

    def picture(name: str, **values: Any) -> Array:
        return frames(entry, tmp_path / name, frames=1, width=8, height=8, **values)[0]

    first, second = picture("a", seed=3), picture("b", seed=8)
    assert (first != second).any()
    mixed = {layers: picture(layers, seed=3, seed_b=8, mix=1.0, layers=layers) for layers in ("all", "coarse", "fine")}
    assert (mixed["all"] == second).all()
    assert (mixed["coarse"][:4] == second[:4]).all()
    assert (mixed["coarse"][4:] == first[4:]).all()
    assert (mixed["fine"][:4] == first[:4]).all()
    assert (mixed["fine"][4:] == second[4:]).all()


@pytest.mark.parametrize("kind", [INT64, INT32], ids=["int64", "int32"])
def test_a_class_number_picks_its_row(kind: int, library: Path, tmp_path: Path) -> None:
    net = Net()
    z, y = net.input("z", FLOAT, [1, 4]), net.input("class_id", kind, [1])
    table = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    nothing = net.node("ReduceSum", net.node("Mul", z, net.weight(values=np.float32(0))), keepdims=0)
    row = net.node("Add", net.node("Gather", net.weight(values=table), y), nothing)
    color = net.node("Reshape", row, net.weight(values=np.array([1, 3, 1, 1], np.int64)))
    net.node("Expand", color, net.weight(values=np.array([1, 3, 8, 8], np.int64)), name="image")
    net.output("image", FLOAT, [1, 3, 8, 8])
    path = net.save(tmp_path / "c.onnx")
    entry = taken(path, library)
    assert len(entry.card.styles) == 3
    (entry,) = Library((library,)).entries()
    for number in range(3):
        made = frames(entry, tmp_path / str(number), frames=1, label=f"class-{number}")[0]
        assert (made == np.round(table[number] * 255)).all()
    switched = frames(entry, tmp_path / "mix", frames=1, label="class-0", label_b="class-2", mix=0.6)[0]
    assert (switched == np.round(table[2] * 255)).all()
