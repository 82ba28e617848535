"""The one importer of onnxruntime: sessions, providers, threads, and stopping a run in the middle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import Canceled, GeneratorError, WorkerError
from ..offline import QUIET

os.environ.update(QUIET)
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as _native

onnxruntime.disable_telemetry_events()  # what builds for Windows hand to the system's own tracing

Array = npt.NDArray[np.float32]

#: Names shown to users, and the execution providers they stand for, best first.
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "webgpu": "WebGpuExecutionProvider",
    "cpu": "CPUExecutionProvider",
}

# onnxruntime's own exceptions have no common base.
_NATIVE = [error for error in vars(_native).values() if isinstance(error, type) and issubclass(error, Exception)]
_FAILURES: tuple[type[Exception], ...] = (RuntimeError, ValueError, *_NATIVE)

version: str = onnxruntime.__version__


def available() -> list[str]:
    """Return the providers that this onnxruntime was built with, by their short names."""
    built = onnxruntime.get_available_providers()
    return [name for name, full in PROVIDERS.items() if full in built]


class Session:
    """A loaded network.

    `threads` are onnxruntime's own (0: one a core). Raises GeneratorError when the file can't be loaded and WorkerError
    when the provider is not there. Not for use from several threads, but `stop` may be called from any.
    """

    def __init__(self, path: Path, threads: int = 0, provider: str = "cpu") -> None:
        if provider not in available():
            raise WorkerError(f"The provider {provider!r} is not available here. There are: {', '.join(available())}.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Threads that wait by spinning take the processor from the encoder beside them, and from Blender.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=[PROVIDERS[provider]])
        except _FAILURES as error:
            raise GeneratorError(f"{path.name}: onnxruntime can't load it ({str(error)[:200]}).") from error
        self.provider = provider
        self._run = onnxruntime.RunOptions()
        self._stopped = False

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """All outputs by name. Raises Canceled after `stop`, and GeneratorError when the network can't be run."""
        if self._stopped:
            raise Canceled("Stopped.")
        names = [output.name for output in self._session.get_outputs()]
        try:
            return dict(zip(names, self._session.run(names, dict(inputs), self._run), strict=True))
        except _FAILURES as error:
            if self._stopped:
                raise Canceled("Stopped.") from error
            raise GeneratorError(f"The network failed ({str(error)[:300]}).") from error

    @property
    def stopped(self) -> bool:
        """Whether it was stopped: work that leads to the next run is in vain."""
        return self._stopped

    def stop(self) -> None:
        """End the run in progress, and every later one until `restart`. The network stops between two operations."""
        self._stopped = True
        self._run.terminate = True

    def restart(self) -> None:
        """Allow runs again."""
        self._stopped = False
        self._run = onnxruntime.RunOptions()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
