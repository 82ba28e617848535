"""Export a generator of your own from PyTorch so that it drops into Latent Strips.

    python docs/export_generator.py faces.onnx [--weights faces.pt]

needs torch and onnxscript. Put your own network in the place of `Generator`; what matters is in `export`.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import torch
from torch import Tensor, nn

#: Numbers in the latent vector, classes, and the side of the picture in px.
LATENT, CLASSES, SIDE = 64, 3, 64


class Generator(nn.Module):
    """A small class-conditional DCGAN: `z [N,64]` normal, `label [N]` → picture `[N,3,64,64]` in −1…1."""

    def __init__(self) -> None:
        super().__init__()
        self.classes = nn.Embedding(CLASSES, LATENT)
        widths = (128, 64, 32, 16)
        layers: list[nn.Module] = [nn.ConvTranspose2d(LATENT, widths[0], 4), nn.ReLU()]
        for wide, narrow in itertools.pairwise(widths):
            layers += [nn.ConvTranspose2d(wide, narrow, 4, 2, 1), nn.BatchNorm2d(narrow), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.ConvTranspose2d(widths[-1], 3, 4, 2, 1), nn.Tanh())

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        """Pictures of latent vectors and class numbers."""
        made: Tensor = self.body((z * self.classes(label))[:, :, None, None])
        return made


def export(network: nn.Module, path: Path) -> None:
    """Write `network` as one ONNX file whose names and sizes say what is what."""
    torch.onnx.export(
        network.eval(),  # or BatchNorm and Dropout go on as if they were trained
        (torch.randn(1, LATENT), torch.zeros(1, dtype=torch.int64)),
        path,
        input_names=["z", "label"],  # names that are understood: see docs/your-own-generator.md
        output_names=["image"],
        dynamo=True,
        external_data=False,  # one file: weights beside it are refused
        opset_version=20,
        verbose=False,
    )


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("to", type=Path, help="the .onnx file to write")
    parser.add_argument("--weights", type=Path, help="a state dict; random weights without")
    options = parser.parse_args()
    torch.manual_seed(0)
    network = Generator()
    if options.weights:
        network.load_state_dict(torch.load(options.weights, map_location="cpu", weights_only=True))
    export(network, options.to)
    print(f"{options.to}: {options.to.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
