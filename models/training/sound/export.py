"""Export sound generators to ONNX files that carry their cards: the trained one, or those that are fitted in seconds.

`python -m models.training.sound.export SET.toml --clips FOLDER --data DATA.npz --run FOLDER --to models/shipped`

Without `--run` it is the families of `families`. The trained file draws latents as the classes have them (`latents`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...cards.card import VERSION
from ...sound.bands import BANDS, FLOOR
from ..graphs.export import parity, write
from ..graphs.half_precision import halve
from .analysis import COURSE, calibration
from .clips import Manifest, clips
from .dataset import Dataset
from .families import Fitted, gaussian, markov
from .latents import PLACES, Statistics, statistics
from .networks import LATENT, Decoder, Encoder

#: How surely one place of a class's table is chosen, not a mixture of several.
SURE = 20.0
#: Of the decoder's chances of a partial, so much is what noise has by itself.
CHANCE = 0.1
#: How far a band with a partial in it stands above those around, dB: the mean over the training clips.
LIFT = 9.0


class Exported(nn.Module):
    """The generator as others see it: noise and a class in, a grid of levels, tonality, offset and spread out.

    `identity` is 24 numbers for latents, 64 that choose the clip which they lie around, and one a band, which decides
    whether there is a partial, for as long as it is likely enough: drawn so, partials are as many as clips have, where
    a mean of clips has none. `variation` is 24 numbers. The spread is what the decoder says of variation, less what
    noise will vary by itself; what it doubts is dropped.
    """

    def __init__(self, decoder: Decoder, found: Statistics) -> None:
        super().__init__()
        self.decoder = decoder
        self.register_buffer("places", found.places.flatten(1))
        self.register_buffer("factors", torch.cat((found.around, found.within), 1).flatten(1))
        white = torch.from_numpy(calibration()[1].astype(np.float32))
        self.register_buffer("white", (white**2)[:, None])

    def forward(self, identity: Tensor, variation: Tensor, style: Tensor) -> Tensor:
        own, choice, chance = identity.split((LATENT, PLACES, BANDS), 1)
        places = (style @ self.places).unflatten(1, (PLACES, LATENT))
        factors = (style @ self.factors).unflatten(1, (2 * LATENT, LATENT))
        z = torch.softmax(SURE * choice, 1).unsqueeze(1) @ places
        z = z + torch.cat((own, variation), 1).unsqueeze(1) @ factors
        level, tonality, offset, varying, _ = self.decoder(z.squeeze(1), style).unbind(1)
        chance = 0.5 + 0.5 * torch.erf(chance[:, :, None] * 0.5**0.5)
        heard = ((level - FLOOR - 15) / 15).clamp(0, 1)  # of silence the decoder has learned nothing
        partial = heard * (((tonality - CHANCE) / (1 - CHANCE) - chance) * 10).clamp(0, 1)
        spread = torch.relu(varying**2 * (COURSE / (COURSE - 1)) - self.white).sqrt()
        return torch.stack((level + LIFT * partial, partial, offset, spread), 1)


def card(manifest: Manifest, clips_root: Path, made: Fitted, training: dict[str, Any]) -> dict[str, Any]:
    """Return the card of a sound generator, ready for JSON. Each source is named once for a class."""
    count = len(manifest.classes)
    sources = {
        (kind.name, clip.author, clip.license, clip.origin)
        for kind in manifest.classes
        for clip in clips(kind, clips_root)
        if not clip.test
    }
    return {
        "card": VERSION,
        "id": made.id,
        "kind": "sound",
        "label": made.label,
        "licence": manifest.license,
        **({"rank": made.rank} if made.rank else {}),
        "inputs": [
            {"name": "identity", "role": "identity", "channels": made.identity},
            {"name": "variation", "role": "variation", "channels": made.variation},
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
            {"style": style, "author": author, "licence": license, "origin": origin}
            for style, author, license, origin in sorted(sources)
        ],
        "training": {"method": made.method, **training},
    }


def export(made: Fitted, described: dict[str, Any], path: Path) -> float:
    """Write the ONNX file with its card. Returns the largest difference to torch, in dB."""
    rng = torch.Generator().manual_seed(0)
    count = len(described["styles"])
    noise = [torch.randn(3, channels, generator=rng) for channels in (made.identity, made.variation)]
    example = (*noise, torch.eye(count)[torch.arange(3) % count])
    rows = torch.export.Dim("rows", min=1, max=4096)
    names = ["identity", "variation", "style"]
    program = torch.onnx.export(
        made.model.eval(), example, dynamo=True, external_data=False, opset_version=20,
        dynamic_shapes={name: {0: rows} for name in names},
        input_names=names, output_names=["bands"], verbose=False,
    )  # fmt: skip
    assert program is not None
    proto = program.model_proto
    halve(proto.graph)
    write(proto, described, path)
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
    """Return the generator of a training folder, with what the card says of its training."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    count = len(manifest.classes)
    encoder, decoder = Encoder(count).eval(), Decoder(count).eval()
    encoder.load_state_dict(state["encoder"])
    decoder.load_state_dict(state["decoder"])
    sustained = [kind.sustained for kind in manifest.classes]
    found = statistics(encoder, data, sustained)
    training = {
        "settings": json.loads((run / "settings.json").read_text()),
        "steps": state.get("began", state["step"]),  # of what was sharpened, without those
        "parameters": sum(p.numel() for p in decoder.parameters()),
    }
    method = "conditional variational autoencoder of band levels and partials"
    model = Exported(decoder, found)
    sizes = LATENT + PLACES + BANDS, LATENT
    return Fitted(model, manifest.id, manifest.label, method, 0, *sizes, found.persistence), training


if __name__ == "__main__":
    main()
