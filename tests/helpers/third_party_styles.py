"""Networks that restyle pictures, with the ranges that they are found in, and such as no strip can use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.helpers.net import FLOAT, HALF, Net


def blurred(net: Net, x: str, channels: int = 3) -> str:
    """Three pixels wide, each channel by itself."""
    kernel = np.full((channels, 1, 3, 3), 1 / 9, np.float32)
    return net.node("Conv", x, net.weight(values=kernel), group=channels, pads=[1, 1, 1, 1])


def fast_neural_style(scale: float, bias: float, seed: int) -> Callable[[Path], Path]:
    """As fast neural style: instances are normalized at first, and nothing clips what is painted at last."""

    def style(path: Path) -> Path:
        net = Net(seed)
        x = net.input("img", FLOAT, ["n", 3, "h", "w"])
        kernel = net.rng.normal(0, 0.05, (6, 3, 5, 5)).astype(np.float32)
        kernel[:, :, 2, 2] += np.concatenate((np.eye(3), -np.eye(3)))
        wide = net.node("Conv", x, net.weight(values=kernel), pads=[2, 2, 2, 2])
        ones, zeros = (net.weight(values=np.full(6, value, np.float32)) for value in (1, 0))
        even = net.node("Relu", net.node("InstanceNormalization", wide, ones, zeros))
        mixed = net.rng.normal(0, 0.15, (3, 6, 1, 1)).astype(np.float32)
        mixed[:, :, 0, 0] += np.concatenate((np.eye(3), -np.eye(3)), axis=1)
        made = net.node("Conv", even, net.weight(values=mixed))
        by, more = net.weight(values=np.float32(scale)), net.weight(values=np.float32(bias))
        net.node("Add", net.node("Mul", made, by), more, name="painted")
        net.output("painted", FLOAT, ["n", 3, "h", "w"])
        return net.save(path)

    return style


def mixing(low: float, high: float, much: float = 1.3) -> Callable[[Path], Path]:
    """Colors of `low`…`high`, taken and returned, with more contrast than the range holds."""

    def style(path: Path) -> Path:
        net = Net(31)
        x = net.input("x", FLOAT, [1, 3, "h", "w"])
        middle = net.weight(values=np.float32((low + high) / 2))
        soft = blurred(net, net.node("Sub", x, middle))
        strong = net.node("Mul", net.node("Tanh", net.node("Div", soft, net.weight(values=np.float32(high - low)))),
                          net.weight(values=np.float32(2 * much * (high - low))))  # fmt: skip
        net.node("Add", strong, middle, name="y")
        net.output("y", FLOAT, [1, 3, "h", "w"])
        return net.save(path)

    return style


def normalized(path: Path) -> Path:
    """Colors less ImageNet's mean by its deviation, of which the network makes the same."""
    net = Net(32)
    x = net.input("x", FLOAT, [1, 3, "h", "w"])
    ones, zeros = (net.weight(values=np.full(3, value, np.float32)) for value in (1.05, 0.1))
    net.node("InstanceNormalization", blurred(net, x), ones, zeros, name="y")
    net.output("y", FLOAT, [1, 3, "h", "w"])
    return net.save(path)


def to_bytes(path: Path) -> Path:
    """Floats of 0…1 in, whole numbers of 0…255 out."""
    net = Net(33)
    x = net.input("x", FLOAT, [1, 3, "h", "w"])
    large = net.node("Mul", blurred(net, x), net.weight(values=np.float32(255)))
    low, high = net.weight(values=np.float32(0)), net.weight(values=np.float32(255))
    net.node("Cast", net.node("Clip", large, low, high), to=2, name="y")
    net.output("y", 2, [1, 3, "h", "w"])
    return net.save(path)


def channels_last(path: Path) -> Path:
    """0…255 with the channels last, which AnimeGAN's are, too, but of −1…1."""
    net = Net(34)
    x = net.input("content:0", FLOAT, ["n", "h", "w", 3])
    first = net.node("Transpose", x, perm=[0, 3, 1, 2])
    ones, zeros = net.weight(values=np.full(3, 90, np.float32)), net.weight(values=np.full(3, 130, np.float32))
    made = net.node("InstanceNormalization", blurred(net, first), ones, zeros)
    net.node("Transpose", made, perm=[0, 2, 3, 1], name="stylized:0")
    net.output("stylized:0", FLOAT, ["n", "h", "w", 3])
    return net.save(path)


