"""Networks that work on footage, as strangers export them, and what else is no generator of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.helpers.net import FLOAT, Net
from tests.helpers.third_party_sound import wave


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
    gray = net.node("Conv", x, net.weight(values=np.full((1, 3, 1, 1), 1 / 3, np.float32)))
    net.node(
        "Sub", net.node("Mul", gray, net.weight(values=np.float32(12))), net.weight(values=np.float32(6)), name="y"
    )
    net.output("y", FLOAT, [1, 1, "h", "w"])
    return net.save(path)


#: Networks that other parts of the program run, and their kinds.
OTHERS = {
    "anime": (anime, "restyle"), "matting": (matting, "footage_mask"), "modnet": (modnet, "footage_mask"),
    "u2net": (u2net, "footage_mask"), "fast_style": (fast_style, "restyle"), "wave": (wave, "clip"),
}  # fmt: skip
