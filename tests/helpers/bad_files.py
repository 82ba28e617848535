"""Files that no generator is: how each is written to a path, and what the error says of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.helpers.net import FLOAT, Net
from tests.helpers.third_party import dcgan


def whole() -> Net:
    """A generator of pictures of one matrix, whose output is yet to be named."""
    net = Net()
    z = net.input("z", FLOAT, [1, 192])
    net.node("Reshape", z, net.weight(values=np.array([1, 3, 8, 8], np.int64)), name="x")
    return net


def ended(net: Net, op: str, *inputs: str, shape: Any = None, **attributes: Any) -> Net:
    net.node(op, *inputs, name="image", **attributes)
    net.output("image", FLOAT, shape)
    return net


def truncated(path: Path) -> None:
    data = dcgan(path).read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def flipped(path: Path) -> None:
    data = bytearray(dcgan(path).read_bytes())
    data[1] ^= 0xFF
    path.write_bytes(data)


def zero_length(path: Path) -> None:
    path.touch()


def three_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 * 10**9)


def nearly_two_gigabytes_of_nothing(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**31 - 2)


def cycle(path: Path) -> None:
    net = whole()
    net.nodes += [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    ended(net, "Identity", "b").save(path)


def not_a_number(path: Path) -> None:
    net = whole()
    ended(net, "Sqrt", net.node("Neg", net.node("Abs", "x"))).save(path)


def rank_zero(path: Path) -> None:
    net = whole()
    ended(net, "ReduceMean", "x", keepdims=0).save(path)


def empty_output(path: Path) -> None:
    net = whole()
    bounds = [net.weight(values=np.array([0], np.int64)) for _ in range(2)]
    ended(net, "Slice", "x", *bounds).save(path)


def million_million_pixels(path: Path) -> None:
    net = whole()
    ended(net, "Resize", "x", "", net.weight(values=np.array([1, 1, 125_000, 125_000], np.float32))).save(path)


def renamed(old: bytes, new: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        assert len(old) == len(new)
        ended(whole(), "Relu", "x").save(path)
        path.write_bytes(path.read_bytes().replace(old, new))

    return write


def name_of_a_megabyte(path: Path) -> None:
    net = whole()
    net.node("Relu", "x", name="n" * 1_000_000)
    ended(net, "Relu", "x").save(path)


def input_of_a_megabyte(path: Path) -> None:
    net = whole()
    net.input("i" * 1_000_000, FLOAT, [1])
    ended(net, "Relu", "x").save(path)


def duplicate_names(path: Path) -> None:
    net = whole()
    net.node("Relu", "x", name="x")
    ended(net, "Relu", "x").save(path)


def duplicate_inputs(path: Path) -> None:
    net = whole()
    net.input("z", FLOAT, [1, 192])
    ended(net, "Relu", "x").save(path)


def duplicate_outputs(path: Path) -> None:
    net = ended(whole(), "Relu", "x")
    net.output("image", FLOAT, None)
    net.save(path)


def symlink(path: Path) -> None:
    dcgan(path.with_name("real.bin"))
    path.symlink_to("real.bin")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def directory(path: Path) -> None:
    path.mkdir()


def other_files(path: Path) -> None:
    model = dcgan(path)
    proto = onnx.load(model)
    weight = proto.graph.initializer.add(name="w", data_type=FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="../secret")
    model.write_bytes(proto.SerializeToString())


def card_that_names_a_path(path: Path) -> None:
    card = {
        "card": 1, "id": "../../x", "kind": "image", "label": "L", "licence": "", "styles": [], "inputs": [],
        "outputs": [],
    }  # fmt: skip
    proto = onnx.load(dcgan(path))
    helper.set_model_props(proto, {"latent_strips": json.dumps(card)})
    path.write_bytes(proto.SerializeToString())


def card(path: Path, **changes: Any) -> dict[str, Any]:
    """A card beside a file, right but for the changes."""
    dcgan(path)
    made: dict[str, Any] = {
        "card": 1, "id": "a", "kind": "image", "label": "A", "licence": "CC0-1.0", "styles": [],
        "inputs": [{"name": "input", "role": "latent", "channels": 12, "shape": [-1, 12, 1, 1]}],
        "outputs": [{"name": "out", "role": "image", "channels": 3, "shape": [-1, 3, 16, 16], "range": [-1, 1]}],
    }  # fmt: skip
    made |= changes
    path.with_suffix(".json").write_text(json.dumps(made))
    return made


def card_of_endless_numbers(path: Path) -> None:
    card(path, training={"loss": float("nan")})


def card_of_half_a_letter(path: Path) -> None:
    card(path, label="\ud800")


def card_of_no_json(path: Path) -> None:
    text = json.dumps(card(path))
    path.with_suffix(".json").write_text(text.replace("}]", "},]"))


def card_of_another_output(path: Path) -> None:
    card(path, outputs=[{"name": "nope", "role": "image", "channels": 3, "shape": [-1, 3, 16, 16]}])


def card_without_an_input(path: Path) -> None:
    card(path, inputs=[])


def card_of_noise_without_end(path: Path) -> None:
    latent = {"name": "input", "role": "noise", "channels": 1, "shape": [2**31 - 1, 12, 4]}
    card(path, inputs=[latent, latent])


def card_of_a_large_field(path: Path) -> None:
    card(path, inputs=[{"name": "input", "role": "latent_field", "channels": 12, "shape": [1, 12, 10**5, 10**5]}])


def large_input(path: Path) -> None:
    net = Net()
    z = net.input("z", FLOAT, [1, 4, 100_000, 100_000])
    ended(net, "Expand", net.node("ReduceMean", z, keepdims=1), net.weight(values=np.array([1, 3, 8, 8]))).save(path)


def large_picture(path: Path) -> None:
    net = Net()
    net.node("Relu", net.input("x", FLOAT, [1, 3, 6000, 6000]), name="image")
    net.output("image", FLOAT, [1, 3, 6000, 6000])
    net.save(path)


def many_inputs(path: Path) -> None:
    net = Net()
    maps = [net.input(f"z{n}", FLOAT, [1, 8, 512, 512]) for n in range(20)]
    ended(net, "Slice", net.node("Sum", *maps), *ints(net, [0], [3], [1])).save(path)


def large_output(path: Path) -> None:
    net = whole()
    ended(net, "Expand", net.node("ReduceMean", "x", keepdims=1), *ints(net, [1, 3, 7000, 7000])).save(path)


def card_of_large_noise(path: Path) -> None:
    card(path, inputs=[{"name": "input", "role": "latent_field", "channels": 12, "shape": [1, 12, 2000, 2000]}])


def ints(net: Net, *values: list[int]) -> list[str]:
    return [net.weight(values=np.array(some, np.int64)) for some in values]


def state_of_something_else(path: Path) -> None:
    """As networks that listen have it: a state, and small outputs that could be taken for pictures."""
    net = Net()
    heard, state = net.input("input", FLOAT, ["n", 576]), net.input("h", FLOAT, [1, 1, 128])
    net.node("ReduceMean", heard, keepdims=0, name="speech_probs")
    net.node("Tanh", state, name="hn")
    net.output("speech_probs", FLOAT, ["n"])
    net.output("hn", FLOAT, [1, "n", 128])
    net.save(path)


def picture_in_a_row(path: Path) -> None:
    net = Net()
    net.node("Sigmoid", net.node("MatMul", net.input("z", FLOAT, [1, 20]), net.weight(20, 784)), name="x")
    net.output("x", FLOAT, [1, 784])
    net.save(path)


def fails_as_it_runs(path: Path) -> None:
    net = whole()
    few = net.node("Range", *(net.weight(values=np.int64(n)) for n in (0, 500, 100)))
    ended(net, "Gather", "x", net.node("Add", few, net.node("Cast", net.node("ReduceMax", "x", keepdims=0), to=7)),
          axis=3, shape=[1, 3, 8, 5]).save(path)  # fmt: skip


def text_of(data: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


def card_beside_without_end(path: Path) -> None:
    dcgan(path)
    path.with_suffix(".json").write_bytes(b"[" * 2_000_000)


#: What is written to a path, and what the error says of it.
BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (truncated, "is not an ONNX|damaged|ends"),
    "flipped": (flipped, "is not an ONNX|damaged"),
    "zero length": (zero_length, "is empty"),
    "3 GB": (three_gigabytes, r"3\.0 GB"),
    "2 GB of nothing": (nearly_two_gigabytes_of_nothing, "a field of an unknown kind"),
    "cycle": (cycle, "runs in a circle"),
    "NaN": (not_a_number, "invalid numbers"),
    "rank 0": (rank_zero, "none of its outputs is a picture|no picture"),
    "empty output": (empty_output, "picture"),
    "10^12 pixels": (million_million_pixels, "GB of memory at the operation Resize"),
    "input not UTF-8": (renamed(b"\x01z", b"\x01\xff"), "not UTF-8"),
    "output not UTF-8": (renamed(b"image", b"im\xfe\xffe"), "not UTF-8"),
    "name of 1 MB": (name_of_a_megabyte, "a name of 1000000 bytes"),
    "input's name of 1 MB": (input_of_a_megabyte, "a name of 1000000 bytes"),
    "duplicate names": (duplicate_names, "computes 'x' twice"),
    "duplicate inputs": (duplicate_inputs, "inputs of the same name"),
    "duplicate outputs": (duplicate_outputs, "outputs of the same name"),
    "directory": (directory, "folder or a device|can't be read"),
    "other files": (other_files, "in other files"),
    "card with a path": (card_that_names_a_path, "is not a name"),
    "card without end": (card_beside_without_end, "larger than a card"),
    "card of NaN": (card_of_endless_numbers, "card is malformed"),
    "card of half a letter": (card_of_half_a_letter, "card is malformed"),
    "card that is no JSON": (card_of_no_json, r"bad\.json: is a card that can't be read"),
    "card of another output": (card_of_another_output, "names 'nope'. The network has the inputs input; outputs out"),
    "card without an input": (card_without_an_input, "says nothing of the input 'input'"),
    "card of an input twice": (card_of_noise_without_end, "names an input twice"),
    "card of a large field": (card_of_a_large_field, "1 × 12 × 100000 × 100000 numbers; at most"),
    "large input": (large_input, "1 × 4 × 100000 × 100000 numbers; at most"),
    "large picture": (large_picture, r"is given 108,000,000 numbers; at most 33,554,432 are allowed\. Export it for"),
    "many inputs": (many_inputs, "is given 41,943,040 numbers"),
    "large output": (large_output, "returns 147,000,000 numbers; at most 134,217,728"),
    "card of large noise": (card_of_large_noise, "is given 48,000,000 numbers"),
    "state of something else": (state_of_something_else, "makes no picture or sound that could be recognized"),
    "picture in a row": (picture_in_a_row, r"a last reshape to \[1, 1, 28, 28\]"),
    "fails as it runs": (fails_as_it_runs, r"Tried with z \[1, 192\] as latent\. The network failed"),
    "web page": (text_of(b"<!DOCTYPE html><html>404</html>"), "is a web page"),
    "web page after blank lines": (text_of(b"\r\n \t\n" * 500 + b"<html>404</html>"), "is a web page"),
    "web page after a byte order mark": (text_of("\ufeff\n<html>".encode()), "is a web page"),
    "web page of UTF-16": (text_of("\n<html>".encode("utf-16")), "is a web page"),
    "web page after a comment": (text_of(b"\n<!-- cached -->\n<html>404</html>"), "is a web page"),
    "web page of XML": (text_of(b" <?xml version='1.0'?><Error>AccessDenied</Error>"), "is a web page"),
    "Git LFS": (text_of(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"), "pointer of Git LFS"),
    "checkpoint": (text_of(b"PK\x03\x04" + bytes(100)), "as PyTorch's .pt and .pth files are"),
}
if sys.platform != "win32":
    BAD |= {
        "symlink": (symlink, "is a link"),
        "FIFO": (pipe, "folder or a device"),
        "device": (device, "is a link"),
    }
