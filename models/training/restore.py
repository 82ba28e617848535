"""The weights of an exported generator, back in torch: to train on, or to compare."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch

from ..card import Card
from .networks import Generator, Shape


def restored(path: Path) -> Generator:
    """The texture generator in an ONNX file that `export` wrote. Raises GeneratorError, or KeyError for another's."""
    card, graph = Card.read(path), onnx.load(str(path)).graph
    weights = {
        tensor.name.removeprefix("generator."): torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy())
        for tensor in graph.initializer
        if tensor.name.startswith("generator.")
    }
    weights["styles.weight"] = torch.tensor([style.vector for style in card.styles])
    widths = [len(weights[f"levels.{place}.conv.weight"]) for place in ("0.0", "1.0", "2.0", "2.1", "3.0")]
    (field,), (style,) = card.ports("latent_field"), card.ports("style")
    generator = Generator(
        Shape(
            len(card.styles), field.channels, style.channels, tuple(widths), card.outputs[0].channels,
            waves=bool(card.ports("waves")),
        )
    )  # fmt: skip
    generator.load_state_dict(weights)
    return generator
