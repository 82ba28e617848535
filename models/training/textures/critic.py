"""Export the discriminator of a training run beside its generator, to choose seeds by: see `models/critic.py`.

`python -m models.training.textures.critic RUN GENERATOR.onnx` writes GENERATOR.critic.onnx. Its weights are stored in
less than half precision: ranks of seeds don't depend on their last digits.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from ...cards.card import Card
from ...critic import KEY, SUFFIX
from ..graphs.export import forget_origins
from ..graphs.half_precision import halve
from .networks import Discriminator, Shape

#: Side of the crops that are judged, px.
SIDE = 128


class Exported(nn.Module):
    """The discriminator as others see it: crops `[N,C,SIDE,SIDE]` in 0…1 and style numbers `[N]` → logits `[N]`."""

    def __init__(self, discriminator: Discriminator, shape: Shape) -> None:
        super().__init__()
        self.discriminator, self.moving = discriminator, shape.moving

    def forward(self, image: Tensor, style: Tensor) -> Tensor:
        image = image * 2 - 1
        if self.moving:  # as a picture that stands still
            image = torch.cat((image, torch.zeros_like(image)), dim=1)
        return self.discriminator(image, style)


def load(run: Path, generator: Card) -> Exported:
    """Return the discriminator of a training folder, with the styles in the order of the generator's card."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    shape = Shape(**{**state["shape"], "widths": tuple(state["shape"]["widths"])})
    weights = state["discriminator"]
    layers = ("stem", "down.0", "down.1", "down.2", "mix.1")
    discriminator = Discriminator(shape, tuple(len(weights[f"{layer}.weight"]) for layer in layers))
    taught = state["average"]["styles.weight"]
    named = torch.tensor([style.vector for style in generator.styles])[:, : taught.shape[1]]
    weights["project.weight"] = weights["project.weight"][torch.cdist(named, taught).argmin(dim=1)]
    discriminator.load_state_dict(weights)
    return Exported(discriminator, shape).eval()


def export(critic: Exported, generator: Card, path: Path) -> None:
    """Write the ONNX file; it says which generator it belongs to."""
    channels = generator.outputs[0].channels
    example = (torch.zeros(2, channels, SIDE, SIDE), torch.zeros(2, dtype=torch.int64))
    count = torch.export.Dim("count", min=1, max=4096)
    program = torch.onnx.export(
        critic, example, dynamo=True, external_data=False, opset_version=20, verbose=False,
        dynamic_shapes={"image": {0: count}, "style": {0: count}},
        input_names=["image", "style"], output_names=["logit"],
    )  # fmt: skip
    assert program is not None
    model = program.model_proto
    forget_origins(model.graph)
    halve(model.graph, digits=6)
    said = {"generator": generator.digest, "side": SIDE}
    helper.set_model_props(model, {KEY: json.dumps(said, separators=(",", ":"))})
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def main(arguments: list[str] | None = None) -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="the training folder")
    parser.add_argument("generator", type=Path, help="the .onnx file that was exported from it")
    options = parser.parse_args(arguments)
    path, generator = options.generator.with_name(options.generator.stem + SUFFIX), Card.read(options.generator)
    export(load(options.run, generator), generator, path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
