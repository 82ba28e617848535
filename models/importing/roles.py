"""What the inputs and outputs of a third-party network are for, from their names, ranks, types and shapes.

Roles of inputs: `latent` (a standard normal vector), `latent_layers` (a vector for each layer, the W+ of StyleGAN),
`latent_field` (a map of normal noise), `class` (a number), `one_hot` (a vector), `truncation`, `noise` (more normal
noise), `number`, `switch`, `image`, `mask`, `state` (an output of the frame before). Roles of outputs: `image`,
`mask`, `state`, `sound`, `other`. Ranges of outputs are guesses until `trial` has seen some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ..cards.port import WORDS, Port
from ..errors import GeneratorError
from ..kinds._footage_kind import check_inputs, check_picture
from ..latents import MAX_STEPS
from ..onnx.graph import Graph, Tensor
from . import flat
from .clues import FLOATS, Clues, clamped, ending, is_sound
from .known_models import Guess, recognized

#: Kinds that are made from footage.
FROM_FOOTAGE = ("footage_mask", "restyle")


class Rule(NamedTuple):
    """A tensor for which `holds` plays `role`; `says` is what else its port says."""

    holds: Callable[[Clues], bool]
    role: str
    says: Callable[[Clues], dict[str, Any]] = lambda _: {}


def _channels(place: int) -> Callable[[Clues], dict[str, Any]]:
    return lambda t: {"channels": t.at(place)}


def _picture(t: Clues) -> dict[str, Any]:
    return {"channels": clamped(t.channels), "layout": t.layout, "high": 255.0 if t.dtype == "uint8" else 1.0}


def _made_picture(t: Clues) -> dict[str, Any]:
    low, high = (0.0, 255.0) if t.dtype == "uint8" else ending(t.graph, t.tensor.name)
    return _picture(t) | {"low": low, "high": high}


def _samples(t: Clues) -> dict[str, Any]:
    last = t.rank == 3 and t.shape[-1] in (1, 2) and t.shape[1] not in (1, 2)
    return {"low": -1.0, "layout": "nhwc" if last else "nchw"}


#: What inputs are for. The first rule that holds decides; the last one always holds.
INPUTS = (
    Rule(lambda t: t.dtype == "bool", "switch"),
    Rule(lambda t: t.whole and (t.single or t.rank == 1) and t.classes > 0, "class", lambda t: {"channels": t.classes}),
    Rule(lambda t: t.whole and (t.single or t.rank == 1), "number", lambda t: {"high": 100.0}),
    Rule(lambda t: t.whole, "one_hot", _channels(-1)),
    Rule(lambda t: t.single and t.named("truncation"), "truncation", lambda t: {"default": 1.0}),
    Rule(lambda t: t.picture and t.named("mask"), "mask", _picture),
    Rule(lambda t: t.picture, "image", _picture),
    Rule(lambda t: t.rank >= 3 and t.named("state"), "state", _channels(1)),
    # A strength of 1 is in the middle, so that its knob goes both ways.
    Rule(lambda t: t.strength, "number", lambda t: {"default": 1.0, "high": 2.0}),
    Rule(lambda t: t.single, "number"),
    Rule(lambda t: t.named("noise") and t.beside_latents, "noise", _channels(1)),
    Rule(lambda t: t.vector and t.named("one_hot") and t.beside_floats, "one_hot", _channels(1)),
    Rule(lambda t: t.vector, "latent", _channels(1)),
    Rule(lambda t: t.rank == 3, "latent_layers", _channels(2)),
    Rule(lambda t: t.rank == 4, "latent_field", _channels(1)),
    Rule(lambda t: True, "noise"),
)
#: What outputs are, read likewise.
OUTPUTS = (
    Rule(lambda t: t.named("next state"), "state"),
    Rule(lambda t: is_sound(t.shape, t.tensor.name), "sound", _samples),
    Rule(lambda t: t.drawn and t.gray and (t.named("mask") or any(i.picture for i in t.inputs)), "mask", _made_picture),
    Rule(lambda t: t.drawn, "image", _made_picture),
    # Of what has no shape the trial will tell.
    Rule(lambda t: t.tensor.shape is None, "image", lambda t: {"channels": 3, "dtype": "float32"}),
    Rule(lambda t: True, "other"),
)


def _port(tensor: Tensor, graph: Graph, rules: tuple[Rule, ...]) -> Port:
    clues = Clues(tensor, graph)
    rule = next(rule for rule in rules if rule.holds(clues))
    port = Port(tensor.name, rule.role, 1, shape=clues.shape, dtype=clues.dtype)
    return replace(port, **rule.says(clues))


def infer(graph: Graph) -> Guess:
    """Return what `graph` is for. Raises GeneratorError when nothing here could use it."""
    if known := recognized(graph):
        _check_footage(known.inputs)
        return known
    inputs = tuple(_inputs(graph))
    outputs = tuple(_port(tensor, graph, OUTPUTS) for tensor in graph.outputs)
    kind = _kind({port.role for port in inputs}, outputs)
    if not kind:
        names = ", ".join(f"{tensor.name} {list(tensor.shape or ())}" for tensor in (*graph.inputs, *graph.outputs))
        raise GeneratorError(
            f"This network makes no picture or sound that could be recognized ({names[:300]}). {_advice(graph)}"
        )
    if kind in FROM_FOOTAGE:
        _check_footage(inputs)
    classes = max((port.channels for port in inputs if port.role in ("class", "one_hot")), default=0)
    guess = Guess(kind, inputs, outputs, "Names and shapes of its inputs and outputs", classes)
    return in_time(guess) if kind == "clip" else guess


def _check_footage(inputs: tuple[Port, ...]) -> None:
    """Raise GeneratorError for inputs that no strip made from footage can give."""
    for port in inputs:
        if port.role == "image":
            check_picture(port)
    check_inputs(inputs, "This network")


def _kind(roles: set[str], outputs: tuple[Port, ...]) -> str:
    made = {port.role for port in outputs}
    if "image" in roles:
        return (
            "footage_mask" if "mask" in made and "image" not in made else "restyle" if made & {"image", "mask"} else ""
        )
    if "state" in roles:
        return ""  # of a network that hears or reads something, and from latents there is nothing for it
    if "sound" in made and "image" not in made:
        return "clip"
    latents = roles & {"latent", "latent_layers", "latent_field"}
    return "image" if latents and made & {"image", "mask"} else ""


def _advice(graph: Graph) -> str:
    """Return what to do about a network that makes nothing: some pictures are rows of numbers, as MNIST's often are."""
    found = (flat.advice(tensor.name, tensor.shape or ()) for tensor in graph.outputs)
    return next(filter(None, found), "If it does, write a card for it.")


