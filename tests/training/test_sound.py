"""Training sounds and music: clips to grids, a few steps, export, and a strip from the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from models.library.catalog import Library
from models.sound.bands import band_of, even_edges, event_edges
from models.sound.files import wav
from models.training import trainer
from models.training.data import DataError
from models.training.music import chorales
from models.training.music.train import chain
from models.training.sound import clips, dataset, evaluate, export, families, folds, latents, sharpen, sources, train
from models.training.sound.analysis import COURSE, RATE, Spectra, variation
from models.training.sound.networks import Decoder, Encoder
from tests.helpers.making import make_with
from tests.helpers.recipes import small

SET = """
id = "test_sounds"
label = "Test sounds"
license = "CC0-1.0"
[[class]]
name = "knock"
label = "Knock"
folder = "knock"
[[class]]
name = "hiss"
label = "Hiss"
folder = "hiss"
sustained = true
leave = ["*bad*"]
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[clips.Manifest, Path, dataset.Dataset]:
    """A manifest, its folder and the described clips: knocks and hisses made of noise."""
    torch.set_num_threads(1)
    root, rng = tmp_path_factory.mktemp("clips"), np.random.default_rng(0)
    (root / "set.toml").write_text(SET)
    for name, decay in (("knock", 30.0), ("hiss", 0.0)):
        (root / name).mkdir()
        for n in range(4):
            noise = rng.standard_normal(48_000 * 2) * 0.1 * np.exp(-decay * np.arange(96_000) / 48_000)
            (root / name / f"{n}.wav").write_bytes(wav(noise[None], 48_000))
    (root / "hiss" / "bad.wav").write_bytes(b"no sound")
    manifest = clips.Manifest.read(root / "set.toml")
    return manifest, root, dataset.prepare(manifest, root)


