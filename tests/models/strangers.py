"""Networks as strangers export them: small, with random weights, and no two of one shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF, INT64, INT32, UINT8, BOOL = (
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64, TensorProto.INT32, TensorProto.UINT8, TensorProto.BOOL,
)  # fmt: skip


class Net:
    """A graph that is written down node by node."""

    def __init__(self, seed: int = 0, dtype: Any = np.float32) -> None:
        self.rng = np.random.default_rng(seed)
        self.dtype = dtype
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: int, shape: Sequence[int | str]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, kind: int, shape: Sequence[int | str] | None) -> None:
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def weight(self, *shape: int, values: Any = None) -> str:
        name = f"w{len(self.weights)}"
        spread = 1 / np.sqrt(max(1, np.prod(shape[1:])))
        made = (self.rng.standard_normal(shape) * spread).astype(self.dtype) if values is None else np.asarray(values)
        self.weights.append(numpy_helper.from_array(made, name))
        return name

    def node(self, op: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        name = name or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], domain=domain, **attributes))
        return name

    def up(self, x: str, channels: int, out: int) -> str:
        """Twice the size, by a transposed convolution as DCGAN has it."""
        w = self.weight(channels, out, 4, 4)
        return self.node("ConvTranspose", x, w, strides=[2, 2], pads=[1, 1, 1, 1], kernel_shape=[4, 4])

    def model(self, opset: int = 17, ir: int = 8, **more: Any) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "g", self.inputs, self.outputs, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir, **more)

    def save(self, path: Path, **more: Any) -> Path:
        path.write_bytes(self.model(**more).SerializeToString())
        return path


def _body(net: Net, z: str, size: int, channels: int = 3, last: str = "Tanh", side: int = 8) -> str:
    """A vector [N,size] → a picture [N,channels,2·side,2·side]."""
    flat = net.node("MatMul", z, net.weight(size, 8 * side * side))
    grown = net.node("Reshape", flat, net.weight(values=np.array([-1, 8, side, side], np.int64)))
    made = net.up(net.node("Relu", grown), 8, channels)
    return net.node(last, made) if last else made


def dcgan(path: Path) -> Path:
    """z [N,Z,1,1] → [N,3,16,16] in −1…1, open batch, no pictures' names."""
    net = Net()
    z = net.input("input", FLOAT, ["batch", 12, 1, 1])
    x = net.node("ConvTranspose", z, net.weight(12, 8, 4, 4), kernel_shape=[4, 4])
    x = net.up(net.node("Relu", x), 8, 6)
    net.node("Tanh", net.up(net.node("Relu", x), 6, 3), name="out")
    net.output("out", FLOAT, ["batch", 3, 16, 16])
    return net.save(path)


def stylegan(path: Path) -> Path:
    """z, one-hot label, truncation_psi, and noise; −1…1 that no operation says; output of unknown shape."""
    net = Net(1)
    z, c = net.input("z", FLOAT, [1, 16]), net.input("c", FLOAT, [1, 5])
    psi, noise = net.input("truncation_psi", FLOAT, []), net.input("noise0", FLOAT, [1, 1, 16, 16])
    w = net.node("Concat", net.node("Mul", z, psi), c, axis=1)
    made = _body(net, w, 21, last="")
    noisy = net.node("Add", made, net.node("Mul", noise, net.weight(values=np.float32(0.05))))
    net.node("Tanh", net.node("Mul", noisy, net.weight(values=np.float32(3.0))), name="x")
    net.node("Mul", "x", net.weight(values=np.float32(0.99)), name="img")
    net.output("img", FLOAT, None)
    return net.save(path)


def w_plus(path: Path) -> Path:
    """The synthesis half of a StyleGAN: ws [N,6,Z] → picture."""
    net = Net(2)
    ws = net.input("ws", FLOAT, ["n", 6, 8])
    flat = net.node("Reshape", ws, net.weight(values=np.array([-1, 48], np.int64)))
    net.node("Identity", _body(net, flat, 48), name="image")
    net.output("image", FLOAT, ["n", 3, 16, 16])
    return net.save(path)


