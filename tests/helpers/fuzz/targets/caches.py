"""The index of a folder of frames, and of its neighbors'."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

from models.cache import INDEX, RECIPE, Folder, clean, hash_key, index, size

from .. import damage
from ..registry import Trial, target

_KEYS = ["a", "b", "c"]
_NAMES = (
    "0001.png", "0002.png", "0001.ogg", "../outside.txt", "recipe.json", "notes.txt", ".", "..", "a/b", "\u202e.png",
)  # fmt: skip


def _lines(random: Random) -> bytes:
    """Lines as we write them, some of them spoiled."""
    lines = []
    for _ in range(random.choice((1, 2, 2, 3, 12, 80))):
        raw = {
            "file": random.choice(_NAMES), "key": hash_key(random.choice(_KEYS)), "size": random.choice((0, 3, 10**12)),
            "sha256": "0" * 64,
        }  # fmt: skip
        lines.append(json.dumps(raw) if random.random() < 0.5 else damage.of_json(random, raw, 1))
    if random.random() < damage.MUCH:
        lines = random.sample(lines, min(len(lines), 3)) * random.choice((1000, 5000))
    data = "\n".join(lines).encode("utf-8", "surrogatepass") + b"\n"
    return damage.of_bytes(random, data, 3) if random.random() < 0.4 else data


@target("index", share=14)
def index_lines(random: Random, folder: Path) -> Trial:
    """Such an index, and what is understood of it."""
    data = _lines(random)
    path = folder / INDEX
    path.write_bytes(data)
    wanted = {hash_key("a")} if random.random() < 0.5 else {hash_key(key) for key in _KEYS}

    def read() -> str:
        found = list(index.lines(path, wanted.__contains__))
        for name, made in found:
            assert made.key in wanted
            assert Path(name).name == name
            assert made.size >= 0
        return f"{min(len(found), 9)}"

    return Trial(data, read)


@target("frames folders", share=1)
def frames_folders(random: Random, folder: Path) -> Trial:
    """A folder with such an index, beside another: what both show, what a job takes over, and what cleaning removes."""
    root, outside = folder / "frames", folder / "outside.txt"
    shutil.rmtree(root, ignore_errors=True)
    outside.touch()
    data = _lines(random)
    for name in ("theirs", "mine"):
        (root / name).mkdir(parents=True)
        (root / name / RECIPE).write_text("{}")
        for file in ("0001.png", "notes.txt"):
            (root / name / file).write_bytes(b"abc")
    (root / "theirs" / INDEX).write_bytes(data)
    if random.random() < 0.5:
        (root / "mine" / INDEX).write_bytes(data)
    mine = Folder(root / "mine", 2, ".png")
    is_made, is_kept = random.random() < 0.1, random.random() < 0.5  # writing waits for the disk

    def used() -> str:
        mine.create("{}")
        missing, changed = mine.check(["a", "b"])
        others = mine.neighbors(_KEYS)
        adopted = mine.adopt(1, "b", others)
        taken = mine.take_over(root / "theirs")
        if is_made:
            mine.put(0, "a", [b"frame"])
            assert mine.index()[mine.name(0)].key == hash_key("a"), "what was made last counts"
        damaged = mine.damaged()
        held = size(root)
        removed, _ = clean(root, {"theirs"} if is_kept else ())
        assert outside.exists()
        return f"{len(missing)} {len(changed)} {len(others)} {adopted} {taken} {len(damaged)} {held > 0} {removed}"

    return Trial(data, used)