@pytest.fixture(scope="module", autouse=True)
def brief() -> Iterator[None]:
    """Fewer judges, taught for fewer steps, than for the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "JUDGES", 2)
        patch.setattr(evaluate, "classifier", partial(evaluate.classifier, steps=4))
        yield


def test_a_tone_is_found_where_it_is() -> None:
    times = np.arange(RATE * 2) / RATE
    grid = Spectra(0.5 * np.sin(2 * np.pi * 1000 * times)).describe(even_edges() + 0.4)
    band = round(float(band_of(1000)))
    assert int(grid[0].mean(1).argmax()) in (band, band - 1, band + 1)
    assert grid[1, band].mean() > 0.9
    assert band + grid[2, band].mean() == pytest.approx(float(band_of(1000)), abs=0.1)


def test_an_onset_is_found_and_silence_stays_out() -> None:
    sound = np.zeros(RATE)
    sound[RATE // 4 : RATE // 2] = np.random.default_rng(0).standard_normal(RATE // 4)
    (piece,) = clips.events(sound, every=False)
    assert abs(len(sound) - len(piece) - RATE // 4) < RATE // 100
    grid = Spectra(piece).describe(event_edges())
    assert grid[0, :, :20].mean() > -20
    assert grid[0, :, -5:].max() == -80


def test_clips_become_a_generator_that_makes_strips(
    data: tuple[clips.Manifest, Path, dataset.Dataset], tmp_path: Path
) -> None:
    _, root, described = data
    assert described.test.any()
    assert not described.test.all()
    described.save(tmp_path / "data.npz")
    run = train.SoundTraining(described, 2, train.SoundSettings(steps=4, batch=4))
    trainer.run(run, tmp_path, 2, run.show)
    again = train.SoundTraining(described, 2, train.SoundSettings(steps=6, batch=4))
    trainer.run(again, tmp_path, 2, again.show)
    assert again.step == 6
    (tmp_path / "settings.json").write_text("{}")
    (tmp_path / "out").mkdir()
    words = ["--clips", str(root), "--data", str(tmp_path / "data.npz"), "--run", str(tmp_path)]
    export.main([str(root / "set.toml"), *words, "--to", str(tmp_path / "out")])
    (entry,) = Library((tmp_path / "out",)).entries()
    assert [style.persistence > 0 for style in entry.card.styles] == [False, True]
    folder = make_with(entry, small(entry, style="hiss", frames=4, fps=24.0), tmp_path / "made")
    assert (folder.path / "0001.wav").stat().st_size > 1000


def test_families_without_a_network_draw_what_they_have_heard(
    data: tuple[clips.Manifest, Path, dataset.Dataset],
) -> None:
    manifest, _, described = data
    sustained = [kind.sustained for kind in manifest.classes]
    for fit in (families.gaussian, families.markov):
        made = fit(described, sustained)
        assert [lasts > 0 for lasts in made.persistence] == sustained
        rng = torch.Generator().manual_seed(0)
        sizes = ((made.identity, 1.0), (made.variation, 0.25))
        noise = [torch.randn(4, channels, generator=rng) * size for channels, size in sizes]
        for number in (0, 1):
            drawn = made.model(*noise, torch.eye(2)[number].expand(4, -1)).numpy()
            assert drawn.shape == (4, 4, 64, 96)
            assert (drawn[:, 0].max(), drawn[:, 1:3].any()) == (0, False)
            assert len(np.unique(drawn[:, 0].mean((1, 2)))) == 4
            far = [evaluate.distance(described.grids[described.select(False, n)], drawn) for n in (0, 1)]
            assert far[number] < far[1 - number], (made.id, number)


def test_a_family_is_exported_and_measured(data: tuple[clips.Manifest, Path, dataset.Dataset], tmp_path: Path) -> None:
    manifest, root, described = data
    made = families.gaussian(described, [kind.sustained for kind in manifest.classes])
    export.export(made, export.card(manifest, root, made, {}), tmp_path / f"{made.id}.onnx")
    (entry,) = Library((tmp_path,)).of_kind("sound")
    source, net = sources.Source.of_file(entry), [evaluate.classifier(described, 2, steps=2)]
    for number, kind in enumerate(manifest.classes):
        drawn = source.draw(number, 2, np.random.default_rng(0))
        made = sources.heard(drawn, kind.name, kind.sustained)
        assert evaluate.distance(drawn[:, 0, :3], made) < 6  # what is described is heard
        assert 0 <= evaluate.mmd(described.grids[described.select(True, number)], made) < 2
        assert evaluate.accuracy(net, made, number) in (0, 0.5, 1)
        attacks, decays = evaluate.times(made, even_edges() if kind.sustained else event_edges())
        assert attacks.shape == decays.shape == (2,)
        assert 0 < np.median(attacks) + np.median(decays) < 6


def test_training_clips_say_how_near_a_sound_can_be(data: tuple[clips.Manifest, Path, dataset.Dataset]) -> None:
    manifest, _, described = data
    source = sources.Clips(described)
    drawn = source.draw(0, 3, np.random.default_rng(0))
    known = described.grids[described.select(False, 0)]
    assert all(np.isclose(grid[:3], known, atol=1e-6).all((1, 2, 3)).any() for (grid,) in drawn)
    assert len({grid.tobytes() for grid in drawn}) == len(np.unique(described.files[described.select(False, 0)]))
    rows = evaluate.evaluate(manifest, described, [source], count=4)
    lines = evaluate.table(rows).splitlines()
    assert [line.count("|") for line in lines] == [11] * 5
    assert lines[2].startswith("| knock | ")
    assert " – | – | – | – " in lines[3]  # a hiss has no attack


def test_times_of_a_rise_and_a_fall_and_how_far_apart_they_are() -> None:
    def rising(cells: int) -> np.ndarray:
        grid = np.full((3, 64, 96), -80.0)
        grid[0, 30] = np.interp(np.arange(96), [0, cells, cells + 40, 95], [-40, 0, -60, -60])
        return grid

    edges = even_edges()
    attacks, decays = evaluate.times(np.stack([rising(10), rising(20), rising(40)]), edges)
    assert attacks == pytest.approx([0.042, 0.092, 0.192], abs=0.011)  # the last 20 of 40 dB: half of the way
    assert decays == pytest.approx([0.142] * 3, abs=0.02)
    same = evaluate.envelopes(*(evaluate.times(np.stack(grids), edges) for grids in ([rising(10)] * 2, [rising(10)])))
    assert set(same.values()) == {0.0}
    apart = evaluate.envelopes(
        *(evaluate.times(np.stack(grids), edges) for grids in ([rising(10), rising(40)], [rising(20)] * 3))
    )
    assert apart["attack"] < 0.5 < apart["attacks"]  # medians say little of what is early or late
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(30), rng.standard_normal(45)
    assert evaluate.wasserstein(a, a + 2) == pytest.approx(2)
    assert evaluate.wasserstein(a, b) == evaluate.wasserstein(b, a)
    assert evaluate.wasserstein(np.array([0.0, 1.0]), np.array([0.0, 0.0, 0.0])) == pytest.approx(0.5)


def test_what_an_envelope_costs() -> None:
    levels = torch.full((1, 64, 96), -80.0)
    levels[0, 20:30] = -20 - torch.arange(96) / 2
    shifted = levels.roll(30, 2)
    assert float(train.envelope(levels, levels)) == pytest.approx(0, abs=1e-6)
    late, quiet = (float(train.envelope(made, levels)) for made in (shifted, levels - 3))
    assert late > 1
    assert quiet == pytest.approx(0.3, rel=0.05)  # a tenth of the dB; what is loudest is where it was


def test_sharpening_goes_on_from_a_run_and_only_the_decoder_changes(
    data: tuple[clips.Manifest, Path, dataset.Dataset], tmp_path: Path
) -> None:
    manifest, _, described = data
    blunt, sharp = tmp_path / "blunt", tmp_path / "sharp"
    blunt.mkdir()
    trainer.run(train.SoundTraining(described, 2, train.SoundSettings(steps=3, batch=4)), blunt, 250)
    (blunt / "settings.json").write_text("{}")
    sharpen.sharpen(blunt, described, [False, True], sharpen.SharpenSettings(steps=5, batch=4), sharp)
    before, after = (torch.load(f / "checkpoint.pt", weights_only=True) for f in (blunt, sharp))
    same = [torch.equal(before[part][name], after[part][name]) for part in ("encoder",) for name in before[part]]
    assert all(same)
    assert not torch.equal(before["decoder"]["last.weight"], after["decoder"]["last.weight"])
    made, training = export.load(sharp, manifest, described)
    assert training["settings"]["sharpened"]["steps"] == 5
    assert sources.Source.of_model(made).draw(1, 2, np.random.default_rng(0)).shape == (2, 4, 4, 64, 96)


def test_the_ear_hears_about_what_is_made(data: tuple[clips.Manifest, Path, dataset.Dataset]) -> None:
    described = data[2]
    grids = described.grids[described.select(False, 1, plain=True)][:3].astype(np.float64)
    even = np.concatenate((grids, np.zeros_like(grids[:, :1])), 1)
    even[:, 0] = grids[:, 0].mean(2, keepdims=True)  # without noise of its own, as a decoder's
    even[:, 1:] = 0
    uneven = even.copy()
    uneven[:, 3] = 6.0
    rough = []
    for whole in (even, uneven):
        guessed = sharpen.Ear(torch.Generator().manual_seed(0))(torch.from_numpy(whole).float().requires_grad_())
        assert guessed.requires_grad
        both = guessed.detach().numpy()[:, 0], sources.heard(whole[:, None], "hiss", True)[:, 0]
        rough.append([float(np.diff(level, axis=2).std()) for level in both])
    assert rough[0][0] == pytest.approx(rough[0][1], rel=0.25)  # the noise is that of what is made
    assert rough[1][0] > rough[0][0] + 1
    assert rough[1][1] > rough[0][1] + 1


def test_every_file_is_held_out_in_one_fold_and_folds_are_kept(
    data: tuple[clips.Manifest, Path, dataset.Dataset], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, root, described = data
    fold = folds.dealt(described, 2, 2)
    assert all(len(np.unique(fold[described.files == file])) == 1 for file in np.unique(described.files))
    assert [
        len(np.unique(described.files[(fold == n) & (described.classes == k)])) for n in (0, 1) for k in (0, 1)
    ] == [2] * 4
    described.save(tmp_path / "data.npz")
    page = tmp_path / "page.md"
    page.write_text("<!-- begin folds --><!-- end folds -->")
    words = [str(root / "set.toml"), "--data", str(tmp_path / "data.npz"), "--runs", str(tmp_path / "runs")]
    words += ["--folds", "2", "--steps", "2", "--sharpen", "1", "--count", "3", "--into", str(page)]
    folds.main(words)
    assert "| knock | 4 |" in page.read_text()
    first = (tmp_path / "runs" / "0" / "rows.json").read_text()
    capsys.readouterr()
    folds.main(words)
    assert '"source"' not in capsys.readouterr().out  # nothing was made again
    assert (tmp_path / "runs" / "0" / "rows.json").read_text() == first


def test_variation_is_what_is_fast_and_noise_has_none_beyond_its_own(
    data: tuple[clips.Manifest, Path, dataset.Dataset],
) -> None:
    rng = np.random.default_rng(0)
    slow = np.broadcast_to(-30 + 10 * np.sin(np.arange(96) / 30), (2, 64, 96)).astype(np.float32)
    apart, weight = variation(torch.from_numpy(slow))
    assert float(apart.abs().max()) < 1.5  # a course that is slower than the cells around
    assert float(weight.min()) == 1
    rough = slow + rng.normal(0, 3, slow.shape).astype(np.float32)
    apart, _ = variation(torch.from_numpy(rough))
    assert float(apart.std()) == pytest.approx(3 * (1 - 1 / COURSE) ** 0.5, rel=0.1)
    ending = slow.copy()
    ending[..., 50:] = -80
    assert set(variation(torch.from_numpy(ending))[1][0, 0, 47:54].tolist()) == {0.0}
    # The hisses are white noise, which resynthesis gives back by itself.
    assert families.spreads(data[2], 2)[1].mean() < 1.0


def test_sounds_are_drawn_around_clips_of_their_class(data: tuple[clips.Manifest, Path, dataset.Dataset]) -> None:
    described = data[2]
    torch.manual_seed(0)
    encoder, decoder = Encoder(2).eval(), Decoder(2).eval()
    found = latents.statistics(encoder, described, [False, True])
    chosen = described.select(False, 0, plain=True)
    with torch.no_grad():
        own = encoder(torch.from_numpy(described.grids[chosen]), torch.eye(2)[0].expand(len(chosen), -1))[0]
    assert len(found.places[0].unique(dim=0)) == len(np.unique(described.files[chosen]))
    assert torch.cdist(found.places[0], own).min(1).values.max() < 1e-4
    model = export.Exported(decoder, found).eval()
    rng = torch.Generator().manual_seed(0)
    identity = torch.randn(64, 24 + latents.PLACES + 64, generator=rng)
    with torch.no_grad():
        grids = model(identity, torch.zeros(64, 24), torch.eye(2)[0].expand(64, -1))
    assert grids.shape == (64, 4, 64, 96)
    assert float(grids[:, 1].min()) >= 0
    assert float(grids[:, 1].max()) <= 1
    assert not grids[:, 1][grids[:, 0] < -70].any()  # silence has no partials
    assert float(grids[:, 3].min()) >= 0


def test_what_happens_once_is_drawn_around_each_event_of_a_clip() -> None:
    """The mean of a clip's events is like none of them; a clip of many events counts as much as one of a single."""
    rows, files = np.arange(6.0)[:, None] * np.ones(24), np.array([0, 0, 0, 0, 0, 7])
    places = latents._places(rows, files)[:, 0]
    assert places.shape == (latents.PLACES,)
    assert (places == 5).sum() == latents.PLACES // 2
    assert set(places) == set(range(6))
    many = latents._places(np.arange(200.0)[:, None], np.arange(200))[:, 0]
    assert len(set(many)) == latents.PLACES  # and of many files some are left out, here and there
    assert many.max() > 190


