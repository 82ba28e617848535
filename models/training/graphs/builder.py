"""Write a small ONNX graph: an operation a line, constants where they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Value = str | float | Sequence[int] | npt.NDArray[Any]


class Graph:
    """Operations in their order. Values go by name; a number is a float constant, a list one of whole numbers."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], onnx.TensorProto] = {}

    def __call__(self, operation: str, *inputs: Value, **attributes: Any) -> str:
        """Add an operation with one output, whose name is returned. Inputs left out are ""."""
        return self.several(operation, 1, *inputs, **attributes)[0]

    def several(self, operation: str, count: int, *inputs: Value, **attributes: Any) -> list[str]:
        """Add an operation with so many outputs."""
        outputs = [f"v{len(self.nodes)}_{n}" if count > 1 else f"v{len(self.nodes)}" for n in range(count)]
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        self.nodes.append(helper.make_node(operation, names, outputs, **attributes))
        return outputs

    def sum(self, *terms: Value) -> str:
        """Return the sum of all."""
        return self._folded("Add", terms)

    def product(self, *factors: Value) -> str:
        """Return the product of all."""
        return self._folded("Mul", factors)

    def clip(self, value: Value, low: float = 0.0, high: float = 1.0) -> str:
        """Return a value between two others."""
        return self("Clip", value, low, high)

    def mixed(self, a: Value, b: Value, share: Value) -> str:
        """From `a` at share 0 to `b` at 1."""
        return self.sum(a, self.product(self("Sub", b, a), share))

    def model(self, name: str, inputs: Mapping[str, Sequence[Any]], outputs: Mapping[str, Sequence[Any]]) -> Any:
        """Return the whole, floats in and out, its outputs the values of those names."""
        given, made = (
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, list(shape)) for key, shape in ports.items()]
            for ports in (inputs, outputs)
        )
        graph = helper.make_graph(self.nodes, name, given, made, list(self._constants.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)

    def _folded(self, operation: str, values: Sequence[Value]) -> str:
        whole = values[0]
        for value in values[1:]:
            whole = self(operation, whole, value)
        assert isinstance(whole, str)
        return whole

    def constant(self, value: float | Sequence[int] | npt.NDArray[Any]) -> str:
        """Return the name of a constant; equal ones are the same."""
        if isinstance(value, np.ndarray):
            array = value
        else:
            array = np.array(value, np.float32 if isinstance(value, (int, float)) else np.int64)
        key = str(array.dtype), array.shape, array.tobytes()
        if key not in self._constants:
            self._constants[key] = numpy_helper.from_array(array, f"c{len(self._constants)}")
        return self._constants[key].name
