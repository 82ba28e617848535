"""Train a texture generator: `python -m models.training.textures.train SET.toml --data FOLDER --out FOLDER`.

It goes on from the checkpoint in `--out`, writes a contact sheet every 500 steps, and stops when training dies (a loss
that isn't finite, or a discriminator that has become constant), with the last good checkpoint kept.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..data import Manifest
from ..trainer import chosen, command_line, start
from .contact_sheet import contact_sheet
from .run import TextureSettings, TextureTraining

EVERY = 500


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = command_line(__doc__, TextureSettings)
    parser.add_argument("set", type=Path, help="a TOML manifest, or a folder of images (one style each)")
    parser.add_argument("--data", type=Path, help="the folder that the manifest's paths start from")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--no-bf16", action="store_true", help="float32 even where the processor has bfloat16")
    parser.add_argument("--start-from", type=Path, metavar="ONNX", help="an exported generator to begin with")
    parser.add_argument("--only", nargs="+", metavar="STYLE", help="train these styles of the set alone")
    parser.add_argument("--held", type=float, help="keep this share of each picture from training, at its right edge")
    options = parser.parse_args(arguments)
    settings = chosen(options, TextureSettings)
    if options.set.is_dir():
        manifest, root = Manifest.of_folder(options.set, options.set.name), options.set
    else:
        manifest, root = Manifest.read(options.set), options.data or options.set.parent
    manifest = manifest.only(options.only) if options.only else manifest
    manifest = replace(manifest, held=options.held) if options.held is not None else manifest
    training = TextureTraining(manifest, root, settings, options.device, not options.no_bf16)
    if options.start_from:
        training.start_from(options.start_from)
    start(training, options, EVERY, lambda out: contact_sheet(training, out))


if __name__ == "__main__":
    main()
