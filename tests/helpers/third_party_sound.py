"""Networks that make sounds, as strangers export them: small, with random weights, and no two of one shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from tests.helpers.net import FLOAT, INT64, Net


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


def long_noise(path: Path) -> Path:
    """As many numbers in as samples out: nothing that could be walked through in a strip's time."""
    net = Net(27)
    net.node("MaxPool", net.input("x", FLOAT, [1, 1, 220_000]), kernel_shape=[20], strides=[10], name="y")
    net.output("y", FLOAT, [1, 1, 21_999])
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
