#!/usr/bin/env python3
"""Runs a program under what a systemd unit forbids by seccomp: under-unit.py UNIT PROGRAM [ARGUMENT]...

SystemCallFilter (groups as this machine's systemd-analyze knows them), RestrictAddressFamilies and NoNewPrivileges.
What is denied fails with EPERM, as with SystemCallErrorNumber=EPERM. Exit 77: systemd-analyze or libseccomp lacks."""
import ctypes
import errno
import os
import socket
import subprocess
import sys

ALLOW = 0x7FFF0000
DENY = 0x00050000 | errno.EPERM
EQUAL = 4


class Argument(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def settings(unit, key):
    with open(unit, encoding="utf-8") as lines:
        return [line.split("=", 1)[1].split() for line in lines if line.startswith(key + "=")]


def calls(word):
    """The system calls of a word of SystemCallFilter."""
    if not word.startswith("@"):
        return {word}
    answer = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
    names = set()
    for line in answer.stdout.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            names |= calls(line.strip())
    return names


def allowed(unit):
    names = calls("@default")
    for words in settings(unit, "SystemCallFilter"):
        if words[0].startswith("~"):
            for word in [words[0][1:]] + words[1:]:
                names -= calls(word)
        else:
            for word in words:
                names |= calls(word)
    return names


def main():
    unit, program = sys.argv[1], sys.argv[2:]
    try:
        names = allowed(unit)
        library = ctypes.CDLL("libseccomp.so.2")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"cannot confine: {error}")
        sys.exit(77)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(DENY)))
    families = [getattr(socket, name) for words in settings(unit, "RestrictAddressFamilies") for name in words]
    for name in sorted(names):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            continue
        if name == "socket" and families:
            for family in families:
                library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 1,
                                               ctypes.byref(Argument(0, EQUAL, family, 0)))
        else:
            library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 0, None)
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    if library.seccomp_load(context) != 0:
        sys.exit("the filter is not taken")
    os.execv(program[0], program)


main()
