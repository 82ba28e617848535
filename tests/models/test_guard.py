"""Strangers' networks run within limits: what is exceeded is named, and the process that can't be stopped ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from models.errors import ControlFlow, GeneratorOverrun, TooLarge
from models.inference.guarded import Guarded
from models.inference.limits import HUNG, Limits, held
from models.inference.session import Session
from tests.helpers.net import FLOAT, INT64, Net
from tests.helpers.third_party import dcgan

linux = pytest.mark.skipif(sys.platform != "linux", reason="held by RLIMIT_DATA")


def guarded(path: Path, limits: Limits | None = None, allow: tuple[str, ...] = ()) -> Guarded:
    return Guarded(
        path, lambda each: Session(each, 1), limits or Limits(), lambda error: pytest.fail(str(error)), allow
    )


def slow(path: Path) -> Path:
    """Many operations, seconds of work, each of them short."""
    net = Net()
    x, w = net.input("x", FLOAT, [800, 800]), net.weight(800, 800)
    for _ in range(600):
        x = net.node("MatMul", x, w)
    net.node("Identity", x, name="y")
    net.output("y", FLOAT, [800, 800])
    return net.save(path)


def hungry(path: Path) -> Path:
    """More memory than is known before: how many numbers are not zero depends on the numbers."""
    net = Net()
    x = net.input("x", FLOAT, ["n"])
    places = net.node("NonZero", x)
    grown = net.node(
        "ConstantOfShape", net.node("Mul", net.node("Shape", places), net.weight(values=np.array([1, 400], np.int64)))
    )
    net.node("ReduceMax", grown, keepdims=0, name="y")
    net.output("y", FLOAT, [])
    return net.save(path)


def test_what_is_within_the_limits_runs(tmp_path: Path) -> None:
    made = guarded(dcgan(tmp_path / "d.onnx")).run({"input": np.zeros((1, 12, 1, 1), np.float32)})
    assert made["out"].shape == (1, 3, 16, 16)


def test_a_slow_network_is_stopped_and_the_next_run_is_free_again(tmp_path: Path) -> None:
    session = guarded(slow(tmp_path / "slow.onnx"))
    session.limits = Limits(seconds=0.3)
    inputs = {"x": np.zeros((800, 800), np.float32)}
    for _ in range(2):
        begin = time.monotonic()
        with pytest.raises(GeneratorOverrun, match=r"more than 0\.3 s"):
            session.run(inputs)
        assert time.monotonic() - begin < 2.5


@linux
def test_memory_that_only_shows_as_it_runs_is_held_by_the_system(tmp_path: Path) -> None:
    session = guarded(hungry(tmp_path / "hungry.onnx"), Limits(memory=2**28))
    assert session.run({"x": np.ones(10, np.float32)})["y"] == 0
    with pytest.raises(GeneratorOverrun, match=r"more than 0\.2 GB of memory"):
        session.run({"x": np.ones(1_000_000, np.float32)})
    assert np.ones(200_000_000, np.uint8).sum() == 200_000_000  # the limit is off again
    assert session.run({"x": np.ones(10, np.float32)})["y"] == 0


def test_a_size_that_is_too_large_is_known_before_it_runs(tmp_path: Path) -> None:
    session = guarded(dcgan(tmp_path / "d.onnx"), Limits(memory=2**20))
    with pytest.raises(TooLarge):
        session.run({"input": np.zeros((1000, 12, 1, 1), np.float32)})


def test_an_endless_loop_is_refused_and_stopped_where_it_is_allowed(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    body = helper.make_graph(
        [helper.make_node("Identity", ["cond"], ["go"]), helper.make_node("Relu", ["a"], ["b"])], "body",
        [helper.make_tensor_value_info("i", INT64, []), helper.make_tensor_value_info("cond", TensorProto.BOOL, []),
         helper.make_tensor_value_info("a", FLOAT, [4])],
        [helper.make_tensor_value_info("go", TensorProto.BOOL, []), helper.make_tensor_value_info("b", FLOAT, [4])],
    )  # fmt: skip
    net = Net()
    x = net.input("x", FLOAT, [4])
    true = net.weight(values=np.array(True))
    net.nodes.append(helper.make_node("Loop", ["", true, x], ["y"], body=body))
    net.output("y", FLOAT, [4])
    path = net.save(tmp_path / "loop.onnx")
    with pytest.raises(ControlFlow, match="contains Loop"):
        guarded(path)
    with pytest.raises(GeneratorOverrun):
        guarded(path, Limits(seconds=0.5), ("Loop",)).run({"x": np.zeros(4, np.float32)})


STUCK = f"""
import os, sys, time
from models.inference.limits import Limits, held
def end(error):
    print(type(error).__name__, flush=True)
    os._exit({HUNG})
import models.inference.limits
models.inference.limits.GRACE = 0.2
with held(Limits(seconds=0.2), lambda: None, end):
    time.sleep(60)
"""


def test_what_does_not_stop_is_ended_with_its_process(root: Path) -> None:
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-c", STUCK], cwd=root, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout.strip()) == (HUNG, "GeneratorOverrun"), done.stderr
    assert time.monotonic() - begin < 20


def test_other_errors_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), held(Limits(), lambda: None, lambda _: None):
        print(1 / 0)


def test_a_bomb_of_few_bytes_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    net = Net()
    net.node("ConstantOfShape", net.weight(values=np.array([200_000_000], np.int64)), name="y")
    net.output("y", FLOAT, None)
    path = net.save(tmp_path / "bomb.onnx")
    assert path.stat().st_size < 100
    with pytest.raises(TooLarge, match=r"needs 0\.75 GB .* not a generator of pictures"):
        Guarded(path, lambda _: pytest.fail("it was loaded"), Limits(), lambda _: None)
