"""The simulations that the elements learn their motion from."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
Image = pytest.importorskip("PIL.Image")

from models.training.simulation import __main__ as simulate  # noqa: E402
from models.training.simulation.elements import ELEMENTS  # noqa: E402
from models.training.simulation.fluid import Fluid, Wandering, sample, smooth_noise  # noqa: E402


def test_the_fluid_is_incompressible_and_carried_by_the_wind() -> None:
    fluid, rng = Fluid(64, 0.1), torch.Generator().manual_seed(0)
    for _ in range(5):
        fluid.step(0.3 * torch.randn(2, 64, 64, generator=rng), 0.01, (-2.0, 0.5))
    assert fluid.velocity.mean(dim=(1, 2)).tolist() == pytest.approx([-2.0, 0.5], abs=1e-4)
    spectrum, k = torch.fft.fft2(fluid.velocity), torch.fft.fftfreq(64)
    along = spectrum[0] * k[:, None] + spectrum[1] * k[None]
    along = along[k > -0.5][:, k > -0.5]  # at the highest frequency of an even grid a slope has no sign
    assert along.abs().max() < 1e-4 * spectrum[:, 1:, 1:].abs().max()


def test_what_leaves_on_one_side_comes_back_on_the_other() -> None:
    field = smooth_noise(64, 4, torch.Generator().manual_seed(0))[None]
    shift = torch.tensor([3.0, -5.0])[:, None, None].expand(2, 64, 64)
    assert torch.allclose(sample(field, shift), field.roll((-3, 5), (1, 2)), atol=1e-4)


def test_wandering_noise_comes_round_and_never_jumps() -> None:
    noise = Wandering(32, 4, 0.1, torch.Generator().manual_seed(0))
    steps = [(b - a).abs().max() for a, b in itertools.pairwise(noise.at(step) for step in range(20))]
    assert max(steps) < 0.6


@pytest.mark.parametrize("name", ["water", "plasma"])  # fire and smoke take ten seconds to get going
def test_frames_are_premultiplied_tile_and_follow_from_the_seed(name: str) -> None:
    first, second = itertools.islice(ELEMENTS[name](2, 3), 2)
    assert tuple(first.shape) == (4, 256, 256)
    assert 0 <= first.min() <= first.max() <= 1
    assert (first[:3] <= first[3:] + 1e-6).all()
    assert 0 < (second - first).abs().mean() < first[:3].std()
    inside = (first[:, 1:] - first[:, :-1]).abs().mean()
    assert (first[:, 0] - first[:, -1]).abs().mean() < 2 * inside
    assert torch.equal(next(ELEMENTS[name](2, 3)), first)


def test_clips_are_written_as_animated_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "ELEMENTS", {"plasma": ELEMENTS["plasma"]})
    simulate.main(["--out", str(tmp_path), "--frames", "3", "--seeds", "2"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plasma_0.png", "plasma_1.png"]
    with Image.open(tmp_path / "plasma_1.png") as clip:
        assert (clip.n_frames, clip.mode, clip.size) == (3, "RGBA", (256, 256))
