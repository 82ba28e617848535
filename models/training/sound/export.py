"""Export sound generators to ONNX files that carry their cards: the trained one, or those that are fitted in seconds.

`python -m models.training.sound.export SET.toml --clips FOLDER --data DATA.npz --run FOLDER --to models/shipped`

Without `--run` it is the families of `families`. The trained file draws latents as the classes have them: `identity`
and `variation` come in as standard normal numbers and get the mean and the covariances, between clips and within them,
that the encoder found for the class.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...card import VERSION
from ...sound.bands import BANDS, Floats
from ..tracing import parity, write
from .analysis import calibration
from .clips import Manifest, clips
from .dataset import Dataset
from .families import Fitted, gaussian, markov, spreads, tensor
from .networks import LATENT, MOST, Decoder, Encoder

#: Latents of a class with few clips are taken to vary at least so much, as a share of their mean variance.
SHRINK = 0.1
#: Over how many cells the variation of what goes on is measured: crackles and gusts are longer than one.
SLOWLY = 4


@dataclass(frozen=True)
class Statistics:
    """Of the latents of all classes: `mean [K, 24]`, factors `between` and `within [K, 24, 24]`, `persistence [K]`."""

    mean: Tensor
    between: Tensor
    within: Tensor
    persistence: Floats


class Exported(nn.Module):
    """The generator as others see it: noise and a class in, a grid of levels, tonality, offset and spread out.

    What the decoder claims as spread is also what it doesn't know of a clip. Of what goes on, no more of it is let
    through than clips vary by: `most [K, 64]`, dB. (Of what happens once, little of it is used anyway.)
    """

    def __init__(self, decoder: Decoder, statistics: Statistics, most: Tensor) -> None:
        super().__init__()
        self.register_buffer("most", most)
        self.decoder = decoder
        self.register_buffer("mean", statistics.mean)
        self.register_buffer("factors", torch.cat((statistics.between, statistics.within), 1).flatten(1))
        white = torch.from_numpy(calibration()[1].astype(np.float32))
        self.register_buffer("white", (white**2)[:, None])

    def forward(self, identity: Tensor, variation: Tensor, style: Tensor) -> Tensor:
        factors = (style @ self.factors).unflatten(1, (2 * LATENT, LATENT))
        noise = torch.cat((identity, variation), 1).unsqueeze(1)
        grid = self.decoder(style @ self.mean + (noise @ factors).squeeze(1), style)
        # The decoder's spread is Laplace's scale; noise will vary by itself as much as white noise does.
        spread = torch.relu(2 * grid[:, 3:] ** 2 - self.white).sqrt()
        spread = torch.minimum(spread, (style @ self.most)[:, None, :, None])
        return torch.cat((grid[:, :3], spread), 1)


@torch.no_grad()
def statistics(encoder: Encoder, data: Dataset, sustained: list[bool]) -> Statistics:
    """What the latents of each class's training clips are like."""
    count = len(sustained)
    means, between, within, persistence = [], [], [], np.zeros(count)
    for number in range(count):
        chosen = data.select(False, number)
        classes = nn.functional.one_hot(torch.full((len(chosen),), number), count).float()
        z = encoder(torch.from_numpy(data.grids[chosen]), classes)[0].double().numpy()
        files = data.files[chosen] * 4 + (data.speeds[chosen] * 2).astype(int)
        own = np.stack([z[files == f].mean(0) for f in np.unique(files)])
        rest = np.concatenate([z[files == f] - z[files == f].mean(0) for f in np.unique(files)])
        means.append(own.mean(0))
        between.append(_factor(np.cov(own.T)))
        within.append(_factor(np.cov(rest.T)) if sustained[number] else between[-1])
        if sustained[number]:
            runs = [z[files == f] - z[files == f].mean(0) for f in np.unique(files) if (files == f).sum() > 4]
            alike = sum((r[1:] * r[:-1]).sum() for r in runs) / max(sum((r**2).sum() for r in runs), 1e-9)
            persistence[number] = np.clip(alike, 0.05, 0.95)
    stacked = [torch.from_numpy(np.stack(part).astype(np.float32)) for part in (means, between, within)]
    return Statistics(stacked[0], stacked[1], stacked[2], persistence)