def test_folds_decide_together_about_times() -> None:
    """A median of each fold's own clips would be far off in both."""
    rows = [
        [
            {"class": "knock", "source": "real", "n": 2, "accuracy": 0.5, "times": [[real] * 2, [0.2] * 2]},
            {"class": "knock", "source": "net", "n": 2, "distance": 3.0 + real, "mmd": 0.0, "accuracy": 1.0,
             "attack": 9.0, "times": [[made] * 2, [0.2] * 2]},
        ]
        for real, made in ((0.1, 0.4), (0.4, 0.1))
    ]  # fmt: skip
    real, net = folds.together(rows)
    assert real["n"] == net["n"] == 4
    assert net["distance"] == pytest.approx(3.25)
    assert net["attack"] == net["attacks"] == net["decay"] == net["decays"] == 0.0


def test_a_corrupt_clip_or_corpus_is_named(tmp_path: Path, data: tuple[clips.Manifest, Path, dataset.Dataset]) -> None:
    with pytest.raises(DataError, match=r"bad\.wav: can't be read as sound"):
        clips.read(data[1] / "hiss" / "bad.wav")
    with pytest.raises(DataError, match="holds no clip of 'knock'"):
        clips.clips(data[0].classes[0], tmp_path)
    (tmp_path / "Jsb16thSeparated.json").write_text(json.dumps({"train": [], "valid": 3}))
    with pytest.raises(DataError, match="can't be read as chorales"):
        chorales.read(tmp_path / "Jsb16thSeparated.json")