def classes_int64(path: Path) -> Path:
    """z and a class number that is looked up in a table of seven."""
    net = Net(3)
    z, y = net.input("latent", FLOAT, [1, 8]), net.input("y", INT64, [1])
    both = net.node("Concat", z, net.node("Gather", net.weight(7, 4), y), axis=1)
    net.node("Identity", _body(net, both, 12), name="sample")
    net.output("sample", FLOAT, [1, 3, 16, 16])
    return net.save(path)


def classes_int32_uint8(path: Path) -> Path:
    """An int32 class, channels last, uint8 out of 0…255."""
    net = Net(4)
    z, y = net.input("z", FLOAT, [1, 8]), net.input("class_idx", INT32, [1])
    both = net.node("Concat", z, net.node("Gather", net.weight(4, 4), y), axis=1)
    made = _body(net, both, 12, last="Sigmoid")
    scaled = net.node("Mul", made, net.weight(values=np.float32(255)))
    net.node("Cast", net.node("Transpose", scaled, perm=[0, 2, 3, 1]), to=UINT8, name="rgb")
    net.output("rgb", UINT8, [1, 16, 16, 3])
    return net.save(path)


def half(path: Path) -> Path:
    """16-bit floats in and out."""
    net = Net(5, np.float16)
    z = net.input("z", HALF, [1, 8])
    net.node("Identity", _body(net, z, 8), name="image")
    net.output("image", HALF, [1, 3, 16, 16])
    return net.save(path)


def grey_bytes(path: Path) -> Path:
    """One channel, floats in 0…255, a fixed batch of two."""
    net = Net(6)
    z = net.input("code", FLOAT, [2, 8])
    made = _body(net, z, 8, channels=1, last="Sigmoid")
    net.node("Mul", made, net.weight(values=np.float32(255)), name="image")
    net.output("image", FLOAT, [2, 1, 16, 16])
    return net.save(path)


def alpha(path: Path) -> Path:
    """Four channels, one picture without a batch, a vector without one, and a second output."""
    net = Net(7)
    z = net.input("z", FLOAT, [8])
    made = _body(
        net, net.node("Unsqueeze", z, net.weight(values=np.array([0], np.int64))), 8, channels=4, last="Sigmoid"
    )
    net.node("Squeeze", made, net.weight(values=np.array([0], np.int64)), name="rgba")
    net.node("ReduceMean", "rgba", keepdims=0, name="score")
    net.output("score", FLOAT, [])
    net.output("rgba", FLOAT, [4, 16, 16])
    return net.save(path)


def latent_map(path: Path) -> Path:
    """A map of latents of any size → a picture four times as large."""
    net = Net(8)
    z = net.input("z", FLOAT, [1, 6, "h", "w"])
    x = net.node("Relu", net.up(z, 6, 8))
    net.node("Tanh", net.up(x, 8, 3), name="image")
    net.output("image", FLOAT, [1, 3, "H", "W"])
    return net.save(path)


def knobs(path: Path) -> Path:
    """Numbers and a switch beside the vector."""
    net = Net(9)
    z = net.input("z", FLOAT, [1, 8])
    gain, hue, dark = net.input("gain", FLOAT, [1]), net.input("hue", FLOAT, []), net.input("dark", BOOL, [])
    made = net.node("Add", net.node("Mul", _body(net, z, 8, last=""), gain), hue)
    light = net.node("Sigmoid", made)
    net.node("Where", dark, net.node("Mul", light, net.weight(values=np.float32(0.1))), light, name="image")
    net.output("image", FLOAT, [1, 3, 16, 16])
    return net.save(path)


