"""What all trainings share: the loop, its checkpoints and log, and the options of the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")

from models.training import trainer  # noqa: E402


@dataclass(frozen=True)
class LineSettings:
    """A line through points."""

    steps: int = 6
    seed: int = 0
    rate: float = 0.1
    goal: tuple[float, float] = (2.0, -1.0)


class Line(trainer.Training[LineSettings]):
    """Learns a slope and an offset."""

    parts = ("line", "average", "optimizer")
    numbers = ("seen",)

    def __init__(self, settings: LineSettings, inputs: int = 1) -> None:
        super().__init__(settings)
        self.line, self.average = torch.nn.Linear(inputs, 1), torch.nn.Linear(inputs, 1)
        self.optimizer = torch.optim.Adam(self.line.parameters(), settings.rate)
        self.seen = 0

    def identity(self) -> dict[str, Any]:
        return {"inputs": self.line.in_features}

    def learn(self) -> dict[str, Any]:
        slope, offset = self.settings.goal
        x = torch.randn(8, 1, generator=self.rng)
        trainer.set_rate(self.optimizer, self.settings.rate * self.cosine())
        loss = (self.line(x) - slope * x - offset).square().mean()
        self.descend(self.optimizer, loss, 1.0)
        trainer.follow(self.average, self.line, trainer.warming(0.9, self.step))
        self.seen += len(x)
        return {"loss": loss.detach()}


def rows(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_an_interrupted_run_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    first = Line(LineSettings())
    trainer.run(first, whole, every=4)
    second = Line(LineSettings())
    for _ in range(3):
        second.advance()
    second.save(parts / trainer.CHECKPOINT)
    third = Line(LineSettings(seed=7))
    trainer.run(third, parts, every=4)
    assert (third.step, third.seen) == (6, 48)
    for name, value in first.average.state_dict().items():
        assert torch.equal(value, third.average.state_dict()[name])
    assert [row["step"] for row in rows(whole)] == [4, 6]
    assert not list(whole.glob("*.tmp"))


def test_a_line_of_the_log_has_the_means_since_the_one_before_and_what_is_shown(tmp_path: Path) -> None:
    line, twin = Line(LineSettings(steps=4)), Line(LineSettings(steps=4))
    losses = [twin.advance()["loss"] for _ in range(4)]
    trainer.run(line, tmp_path, every=2, show=lambda folder: {"files": len(list(folder.iterdir()))})
    first, second = rows(tmp_path)
    assert first["loss"] == pytest.approx(sum(losses[:2]) / 2)
    assert second["loss"] == pytest.approx(sum(losses[2:]) / 2)
    assert (first["files"], second["files"]) == (1, 2)  # the checkpoint was there already


def test_no_time_left_means_no_step(tmp_path: Path) -> None:
    line = Line(LineSettings())
    trainer.run(line, tmp_path, every=2, minutes=0.0)
    assert line.step == 0
    assert list(tmp_path.iterdir()) == []


def test_checkpoints_of_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / trainer.CHECKPOINT
    Line(LineSettings(), inputs=2).save(path)
    with pytest.raises(trainer.TrainingError, match=r"checkpoint\.pt: was made by other networks"):
        Line(LineSettings()).resume(path)
    state = torch.load(path, weights_only=True)
    torch.save({name: value for name, value in state.items() if name != "average"} | {"inputs": 1}, path)
    with pytest.raises(trainer.TrainingError, match="other networks"):
        Line(LineSettings()).resume(path)


def test_a_loss_that_is_not_finite_stops_before_the_weights_change() -> None:
    line = Line(LineSettings(goal=(float("inf"), 0.0)))
    before = line.line.weight.clone()
    with pytest.raises(trainer.TrainingError, match=r"The loss is (inf|nan) at step 0\."):
        line.advance()
    assert torch.equal(line.line.weight, before)


def test_the_command_line_has_an_option_for_each_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = trainer.command_line("Draw a line.\n\nMore.", LineSettings)
    words = ["--out", str(tmp_path / "new"), "--steps", "3", "--goal", "1", "0.5", "--rate", "0.2"]
    options = parser.parse_args(words)
    settings = trainer.chosen(options, LineSettings)
    assert settings == LineSettings(3, 0, 0.2, (1.0, 0.5))
    assert trainer.start(Line(settings), options, every=3)
    assert json.loads((tmp_path / "new" / "settings.json").read_text())["goal"] == [1.0, 0.5]
    assert rows(tmp_path / "new")[-1]["step"] == 3

    dry = parser.parse_args([*words[:1], str(tmp_path / "other"), "--dry-run"])
    assert not trainer.start(Line(settings), dry, every=3)
    assert "loss" in capsys.readouterr().out
    assert not (tmp_path / "other").exists()


def test_averages_follow_weights_and_copy_counters() -> None:
    average, network = torch.nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2)
    torch.nn.init.constant_(network.weight, 3.0)
    network.num_batches_tracked.fill_(5)
    trainer.follow(average, network, 0.75)
    assert average.weight.tolist() == [1.5, 1.5]
    assert int(average.num_batches_tracked) == 5
