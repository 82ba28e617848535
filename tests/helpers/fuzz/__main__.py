"""`python -m tests.helpers.fuzz`: a million bad inputs, and a table of what came of them.

It fails when anything but an error of ours was raised, or an input took over two seconds of the processor. A run that
was broken off goes on where it was; when the code has changed since, it begins again.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from functools import cache
from glob import glob
from pathlib import Path
from random import Random
from types import FrameType

from models.errors import LatentStripsError

from .registry import Trial, targets
from .tally import BATCH, Tally, load, save, source, table

ROOT = Path(__file__).resolve().parents[3]
STATE = ROOT / "build" / "fuzz" / "state.json"
#: No input may take longer, seconds of the processor; one that takes this much longer is broken off.
LONGEST, ENDLESS = 2.0, 20.0


class Endless(BaseException):
    """An input didn't come to an end."""


def main() -> int:
    """Try what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.helpers.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many in all (1,000,000)")
    parser.add_argument("--target", choices=list(targets()), action="append", help="only these; may be repeated")
    parser.add_argument("--number", type=int, help="only this input of the target, and show it")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many at once (one a core)")
    parser.add_argument("--outcomes", action="store_true", help="show what came of how many inputs, too")
    parser.add_argument("--again", action="store_true", help="begin again, whatever was tried before")
    given = parser.parse_args()
    chosen = {name: each for name, each in targets().items() if not given.target or name in given.target}
    if given.number is not None:
        return _show(next(iter(chosen)), given.number)
    code = source(ROOT)
    tallies = {} if given.again else load(STATE, code)
    shares = sum(each.share for each in chosen.values())
    batches = {name: -(-given.inputs * each.share // shares // BATCH) for name, each in chosen.items()}
    todo = [
        (name, batch)
        for name, most in batches.items()
        for batch in set(range(most)) - set(tallies.setdefault(name, Tally()).batches)
    ]
    todo.sort(key=lambda job: (job[1] / batches[job[0]], job[0]))  # all targets go on together
    _run(todo, given.processes, tallies, lambda: save(STATE, code, tallies))
    print(table({name: tallies[name] for name in chosen}))
    return _verdict({name: tallies[name] for name in chosen}, given.outcomes)


def _run(todo: list[tuple[str, int]], processes: int, tallies: dict[str, Tally], keep: Callable[[], None]) -> None:
    """Try batches in several processes, and keep what came of each."""
    begin = saved = time.monotonic()
    with ProcessPoolExecutor(processes, initializer=faulthandler.enable) as pool:
        running: dict[Future[Tally], str] = {}
        rest = iter(todo)
        done = 0
        while True:
            while len(running) < 2 * processes and (job := next(rest, None)):
                running[pool.submit(batch, *job)] = job[0]
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                tallies[running.pop(future)].add(future.result())
                done += 1
            if time.monotonic() - saved > 5 or not running:
                saved = time.monotonic()
                keep()
                print(f"{done} of {len(todo)} batches, {saved - begin:.0f} s", file=sys.stderr, flush=True)
    keep()


def batch(name: str, number: int) -> Tally:
    """Try the inputs of one batch."""
    tally = Tally(batches=[number])
    for each in range(number * BATCH, (number + 1) * BATCH):
        outcome, seconds, fault = tried(_made(name, each))
        tally.inputs += 1
        tally.seconds += seconds
        tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
        if seconds > tally.slowest:
            tally.slowest, tally.slowest_input = seconds, each
        if fault:
            tally.faults.setdefault(outcome, f"{name} {each}\n{fault}")
    return tally


def tried(trial: Trial) -> tuple[str, float, str]:
    """Return (what came of an input, seconds of the processor, what went wrong that shouldn't)."""
    begin, fault = time.process_time(), ""
    with _limited():
        try:
            outcome = trial.read()
        except LatentStripsError as error:
            outcome = f"{type(error).__name__}: {_kind(str(error))}"
        except (Exception, Endless) as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            outcome = f"FAULT {type(error).__name__} {Path(where.filename).name}:{where.lineno}"
            fault = traceback.format_exc()
    return outcome, time.process_time() - begin, fault


class _limited:
    """Breaks off what doesn't end, where the system can."""

    def __enter__(self) -> None:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGVTALRM, _end)
            signal.setitimer(signal.ITIMER_VIRTUAL, ENDLESS)

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise Endless


def _kind(message: str) -> str:
    """Return a message without what it quotes: names, numbers."""
    message = re.sub(r"'[^']*'|\"[^\"]*\"", "…", message)
    return re.sub(r"\d[\d.,e+]*", "9", message)[:120]


@cache
def _folder(name: str) -> Path:
    """Return a folder of this process for a target, which is removed with it."""
    import atexit

    folder = Path(
        tempfile.mkdtemp(prefix="fuzz-", dir=next(iter(glob("/dev/shm")), None))
    )  # in memory, where it can be
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _made(name: str, number: int) -> Trial:
    return targets()[name].make(Random(f"{name} {number}"), _folder(name))


def _show(name: str, number: int) -> int:
    """Try one input and show all of it."""
    trial = _made(name, number)
    print(trial.data)
    outcome, seconds, fault = tried(trial)
    print(f"{outcome}\n{seconds:.3f} s\n{fault}")
    return int(bool(fault) or seconds > LONGEST)


def _verdict(tallies: dict[str, Tally], with_outcomes: bool) -> int:
    for name, each in tallies.items():
        if with_outcomes:
            for outcome, count in sorted(each.outcomes.items(), key=lambda item: -item[1]):
                print(f"{name}\t{count}\t{outcome}")
        for fault in each.faults.values():
            print(f"\nFAULT in {fault}")
    slow = [f"{name} {each.slowest_input}" for name, each in tallies.items() if each.slowest > LONGEST]
    for each in slow:
        print(f"Over {LONGEST:g} seconds: {each}. `--target TARGET --number NUMBER` shows it.")
    return int(bool(slow) or any(each.faults for each in tallies.values()))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
