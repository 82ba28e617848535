"""Run a command and write down each network call, and each file made, opened for writing or synced, by all its
threads and children: `python watcher.py LOG COMMAND…`. What strace does, where there is none; Linux on x86-64.

Looks on by ptrace(2), so it sees what libraries ask of the system without Python, and calls that a filter refuses.
The log has a JSON list a line: the call's name, then a socket's domain or a whole path.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import sys
from pathlib import Path

# linux/ptrace.h
TRACEME, SYSCALL, SET_OPTIONS, SYSCALL_INFO = 0, 24, 0x4200, 0x420E
# Tell system calls from signals; go on with forks, vforks and threads; say when another program begins; end together.
OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x100000
ENTRY, WALL = 1, 0x40000000
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Numbers of calls on x86-64, and which argument is the domain; the path, the folder it is relative to, and the flags.
NETWORK = {41: "socket", 425: "io_uring_setup"}
FILES: dict[int, tuple[str, int, int | None, int | None]] = {
    2: ("open", 0, None, 1),
    85: ("creat", 0, None, None),
    257: ("openat", 1, 0, 2),
    437: ("openat2", 1, 0, None),  # its flags lie elsewhere: all are told
    83: ("mkdir", 0, None, None),
    258: ("mkdirat", 1, 0, None),
    82: ("rename", 1, None, None),
    264: ("renameat", 3, 2, None),
    316: ("renameat2", 3, 2, None),
    86: ("link", 1, None, None),
    265: ("linkat", 3, 2, None),
    88: ("symlink", 1, None, None),
    266: ("symlinkat", 2, 1, None),
    133: ("mknod", 0, None, None),
    259: ("mknodat", 1, 0, None),
}
SYNC = {74: "fsync", 75: "fdatasync"}

_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_ptrace.restype = ctypes.c_long


def ptrace(request: int, pid: int, address: int | None = None, data: object = None) -> bool:
    """Whether the kernel did it: a thread may have ended in this moment."""
    return bool(_ptrace(request, pid, address, data) >= 0)


def entered(thread: int) -> tuple[int, tuple[int, ...]] | None:
    """Number and arguments of the system call that a thread begins; None as one ends."""
    info = ctypes.create_string_buffer(88)  # struct ptrace_syscall_info
    if not ptrace(SYSCALL_INFO, thread, len(info), info) or info.raw[0] != ENTRY:
        return None
    number, *arguments = struct.unpack_from("7Q", info, 24)
    return number, tuple(arguments)


def text(thread: int, address: int) -> str:
    """The string at an address of a thread's memory, which may end with its page."""
    found = b""
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
        while b"\0" not in found:
            memory.seek(address + len(found))
            found += memory.read(4096 - (address + len(found)) % 4096)
    return os.fsdecode(found.partition(b"\0")[0])


def told(thread: int, number: int, arguments: tuple[int, ...]) -> tuple[str, int | str] | None:
    """What is written down of a call."""
    if number in NETWORK:
        return NETWORK[number], arguments[0]
    if number in SYNC:
        return SYNC[number], os.readlink(f"/proc/{thread}/fd/{arguments[0]}")
    if number not in FILES:
        return None
    name, path, folder, flags = FILES[number]
    if flags is not None and not arguments[flags] & WRITES:
        return None
    at = ctypes.c_int(arguments[folder]).value if folder is not None else -100
    base = f"/proc/{thread}/cwd" if at == -100 else f"/proc/{thread}/fd/{at}"  # AT_FDCWD
    return name, os.path.join(os.readlink(base), text(thread, arguments[path]))


def start(command: list[str]) -> int:
    """Start the command, stopped and watched."""
    if not (child := os.fork()):
        ptrace(TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.execvp(command[0], command)
    os.waitpid(child, 0)
    assert ptrace(SET_OPTIONS, child, None, OPTIONS)
    return child


def watch(log: Path, command: list[str]) -> int:
    """Run the command to its end, and return its exit code."""
    first, code = start(command), 1
    threads = {first}
    ptrace(SYSCALL, first)
    with log.open("a") as out:
        while True:
            try:
                thread, status = os.waitpid(-1, WALL)
            except ChildProcessError:
                return code
            if not os.WIFSTOPPED(status):
                threads.discard(thread)
                code = os.waitstatus_to_exitcode(status) if thread == first else code
                continue
            stop, passed_on = os.WSTOPSIG(status), 0
            if stop == signal.SIGTRAP | 0x80:
                if (call := entered(thread)) and (found := told(thread, *call)):
                    print(json.dumps(found), file=out, flush=True)
            elif not status >> 16 and (stop != signal.SIGSTOP or thread in threads):
                passed_on = stop  # a signal that was meant for it
            threads.add(thread)
            ptrace(SYSCALL, thread, None, passed_on)


if __name__ == "__main__":
    sys.exit(watch(Path(sys.argv[1]), sys.argv[2:]))
