"""Other people's models whose inputs and outputs are known, so that nothing has to be guessed.

Sources are the models' own export scripts and documentation. State inputs are paired with outputs by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..cards.port import Port
from ..onnx.graph import Graph, Tensor
from .clues import ending

#: Mean and deviation of ImageNet's colors, which many networks subtract and divide by.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Guess:
    """What a network seems to be: the kind of result, its ports, where that comes from, and the classes it knows.

    A `certain` one is known; what its outputs hold need not be looked at.
    """

    kind: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    why: str
    classes: int = 0
    certain: bool = False


def recognized(graph: Graph) -> Guess | None:
    """Return what a known model is, or None."""
    for signature in (_video_matting, _salient, _portrait, _dichotomous, _channels_last, _fast_style):
        if found := signature(graph):
            return found
    return None


def _guess(kind: str, inputs: list[Port], outputs: list[Port], why: str) -> Guess:
    return Guess(kind, tuple(inputs), tuple(outputs), f"The inputs and outputs of {why}", certain=True)


def _port(tensor: Tensor, role: str, channels: int = 1, low: float = 0.0, high: float = 1.0) -> Port:
    return Port(tensor.name, role, channels, low=low, high=high, shape=tensor.shape or (), dtype=tensor.dtype)


def _others(graph: Graph, used: int = 1) -> list[Port]:
    return [_port(tensor, "other") for tensor in graph.outputs[used:]]


def _video_matting(graph: Graph) -> Guess | None:
    """Robust Video Matting (Lin et al., 2021): four recurrent states, zeros at first and after every cut."""
    names = {tensor.name for tensor in graph.inputs}
    if not {"src", "r1i", "r2i", "r3i", "r4i"} <= names or "pha" not in {tensor.name for tensor in graph.outputs}:
        return None
    inputs = []
    for tensor in graph.inputs:
        if tensor.name == "src":
            inputs.append(_port(tensor, "image", 3))
        elif re.fullmatch(r"r\d+i", tensor.name):
            inputs.append(_port(tensor, "state"))
        else:
            inputs.append(replace(_port(tensor, "number"), default=0.25))
    roles = {"fgr": ("image", 3), "pha": ("mask", 1)}
    outputs = [
        _port(t, *roles.get(t.name, ("state" if re.fullmatch(r"r\d+o", t.name) else "other", 1))) for t in graph.outputs
    ]
    return _guess("footage_mask", inputs, outputs, "Robust Video Matting")


def _salient(graph: Graph) -> Guess | None:
    """U²-Net (Qin et al., 2020): a picture of 320 px, seven maps of which the first is best, to be stretched to 0…1."""
    if len(graph.inputs) != 1 or (graph.inputs[0].shape or ())[1:] != (3, 320, 320) or len(graph.outputs) < 7:
        return None
    picture = replace(_port(graph.inputs[0], "image", 3), mean=MEAN, std=STD)
    first = replace(_port(graph.outputs[0], "mask"), activation="minmax")
    return _guess("footage_mask", [picture], [first, *_others(graph)], "U²-Net")


def _portrait(graph: Graph) -> Guess | None:
    """MODNet (Ke et al., 2022): a picture in −1…1 whose sides are multiples of 32."""
    if [t.name for t in graph.inputs] != ["input"] or [t.name for t in graph.outputs] != ["output"]:
        return None
    taken, made = graph.inputs[0].shape or (), graph.outputs[0].shape or ()
    if taken[1:2] != (3,) or len(made) != 4 or made[1] != 1 or -1 not in taken[2:]:
        return None
    picture = replace(_port(graph.inputs[0], "image", 3, -1.0), multiple=32)
    return _guess("footage_mask", [picture], [_port(graph.outputs[0], "mask")], "MODNet")


def _dichotomous(graph: Graph) -> Guess | None:
    """BiRefNet (Zheng et al., 2024): a picture of 1024 px, one map of logits."""
    if len(graph.inputs) != 1 or (graph.inputs[0].shape or ())[1:] != (3, 1024, 1024):
        return None
    if (graph.outputs[-1].shape or ())[1:] not in ((1, 1024, 1024), (1, -1, -1)):
        return None
    last = {output: node.op for node in graph.nodes for output in node.outputs}.get(graph.outputs[-1].name)
    mask = replace(_port(graph.outputs[-1], "mask"), activation="none" if last == "Sigmoid" else "sigmoid")
    outputs = [_port(tensor, "other") for tensor in graph.outputs[:-1]]
    return _guess(
        "footage_mask", [replace(_port(graph.inputs[0], "image", 3), mean=MEAN, std=STD)], [*outputs, mask], "BiRefNet"
    )


def _channels_last(graph: Graph) -> Guess | None:
    """AnimeGANv2 and v3 (Chen et al., 2020): channels last, −1…1, sides that are multiples of 8."""
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        return None
    taken, made = graph.inputs[0].shape or (), graph.outputs[0].shape or ()
    if len(taken) != 4 or len(made) != 4 or taken[3] != 3 or made[3] != 3 or taken[1] == 3:
        return None
    if ending(graph, graph.outputs[0].name) != (-1.0, 1.0):
        return None  # others have their channels last, too, and colors of any range
    ports = [
        replace(_port(t, "image", 3, -1.0), layout="nhwc", multiple=8) for t in (graph.inputs[0], graph.outputs[0])
    ]
    return _guess("restyle", ports[:1], [replace(ports[1], multiple=1)], "AnimeGAN")


def _fast_style(graph: Graph) -> Guess | None:
    """Fast neural style (Johnson et al., 2016), as in the ONNX model zoo: colors in 0…255."""
    if [t.name for t in graph.inputs] != ["input1"] or [t.name for t in graph.outputs] != ["output1"]:
        return None
    if (graph.inputs[0].shape or ())[1:2] != (3,) or len(graph.outputs[0].shape or ()) != 4:
        return None
    ports = [_port(t, "image", 3, 0.0, 255.0) for t in (graph.inputs[0], graph.outputs[0])]
    return _guess("restyle", [replace(ports[0], multiple=4)], ports[1:], "fast neural style")