def super_resolution(path: Path) -> Path:
    """As the zoo's super-resolution-10: brightness of 224 px, three times as large."""
    net = Net(35)
    x = net.input("input", FLOAT, ["batch_size", 1, 224, 224])
    wide = net.node("Relu", net.node("Conv", x, net.weight(9, 1, 3, 3), pads=[1, 1, 1, 1]))
    net.node("DepthToSpace", wide, blocksize=3, name="output")
    net.output("output", FLOAT, ["batch_size", 1, 672, 672])
    return net.save(path)


def denoising(path: Path) -> Path:
    """As DnCNN of one channel: brightness of any size, smoothed."""
    net = Net(36)
    x = net.input("noisy", FLOAT, [1, 1, "h", "w"])
    net.node("Identity", blurred(net, x, 1), name="clean")
    net.output("clean", FLOAT, [1, 1, "h", "w"])
    return net.save(path)


def sketch(path: Path) -> Path:
    """Edges of one channel, of brightness: a mask that a strip can use."""
    net = Net(37)
    x = net.input("gray", FLOAT, [1, 1, "h", "w"])
    edges = net.node("Abs", net.node("Sub", x, blurred(net, x, 1)))
    net.node("Tanh", net.node("Mul", edges, net.weight(values=np.float32(8))), name="edges")
    net.output("edges", FLOAT, [1, 1, "h", "w"])
    return net.save(path)


def picture_and_vector(path: Path) -> Path:
    """As a swap of faces: a picture, and the vector of another face."""
    net = Net(38)
    x, face = net.input("target", FLOAT, [1, 3, 64, 64]), net.input("source", FLOAT, [1, 32])
    colors = net.node("MatMul", face, net.weight(32, 3))
    shape = net.weight(values=np.array([1, 3, 1, 1], np.int64))
    net.node("Add", x, net.node("Reshape", colors, shape), name="output")
    net.output("output", FLOAT, [1, 3, 64, 64])
    return net.save(path)


def picture_and_domain(path: Path) -> Path:
    """As StarGAN: a picture, and which attributes it is to have."""
    net = Net(39)
    x, domain = net.input("real_x", FLOAT, [1, 3, "h", "w"]), net.input("c_trg", FLOAT, [1, 5])
    colors = net.node("MatMul", domain, net.weight(5, 3))
    shape = net.weight(values=np.array([1, 3, 1, 1], np.int64))
    net.node("Tanh", net.node("Add", x, net.node("Reshape", colors, shape)), name="fake")
    net.output("fake", FLOAT, [1, 3, "h", "w"])
    return net.save(path)


def two_pictures(path: Path) -> Path:
    """As arbitrary style transfer: what is shown, and how."""
    net = Net(40)
    x, style = net.input("content", FLOAT, [1, 3, "h", "w"]), net.input("style_image", FLOAT, [1, 3, 256, 256])
    net.node("Add", x, net.node("GlobalAveragePool", style), name="y")
    net.output("y", FLOAT, [1, 3, "h", "w"])
    return net.save(path)


def half_classifier(path: Path) -> Path:
    """As SqueezeNet in halves: a score for each of 1000 classes, in four dimensions."""
    net = Net(41, np.float16)
    x = net.input("data", HALF, [1, 3, 224, 224])
    scores = net.node("GlobalAveragePool", net.node("Conv", x, net.weight(1000, 3, 8, 8), strides=[8, 8]))
    net.node("Softmax", scores, axis=1, name="prob")
    net.output("prob", HALF, [1, 1000, 1, 1])
    return net.save(path)


def half_classifier_of_unknown_shape(path: Path) -> Path:
    """The same, which doesn't say of what shape its scores are."""
    net = Net(42, np.float16)
    x = net.input("data", HALF, ["n", 3, 224, 224])
    scores = net.node("GlobalAveragePool", net.node("Conv", x, net.weight(1000, 3, 8, 8), strides=[8, 8]))
    net.node("Softmax", scores, axis=1, name="prob")
    net.output("prob", HALF, None)
    return net.save(path)


