"""Differently shaped strangers import and make strips without a hand on their cards."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import importer, onnx_file, own
from models.card import KEY, Card
from models.card_port import Port
from models.client import Client
from models.errors import (
    ExternalData,
    GeneratorError,
    GeneratorMissing,
    GeneratorOverrun,
    GeneratorQuarantined,
    GeneratorRefused,
    RecipeError,
    WorkerDied,
)
from models.generators import kind
from models.guard import Guarded
from models.importer import Imported
from models.library import Entry, Library
from models.limits import Limits
from models.runtime import Session
from tests.models.conftest import decode, make_with, raw, small
from tests.models.fuzz import fuzz
from tests.models.net import FLOAT, Net
from tests.models.strangers import GENERATORS, alpha, classes_int64, dcgan, latent_map, stylegan, unbounded, w_plus
from tests.models.strangers_footage import OTHERS, logits, style_transfer, translation
from tests.models.strangers_sound import long_noise

Take = Callable[..., Imported]


def opened(path: Path, allow: Collection[str] = ()) -> Guarded:
    return Guarded(path, lambda each: Session(each, 1), Limits(), lambda error: pytest.fail(str(error)), allow)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def take(tmp_path: Path, library: Path) -> Take:
    """`take(dcgan)`: export that network, and import the file."""

    def taken(build: Callable[[Path], Path], **more: Any) -> Imported:
        return importer.take(build(tmp_path / f"{build.__name__}.onnx"), library, opened, "cpu", **more)

    return taken


def frames(entry: Entry, root: Path, **values: Any) -> np.ndarray:
    folder = make_with(entry, small(entry, **values), root)
    return np.stack([decode((folder.path / name).read_bytes()) for name in folder.names()])


#: Role of each input; channels, layout, low and high of the picture; classes.
FOUND: dict[str, tuple[list[str], tuple[int, str, float, float], int]] = {
    "dcgan": (["latent"], (3, "nchw", -1, 1), 0),
    "stylegan": (["latent", "one_hot", "truncation", "noise"], (3, "nchw", -1, 1), 5),
    "w_plus": (["latent_layers"], (3, "nchw", -1, 1), 0),
    "classes_int64": (["latent", "class"], (3, "nchw", -1, 1), 7),
    "classes_int32_uint8": (["latent", "class"], (3, "nhwc", 0, 255), 4),
    "half": (["latent"], (3, "nchw", -1, 1), 0),
    "grey_bytes": (["latent"], (1, "nchw", 0, 255), 0),
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
    assert own.about(entry).seconds > 0
    assert decode(own.preview(entry).read_bytes()).shape[:2] == (128, 128)

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


def test_colours_that_go_in_are_of_the_range_of_those_that_come_out(take: Take) -> None:
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
    with pytest.raises(GeneratorRefused, match=r"^lost\.onnx: can't be read \(No such file or directory\)"):
        importer.take(tmp_path / "lost.onnx", library, opened, "cpu")


def test_a_label_turns_no_letters_round() -> None:
    told = {**BASE, "label": " \u202eevil\n\x1bred "}
    assert Card.parse(told, "0" * 64).label == "evil  red"


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
        (lambda net, x: net.node("Log", net.node("Neg", net.node("Abs", x))), "values that are no numbers"),
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


def test_a_file_that_carries_a_card_keeps_it(take: Take, library: Path, tmp_path: Path, texture: Entry) -> None:
    found = importer.take(texture.path, library, opened, "cpu")
    assert found.entry.card.label == texture.card.label
    assert found.entry.card.styles == texture.card.styles
    assert found.own.why == "The card that it came with"
    assert frames(found.entry, tmp_path / "cache").std() > 2


def test_a_strangers_card_of_an_unknown_kind_or_of_nonsense(library: Path, tmp_path: Path) -> None:
    for text, says in ((json.dumps({"card": 1}), "malformed"), ("[" * 5000, "malformed")):
        model = onnx.load(dcgan(tmp_path / "d.onnx"))
        onnx.helper.set_model_props(model, {KEY: text})
        (tmp_path / "d.onnx").write_bytes(model.SerializeToString())
        with pytest.raises(GeneratorError, match=says):
            importer.take(tmp_path / "d.onnx", library, opened, "cpu")


# --- what a strip of such a generator is ---------------------------------------------------------------------------


def test_a_loop_closes_and_frames_are_a_function_of_the_recipe(take: Take, tmp_path: Path) -> None:
    entry = take(dcgan).entry
    walk = frames(entry, tmp_path / "a", frames=24, speed=2.0).astype(int)
    steps = np.abs(np.diff(walk, axis=0)).mean(axis=(1, 2, 3))
    assert np.abs(walk[0] - walk[-1]).mean() < 2 * steps.max()  # the last frame leads into the first
    one = make_with(entry, small(entry, frames=24, speed=2.0), tmp_path / "b", only=[17])
    assert (decode((one.path / one.name(17)).read_bytes()) == walk[17]).all()


def test_seeds_classes_and_truncation_change_the_picture(take: Take, tmp_path: Path) -> None:
    entry = take(classes_int64).entry
    base = frames(entry, tmp_path / "a", frames=1)
    for number, change in enumerate(({"seed": 5}, {"label": "class-3"}, {"truncation": 0.2}, {"mix": 1.0})):
        assert (frames(entry, tmp_path / str(number), frames=1, **change) != base).any(), change
    other = frames(entry, tmp_path / "seed", frames=1, seed=1, seed_b=9, mix=1.0)
    assert (other == frames(entry, tmp_path / "seed b", frames=1, seed=9)).all()  # the morph arrives


def test_one_hot_classes_blend(take: Take, tmp_path: Path) -> None:
    entry = take(stylegan).entry
    values = {"frames": 1, "label": "class-1", "label_b": "class-4", "seed_b": 1}
    at = [frames(entry, tmp_path / str(mix), mix=mix, **values).astype(int) for mix in (0.0, 0.5, 1.0)]
    assert (at[0] != at[2]).any()
    assert np.abs(at[1] - at[0]).mean() < np.abs(at[2] - at[0]).mean()


def test_style_mixing_morphs_some_layers(take: Take, tmp_path: Path) -> None:
    entry = take(w_plus).entry
    made = {each: frames(entry, tmp_path / each, frames=1, mix=1.0, layers=each) for each in ("all", "coarse", "fine")}
    assert (made["all"] != made["coarse"]).any()
    assert (made["coarse"] != made["fine"]).any()


def test_what_is_not_used_is_in_no_key(take: Take) -> None:
    from models.job import Job

    entry = take(dcgan).entry
    keys = [
        Job.of(small(entry, **values), entry.card, Path("x")).keys()
        for values in ({}, {"seed_b": 4}, {"tile_scale": 2.0})
    ]
    assert keys[0] == keys[1] == keys[2]


@pytest.mark.parametrize("fit", ["fill", "stretch", "whole", "tile"])
def test_a_picture_fits_any_frame(fit: str, take: Take, tmp_path: Path) -> None:
    entry = take(dcgan).entry
    for number, size in enumerate(((16, 16), (64, 17), (7, 90))):
        made = frames(entry, tmp_path / str(number), frames=1, fit=fit, width=size[0], height=size[1])
        assert made.shape == (1, size[1], size[0], 4 if fit == "whole" else 3)
    if fit == "whole":
        assert made[0, 0, 0, 3] == 0
        assert made[0, 45, 3, 3] == 255


def test_a_map_of_latents_fills_the_frame_pixel_for_pixel(take: Take, tmp_path: Path) -> None:
    entry = take(latent_map).entry
    assert entry.card.stride == 4
    assert frames(entry, tmp_path, frames=1, width=70, height=33).shape == (1, 33, 70, 3)
    with pytest.raises(RecipeError, match="more than one frame can hold"):
        make_with(entry, small(entry, width=16000, height=16000), tmp_path)


def test_an_unknown_class(take: Take, tmp_path: Path) -> None:
    entry = take(classes_int64).entry
    with pytest.raises(GeneratorError, match="no style 'cheese'"):
        make_with(entry, small(entry, label="cheese"), tmp_path)


# --- what lies beside it ---------------------------------------------------------------------------------------------


def test_rename_correct_export_remove(take: Take, library: Path) -> None:
    entry = take(alpha, label="Würfel_01").entry
    assert (entry.card.label, entry.card.licence) == ("Würfel 01", "unknown")
    assert entry.card.id.startswith("wurfel-01-")
    own.rename(entry, "  Dice \n two ")
    (entry,) = Library((library,)).entries()
    assert entry.card.label == "Dice two"
    digest = entry.card.digest
    own.correct(entry, {"rgba": {"low": -1.0, "order": "bgr"}})
    (entry,) = Library((library,)).entries()
    assert entry.card.digest != digest  # other frames, so another generator
    assert entry.card.outputs[1].order == "bgr"
    told = json.loads(own.exported(entry))
    assert "own" not in told
    assert Card.parse(told, entry.card.digest).outputs == entry.card.outputs
    own.remove(entry)
    assert list(library.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nothing": {"low": 0.0}}, "no input or output 'nothing'"),
        ({"out": {"low": 9.0}}, "impossible sizes"),
        ({"out": {"layout": "hwcn"}}, "not one of nchw, nhwc"),
        ({"out": {"role": "../../x"}}, "not a name"),
        ({"out": {"mean": (1.0,)}}, "impossible"),
        ({"out": {"colour": 3}}, "makes no sense"),
        ({"out": {"default": float("nan")}}, "impossible"),
    ],
)
def test_a_correction_that_makes_no_sense(changes: Any, says: str, take: Take, library: Path) -> None:
    before = take(dcgan).entry
    with pytest.raises(GeneratorError, match=says):
        own.correct(before, changes)
    assert Library((library,)).entries() == [before]


def test_classes_get_names(take: Take) -> None:
    entry = take(classes_int64).entry
    card = own.correct(entry, {}, ["Cat", "Dog", " ", "Owl"])
    assert [style.label for style in card.styles] == ["Cat", "Dog", "Owl"]


def test_a_shipped_generator_stays(texture: Entry) -> None:
    with pytest.raises(GeneratorError, match="ships with the extension"):
        own.remove(texture)


def test_a_card_beside_that_is_too_large_or_no_card(take: Take, library: Path) -> None:
    entry = take(dcgan).entry
    beside = entry.path.with_suffix(".json")
    for data, says in ((b" " * 2_000_000, "larger than a card"), (b"\xff\xfe", "no text"), (b"[1]", "malformed")):
        beside.write_bytes(data)
        assert Library((library,)).entries() == []
        (problem,) = Library((library,)).problems()
        assert says in str(problem)


BASE: dict[str, Any] = {
    "card": 1, "id": "a", "kind": "image", "label": "A", "licence": "", "styles": [],
    "inputs": [{"name": "z", "role": "latent", "channels": 4, "shape": [1, 4]}],
    "outputs": [{"name": "i", "role": "image", "channels": 3, "shape": [1, 3, -1, -1]}],
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8,
)  # fmt: skip
KEYS = [
    "name",
    "role",
    "channels",
    "stride",
    "range",
    "shape",
    "dtype",
    "layout",
    "order",
    "activation",
    "mean",
    "std",
    "default",
    "multiple",
]


@fuzz(150)
@given(key=st.sampled_from(KEYS), value=JSON)
def test_any_port_is_read_back_as_it_was_or_is_a_value_error(key: str, value: Any) -> None:
    spoiled_card = {**BASE, "outputs": [{**BASE["outputs"][0], key: value}]}
    try:
        card = Card.parse(spoiled_card, "0" * 64)
    except ValueError:
        return
    assert Card.parse(json.loads(json.dumps(card.json())), "0" * 64) == card


# --- with a worker ---------------------------------------------------------------------------------------------------


@pytest.fixture
def owner(library: Path) -> Iterator[Client]:
    client = Client([library], threads=1)
    yield client
    client.close()


def test_a_worker_imports_and_makes(owner: Client, library: Path, tmp_path: Path) -> None:
    owner.send("import", "a", path=str(dcgan(tmp_path / "faces.onnx")), label="")
    (told,) = owner.wait("a")
    assert (told["say"], told["label"], told["kind"], told["size"], told["fresh"]) == (
        "imported",
        "Faces",
        "image",
        "16×16",
        True,
    )
    entry = Library((library,)).latest(told["id"])
    owner.send("make", "b", recipe=raw(small(entry)), root=str(tmp_path / "cache"))
    assert list(owner.wait("b"))[-1]["made"] == 4
    owner.send("try", "c", id=told["id"])
    assert next(owner.wait("c"))["id"] == told["id"]


def test_a_worker_tells_why_it_refuses(owner: Client, tmp_path: Path) -> None:
    (tmp_path / "cat.onnx").write_bytes(b"GIF89a")
    owner.send("import", "a", path=str(tmp_path / "cat.onnx"))
    with pytest.raises(GeneratorRefused, match=r"cat\.onnx: is not an ONNX"):
        list(owner.wait("a"))
    assert owner.pid  # and goes on


def test_a_missing_generator_is_named_by_its_digest(owner: Client, take: Take, tmp_path: Path) -> None:
    entry = take(dcgan).entry
    recipe = small(entry)
    own.remove(entry)
    owner.send("make", "a", recipe=raw(recipe), root=str(tmp_path))
    with pytest.raises(GeneratorMissing, match=f"SHA-256 {recipe.digest[:12]}"):
        list(owner.wait("a"))


def test_a_generator_that_brings_the_worker_down_is_not_run_again(owner: Client, take: Take, tmp_path: Path) -> None:
    import os
    import signal

    entry = take(dcgan).entry
    asked = raw(small(entry, frames=3000, width=512, height=512))
    owner.send("make", "a", recipe=asked, root=str(tmp_path / "cache"))
    events = owner.wait("a")
    assert next(events)["say"] == "begin"
    assert owner.pid
    os.kill(owner.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    with pytest.raises(WorkerDied, match="ended unexpectedly"):
        list(events)
    assert "ended unexpectedly" in own.quarantined(entry)
    owner.send("make", "b", recipe=asked, root=str(tmp_path / "cache"))
    with pytest.raises(GeneratorQuarantined, match=r"Dcgan is in quarantine.*Release it"):
        list(owner.wait("b"))
    own.release(entry)
    owner.send("make", "c", recipe=raw(small(entry)), root=str(tmp_path / "cache"))
    assert list(owner.wait("c"))[-1]["made"] == 4


def test_one_that_does_not_stop_is_ended_and_quarantined(library: Path, tmp_path: Path) -> None:
    net = Net()
    z = net.input("z", FLOAT, [1, 1])
    large = net.node("Expand", z, net.weight(values=np.array([12_000, 12_000], np.int64)))
    one = net.node("ReduceMean", net.node("MatMul", large, large), keepdims=1)  # one operation of three teraflops
    net.node("Expand", one, net.weight(values=np.array([1, 3, 4, 4], np.int64)), name="image")
    net.output("image", FLOAT, [1, 3, 4, 4])
    path = net.save(tmp_path / "stuck.onnx")
    path = path.rename(library / f"{onnx_file.digest(path)}.onnx")
    inputs, outputs = (Port("z", "latent", 1, shape=(1, 1)),), (Port("image", "image", 3, shape=(1, 3, 4, 4)),)
    own.store(path, Card("stuck", "image", "Stuck", "", "", inputs, outputs, ()), own.Own())
    (entry,) = Library((library,)).entries()
    client = Client([library], threads=1, patience=2.0)
    try:
        client.send("make", "a", recipe=raw(small(entry)), root=str(tmp_path))
        with pytest.raises(GeneratorOverrun, match="more than 2 s"):
            list(client.wait("a"))
        assert "more than 2 s" in own.quarantined(entry)
        client.send("make", "b", recipe=raw(small(Library().of_kind("texture")[0])), root=str(tmp_path))
        assert list(client.wait("b"))[-1]["made"] == 4  # in a new process
    finally:
        client.close()


def test_a_shipped_generator_is_never_quarantined(texture: Entry, tmp_path: Path) -> None:
    own.quarantine([texture.path.parent], texture.card.digest, "a test")
    assert own.quarantined(texture) == ""


def test_the_owners_limit_reaches_the_network(library: Path, take: Take, tmp_path: Path) -> None:
    from models.errors import TooLarge

    entry = take(latent_map).entry
    client = Client([library], threads=1, memory=0.05)
    try:
        client.send("make", "a", recipe=raw(small(entry, width=2000, height=2000)), root=str(tmp_path))
        with pytest.raises(TooLarge, match="GB are allowed"):
            list(client.wait("a"))
    finally:
        client.close()


def test_cards_say_the_same_of_a_label_under_another_name(take: Take) -> None:
    card = take(dcgan).entry.card
    assert replace(card, label="Other").reading() == card.reading()
