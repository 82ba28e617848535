"""Which provider runs the networks: chosen by a measured trial, and given up when it fails or draws something else.

The trial runs one small network on the processor and on every other provider that the runtime was built with. A
provider is taken when it is at least a third faster and gives the same picture within `TOLERANCE`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..kinds import kind
from ..library.catalog import Library
from ..plain_files import read, write
from ..printable import printable
from ..recipe import Recipe

#: What a provider may differ from the processor, on values of 0…1, and how much faster it has to be.
TOLERANCE, FASTER = 2 / 255, 1.5
AUTO, CPU = "auto", "cpu"
#: Bytes of the file that a choice is kept in, at most.
LARGEST = 10_000

#: Runs the trial network on a provider: (seconds, its output flattened). Raises whatever goes wrong there.
Measure = Callable[[str], tuple[float, Any]]


def sample(provider: str, threads: int = 0) -> tuple[float, Any]:
    """(seconds, picture `[3,256,256]` in 0…1) of a network that draws textures, on a provider."""
    from ..inference.session import Session  # Blender's own process never loads it

    entry = Library().latest("latent_materials")
    made = kind("texture")
    recipe = Recipe("texture", entry.card.id, entry.card.digest, 256, 256, 1, 24.0)
    take = made.take(recipe, entry.card)
    session = Session(entry.path, threads, provider)
    take.run(session, 0)  # the first run is slower everywhere
    begin = time.perf_counter()
    outputs = take.run(session, 0)
    return time.perf_counter() - begin, outputs[entry.card.outputs[0].name][0]


@dataclass(frozen=True)
class ChosenProvider:
    """The provider to use, why, and what was measured: seconds by provider."""

    provider: str
    reason: str
    seconds: Mapping[str, float]


def chosen(providers: list[str], measure: Measure) -> ChosenProvider:
    """Measure `providers` and choose. The processor is always among them, and is what remains when others fail."""
    if providers == [CPU]:
        return ChosenProvider(CPU, "the only provider that this runtime was built with", {})
    base, expected = measure(CPU)
    seconds, best, words = {CPU: base}, CPU, []
    for provider in providers:
        if provider == CPU:
            continue
        try:
            took, made = measure(provider)
        except Exception as error:  # noqa: BLE001 - drivers fail in every way there is; each is a reason not to use them
            words.append(f"{provider} failed ({str(error)[:100]})")
            continue
        difference = float(abs(made - expected).max())
        seconds[provider] = took
        if not difference <= TOLERANCE:  # no numbers at all differ too
            words.append(f"{provider} draws another picture (off by {difference:.3f})")
        elif base / took < FASTER:
            words.append(f"{provider} is no faster ({took * 1000:.0f} ms, processor {base * 1000:.0f} ms)")
        elif took < seconds[best]:
            best = provider
    if best != CPU:
        words.insert(0, f"{base / seconds[best]:.1f} times as fast as the processor")
    return ChosenProvider(best, "; ".join(words), seconds)


def remembered(file: Path, runtime: str, providers: list[str], choose: Callable[[], ChosenProvider]) -> ChosenProvider:
    """Return the choice that was made before with this runtime and these providers, or a new one, which is kept in
    `file`.
    """
    if providers == [CPU]:
        return choose()
    about = {"runtime": runtime, "providers": providers}
    try:
        raw = json.loads(read(file, LARGEST))
        if raw["about"] == about and raw["choice"]["provider"] in providers:
            kept = raw["choice"]
            return ChosenProvider(str(kept["provider"]), printable(str(kept["reason"])[:300]), dict(kept["seconds"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass  # not measured yet, or not readable: measured now
    found = choose()
    try:
        write(file, json.dumps({"about": about, "choice": asdict(found)}).encode())
    except OSError:
        return found  # measured again next time
    return found
