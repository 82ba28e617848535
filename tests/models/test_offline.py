"""Linux takes the network away from the worker and the doctor, and onnxruntime's telemetry is off wherever it loads."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from models import offline
from models.processes import environment

held = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in offline._MACHINES, reason="only Linux takes system calls away"
)

TRY = """
import ctypes, errno, json, os, socket, subprocess, sys

def outcome(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    return "opened"

def outcomes():
    families = ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_UNIX")
    found = {name: outcome(lambda name=name: socket.socket(getattr(socket, name)).close()) for name in families}
    return found | {"pair": outcome(lambda: [end.close() for end in socket.socketpair()])}

def call(*numbers):
    system = ctypes.CDLL(None, use_errno=True)
    if system.syscall(*map(ctypes.c_ulong, numbers)) < 0:
        raise OSError(ctypes.get_errno(), "")

seen = []
def at_import(event, arguments):
    if event == "import" and arguments[0] == "onnxruntime" and not seen:
        seen.append(os.environ["ORT_DISABLE_TELEMETRY"])
        print(json.dumps([seen, outcomes()]), file=sys.stderr)
"""
EXPECTED = {"AF_INET": "EACCES", "AF_INET6": "EACCES", "AF_NETLINK": "EACCES", "AF_UNIX": "opened", "pair": "opened"}


def python(root: Path, code: str, *arguments: str, **more: str) -> list[str]:
    """The lines that a Python process prints on standard error."""
    command = [sys.executable, "-c", TRY + code, *arguments]
    done = subprocess.run(command, cwd=root, env={**environment(), **more}, input="", capture_output=True, text=True)
    return done.stderr.splitlines()


@held
def test_only_local_sockets_open_in_the_process_and_its_children(root: Path) -> None:
    code = """
from models.offline import close_network
before = outcome(lambda: socket.socket().close())
print(json.dumps([before, close_network(), outcomes()]), file=sys.stderr)
child = "import socket, sys\\ntry: socket.socket()\\nexcept PermissionError: sys.exit(7)"
print(subprocess.run([sys.executable, "-c", child]).returncode, file=sys.stderr)
"""
    told, child = python(root, code)
    assert json.loads(told) == ["opened", True, EXPECTED]
    assert child == "7"


@held
@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86-64's system calls")
def test_there_is_no_way_around_by_other_system_calls(root: Path) -> None:
    code = """
from models.offline import close_network
close_network()
high = 1 << 32  # the kernel reads the lower half of the domain alone
for numbers in ((41, 2, 1, 0), (41, high + 2, 1, 0), (41, high + 1, 1, 0), (0x40000000 + 41, 2, 1, 0), (425, 1, 0)):
    print(outcome(lambda: call(*numbers)), file=sys.stderr)
"""
    assert python(root, code) == ["EACCES", "EACCES", "opened", "EPERM", "ENOSYS"]


@held
@pytest.mark.parametrize("module", ["models.worker", "models.doctor"])
def test_the_network_is_gone_before_the_runtime_loads(module: str, root: Path, tmp_path: Path) -> None:
    code = f"""
import runpy
sys.addaudithook(at_import)
runpy.run_module("{module}", run_name="__main__", alter_sys=True)
"""
    (told,) = python(root, code, f"--library={tmp_path}", ORT_DISABLE_TELEMETRY="0")
    assert json.loads(told) == [["1"], EXPECTED]


def test_elsewhere_it_says_that_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert offline.close_network() is False


@pytest.mark.parametrize("package", ["models.inference.session", "models.training"])
def test_whatever_loads_the_runtime_turns_its_telemetry_off(package: str, root: Path) -> None:
    code = f"import {package}\nprint(os.environ['ORT_DISABLE_TELEMETRY'], file=sys.stderr)"
    assert python(root, code, ORT_DISABLE_TELEMETRY="0") == ["1"]


def test_windows_own_tracing_is_asked_for_nothing_as_soon_as_it_can_be(root: Path) -> None:
    code = """
import onnxruntime
onnxruntime.disable_telemetry_events = lambda: print("off", file=sys.stderr)
import models.inference.session
"""
    assert python(root, code) == ["off"]


def test_processes_are_started_with_it_off_whatever_the_user_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ORT_DISABLE_TELEMETRY", "0")
    assert environment()["ORT_DISABLE_TELEMETRY"] == "1"
