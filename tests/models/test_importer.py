"""Differently shaped strangers import and make strips without a hand on their cards."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from models.cards.card import KEY
from models.errors import ExternalData, GeneratorError, GeneratorRefused
from models.importing import importer, previews
from models.kinds import kind
from models.library import user
from models.library.catalog import Entry, Library
from tests.helpers.bad_files import card as write_card
from tests.helpers.importing import Take, opened
from tests.helpers.making import decode, frames
from tests.helpers.net import FLOAT, Net
from tests.helpers.recipes import FIRSTS, small
from tests.helpers.third_party import GENERATORS, dcgan, unbounded
from tests.helpers.third_party_footage import OTHERS, logits, style_transfer, translation
from tests.helpers.third_party_sound import long_noise

#: Role of each input; channels, layout, low and high of the picture; classes.
FOUND: dict[str, tuple[list[str], tuple[int, str, float, float], int]] = {
    "dcgan": (["latent"], (3, "nchw", -1, 1), 0),
    "stylegan": (["latent", "one_hot", "truncation", "noise"], (3, "nchw", -1, 1), 5),
    "w_plus": (["latent_layers"], (3, "nchw", -1, 1), 0),
    "classes_int64": (["latent", "class"], (3, "nchw", -1, 1), 7),
    "classes_int32_uint8": (["latent", "class"], (3, "nhwc", 0, 255), 4),
    "half": (["latent"], (3, "nchw", -1, 1), 0),
    "gray_bytes": (["latent"], (1, "nchw", 0, 255), 0),
    "alpha": (["latent"], (4, "nchw", 0, 1), 0),
    "latent_map": (["latent_field"], (3, "nchw", -1, 1), 0),
    "knobs": (["latent", "number", "number", "switch"], (3, "nchw", 0, 1), 0),
    "old": (["latent"], (3, "nchw", -1, 1), 0),
    "wide": (["latent", "latent"], (3, "nchw", 0, 1), 0),
}


def test_there_are_twelve() -> None:
    assert FOUND.keys() == GENERATORS.keys()
    assert len(FOUND) == 12


@pytest.mark.parametrize("name", FOUND)
def test_a_generator_is_understood_and_makes_a_strip(name: str, take: Take, library: Path, tmp_path: Path) -> None:
    found = take(GENERATORS[name])
    card = found.entry.card
    roles, (channels, layout, low, high), classes = FOUND[name]
    assert card.kind == "image"
    assert [port.role for port in card.inputs] == roles
    (picture,) = (port for port in card.outputs if port.role == "image")
    assert (picture.channels, picture.layout, picture.low, picture.high) == (channels, layout, low, high)
    assert len(card.styles) == classes

    (entry,) = Library((library,)).of_kind("image")
    assert entry.card == card
    assert user.about(entry).seconds > 0
    assert decode(user.preview(entry).read_bytes()).shape[:2] == (128, 128)

    made = frames(entry, tmp_path / "cache", mix=0.5, knob_1=0.3)
    assert made.shape == (4, 48, 64, 4 if channels == 4 else 3)
    assert made.std() > 2  # not flat
    assert (made[0].astype(int) != made[2]).any()  # it moves
    assert 5 < made[..., :3].mean() < 250  # neither black nor burnt out: the range is right


@pytest.mark.parametrize("name", OTHERS)
def test_networks_for_other_kinds_are_understood_and_stored(name: str, take: Take, library: Path) -> None:
    build, kind = OTHERS[name]
    card = take(build).entry.card
    assert card.kind == kind
    assert [entry.card.kind for entry in Library((library,)).entries()] == [kind]


def test_known_networks_say_what_is_known_of_them(take: Take) -> None:
    ports = {name: take(OTHERS[name][0]).entry.card for name in ("anime", "matting", "modnet", "u2net", "fast_style")}
    assert (ports["anime"].inputs[0].layout, ports["anime"].inputs[0].low, ports["anime"].inputs[0].multiple) == (
        "nhwc",
        -1,
        8,
    )
    assert [port.role for port in ports["matting"].inputs] == ["image", *["state"] * 4, "number"]
    assert [port.role for port in ports["matting"].outputs] == ["image", "mask", *["state"] * 4]
    assert (ports["modnet"].inputs[0].low, ports["modnet"].inputs[0].multiple) == (-1, 32)
    assert ports["u2net"].inputs[0].mean[0] == 0.485
    assert ports["u2net"].outputs[0].activation == "minmax"
    assert ports["fast_style"].outputs[0].high == 255


def test_colors_that_go_in_are_of_the_range_of_those_that_come_out(take: Take) -> None:
    for build, low, high in ((style_transfer, 0.0, 255.0), (translation, -1.0, 1.0)):
        card = take(build).entry.card
        assert card.kind == "restyle"
        assert {(port.low, port.high) for port in (*card.inputs, *card.outputs)} == {(low, high)}


def test_a_matte_of_logits_gets_its_sigmoid(take: Take) -> None:
    card = take(logits).entry.card
    assert card.kind == "footage_mask"
    assert [(port.role, port.activation, port.low, port.high) for port in card.outputs] == [("mask", "sigmoid", 0, 1)]


def test_a_few_pixels_beyond_the_range_do_not_flatten_the_picture(take: Take) -> None:
    (image,) = take(unbounded).entry.card.outputs
    assert (image.low, image.high) == (-1, 1)


def test_noise_as_long_as_the_sound_is_no_walk(take: Take) -> None:
    begin = time.monotonic()
    card = take(long_noise).entry.card
    assert time.monotonic() - begin < 60  # it was minutes
    assert (card.kind, card.inputs[0].role) == ("clip", "noise")
    walked = replace(card, inputs=(replace(card.inputs[0], role="latent_field", channels=1),))
    recipe = small(Entry(Path("x"), walked), frames=10, fps=10.0)
    with pytest.raises(GeneratorError, match="takes 220000 latents, one after another; at most 32768"):
        kind("clip").take(recipe, walked)


def test_errors_speak_of_the_file_that_was_chosen(library: Path, tmp_path: Path) -> None:
    net = Net()
    net.node("HannWindow", net.input("size", FLOAT, [3]), name="y")
    net.output("y", FLOAT, None)
    with pytest.raises(GeneratorError, match=r"^mine\.onnx: onnxruntime can't load it") as caught:
        importer.take(net.save(tmp_path / "mine.onnx"), library, opened, "cpu")
    assert ".part" not in str(caught.value)
    model = onnx.load(dcgan(tmp_path / "odd.onnx"))
    onnx.helper.set_model_props(model, {KEY: "QQQQ"})
    (tmp_path / "odd.onnx").write_bytes(model.SerializeToString().replace(b"QQQQ", b"\xff\xfe\xff\xfe"))
    with pytest.raises(GeneratorRefused, match=r"^odd\.onnx: holds a name that is not UTF-8 text"):
        importer.take(tmp_path / "odd.onnx", library, opened, "cpu")
    with pytest.raises(GeneratorRefused, match=r"^lost\.onnx: can't be read \(No such file or directory\)"):
        importer.take(tmp_path / "lost.onnx", library, opened, "cpu")


def test_the_same_file_twice_is_one_generator(take: Take, library: Path) -> None:
    assert take(dcgan).fresh
    assert not take(dcgan).fresh
    assert len(Library((library,)).entries()) == 1
    assert not list(library.glob(".*"))


def test_a_refused_file_leaves_nothing(library: Path, tmp_path: Path) -> None:
    model = onnx.load(dcgan(tmp_path / "d.onnx"))
    weight = model.graph.initializer.add(name="w", data_type=FLOAT, dims=[4], data_location=onnx.TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="../secret")
    (tmp_path / "d.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ExternalData):
        importer.take(tmp_path / "d.onnx", library, opened, "cpu")
    assert list(library.iterdir()) == []


def test_a_card_that_grows_too_large_leaves_nothing(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "DRAWING", 0)
    path = tmp_path / "much.onnx"
    styles = [{"name": f"s{n}", "label": "", "vector": []} for n in range(20_000)]
    write_card(path, styles=styles)  # written in lines, it takes half as much again
    with pytest.raises(GeneratorError, match="would be larger than 1 MB"):
        importer.take(path, library, opened, "cpu")
    assert list(library.iterdir()) == []


def spoiled(last: Callable[[Net, str], str]) -> Callable[[Path], Path]:
    """A generator whose output goes through something that it should not."""

    def odd(path: Path) -> Path:
        net = Net()
        z = net.input("z", FLOAT, [1, 192])
        image = net.node("Reshape", z, net.weight(values=np.array([1, 3, 8, 8], np.int64)))
        net.node("Identity", last(net, image), name="image")
        net.output("image", FLOAT, None)
        return net.save(path)

    return odd


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (lambda net, x: net.node("Log", net.node("Neg", net.node("Abs", x))), "invalid numbers"),
        (lambda net, x: net.node("ReduceMean", x, keepdims=0), "none of its outputs is a picture"),
        (lambda net, x: net.node("Concat", x, x, axis=1), "none of its outputs is a picture"),
        (
            lambda net, x: net.node("Slice", x, *(net.weight(values=np.array([0], np.int64)) for _ in range(2))),
            "picture",
        ),
    ],
    ids=["nan", "rank 0", "six channels", "empty"],
)
def test_outputs_that_are_no_pictures(last: Any, says: str, take: Take, library: Path) -> None:
    with pytest.raises(GeneratorError, match=says):
        take(spoiled(last))
    assert list(library.iterdir()) == []


def test_a_file_that_carries_a_card_keeps_it(library: Path, tmp_path: Path) -> None:
    texture = FIRSTS[0]
    found = importer.take(texture.path, library, opened, "cpu")
    assert found.entry.card.label == texture.card.label
    assert found.entry.card.styles == texture.card.styles
    assert found.notes.why == "The card that it came with"
    assert frames(found.entry, tmp_path / "cache").std() > 2


def test_a_strangers_card_of_an_unknown_kind_or_of_nonsense(library: Path, tmp_path: Path) -> None:
    for text, says in ((json.dumps({"card": 1}), "malformed"), ("[" * 5000, "malformed")):
        model = onnx.load(dcgan(tmp_path / "d.onnx"))
        onnx.helper.set_model_props(model, {KEY: text})
        (tmp_path / "d.onnx").write_bytes(model.SerializeToString())
        with pytest.raises(GeneratorError, match=says):
            importer.take(tmp_path / "d.onnx", library, opened, "cpu")