def _inputs(graph: Graph) -> Iterator[Port]:
    for tensor in graph.inputs:
        if tensor.dtype not in WORDS["dtype"] or tensor.shape is None:
            known = tensor.dtype or "no tensor"
            raise GeneratorError(f"The input {tensor.name[:64]!r} is of a type that can't be given: {known}.")
    ports = [_port(tensor, graph, INPUTS) for tensor in graph.inputs]
    if not {port.role for port in ports} & {"image", "mask", "latent", "latent_layers", "latent_field"}:
        # Some input must be what the pictures vary with: the largest vector of floats, whatever its name.
        able = [port for port in ports if port.dtype in FLOATS and port.role in ("noise", "one_hot", "number")]
        if able and (best := max(able, key=lambda port: port.channels)).channels > 1:
            is_map = len(best.shape) == 4 and best.shape[2:] != (1, 1)
            ports[ports.index(best)] = replace(best, role="latent_field" if is_map else "latent")
    yield from ports


def in_time(guess: Guess) -> Guess:
    """Return a guess for a sound: three dimensions are a vector for each layer to a picture, for each moment to a
    sound.
    """
    return replace(guess, inputs=tuple(_in_time(port) for port in guess.inputs))


def _in_time(port: Port) -> Port:
    if port.role == "latent_layers" and max(port.shape) > MAX_STEPS:
        return replace(port, role="noise")  # as long as the sound itself: nothing that can be walked through
    if port.role != "latent_layers" or len(port.shape) != 3:
        return port
    last = port.shape[1] == -1 != port.shape[2]
    channels = port.shape[2 if last else 1]
    return replace(port, role="latent_field", channels=clamped(channels), layout="nhwc" if last else "nchw")
