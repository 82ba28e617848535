"""Train the mask network: `python -m models.training.footage_mask.train --data DATA --out RUN`.

Goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..precision import autocast
from .composites import Material, clip
from .network import Masker

#: Height and width of the clips, px; frames in each; clips a step.
SIZE, FRAMES, BATCH = (112, 192), 4, 4
#: How much of the averaged weights stays at each step.
KEEP = 0.995


def loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Each pixel right, the whole shape right, and steady where the mask is."""
    guess = torch.sigmoid(logits)
    each = F.binary_cross_entropy_with_logits(logits, masks)
    overlap = (2 * (guess * masks).sum((2, 3, 4)) + 50) / (guess.sum((2, 3, 4)) + masks.sum((2, 3, 4)) + 50)
    steps = (guess[:, 1:] - guess[:, :-1]) - (masks[:, 1:] - masks[:, :-1])
    return each + 0.5 * (1 - overlap).mean() + steps.abs().mean()


def train(data: Path, out: Path, steps: int, rate: float, seed: int) -> None:
    """Train to so many steps, with a checkpoint and a picture of four clips every 200. Raises OSError."""
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    network, average = Masker().to(memory_format=torch.channels_last), Masker()  # so laid out, a step takes 2/3
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-3)
    average.load_state_dict(network.state_dict())
    path, step = out / "checkpoint.pt", 0
    if path.exists():
        state = torch.load(path, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    material = Material(data)
    began, seen = time.monotonic(), 0.0
    while step < steps:
        step += 1
        rng = np.random.default_rng((seed, step))
        clips = [clip(material, FRAMES, SIZE, rng) for _ in range(BATCH)]
        images, masks = (torch.stack(parts) for parts in zip(*clips, strict=True))
        for group in optimiser.param_groups:  # warmed up, and over the last third down to a twentieth
            left = min(1.0, (steps - step) / (steps / 3))
            group["lr"] = rate * min(1.0, step / 100) * (0.05 + 0.95 * math.sin(left * math.pi / 2) ** 2)
        network.train()
        with autocast():
            logits = network.clips(images)
        found = loss(logits.float(), masks)
        if not math.isfinite(found.item()):
            raise ArithmeticError(f"Step {step}: the loss is no number. Train again with a lower --rate.")
        optimiser.zero_grad(set_to_none=True)
        found.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        _follow(average, network)
        seen += (found.item() - seen) * max(0.02, 1 / step)
        if step % 50 == 0:
            pace = (time.monotonic() - began) / 50
            began = time.monotonic()
            print(json.dumps({"step": step, "loss": round(seen, 4), "seconds": round(pace, 2)}), flush=True)
        if step % 200 == 0 or step == steps:
            _keep(path, {"network": network, "average": average, "optimiser": optimiser}, step)
            _sheet(average, images, masks, out / "sheet.png")


def _follow(average: Masker, network: Masker) -> None:
    with torch.no_grad():
        for kept, now in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(now, 1 - KEEP)
            else:
                kept.copy_(now)


def _keep(path: Path, parts: dict[str, Masker | torch.optim.Optimizer], step: int) -> None:
    part = path.with_suffix(".part")
    torch.save({**{name: each.state_dict() for name, each in parts.items()}, "step": step}, part)
    part.replace(path)


def _sheet(network: Masker, images: Tensor, masks: Tensor, path: Path) -> None:
    """The last frame of each clip: picture, mask, what the network says."""
    with torch.no_grad():
        guess = torch.sigmoid(network.eval().clips(images))[:, -1].expand(-1, 3, -1, -1)
    rows = torch.cat((images[:, -1], masks[:, -1].expand(-1, 3, -1, -1), guess), 3)
    whole = torch.cat(list(rows), 1).permute(1, 2, 0)
    Image.fromarray((whole * 255).byte().numpy()).save(path)


def load(run: Path) -> tuple[Masker, int]:
    """The averaged network of a training folder, and the steps it was trained for."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = Masker()
    network.load_state_dict(state["average"])
    return network.eval(), int(state["step"])


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with masks and textures; see composites.py")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    train(options.data, options.out, options.steps, options.rate, options.seed)


if __name__ == "__main__":
    main()