def _factor(covariance: Floats) -> Floats:
    """The Cholesky factor, transposed for rows of noise, of a covariance shrunk towards an even one."""
    even = np.eye(LATENT) * max(np.trace(covariance) / LATENT, 1e-4)
    return np.linalg.cholesky((1 - SHRINK) * covariance + SHRINK * even).T


def card(manifest: Manifest, clips_root: Path, made: Fitted, training: dict[str, Any]) -> dict[str, Any]:
    """The card of a sound generator, ready for JSON. Each source is named once for a class."""
    count = len(manifest.classes)
    sources = {
        (kind.name, clip.author, clip.licence, clip.origin)
        for kind in manifest.classes
        for clip in clips(kind, clips_root)
        if not clip.test
    }
    return {
        "card": VERSION,
        "id": made.id,
        "kind": "sound",
        "label": made.label,
        "licence": manifest.licence,
        **({"rank": made.rank} if made.rank else {}),
        "inputs": [
            {"name": "identity", "role": "identity", "channels": made.latent},
            {"name": "variation", "role": "variation", "channels": made.latent},
            {"name": "style", "role": "style", "channels": count},
        ],
        "outputs": [{"name": "bands", "role": "bands", "channels": 4 * BANDS, "range": [-80.0, 40.0]}],
        "styles": [
            {
                "name": kind.name,
                "label": kind.label,
                "vector": [float(n == number) for n in range(count)],
                "persistence": round(float(made.persistence[number]), 4),
            }
            for number, kind in enumerate(manifest.classes)
        ],
        "sources": [
            {"style": style, "author": author, "licence": licence, "origin": origin}
            for style, author, licence, origin in sorted(sources)
        ],
        "training": {"method": made.method, **training},
    }


def export(made: Fitted, described: dict[str, Any], path: Path) -> float:
    """Write the ONNX file with its card. Returns the largest difference to torch, in dB."""
    rng = torch.Generator().manual_seed(0)
    count = len(described["styles"])
    noise = [torch.randn(3, made.latent, generator=rng) for _ in range(2)]
    example = (*noise, torch.eye(count)[torch.arange(3) % count])
    rows = torch.export.Dim("rows", min=1, max=4096)
    names = ["identity", "variation", "style"]
    program = torch.onnx.export(
        made.model.eval(), example, dynamo=True, external_data=False, opset_version=20,
        dynamic_shapes={name: {0: rows} for name in names},
        input_names=names, output_names=["bands"], verbose=False,
    )  # fmt: skip
    assert program is not None
    write(program.model_proto, described, path)
    return parity(made.model, path, example)


def main(arguments: list[str] | None = None) -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--clips", type=Path, required=True, help="the folder of the sound clips")
    parser.add_argument("--data", type=Path, required=True, help="what `dataset` prepared")
    parser.add_argument("--run", type=Path, help="the training folder; without one, what needs no training is made")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx files")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    manifest, data = Manifest.read(options.set), Dataset.load(options.data)
    sustained = [kind.sustained for kind in manifest.classes]
    training: dict[str, Any] = {}
    if options.run:
        made, training = load(options.run, manifest, data)
        found = [made]
    else:
        found = [gaussian(data, sustained), markov(data, sustained)]
    for made in found:
        path = options.to / f"{made.id}.onnx"
        difference = export(made, card(manifest, options.clips, made, training), path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, differs from torch by at most {difference:.2g} dB")


def load(run: Path, manifest: Manifest, data: Dataset) -> tuple[Fitted, dict[str, Any]]:
    """The generator of a training folder, with what the card says of its training."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    count = len(manifest.classes)
    encoder, decoder = Encoder(count).eval(), Decoder(count).eval()
    encoder.load_state_dict(state["encoder"])
    decoder.load_state_dict(state["decoder"])
    sustained = [kind.sustained for kind in manifest.classes]
    found = statistics(encoder, data, sustained)
    most = spreads(data, count, SLOWLY)
    most[~np.array(sustained)] = 2 * MOST
    training = {
        "settings": json.loads((run / "settings.json").read_text()),
        "steps": state["step"],
        "parameters": sum(p.numel() for p in decoder.parameters()),
    }
    method = "conditional variational autoencoder of band levels and partials"
    model = Exported(decoder, found, tensor(most))
    return Fitted(model, manifest.id, manifest.label, method, 0, LATENT, found.persistence), training


if __name__ == "__main__":
    main()
