"""What the training of every family shares: one step's frame, the loop, checkpoints, the log, and the command line.

A family writes a subclass of `Training`: its networks, and one step with its batches and losses. Read it beside `run`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

CHECKPOINT = "checkpoint.pt"


class TrainingError(Exception):
    """Training can't go on. The message says why and what was kept."""


class Settings(Protocol):
    """A frozen dataclass of plain values: all that decides what is learned, besides the data."""

    @property
    def steps(self) -> int: ...
    @property
    def seed(self) -> int: ...


S = TypeVar("S", bound=Settings)


class Training(ABC, Generic[S]):
    """All that a checkpoint holds, and one step of training.

    `parts` names the attributes with a `state_dict` that are kept: networks, optimizers, schedulers; `numbers` names
    plain ones. `rng` is kept too, so a step that draws from it alone goes on as if it had never been interrupted.
    """

    parts: ClassVar[tuple[str, ...]]
    numbers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: S, device: str = "cpu") -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.device, self.step = settings, device, 0
        self.rng = torch.Generator(device).manual_seed(settings.seed)

    @abstractmethod
    def learn(self) -> Mapping[str, Tensor | float]:
        """Take one step with the next batch. Return its losses by name. Raises TrainingError."""

    def identity(self) -> dict[str, Any]:
        """Return what a checkpoint must have been made with to be resumed: sizes of networks, as plain values."""
        return {}

    def advance(self) -> dict[str, float]:
        """Take one step and count it. Return its losses by name."""
        losses = self.learn()
        self.step += 1
        return {name: float(loss) for name, loss in losses.items()}

    def descend(self, optimizer: torch.optim.Optimizer, loss: Tensor, most: float = math.inf) -> None:
        """Follow the gradient of `loss`, at most `most` long. Raises TrainingError for a loss that isn't finite."""
        if not torch.isfinite(loss):
            raise TrainingError(f"The loss is {float(loss.detach())} at step {self.step}. Train with a lower rate.")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if most < math.inf:
            nn.utils.clip_grad_norm_([weight for group in optimizer.param_groups for weight in group["params"]], most)
        optimizer.step()

    def cosine(self) -> float:
        """Return what is left of the rates at this step: 1 at first, 0 in the end."""
        return 0.5 + 0.5 * math.cos(math.pi * min(self.step / self.settings.steps, 1.0))

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        state = {part: getattr(self, part).state_dict() for part in self.parts}
        state |= {number: getattr(self, number) for number in self.numbers}
        state |= {"step": self.step, "rng": self.rng.get_state(), **self.identity()}
        temporary = path.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint. Raises TrainingError when other networks made it."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        same = all(state.get(name) == value for name, value in self.identity().items())
        if not same or not {*self.parts, *self.numbers, "rng"} <= state.keys():
            raise TrainingError(f"{path}: was made by other networks. Choose another --out folder.")
        for part in self.parts:
            getattr(self, part).load_state_dict(state[part])
        for name in (*self.numbers, "step"):
            setattr(self, name, state[name])
        self.rng.set_state(state["rng"].cpu())


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give all of an optimizer's weights the learning rate `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = rate


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    """Keep the share `keep` of a network's averaged weights, and take the rest from the network."""
    for slow, fast in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if slow.is_floating_point():
            slow.lerp_(fast, 1 - keep)
        else:
            slow.copy_(fast)


def warming(keep: float, step: int) -> float:
    """`keep` for `follow`, less during the first steps, whose weights are hardly worth keeping."""
    return min(keep, (step + 1) / (step + 10))


#: Writes what there is to see of a run into its folder, or returns figures for the log.
Show = Callable[[Path], Mapping[str, float] | None]


def run(training: Training[Any], out: Path, every: int, show: Show | None = None, minutes: float = math.inf) -> None:
    """Train until `settings.steps`, or for `minutes`; go on from the checkpoint in the folder `out` if it has one.

    Every `every` steps, and in the end, write `checkpoint.pt` and a line of `log.jsonl`: the step, the means of the
    losses since the line before, the figures of `show`, and the seconds since the beginning. Raises TrainingError.
    """
    checkpoint, steps = out / CHECKPOINT, training.settings.steps
    if checkpoint.exists():
        training.resume(checkpoint)
    began, recent = time.monotonic(), list[dict[str, float]]()
    with tqdm(total=steps, initial=training.step, unit="step", mininterval=10) as bar:
        while training.step < steps and time.monotonic() - began < 60 * minutes:
            recent.append(training.advance())
            bar.update()
            if training.step % every == 0 or training.step == steps:
                training.save(checkpoint)
                row = {"step": training.step, **means(recent), **((show and show(out)) or {})}
                row["seconds"] = round(time.monotonic() - began)
                with (out / "log.jsonl").open("a") as log:
                    log.write(json.dumps(row) + "\n")
                recent.clear()
    if recent:
        training.save(checkpoint)


def means(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each figure over rows that have the same ones."""
    rows = list(rows)
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def command_line(description: str | None, settings: type[S]) -> argparse.ArgumentParser:
    """Return the options that every training has: `--out`, `--threads`, `--minutes`, `--dry-run`, and one for each
    setting.
    """
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="checkpoint, log and pictures go here")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long; start again to go on")
    parser.add_argument("--dry-run", action="store_true", help="read the data, take two steps, write nothing")
    for field in fields(settings):  # type: ignore[arg-type]
        usual = field.default
        several = {"type": type(usual[0]), "nargs": len(usual)} if isinstance(usual, tuple) else {"type": type(usual)}
        parser.add_argument(f"--{field.name.replace('_', '-')}", default=usual, **several)
    return parser


def chosen(options: argparse.Namespace, settings: type[S]) -> S:
    """Return the settings of a command line. Limits torch to `--threads`, before any network is made."""
    if options.threads:
        torch.set_num_threads(options.threads)
    given = {field.name: getattr(options, field.name) for field in fields(settings)}  # type: ignore[arg-type]
    return settings(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def start(training: Training[Any], options: argparse.Namespace, every: int, show: Show | None = None) -> bool:
    """Train as a command line says, and keep `settings.json` beside the log. Return False after a dry run."""
    if options.dry_run:
        print(training.advance(), training.advance())
        return False
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "settings.json").write_text(json.dumps(asdict(training.settings), indent=1))
    run(training, options.out, every, show, options.minutes)
    return True
