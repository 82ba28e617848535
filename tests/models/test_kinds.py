"""What every kind declares is complete: properties, panels, the schema and the tests are made from it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RecipeError
from models.kinds import Kind, kind, kinds
from models.library.catalog import Library
from models.parameters import Parameter

every_kind = pytest.mark.parametrize("kind_", kinds().values(), ids=kinds())
PARAMETERS = {f"{name}.{p.name}": p for name, found in kinds().items() for p in found.parameters}
every_parameter = pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
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


@every_parameter
def test_a_parameter_is_labeled_and_its_default_fits(parameter: Parameter) -> None:
    assert parameter.name.isidentifier()
    assert parameter.label
    assert parameter.description
    assert not parameter.description.endswith(".")  # Blender adds the full stop
    assert parameter.check(parameter.default) == parameter.default
    assert parameter.type == "float" or not parameter.animatable
    if parameter.type in ("float", "int"):
        assert parameter.minimum < parameter.maximum


@every_parameter
@given(value=ANYTHING)
def test_any_value_is_taken_in_range_or_is_a_recipe_error(parameter: Parameter, value: object) -> None:
    try:
        taken = parameter.check(value)
    except RecipeError:
        return
    assert isinstance(taken, {"float": float, "int": int, "bool": bool}.get(parameter.type, str))
    if isinstance(taken, float):
        assert parameter.minimum <= taken <= parameter.maximum


@pytest.mark.parametrize("parameter", [p for p in PARAMETERS.values() if p.type in ("float", "int")])
def test_the_limits_are_taken_and_what_is_beyond_is_not(parameter: Parameter) -> None:
    for limit, beyond in ((parameter.minimum, -math.inf), (parameter.maximum, math.inf)):
        assert parameter.check(limit) == limit
        with pytest.raises(RecipeError, match=r"outside|finite|whole"):
            parameter.check(math.nextafter(limit, beyond))


@every_parameter
def test_every_choice_is_taken_and_described(parameter: Parameter) -> None:
    for choice in parameter.choices:
        assert parameter.check(choice.name) == choice.name
        assert choice.label
        assert choice.description
