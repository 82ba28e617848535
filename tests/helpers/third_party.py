"""Networks that draw, as strangers export them: small, with random weights, and no two of one shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import helper

from tests.helpers.net import BOOL, FLOAT, HALF, INT32, INT64, UINT8, Net


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


def gray_bytes(path: Path) -> Path:
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


#: Generators that turn latents into pictures.
GENERATORS = {
    each.__name__: each
    for each in (
        dcgan, stylegan, w_plus, classes_int64, classes_int32_uint8, half, gray_bytes, alpha, latent_map, knobs, old,
        wide,
    )
}  # fmt: skip