def old(path: Path) -> Path:
    """Operator set 9, weights listed among the inputs, Upsample; square pictures without a name that tells."""
    net = Net(10)
    z = net.input("0", FLOAT, [1, 10])
    made = _body(net, z, 10, last="")
    big = net.node("Upsample", made, net.weight(values=np.array([1, 1, 2, 2], np.float32)))
    net.node("Tanh", big, name="1")
    net.output("1", FLOAT, [1, 3, 32, 32])
    for weight in net.weights:
        net.inputs.append(helper.make_tensor_value_info(weight.name, weight.data_type, list(weight.dims)))
    return net.save(path, opset=9, ir=3)


def wide(path: Path) -> Path:
    """Pictures that are not square, two latents, a clip to 0…1."""
    net = Net(11)
    a, b = net.input("z_shape", FLOAT, [1, 5]), net.input("z_colour", FLOAT, [1, 4])
    z = net.node("Concat", a, b, axis=1)
    flat = net.node("MatMul", z, net.weight(9, 8 * 4 * 10))
    grown = net.node("Reshape", flat, net.weight(values=np.array([1, 8, 4, 10], np.int64)))
    made = net.up(grown, 8, 3)
    low, high = net.weight(values=np.float32(0)), net.weight(values=np.float32(1))
    net.node("Clip", made, low, high, name="image")
    net.output("image", FLOAT, [1, 3, 8, 20])
    return net.save(path)


#: Generators that turn latents into pictures.
GENERATORS = {
    each.__name__: each
    for each in (
        dcgan, stylegan, w_plus, classes_int64, classes_int32_uint8, half, grey_bytes, alpha, latent_map, knobs, old,
        wide,
    )
}  # fmt: skip


def anime(path: Path) -> Path:
    """Channels last, −1…1: as AnimeGAN."""
    net = Net(12)
    x = net.input("generator_input:0", FLOAT, ["n", "h", "w", 3])
    first = net.node("Transpose", x, perm=[0, 3, 1, 2])
    made = net.node("Tanh", net.node("Conv", first, net.weight(3, 3, 3, 3), pads=[1, 1, 1, 1]))
    net.node("Transpose", made, perm=[0, 2, 3, 1], name="out")
    net.output("out", FLOAT, ["n", "h", "w", 3])
    return net.save(path)


def matting(path: Path) -> Path:
    """As Robust Video Matting: states of one pixel at first."""
    net = Net(13)
    src = net.input("src", FLOAT, ["b", 3, "h", "w"])
    for n in range(1, 5):
        state = net.input(f"r{n}i", FLOAT, ["b", "c", "x", "y"])
        net.node("Mul", state, net.weight(values=np.float32(0.5)), name=f"r{n}o")
    ratio = net.input("downsample_ratio", FLOAT, [1])
    mixed = net.node("Mul", src, ratio)
    net.node("Identity", mixed, name="fgr")
    net.node("Sigmoid", net.node("Conv", src, net.weight(1, 3, 1, 1)), name="pha")
    net.output("fgr", FLOAT, None)
    net.output("pha", FLOAT, ["b", 1, "h", "w"])
    for n in range(1, 5):
        net.output(f"r{n}o", FLOAT, None)
    return net.save(path)


def modnet(path: Path) -> Path:
    """As MODNet."""
    net = Net(14)
    x = net.input("input", FLOAT, ["b", 3, "h", "w"])
    net.node("Sigmoid", net.node("Conv", x, net.weight(1, 3, 1, 1)), name="output")
    net.output("output", FLOAT, ["b", 1, "h", "w"])
    return net.save(path)


def u2net(path: Path) -> Path:
    """As U²-Net: seven maps."""
    net = Net(15)
    x = net.input("input.1", FLOAT, [1, 3, 320, 320])
    for n in range(7):
        net.node("Sigmoid", net.node("Conv", x, net.weight(1, 3, 1, 1)), name=f"d{n}")
        net.output(f"d{n}", FLOAT, [1, 1, 320, 320])
    return net.save(path)


