"""Keep a process off the network: telemetry that a library brings along, and on Linux every connection.

Linux can take system calls away from a process and all that it starts, for good: seccomp(2), with a filter of
classic BPF over `struct seccomp_data` (linux/seccomp.h, linux/filter.h, linux/audit.h).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

#: For the environment of whatever imports onnxruntime, before it does: from 1.29 on it reports to Microsoft otherwise.
QUIET = {"ORT_DISABLE_TELEMETRY": "1"}

#: AUDIT_ARCH_…, and the numbers of the system calls socket and seccomp, by machine.
_MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
#: io_uring_setup, everywhere, and the first number of x86-64's second set of system calls, x32.
_IO_URING, _X32 = 425, 0x4000_0000
#: Where `struct seccomp_data` holds the number, the architecture and the low half of the first argument.
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16
#: Codes of BPF: load a word, jump if equal, jump if greater or equal, return.
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
#: SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, AF_UNIX.
_ALLOW, _ERROR, _LOCAL = 0x7FFF_0000, 0x0005_0000, 1
#: PR_SET_NO_NEW_PRIVS; SECCOMP_SET_MODE_FILTER, with all threads and without slowing the processor's speculation.
_NO_NEW_PRIVILEGES, _FILTER, _FLAGS = 38, 1, 0b101


def close_network() -> bool:
    """Let this process and those that it starts open local sockets only, from now on; whether the system holds it.

    Linux, on x86-64 and 64-bit ARM. A call of socket(2) for anything else fails with EACCES. Call it before a library
    is loaded that starts threads or connections.
    """
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    *_, seccomp = _MACHINES[platform.machine()]
    steps = _steps(platform.machine())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HP", len(steps), ctypes.addressof(code))  # struct sock_fprog
    system = ctypes.CDLL(None)
    zero, one = ctypes.c_ulong(0), ctypes.c_ulong(1)
    if system.prctl(_NO_NEW_PRIVILEGES, one, zero, zero, zero):
        return False
    return not system.syscall(ctypes.c_long(seccomp), ctypes.c_ulong(_FILTER), ctypes.c_ulong(_FLAGS), program)


def _steps(machine: str) -> list[tuple[int, int, int, int]]:
    """Return the filter: operations, how many to pass over if it is so and if not, and a number."""
    architecture, socket, _ = _MACHINES[machine]
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),  # a 32-bit call: it has other numbers
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_EQUAL, 0, 1, _IO_URING),  # opens sockets without a call for each
        (_RETURN, 0, 0, _ERROR | errno.ENOSYS),
        (_EQUAL, 1, 0, socket),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _ARGUMENT),
        (_EQUAL, 0, 1, _LOCAL),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.EACCES),
    ]
