"""What an input or output of a third-party network tells of itself: its name, rank, type, shape, and its graph."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..cards.port import WORDS
from ..onnx.graph import Graph, Node, Tensor
from . import flat

#: Channels of pictures: gray, color, color with alpha.
PICTURE = (1, 3, 4)
#: Samples that make a sound and not a vector.
SOUND = 2048
#: Classes offered when the graph does not say how many it knows, and the most channels or classes of a port.
CLASSES, MOST = 10, 4096
FLOATS, WHOLE = ("float32", "float16", "float64"), ("int64", "int32", "uint8")

_NAMES = {
    "truncation": r"trunc\w*|psi|truncation_psi",
    "class": r"class(es)?|class_?(id|idx|index|label)s?|labels?|cond\w*|categor\w*|c|y",
    "one_hot": r"one_?hot\w*|class(es)?(_?(label|vector|onehot))?s?|labels?|cond\w*|categor\w*|c|y",
    "noise": r"(.*\W|.*_|)noises?(\W.*|_.*|\d*)",
    "latent": r"z\d*|z_.*|.*latents?.*|code|seed|eps(ilon)?|w|ws|w_?plus|style_?codes?",
    "image": r".*(image|img|photo|picture|content|source|src|frame|rgb).*|x|input[._]?\d*|in",
    "mask": r".*(mask|matte|alpha|pha|trimap).*",
    "sound": r".*(audio|wav|sound|speech).*",
    "state": r"(r\d+i|h_?\d*|hidden\w*|state\w*|prev\w*|past\w*|.*_?state\d*)",
    "next state": r"r\d+o",
}
_SAME_NUMBERS = ("Identity", "Cast", "Transpose", "Squeeze", "Unsqueeze", "Reshape", "Flatten")


def named(name: str, what: str) -> bool:
    """Whether a name, without what stands before its last `/` or `::`, is one that such inputs or outputs have."""
    return re.fullmatch(_NAMES[what], name.lower().split("::")[-1].split("/")[-1]) is not None


def clamped(n: int) -> int:
    """Channels that a port may have; an open size is one."""
    return min(max(n, 1), MOST)


@dataclass(frozen=True)
class Clues:
    """A tensor in its graph, and what follows from them."""

    tensor: Tensor
    graph: Graph

    def named(self, what: str) -> bool:
        return named(self.tensor.name, what)

    def at(self, place: int) -> int:
        """Return the size of a dimension, or of the last one where there are fewer, as a number of channels."""
        return clamped(self.shape[min(place, self.rank - 1)])

    @property
    def dtype(self) -> str:
        """The type, or the usual one where ports know no such type."""
        return self.tensor.dtype if self.tensor.dtype in WORDS["dtype"] else WORDS["dtype"][0]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape or ()

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def whole(self) -> bool:
        """Whole numbers that are not a picture's."""
        return self.dtype in WHOLE and not self.picture

    @property
    def single(self) -> bool:
        """One number, for each of a batch."""
        return self.rank <= 2 and all(n in (1, -1) for n in self.shape) and (self.rank < 2 or self.shape[-1] == 1)

    @property
    def vector(self) -> bool:
        return self.rank <= 2 or (self.rank == 4 and self.shape[2:] == (1, 1))

    @property
    def layout(self) -> str:
        """Channels are last only when the last dimension can be channels and the one where they usually are can't."""
        return "nhwc" if self.rank >= 3 and self.shape[-1] in PICTURE and self.shape[-3] not in PICTURE else "nchw"

    @property
    def channels(self) -> int:
        """Of a picture; −1 of an open number."""
        if self.rank < 3:
            return 1
        return self.shape[-1] if self.layout == "nhwc" else self.shape[-3]

    @property
    def gray(self) -> bool:
        return clamped(self.channels) == 1

    @property
    def picture(self) -> bool:
        """An input of four dimensions, few channels, open or large sides, and no latent's name."""
        if self.rank != 4 or self.dtype not in (*FLOATS, "uint8"):
            return False
        sides = self.shape[2:] if self.layout == "nchw" else self.shape[1:3]
        if self.channels not in PICTURE or 1 in sides or any(map(self.named, ("state", "latent", "noise"))):
            return False
        return min(sides) == -1 or min(sides) >= 32 or self.named("image") or self.named("mask")

    @property
    def drawn(self) -> bool:
        """An output of three or four dimensions that may be a picture."""
        sides = [n for n in self.shape[-3:] if n not in PICTURE]
        able = self.rank in (3, 4) and clamped(self.channels) in PICTURE
        return able and sides != [] and all(n == -1 or n >= 4 for n in sides)

    @property
    def inputs(self) -> Iterator[Clues]:
        """All inputs of the graph, this one included."""
        return (Clues(tensor, self.graph) for tensor in self.graph.inputs)

    @property
    def beside_floats(self) -> bool:
        """Another input that a picture may vary with."""
        return any(each.dtype in FLOATS for each in self.inputs if each.tensor.name != self.tensor.name)

    @property
    def beside_latents(self) -> bool:
        return len(self.graph.inputs) > 1 and any(each.named("latent") for each in self.inputs)

    @property
    def strength(self) -> bool:
        """A number of which 1 is usual."""
        words = "strength|scale|gain|amount|alpha|drive|volume|temperature"
        return self.single and re.search(words, self.tensor.name.lower()) is not None

    @property
    def classes(self) -> int:
        """How many classes a whole number may name; 0 when it names none."""
        return min(embedded(self.graph, self.tensor.name) or CLASSES * self.named("class"), MOST)