def fast_style(path: Path) -> Path:
    """As the zoo's fast neural style: 0…255."""
    net = Net(16)
    x = net.input("input1", FLOAT, [1, 3, 224, 224])
    net.node("Conv", x, net.weight(3, 3, 3, 3), pads=[1, 1, 1, 1], name="output1")
    net.output("output1", FLOAT, [1, 3, 224, 224])
    return net.save(path)


def style_transfer(path: Path) -> Path:
    """As PyTorch's example of fast neural style, exported without a word: 0…255 in and out, nothing clipped."""
    net = Net(23)
    x = net.input("X", FLOAT, [1, 3, "h", "w"])
    net.node(
        "Add", net.node("Mul", x, net.weight(values=np.float32(0.8))), net.weight(values=np.float32(40)), name="42"
    )
    net.output("42", FLOAT, [1, 3, "h", "w"])
    return net.save(path)


def translation(path: Path) -> Path:
    """As CycleGAN and pix2pix: −1…1 in and out, a fixed size."""
    net = Net(24)
    x = net.input("real_A", FLOAT, [1, 3, 64, 64])
    net.node("Tanh", net.node("Conv", x, net.weight(3, 3, 3, 3), pads=[1, 1, 1, 1]), name="fake_B")
    net.output("fake_B", FLOAT, [1, 3, 64, 64])
    return net.save(path)


def logits(path: Path) -> Path:
    """A matte whose last sigmoid was left to the loss."""
    net = Net(25)
    x = net.input("image", FLOAT, [1, 3, "h", "w"])
    grey = net.node("Conv", x, net.weight(values=np.full((1, 3, 1, 1), 1 / 3, np.float32)))
    net.node(
        "Sub", net.node("Mul", grey, net.weight(values=np.float32(12))), net.weight(values=np.float32(6)), name="y"
    )
    net.output("y", FLOAT, [1, 1, "h", "w"])
    return net.save(path)


def unbounded(path: Path) -> Path:
    """A StyleGAN's synthesis: most of −1…1, a few px far beyond, and no operation that says so."""
    net = Net(26)
    ws = net.input("ws", FLOAT, [1, 4, 8])
    flat = net.node("Reshape", ws, net.weight(values=np.array([1, 32], np.int64)))
    inside = net.node("Tanh", net.node("MatMul", flat, net.weight(32, 3 * 32 * 32)))
    far = np.ones((1, 3 * 32 * 32), np.float32)
    far[:, :6] = 2.5
    made = net.node("Mul", inside, net.weight(values=far))
    net.node("Reshape", made, net.weight(values=np.array([1, 3, 32, 32], np.int64)), name="img")
    net.output("img", FLOAT, [1, 3, 32, 32])
    return net.save(path)


def long_noise(path: Path) -> Path:
    """As many numbers in as samples out: nothing that could be walked through in a strip's time."""
    net = Net(27)
    net.node("MaxPool", net.input("x", FLOAT, [1, 1, 220_000]), kernel_shape=[20], strides=[10], name="y")
    net.output("y", FLOAT, [1, 1, 21_999])
    return net.save(path)


def wave(path: Path) -> Path:
    """A vector → a sound."""
    net = Net(17)
    z = net.input("z", FLOAT, [1, 8])
    flat = net.node("Tanh", net.node("MatMul", z, net.weight(8, 4096)))
    net.node("Reshape", flat, net.weight(values=np.array([1, 1, 4096], np.int64)), name="audio")
    net.output("audio", FLOAT, [1, 1, 4096])
    return net.save(path)


def wavegan(path: Path) -> Path:
    """As WaveGAN from TensorFlow: z [N,100] → [N,16384,1]."""
    net = Net(18)
    z = net.input("z:0", FLOAT, ["n", 100])
    flat = net.node("Tanh", net.node("MatMul", z, net.weight(100, 16384)))
    net.node("Reshape", flat, net.weight(values=np.array([-1, 16384, 1], np.int64)), name="G_z:0")
    net.output("G_z:0", FLOAT, ["n", 16384, 1])
    return net.save(path)


