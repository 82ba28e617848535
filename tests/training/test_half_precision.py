"""Weights in half precision, and in less."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from models.training.graphs.half_precision import SMALL, halve


def halved(weights: np.ndarray, digits: int) -> onnx.ModelProto:
    """A network that returns its `weights`, stored so."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["weights"], ["out"])], "weights", [],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, weights.shape)],
        [numpy_helper.from_array(weights, "weights")],
    )  # fmt: skip
    halve(graph, digits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    return model


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 10), st.floats(1e-3, 1e3), st.integers(0, 99))
def test_a_weight_is_off_by_half_of_its_last_digit_at_most(digits: int, scale: float, seed: int) -> None:
    weights = (scale * np.random.default_rng(seed).standard_normal(SMALL + 1)).astype(np.float32)
    weights = weights[np.abs(weights) > 1e-4]  # below, half precision has fewer digits
    weights = np.concatenate([weights, np.ones(SMALL + 1 - len(weights), np.float32)])
    model = halved(weights, digits)
    (back,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {})
    assert np.abs(back / weights - 1).max() <= 2.0 ** -(digits + 1) * (1 + 2.0 ** (digits - 10))
    assert len(model.graph.initializer[0].raw_data) == 2 * len(weights)


@pytest.mark.parametrize("digits", [7, 10])
def test_small_weights_stay_whole(digits: int) -> None:
    weights = np.linspace(0, 1, SMALL, dtype=np.float32)
    (kept,) = halved(weights, digits).graph.initializer
    assert (numpy_helper.to_array(kept) == weights).all()
