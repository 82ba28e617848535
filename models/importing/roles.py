"""What the inputs and outputs of a stranger's network are for, from their names, ranks, types and shapes.

Roles of inputs: `latent` (a standard normal vector), `latent_layers` (a vector for each layer, the W+ of StyleGAN),
`latent_field` (a map of normal noise), `class` (a number), `one_hot` (a vector), `truncation`, `noise` (more normal
noise), `number`, `switch`, `image`, `mask`, `state` (an output of the frame before). Roles of outputs: `image`,
`mask`, `state`, `sound`, `other`. Ranges of outputs are guesses until `trial` has seen some.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from ..cards.port import WORDS, Port
from ..errors import GeneratorError
from ..latents import MAX_STEPS
from ..onnx.graph import Graph, Node, Tensor
from .known_models import Guess, recognised

#: Channels of pictures: grey, colour, colour with alpha.
PICTURE = (1, 3, 4)
#: Samples that make a sound and not a vector.
SOUND = 2048
#: Classes offered when the graph does not say how many it knows.
CLASSES = 10
_FLOATS, _WHOLE = ("float32", "float16", "float64"), ("int64", "int32", "uint8")

_NAMES = {
    "truncation": r"trunc\w*|psi|truncation_psi",
    "class": r"class(es)?|class_?(id|idx|index|label)s?|labels?|cond\w*|categor\w*|c|y",
    "one_hot": r"one_?hot\w*|class(es)?(_?(label|vector|onehot))?s?|labels?|cond\w*|categor\w*|c|y",
    "noise": r"(.*\W|.*_|)noises?(\W.*|_.*|\d*)",
    "latent": r"z\d*|z_.*|.*latents?.*|code|seed|eps(ilon)?|w|ws|w_?plus|style_?codes?",
    "layers": r"w|ws|w_?plus|dlatents?.*|styles?|latents?.*",
    "image": r".*(image|img|photo|picture|content|source|src|frame|rgb).*|x|input[._]?\d*|in",
    "mask": r".*(mask|matte|alpha|pha|trimap).*",
    "sound": r".*(audio|wav|sound|speech).*",
    "state": r"(r\d+i|h_?\d*|hidden\w*|state\w*|prev\w*|past\w*|.*_?state\d*)",
}


def infer(graph: Graph) -> Guess:
    """What `graph` is for. Raises GeneratorError when nothing here could use it."""
    if known := recognised(graph):
        return known
    inputs = tuple(_inputs(graph))
    outputs = tuple(_output(graph, tensor) for tensor in graph.outputs)
    kind = _kind({port.role for port in inputs}, outputs)
    if not kind:
        names = ", ".join(f"{tensor.name} {list(tensor.shape or ())}" for tensor in (*graph.inputs, *graph.outputs))
        raise GeneratorError(
            f"This network makes no picture or sound that could be recognised ({names[:300]}). {_advice(graph)}"
        )
    classes = max((port.channels for port in inputs if port.role in ("class", "one_hot")), default=0)
    guess = Guess(kind, inputs, outputs, "Names and shapes of its inputs and outputs", classes)
    return in_time(guess) if kind == "clip" else guess


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
    """What to do about a network that makes nothing: some pictures are rows of numbers, as MNIST's often are."""
    for tensor in graph.outputs:
        row = (tensor.shape or (0,))[-1]
        for channels in PICTURE:
            side = math.isqrt(max(row, 0) // channels)
            if len(tensor.shape or ()) <= 2 and side >= 8 and channels * side**2 == row:
                return (
                    f"If its output {tensor.name[:64]!r} is a picture in a row, export it again with a last "
                    f"reshape to [1, {channels}, {side}, {side}]."
                )
    return "If it does, write a card for it."


def _inputs(graph: Graph) -> Iterator[Port]:
    tensors = list(graph.inputs)
    pictures = {t.name for t in tensors if _is_picture(t, graph)}
    ports = [_input(graph, tensor, tensor.name in pictures) for tensor in tensors]
    if not pictures and not any(port.role in ("latent", "latent_layers", "latent_field") for port in ports):
        # Some input must be what the pictures vary with: the largest vector of floats, whatever its name.
        able = [port for port in ports if port.dtype in _FLOATS and port.role in ("noise", "one_hot", "number")]
        if able and (best := max(able, key=lambda port: port.channels)).channels > 1:
            ports[ports.index(best)] = replace(best, role="latent_field" if _is_map(best.shape) else "latent")
    yield from ports


def _input(graph: Graph, tensor: Tensor, picture: bool) -> Port:
    if tensor.dtype not in WORDS["dtype"] or tensor.shape is None:
        known = tensor.dtype or "no tensor"
        raise GeneratorError(f"The input {tensor.name[:64]!r} is of a type that can't be given: {known}.")
    shape, name = tensor.shape, tensor.name.lower()
    single = all(n in (1, -1) for n in shape) and len(shape) <= 2 and (len(shape) < 2 or shape[-1] == 1)
    port = Port(tensor.name, "number", 1, shape=shape, dtype=tensor.dtype)
    if tensor.dtype == "bool":
        return replace(port, role="switch")
    if tensor.dtype in _WHOLE and not picture:
        if single or len(shape) == 1:
            classes = _embedded(graph, tensor.name) if _is(name, "class") or _embedded(graph, tensor.name) else 0
            if classes or _is(name, "class"):
                return replace(port, role="class", channels=min(classes or CLASSES, 4096))
            return replace(port, high=100.0)
        return replace(port, role="one_hot", channels=_clamped(shape[-1]))
    if _is(name, "truncation") and single:
        return replace(port, role="truncation", default=1.0)
    if picture:
        return _picture_port(tensor, "mask" if _is(name, "mask") else "image")
    if _is(name, "state") and len(shape) >= 3:
        return replace(port, role="state", channels=_clamped(shape[1]))
    if single:
        if re.search("strength|scale|gain|amount|alpha|drive|volume|temperature", name):
            return replace(port, default=1.0, high=2.0)  # so that a knob goes both ways
        return port
    vector = len(shape) <= 2 or (len(shape) == 4 and shape[2:] == (1, 1))
    if _is(name, "noise") and len(graph.inputs) > 1 and any(_is(t.name.lower(), "latent") for t in graph.inputs):
        return replace(port, role="noise", channels=_clamped(shape[1] if len(shape) > 1 else shape[-1]))
    if vector:
        size = _clamped(shape[1] if len(shape) > 1 else shape[0])
        others = [t for t in graph.inputs if t.name != tensor.name and t.dtype in _FLOATS]
        label = _is(name, "one_hot") and bool(others)
        return replace(port, role="one_hot" if label else "latent", channels=size)
    if len(shape) == 3:
        return replace(port, role="latent_layers", channels=_clamped(shape[2]))
    if len(shape) == 4:
        return replace(port, role="latent_field", channels=_clamped(shape[1]))
    return replace(port, role="noise", channels=1)


def _is_picture(tensor: Tensor, graph: Graph) -> bool:
    """Whether an input is a picture: four dimensions, few channels, open or large sides, and no latent's name."""
    shape = tensor.shape or ()
    if len(shape) != 4 or tensor.dtype not in (*_FLOATS, "uint8"):
        return False
    layout = _layout(shape)
    sides = shape[2:] if layout == "nchw" else shape[1:3]
    if _channels(shape, layout) not in PICTURE or 1 in sides:
        return False
    name = tensor.name.lower()
    if _is(name, "state") or _is(name, "latent") or _is(name, "noise"):
        return False
    return min(sides) == -1 or min(sides) >= 32 or _is(name, "image") or _is(name, "mask")


def _output(graph: Graph, tensor: Tensor) -> Port:
    shape, name = tensor.shape or (), tensor.name.lower()
    dtype = tensor.dtype if tensor.dtype in WORDS["dtype"] else "float32"
    port = Port(tensor.name, "other", 1, shape=shape, dtype=dtype)
    if re.fullmatch(r"r\d+o", name):
        return replace(port, role="state")
    if is_sound(shape, name):
        last = len(shape) == 3 and shape[-1] in (1, 2) and shape[1] not in (1, 2)
        return replace(port, role="sound", low=-1.0, layout="nhwc" if last else "nchw")
    if len(shape) < 2 and tensor.shape is not None:
        return port
    found = _picture_port(tensor, "image")
    sides = [n for n in shape[-3:] if n not in PICTURE]
    if len(shape) in (3, 4) and sides and found.channels in PICTURE and all(n == -1 or n >= 4 for n in sides):
        mask = found.channels == 1 and (_is(name, "mask") or any(_is_picture(t, graph) for t in graph.inputs))
        low, high, activation = ending(graph, tensor.name)
        if found.dtype == "uint8":
            low, high = 0.0, 255.0
        return replace(found, role="mask" if mask else "image", low=low, high=high, activation=activation)
    if tensor.shape is None:  # the trial will tell
        return replace(port, role="image", channels=3, dtype="float32")
    return port


def is_sound(shape: tuple[int, ...], name: str = "") -> bool:
    """Whether an output is samples: one long dimension, or one of open length and a name that tells or [N,1,T]."""
    told = _is(name, "sound") or (len(shape) == 3 and shape[1] in (1, 2) and shape[2] == -1)
    long = [n for n in shape if n >= SOUND] or ([-1] if told and -1 in shape else [])
    others = [n for n in shape[1:] if n not in long]  # the first may be any batch
    return len(long) == 1 and len(shape) <= 4 and all(n in (1, 2) for n in others)


def in_time(guess: Guess) -> Guess:
    """A guess for a sound: three dimensions are a vector for each layer to a picture, for each moment to a sound."""
    return replace(guess, inputs=tuple(_in_time(port) for port in guess.inputs))


def _in_time(port: Port) -> Port:
    if port.role == "latent_layers" and max(port.shape) > MAX_STEPS:
        return replace(port, role="noise")  # as long as the sound itself: nothing that can be walked through
    if port.role != "latent_layers" or len(port.shape) != 3:
        return port
    last = port.shape[1] == -1 != port.shape[2]
    channels = port.shape[2 if last else 1]
    return replace(port, role="latent_field", channels=_clamped(channels), layout="nhwc" if last else "nchw")


def ending(graph: Graph, name: str) -> tuple[float, float, str]:
    """(low, high, what is left to do) of an output, from the operation that makes it; 0…1 when that says nothing."""
    maker = {output: node for node in graph.nodes for output in node.outputs}
    node = maker.get(name)
    for _ in range(8):
        if node is None or node.op not in ("Identity", "Cast", "Transpose", "Squeeze", "Unsqueeze", "Reshape"):
            break
        node = maker.get(node.inputs[0])
    if node is None:
        return 0.0, 1.0, "none"
    if node.op == "Tanh":
        return -1.0, 1.0, "none"
    if node.op == "Clip" and (limits := _clip(graph, node)):
        return (*limits, "none")
    return 0.0, 1.0, "none"


def _clip(graph: Graph, node: Node) -> tuple[float, float] | None:
    made = {output: each for each in graph.nodes for output in each.outputs if each.op == "Constant"}
    found = [node.attributes.get("min"), node.attributes.get("max")]
    for place, name in enumerate(node.inputs[1:3]):
        tensor = graph.weights.get(name) or (made[name].attributes.get("value") if name in made else None)
        if isinstance(tensor, Tensor) and tensor.values:
            found[place] = tensor.values[0]
    low, high = found
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low < high:
        return float(low), float(high)
    return None


def _picture_port(tensor: Tensor, role: str) -> Port:
    shape = tensor.shape or ()
    layout = _layout(shape)
    channels = _channels(shape, layout)
    dtype = tensor.dtype if tensor.dtype in WORDS["dtype"] else "float32"
    high = 255.0 if dtype == "uint8" else 1.0
    return Port(tensor.name, role, _clamped(channels), high=high, shape=shape, dtype=dtype, layout=layout)


def _layout(shape: tuple[int, ...]) -> str:
    """Channels last only when the last dimension can be channels and the one where they usually are can't."""
    if len(shape) >= 3 and shape[-1] in PICTURE and shape[-3] not in PICTURE:
        return "nhwc"
    return "nchw"


def _channels(shape: tuple[int, ...], layout: str) -> int:
    if len(shape) < 3:
        return 1
    return shape[-1] if layout == "nhwc" else shape[-3]


def _embedded(graph: Graph, name: str) -> int:
    """How many rows the table has that a whole number is looked up in; 0 when it is looked up in none."""
    names = {name}
    for node in graph.nodes:
        if not names & set(node.inputs):
            continue
        if node.op in ("Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"):
            names.update(node.outputs)
        elif (
            node.op == "Gather" and len(node.inputs) > 1 and node.inputs[1] in names and node.inputs[0] in graph.weights
        ):
            shape = graph.weights[node.inputs[0]].shape or (0,)
            return shape[0] if len(shape) == 2 else 0
        elif node.op == "OneHot":
            depth = graph.weights.get(node.inputs[1])
            return int(depth.values[0]) if depth and depth.values else 0
    return 0


def _is_map(shape: tuple[int, ...]) -> bool:
    return len(shape) == 4 and shape[2:] != (1, 1)


def _clamped(n: int) -> int:
    return min(max(n, 1), 4096)


def _is(name: str, what: str) -> bool:
    return re.fullmatch(_NAMES[what], name.split("::")[-1].split("/")[-1]) is not None
