"""Read a TensorFlow Lite network as an ONNX graph, for the few operations that the networks used here have.

Pictures are `NHWC` there and `NCHW` here. Needs the package `tflite`, which reads the file's tables; nothing runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .builder import Graph

Array = np.ndarray
TYPES = {0: np.float32, 1: np.float16, 2: np.int32}


class Reader:
    """One network. Its operations are added to `graph`, which may hold others already."""

    def __init__(self, path: Path, graph: Graph) -> None:
        import tflite

        self.tflite, self.graph = tflite, graph
        self.model = tflite.Model.GetRootAs(path.read_bytes(), 0)
        self.network = self.model.Subgraphs(0)
        self.names = {
            value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)
        }  # fmt: skip
        self.weights: dict[int, Array] = {}
        self.values: dict[int, str] = {}

    def added(self, image: str) -> str:
        """Add all operations, with `image` as the input; return the name of the output. Raises NotImplementedError."""
        self.values[int(self.network.InputsAsNumpy()[0])] = image
        for number in range(self.network.OperatorsLength()):
            self._add(self.network.Operators(number))
        return self.values[int(self.network.OutputsAsNumpy()[0])]

    def _add(self, operator: Any) -> None:
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        name = self.names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if name == "CUSTOM":
            name = code.CustomCode().decode()
        given = [int(tensor) for tensor in operator.InputsAsNumpy()]
        made = int(operator.OutputsAsNumpy()[0])
        if name == "DEQUANTIZE":
            self.weights[made] = self._constant(given[0]).astype(np.float32)
        else:
            self.values[made] = self._operation(name, operator, given, made)

    def _operation(self, name: str, operator: Any, given: list[int], made: int) -> str:
        graph, values = self.graph, self.values
        simple = {"HARD_SWISH": "HardSwish", "RELU": "Relu", "LOGISTIC": "Sigmoid", "MEAN": "GlobalAveragePool"}
        if name in simple:
            return graph(simple[name], values[given[0]])
        if name in ("AVERAGE_POOL_2D", "RESIZE_BILINEAR"):
            return self._resized(name, given[0], made)
        if name in ("MUL", "ADD"):
            return graph(name.capitalize(), values[given[0]], values[given[1]])
        if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            return self._convolution(name, operator, given, made)
        if name == "Convolution2DTransposeBias":  # MediaPipe's own operation
            weight = self._weight(given[1]).transpose(3, 0, 1, 2).copy()
            return graph("ConvTranspose", values[given[0]], weight, self._weight(given[2]), strides=[2, 2])
        raise NotImplementedError(f"This reader doesn't know the operation {name}.")

    def _resized(self, name: str, given: int, made: int) -> str:
        before, after = self._shape(given), self._shape(made)
        if name == "AVERAGE_POOL_2D":
            if after[1:3] != [1, 1]:
                raise NotImplementedError(f"This reader knows the mean of a whole picture only, not to {after}.")
            return self.graph("GlobalAveragePool", self.values[given])
        factors = np.array([1, 1, after[1] / before[1], after[2] / before[2]], np.float32)
        return self.graph("Resize", self.values[given], "", factors, mode="linear")

    def _convolution(self, name: str, operator: Any, given: list[int], made: int) -> str:
        depthwise = name == "DEPTHWISE_CONV_2D"
        options = self.tflite.DepthwiseConv2DOptions() if depthwise else self.tflite.Conv2DOptions()
        options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
        weight = self._weight(given[1]).transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2)).copy()
        if options.Padding() != self.tflite.Padding.SAME and weight.shape[2] > 1:
            raise NotImplementedError("This reader knows convolutions that keep the picture's size only.")
        made_value = self.graph(
            "Conv", self.values[given[0]], weight, self._weight(given[2]),
            group=len(weight) if depthwise else 1, strides=[options.StrideH(), options.StrideW()],
            pads=self._padding(given[0], made, weight.shape[2], options.StrideH()),
        )  # fmt: skip
        activation = options.FusedActivationFunction()
        if activation not in (0, 1):
            raise NotImplementedError(f"This reader doesn't know the activation {activation}.")
        return self.graph("Relu", made_value) if activation else made_value

    def _padding(self, given: int, made: int, kernel: int, stride: int) -> list[int]:
        """Return TensorFlow's padding, with the odd pixel at the end: top, left, bottom, right."""
        missing = [
            max((after - 1) * stride + kernel - before, 0)
            for before, after in zip(self._shape(given)[1:3], self._shape(made)[1:3], strict=True)
        ]
        return [each // 2 for each in missing] + [each - each // 2 for each in missing]

    def _shape(self, tensor: int) -> list[int]:
        return [int(side) for side in self.network.Tensors(tensor).ShapeAsNumpy()]

    def _weight(self, tensor: int) -> Array:
        return self.weights[tensor] if tensor in self.weights else self._constant(tensor)

    def _constant(self, tensor: int) -> Array:
        described = self.network.Tensors(tensor)
        data: Array = self.model.Buffers(described.Buffer()).DataAsNumpy()
        return data.view(TYPES[described.Type()]).reshape(described.ShapeAsNumpy() if described.ShapeLength() else ())
