"""What every kind declares is complete: properties, panels, the schema and the tests are made from it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import RecipeError
from models.kinds import Kind, kind, kinds
from models.library.catalog import Library
from models.parameters import Parameter

every_kind = pytest.mark.parametrize("kind_", kinds().values(), ids=kinds())
PARAMETERS = {f"{name}.{p.name}": p for name, found in kinds().items() for p in found.parameters}
NUMBERS = {name: p for name, p in PARAMETERS.items() if p.type in ("float", "int")}
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()) | st.just(10**400)
)


@every_kind
def test_a_kind_says_what_it_is(kind_: Kind) -> None:
    assert kind(kind_.name) is kind_
    assert all((kind_.label, kind_.description, kind_.suffix.startswith(".")))
    names = [parameter.name for parameter in kind_.parameters]
    assert len(set(names)) == len(names)


def test_kinds_that_share_a_parameters_name_mean_the_same_by_it() -> None:
    # A strip has one property for all of them.
    seen: dict[str, object] = {}
    for name, parameter in PARAMETERS.items():
        choices = [choice.name for choice in parameter.choices]
        meant = (parameter.type, parameter.minimum, parameter.maximum, choices, parameter.animatable)
        assert seen.setdefault(parameter.name, meant) == meant, name


@every_kind
def test_a_generator_of_each_kind_ships(kind_: Kind) -> None:
    assert bool(Library().of_kind(kind_.name)) == kind_.ships


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(RecipeError, match=r"'sculpture'.*texture"):
        kind("sculpture")


def test_every_parameter_is_labeled_and_its_default_fits() -> None:
    for name, parameter in PARAMETERS.items():
        assert parameter.name.isidentifier(), name
        assert parameter.label, name
        assert parameter.description, name
        assert not parameter.description.endswith("."), name  # Blender adds the full stop
        assert parameter.check(parameter.default) == parameter.default, name
        assert parameter.type == "float" or not parameter.animatable, name
        assert name not in NUMBERS or parameter.minimum < parameter.maximum, name


# All are checked alike whatever they are called, so a few hundred pairs try every way to be wrong.
@settings(max_examples=600)
@given(parameter=st.sampled_from([*PARAMETERS.values()]), value=ANYTHING)
def test_any_value_is_taken_in_range_or_is_a_recipe_error(parameter: Parameter, value: object) -> None:
    try:
        taken = parameter.check(value)
    except RecipeError:
        return
    assert isinstance(taken, {"float": float, "int": int, "bool": bool}.get(parameter.type, str))
    if isinstance(taken, float):
        assert parameter.minimum <= taken <= parameter.maximum


def test_the_limits_are_taken_and_what_is_beyond_is_not() -> None:
    for parameter in NUMBERS.values():
        for limit, beyond in ((parameter.minimum, -math.inf), (parameter.maximum, math.inf)):
            assert parameter.check(limit) == limit
            with pytest.raises(RecipeError, match=r"outside|finite|whole"):
                parameter.check(math.nextafter(limit, beyond))


def test_every_choice_is_taken_and_described() -> None:
    for name, parameter in PARAMETERS.items():
        for choice in parameter.choices:
            assert parameter.check(choice.name) == choice.name
            assert choice.label, (name, choice.name)
            assert choice.description, (name, choice.name)
