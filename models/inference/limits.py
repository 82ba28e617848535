"""Limits on the memory and the time that a third-party network may take, held by the operating system where it can.

Linux: RLIMIT_DATA, all private memory of the process. macOS: RLIMIT_AS is not enforced there, so the watchdog looks at
the memory in use. Windows: a Job object (Microsoft: "Job Objects", JOBOBJECT_EXTENDED_LIMIT_INFORMATION). Time: the
network is asked to stop between two operations; one that does not is ended together with its process.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import Canceled, GeneratorError, GeneratorOverrun

if sys.platform != "win32":
    import resource

#: Seconds that a network has to stop after it was asked to, and between two looks of the watchdog.
GRACE, LOOK = 3.0, 0.1
#: The exit code of a worker whose network could not be stopped.
HUNG = 70
#: What is done within limits.
RUNNING, READING = "The network", "Reading the file"
_ADVICE = {RUNNING: "Make the frame smaller, or raise", READING: "If you trust the file, raise"}
_OUT_OF_MEMORY = ("bad_alloc", "allocate memory", "bad allocation", "Failed to allocate", "Available memory")


@dataclass(frozen=True)
class Limits:
    """What one call of a network may take: `memory` in bytes on top of what the process has, `seconds` of time."""

    memory: int = 4 * 2**30
    seconds: float = 60.0


@contextmanager
def held(
    limits: Limits, stop: Callable[[], None], end: Callable[[GeneratorOverrun], None], doing: str = RUNNING
) -> Iterator[None]:
    """Hold `limits` inside. Raises GeneratorOverrun when one is exceeded; `doing` begins what it says.

    `stop` asks the network to stop. When it doesn't, `end` is called, on another thread, and should end the process.
    """
    over: list[GeneratorOverrun] = []
    finished = threading.Event()
    base = resident()

    def watch() -> None:
        until = time.monotonic() + limits.seconds
        while not finished.wait(LOOK):
            if time.monotonic() > until:
                over.append(GeneratorOverrun(_slow(limits, doing)))
            elif resident() - base > limits.memory:
                over.append(GeneratorOverrun(_hungry(limits, doing)))
            else:
                continue
            stop()
            if not finished.wait(GRACE):
                end(over[0])
            return

    watchdog = threading.Thread(target=watch, daemon=True)
    watchdog.start()
    try:
        with _memory(limits.memory):
            yield
    except Canceled:
        if over:
            raise over[0] from None
        raise
    except (MemoryError, GeneratorError) as error:
        if over or isinstance(error, MemoryError) or any(words in str(error) for words in _OUT_OF_MEMORY):
            raise (over or [GeneratorOverrun(_hungry(limits, doing))])[0] from error
        raise
    finally:
        finished.set()
        watchdog.join()
    if over:  # it ended just as it was stopped
        raise over[0]


def _slow(limits: Limits, doing: str) -> str:
    return (
        f"{doing} took more than {limits.seconds:g} s and was stopped. {_ADVICE[doing]} the limit in the preferences."
    )


def _hungry(limits: Limits, doing: str) -> str:
    gigabytes = limits.memory / 2**30
    return (
        f"{doing} needs more than {gigabytes:.1f} GB of memory and was stopped. {_ADVICE[doing]} the limit in the "
        "preferences."
    )


def resident() -> int:
    """Bytes of memory that this process has in use: now on Linux, at most so far elsewhere, 0 where unknown."""
    if sys.platform == "linux":
        return _linux("VmRSS")
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0


def _linux(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


if sys.platform == "win32":

    @contextmanager
    def _memory(more: int) -> Iterator[None]:
        """Let this process's job hold it to `more` bytes above what it has."""
        _hold_job(_private() + more)
        try:
            yield
        finally:
            _hold_job(0)

    class _Basic(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64), ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", ctypes.c_uint32), ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t), ("ActiveProcessLimit", ctypes.c_uint32),
            ("Affinity", ctypes.c_size_t), ("PriorityClass", ctypes.c_uint32), ("SchedulingClass", ctypes.c_uint32),
        ]  # fmt: skip

    class _Extended(ctypes.Structure):
        _fields_ = [
            ("BasicLimitInformation", _Basic), ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t), ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t), ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]  # fmt: skip

    class _Counters(ctypes.Structure):
        _fields_ = [
            ("cb", ctypes.c_uint32), ("PageFaultCount", ctypes.c_uint32),
            *((name, ctypes.c_size_t) for name in (
                "PeakWorkingSetSize", "WorkingSetSize", "QuotaPeakPagedPoolUsage", "QuotaPagedPoolUsage",
                "QuotaPeakNonPagedPoolUsage", "QuotaNonPagedPoolUsage", "PagefileUsage", "PeakPagefileUsage",
                "PrivateUsage",
            )),
        ]  # fmt: skip

    _EXTENDED_LIMIT, _PROCESS_MEMORY = 9, 0x100
    _job: list[int] = []

    def _kernel() -> ctypes.WinDLL:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.CreateJobObjectW.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p]
        kernel.AssignProcessToJobObject.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        kernel.SetInformationJobObject.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32]
        kernel.K32GetProcessMemoryInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32]
        return kernel

    def _hold_job(most: int) -> None:
        kernel = _kernel()
        if not _job:
            _job.append(kernel.CreateJobObjectW(None, None))
            if not kernel.AssignProcessToJobObject(_job[0], kernel.GetCurrentProcess()):
                raise OSError(ctypes.get_last_error(), "The worker can't be held to a memory limit.")
        info = _Extended()
        if most:
            info.BasicLimitInformation.LimitFlags, info.ProcessMemoryLimit = _PROCESS_MEMORY, most
        kernel.SetInformationJobObject(_job[0], _EXTENDED_LIMIT, ctypes.byref(info), ctypes.sizeof(info))

    def _private() -> int:
        kernel, counters = _kernel(), _Counters()
        counters.cb = ctypes.sizeof(counters)
        kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
        return int(counters.PrivateUsage)

else:

    @contextmanager
    def _memory(more: int) -> Iterator[None]:
        """Lower this process's soft limit to `more` bytes above what it has, and put it back."""
        kind, used = (resource.RLIMIT_DATA, _linux("VmData")) if sys.platform == "linux" else (resource.RLIMIT_AS, 0)
        soft, hard = resource.getrlimit(kind)
        if used:
            most = used + more if hard == resource.RLIM_INFINITY else min(used + more, hard)
            resource.setrlimit(kind, (most, hard))
        try:
            yield
        finally:
            if used:
                with contextlib.suppress(ValueError, OSError):
                    resource.setrlimit(kind, (soft, hard))
