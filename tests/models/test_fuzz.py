"""The command that tries a million bad inputs sees what it is for, and each of its targets reads something."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from models.errors import RecipeError
from tests.helpers.fuzz import tally
from tests.helpers.fuzz.__main__ import tried
from tests.helpers.fuzz.registry import Trial, targets
from tests.helpers.fuzz.tally import Tally

pytestmark = pytest.mark.one_python


def outcomes(name: str, numbers: range, folder: Path) -> set[str]:
    return {tried(targets()[name].make(Random(f"{name} {n}"), folder))[0].split(":")[0] for n in numbers}


@pytest.mark.parametrize("name", list(targets()))
def test_a_target_takes_some_inputs_and_refuses_others(name: str, tmp_path: Path) -> None:
    found = outcomes(name, range(100), tmp_path)
    assert len(found) > 1
    assert not [each for each in found if each.startswith("FAULT")]


def test_the_same_number_is_the_same_input(tmp_path: Path) -> None:
    for target in targets().values():
        first, again = (
            [target.make(Random(f"{target.name} {n}"), tmp_path).data for n in range(150)] for _ in range(2)
        )
        assert first == again


def test_what_is_raised_unasked_is_a_fault_and_an_error_of_ours_is_none() -> None:
    def raises(error: BaseException) -> Trial:
        def read() -> str:
            raise error

        return Trial(b"", read)

    assert tried(raises(RecipeError("The track 'a' has 12 values.")))[::2] == (
        "RecipeError: The track … has 9 values.",
        "",
    )
    outcome, _, fault = tried(raises(KeyError("a")))
    assert outcome.startswith("FAULT KeyError test_fuzz.py:")
    assert "Traceback" in fault


def test_a_run_goes_on_where_it_was_unless_the_code_is_another(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    kept = {"index": Tally([0], 250, 1.0, 0.5, 17, {"a": 250}, {"b": "c"})}
    tally.save(path, "code", kept)
    assert tally.load(path, "code") == kept
    assert tally.load(path, "other code") == {}
    kept["index"].add(Tally([1], 250, 1.0, 0.25, 260, {"a": 50, "d": 200}))
    assert (kept["index"].inputs, kept["index"].slowest_input, kept["index"].outcomes["a"]) == (500, 17, 300)
    assert "500" in tally.table(kept)
