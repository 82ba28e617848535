"""Networks to ONNX files, the same bytes every time, and whether they still give what torch gives."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from ...cards.card import KEY
from .half_precision import halve


def write(proto: onnx.ModelProto, described: dict[str, Any], path: Path) -> None:
    """Write a graph with its card, and without what the exporter notes of this machine: the same bytes every time."""
    onnx.helper.set_model_props(proto, {KEY: json.dumps(described, separators=(",", ":"))})
    forget_origins(proto.graph)
    onnx.checker.check_model(proto)
    path.write_bytes(proto.SerializeToString(deterministic=True))


def forget_origins(graph: onnx.GraphProto) -> None:
    """Remove what the exporter notes of where each part came from, with this machine's paths."""
    for node in graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*graph.value_info, *graph.input, *graph.output, *graph.initializer):
        del value.metadata_props[:]
        value.doc_string = ""
    del graph.metadata_props[:]


def trace(
    model: nn.Module,
    inputs: tuple[Tensor, ...],
    strides: Iterable[int],
    described: dict[str, Any],
    path: Path,
    digits: int = 0,
) -> float:
    """Write a network of noise fields `z32`, `z16` …, named after their `strides`, and a style → `image`.

    Large weights may be stored with `digits` alone (see `halving`). Returns the largest difference between torch and
    onnxruntime on `inputs`. By tracing: the newer exporter wants to prove that the fields' sides agree, and takes
    minutes over it.
    """
    fields = [f"z{stride}" for stride in strides]
    dynamic = {name: {2: f"rows{name[1:]}", 3: f"columns{name[1:]}"} for name in fields}
    written = io.BytesIO()
    torch.onnx.export(
        model, inputs, written, dynamo=False, opset_version=20, input_names=[*fields, "style"],
        output_names=["image"], dynamic_axes=dynamic | {"image": {2: "rows", 3: "columns"}},
    )  # fmt: skip
    proto = onnx.load_model_from_string(written.getvalue())
    if digits:
        halve(proto.graph, digits)
    write(proto, described, path)
    return parity(model, path, inputs)


def parity(model: nn.Module, path: Path, example: tuple[Tensor, ...]) -> float:
    """Largest absolute difference between torch and onnxruntime on `example`."""
    return float(differences(model, path, example).max())


def differences(model: nn.Module, path: Path, example: tuple[Tensor, ...]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Absolute differences between torch and onnxruntime on `example`, shaped as the output."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {port.name: tensor.numpy() for port, tensor in zip(session.get_inputs(), example, strict=True)}
    with torch.no_grad():
        expected = model(*example).numpy()
    return np.abs(session.run(None, feeds)[0] - expected)
