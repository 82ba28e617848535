"""The weights of an exported generator, back in torch: to compare, to train on, or to begin another one with."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch

from ...cards.card import Card
from .networks import Generator, Shape


def restored(path: Path) -> Generator:
    """Return the texture generator in an ONNX file that `export` wrote.

    Raises GeneratorError, or KeyError for another's.
    """
    card, weights = Card.read(path), _weights(path)
    weights["styles.weight"] = torch.tensor([style.vector for style in card.styles])
    widths = [len(weights[f"levels.{place}.conv.weight"]) for place in ("0.0", "1.0", "2.0", "2.1", "3.0")]
    (field,), (style,) = card.ports("latent_field"), card.ports("style")
    channels, waves = card.outputs[0].channels, bool(card.ports("waves"))
    generator = Generator(Shape(len(card.styles), field.channels, style.channels, tuple(widths), channels, waves))
    generator.load_state_dict(weights)
    return generator


def carry_over(path: Path, generator: Generator, styles: list[str]) -> None:
    """Begin `generator`, of the named styles, with what fits of an exported one: layers and channels that both have.

    A style that both have begins with its own vector, another one beside their mean. A net that has learned one set
    learns the next in a fraction of the steps (Karras et al., "Training GANs with limited data", NeurIPS 2020).
    Where widths differ, the channels that both have are taken, which costs the grain: name the same `widths`.
    """
    state, weights = generator.state_dict(), _weights(path)
    for name, here in state.items():
        if name in weights:
            common = tuple(slice(min(sides)) for sides in zip(here.shape, weights[name].shape, strict=True))
            here[common] = weights[name][common].to(here)
    vectors = {style.name: torch.tensor(style.vector) for style in Card.read(path).styles}
    mean = torch.stack([*vectors.values()]).mean(dim=0)
    for row, name in zip(state["styles.weight"], styles, strict=True):
        row.copy_(vectors.get(name, mean + 0.1 * row))
    generator.load_state_dict(state)


def _weights(path: Path) -> dict[str, torch.Tensor]:
    return {
        tensor.name.removeprefix("generator."): torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy())
        for tensor in onnx.load(str(path)).graph.initializer
        if tensor.name.startswith("generator.")
    }