def stereo(path: Path) -> Path:
    """A class, a knob and two channels; the rate in the metadata."""
    net = Net(19)
    z, y, gain = net.input("z", FLOAT, [1, 8]), net.input("label", INT64, [1]), net.input("drive", FLOAT, [1])
    both = net.node("Concat", z, net.node("Gather", net.weight(3, 4), y), axis=1)
    flat = net.node("Tanh", net.node("Mul", net.node("MatMul", both, net.weight(12, 12000)), gain))
    net.node("Reshape", flat, net.weight(values=np.array([1, 2, 6000], np.int64)), name="out")
    net.output("out", FLOAT, [1, 2, 6000])
    model = net.model()
    helper.set_model_props(model, {"sampling_rate": "24000"})
    path.write_bytes(model.SerializeToString())
    return path


def decoder(path: Path) -> Path:
    """As the decoder of a RAVE: latents that are a sequence of any length, 512 samples each."""
    net = Net(20)
    z = net.input("z", FLOAT, [1, 4, "steps"])
    w = net.weight(4, 1, 512)
    net.node("Tanh", net.node("ConvTranspose", z, w, strides=[512], kernel_shape=[512]), name="audio")
    net.output("audio", FLOAT, [1, 1, "samples"])
    return net.save(path)


def nameless_decoder(path: Path) -> Path:
    """The same as PyTorch's exporter names it when it is told no names."""
    net = Net(28)
    z = net.input("x", FLOAT, [1, 4, "s0"])
    net.node("Tanh", net.node("ConvTranspose", z, net.weight(4, 1, 512), strides=[512]), name="tanh")
    net.output("tanh", FLOAT, [1, 1, "512*s0"])
    return net.save(path)


def whole_numbers(path: Path) -> Path:
    """Samples of 16 bits without a batch."""
    net = Net(21)
    z = net.input("z", FLOAT, [8])
    made = net.node("Mul", net.node("Tanh", net.node("MatMul", z, net.weight(8, 22050))),
                    net.weight(values=np.float32(30000)))  # fmt: skip
    net.node("Cast", made, to=TensorProto.INT16, name="pcm")
    net.output("pcm", TensorProto.INT16, [22050])
    return net.save(path)


def tone(path: Path) -> Path:
    """A sine of 500 periods in 8000 samples, half as loud as can be, as far as z lets it."""
    net = Net(22)
    z = net.input("z", FLOAT, [1, 2])
    wave = 0.5 * np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)
    silence = net.node("MatMul", z, net.weight(values=np.zeros((2, 8000), np.float32)))
    net.node("Add", silence, net.weight(values=wave[None].astype(np.float32)), name="wave")
    net.output("wave", FLOAT, [1, 8000])
    return net.save(path)


#: Generators that turn latents into sounds: roles, samples a second, channels, size.
CLIPS = {
    "wave": (wave, ["latent"], 44_100, 1, "0.09 s at 44.1 kHz"),
    "wavegan": (wavegan, ["latent"], 16_000, 1, "1.02 s at 16 kHz"),
    "stereo": (stereo, ["latent", "class", "number"], 24_000, 2, "0.25 s at 24 kHz"),
    "decoder": (decoder, ["latent_field"], 44_100, 1, "any length at 44.1 kHz"),
    "nameless_decoder": (nameless_decoder, ["latent_field"], 44_100, 1, "any length at 44.1 kHz"),
    "whole_numbers": (whole_numbers, ["latent"], 22_050, 1, "1.00 s at 22.05 kHz"),
    "tone": (tone, ["latent"], 44_100, 1, "0.18 s at 44.1 kHz"),
}

#: Networks that other parts of the program run, and their kinds.
OTHERS = {
    "anime": (anime, "restyle"), "matting": (matting, "footage_mask"), "modnet": (modnet, "footage_mask"),
    "u2net": (u2net, "footage_mask"), "fast_style": (fast_style, "restyle"), "wave": (wave, "clip"),
}  # fmt: skip