def is_sound(shape: tuple[int, ...], name: str = "") -> bool:
    """Whether an output is samples: one long dimension, or one of open length and a name that tells or [N,1,T].

    A row as long as a picture of three channels has numbers is none, unless its name says so.
    """
    if flat.is_colors(shape) and not named(name, "sound"):
        return False
    told = named(name, "sound") or (len(shape) == 3 and shape[1] in (1, 2) and shape[2] == -1)
    long = [n for n in shape if n >= SOUND] or ([-1] if told and -1 in shape else [])
    others = [n for n in shape[1:] if n not in long]  # the first may be any batch
    return len(long) == 1 and len(shape) <= 4 and all(n in (1, 2) for n in others)


def embedded(graph: Graph, name: str) -> int:
    """How many rows the table has that a whole number is looked up in; 0 when it is looked up in none."""
    names = {name}
    for node in graph.nodes:
        if not names & set(node.inputs):
            continue
        if node.op in _SAME_NUMBERS:
            names.update(node.outputs)
        elif (
            node.op == "Gather" and len(node.inputs) > 1 and node.inputs[1] in names and node.inputs[0] in graph.weights
        ):
            shape = graph.weights[node.inputs[0]].shape or (0,)
            return shape[0] if len(shape) == 2 else 0
        elif node.op == "OneHot":
            depth = graph.weights.get(node.inputs[1] if len(node.inputs) > 1 else "")
            return int(depth.values[0]) if depth and depth.values and math.isfinite(depth.values[0]) else 0
    return 0


def ending(graph: Graph, name: str) -> tuple[float, float]:
    """Return the lowest and highest value of an output, from the operation that makes it; 0 and 1 when that says
    nothing.
    """
    maker = {output: node for node in graph.nodes for output in node.outputs}
    node = maker.get(name)
    for _ in range(8):
        if node is None or node.op not in _SAME_NUMBERS or not node.inputs:
            break
        node = maker.get(node.inputs[0])
    if node is not None and node.op == "Tanh":
        return -1.0, 1.0
    return (_clip(graph, node) if node is not None and node.op == "Clip" else None) or (0.0, 1.0)


def _clip(graph: Graph, node: Node) -> tuple[float, float] | None:
    made = {output: each for each in graph.nodes for output in each.outputs if each.op == "Constant"}
    found = [node.attributes.get("min"), node.attributes.get("max")]
    for place, name in enumerate(node.inputs[1:3]):
        tensor = graph.weights.get(name) or (made[name].attributes.get("value") if name in made else None)
        if isinstance(tensor, Tensor) and tensor.values:
            found[place] = tensor.values[0]
    low, high = found
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and -math.inf < low < high < math.inf:
        return float(low), float(high)
    return None