def test_chorales_that_are_held_out_are_not_learned_under_another_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tunes = [np.column_stack([np.repeat([60 + n, 62, 64, 65], 16)] * 4) for n in range(4)]
    higher = tunes[3] + 5
    raw = {"train": [tunes[0].tolist(), higher.tolist(), [[1, 2]]], "valid": [tunes[1].tolist()]}
    path = tmp_path / "corpus.json"
    path.write_text(json.dumps({**raw, "test": [tunes[3].tolist()]}))
    found = chorales.read(path)
    assert (len(found.learned), len(found.held)) == (2, 1)
    assert "1 pieces whose tune is held out, 1 that are not four voices" in capsys.readouterr().out
    path.write_text(json.dumps({**raw, "test": []}))
    with pytest.raises(DataError, match="no piece of four voices to be tested by"):
        chorales.read(path)


def test_keys_and_chords_of_a_plain_cadence() -> None:
    chords = {"C": [72, 67, 64, 48], "F": [72, 69, 65, 53], "G": [71, 67, 62, 55]}
    piece = np.repeat([chords[name] for name in "CFGC" for _ in range(2)], 8, axis=0)
    assert chorales.key_of(piece) == (0, "major")
    found = [chorales.chord_of(piece[n : n + 8], 0) for n in range(0, len(piece), 8)]
    assert [chord // 4 for chord in found] == [0, 0, 5, 5, 7, 7, 0, 0]
    table = chain([(piece, 0, "major")])
    assert np.allclose(table.sum(3), 1)