def row(count: int, smooth: bool = False) -> Callable[[Path], Path]:
    """A vector that becomes a row of numbers, which are those of a picture if they are `smooth`."""

    def flat(path: Path) -> Path:
        net = Net(43)
        z = net.input("z", FLOAT, [1, 16])
        side = int(count**0.5)
        if smooth:
            small = net.node("Reshape", z, net.weight(values=np.array([1, 1, 4, 4], np.int64)))
            scales = net.weight(values=np.array([1, 1, side / 4, side / 4], np.float32))
            large = net.node("Resize", small, "", scales, mode="linear")
            net.node("Reshape", net.node("Tanh", large), net.weight(values=np.array([1, -1], np.int64)), name="y")
        else:
            net.node("Tanh", net.node("MatMul", z, net.weight(16, count)), name="y")
        net.output("y", FLOAT, [1, count])
        return net.save(path)

    return flat


def matting_of_no_shape(path: Path) -> Path:
    """As Robust Video Matting by its names, but nothing says that it takes a picture."""
    net = Net(44)
    src = net.input("src", FLOAT, [])
    for n in range(1, 5):
        net.output(net.node("Identity", net.input(f"r{n}i", FLOAT, [1, 1, 1, 1]), name=f"r{n}o"), FLOAT, None)
    net.node("Identity", src, name="pha")
    net.output("pha", FLOAT, None)
    return net.save(path)


def half_style(path: Path) -> Path:
    """0…1 of halves, in which 255 times as much becomes endless, and colors far from any range."""
    net = Net(45, np.float16)
    x = net.input("x", HALF, [1, 3, "h", "w"])
    far = net.node("Mul", net.node("Exp", x), net.weight(values=np.float16(1000)))
    net.node("Sub", far, net.weight(values=np.float16(2000)), name="y")
    net.output("y", HALF, [1, 3, "h", "w"])
    return net.save(path)


#: Networks that restyle, and the range that they take and return: low, high, and whether colors are normalized.
STYLES: dict[str, tuple[Callable[[Path], Path], float, float, bool]] = {
    "mosaic": (fast_neural_style(90, 130, 1), 0, 255, False),
    "candy": (fast_neural_style(110, 120, 2), 0, 255, False),
    "udnie": (fast_neural_style(70, 110, 3), 0, 255, False),
    "rain_princess": (fast_neural_style(130, 140, 4), 0, 255, False),
    "pointilism": (fast_neural_style(100, 160, 5), 0, 255, False),
    "fast_neural_style of 0…1": (fast_neural_style(0.35, 0.5, 6), 0, 1, False),
    "fast_neural_style of −1…1": (fast_neural_style(0.5, 0, 7), -1, 1, False),
    "0…255": (mixing(0, 255), 0, 255, False),
    "0…1": (mixing(0, 1), 0, 1, False),
    "normalized": (normalized, 0, 1, True),
    "0…255, channels last": (channels_last, 0, 255, False),
}
#: Networks that no strip can use, and what is said of them.
UNUSABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "picture and vector": (picture_and_vector, r"takes a picture and also 'source' \[1, 32\] \(a latent\)"),
    "picture and domain": (picture_and_domain, r"takes a picture and also 'c_trg' \[1, 5\] \(a .*\)"),
    "picture of no shape": (matting_of_no_shape, "'src' is not a picture: it has 0 dimensions instead of 4"),
    "two pictures": (two_pictures, r"also 'style_image' \[1, 3, 256, 256\] \(a second picture\)"),
    "classifier": (half_classifier, "is a picture: prob .* return such scores"),
    "classifier of unknown shape": (half_classifier_of_unknown_shape, "is a picture: prob .*Networks that recognize"),
    "super-resolution": (super_resolution, "takes 224×224 px of brightness .* returns 672×672 px .* have colors"),
    "noise reduction": (denoising, "takes 256×256 px of brightness .* returns 256×256 px"),
    "row of colors": (row(12288), r"a last reshape to \[1, 3, 64, 64\]"),
    "row of gray": (row(16384, smooth=True), r"repeat as the rows of a picture .* reshape to \[1, 1, 128, 128\]"),
}
