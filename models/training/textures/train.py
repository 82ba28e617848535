"""Train a texture generator: `python -m models.training.textures.train SET.toml --data FOLDER --out FOLDER`.

One loop, read top to bottom. It checkpoints, resumes from the newest checkpoint in `--out`, writes a contact sheet as
it goes, and stops when training dies (a loss that is not a number, or a discriminator that has become constant), with
the last good checkpoint kept.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch
from tqdm import tqdm

from ..data import Manifest
from .contact_sheet import contact_sheet
from .losses import DEAD
from .run import Run, Settings, TrainingError


def train(run: Run, out: Path, save_every: int = 500) -> None:
    """Train until `settings.steps`, keeping `checkpoint.pt`, `log.jsonl` and contact sheets in `out`."""
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        run.resume(checkpoint)
    recent: list[float] = []
    began = time.monotonic()
    with tqdm(total=run.settings.steps, initial=run.step, unit="step", mininterval=10) as bar:
        while run.step < run.settings.steps:
            loss_d, loss_g = run.advance()
            recent = [*recent[-499:], loss_d]
            bar.update()
            if run.step > run.settings.head_start + 500 and max(abs(loss - DEAD) for loss in recent) < 1e-3:
                raise TrainingError(
                    f"The discriminator is constant since 500 steps. {checkpoint} is the last good one."
                )
            if run.step % save_every == 0 or run.step == run.settings.steps:
                run.save(checkpoint)
                contact_sheet(run, out / f"sheet-{run.step:06d}.png")
                row = {"step": run.step, "loss_d": sum(recent) / len(recent), "loss_g": loss_g}
                row["seconds"] = round(time.monotonic() - began)
                with (out / "log.jsonl").open("a") as log:
                    log.write(json.dumps(row) + "\n")


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="a TOML manifest, or a folder of images (one style each)")
    parser.add_argument("--data", type=Path, help="the folder that the manifest's paths start from")
    parser.add_argument("--out", type=Path, required=True, help="checkpoints, log and contact sheets go here")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--no-bf16", action="store_true", help="float32 even where the processor has bfloat16")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--start-from", type=Path, metavar="ONNX", help="an exported generator to begin with")
    parser.add_argument("--only", nargs="+", metavar="STYLE", help="train these styles of the set alone")
    parser.add_argument("--held", type=float, help="keep this share of each picture from training, at its right edge")
    parser.add_argument("--dry-run", action="store_true", help="read the data, take two steps, write nothing")
    for name, default in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    settings = Settings(**{name: getattr(options, name) for name in asdict(Settings())})
    if options.set.is_dir():
        manifest, root = Manifest.of_folder(options.set, options.set.name), options.set
    else:
        manifest, root = Manifest.read(options.set), options.data or options.set.parent
    manifest = manifest.only(options.only) if options.only else manifest
    manifest = replace(manifest, held=options.held) if options.held is not None else manifest
    run = Run(manifest, root, settings, options.device, not options.no_bf16)
    if options.start_from:
        run.start_from(options.start_from)
    if options.dry_run:
        print(run.advance(), run.advance())
        return
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "settings.json").write_text(json.dumps(asdict(settings), indent=1))
    train(run, options.out)


if __name__ == "__main__":
    main()
