"""Compiled code: what it is compiled for."""

import re

from .errors import PackageError

# The first bytes of compiled files. Linux loads ELF files only, whose field e_machine (bytes 19 and
# 20) is the architecture.
ELF = b"\x7fELF"
ELF_MACHINES = {183: "arm64", 62: "x86_64"}
FOREIGN_CODE = {
    b"\xcf\xfa\xed\xfe": "macOS",
    b"\xca\xfe\xba\xbe": "macOS",
    b"MZ": "Windows",
}
LIBRARY = re.compile(r"\.(so(\.[0-9]+)*|dylib|pyd|dll)$")


def check_machine(name: str, content: bytes, architecture: str) -> None:
    """Raise PackageError for compiled code that the function cannot run."""
    made_for = None
    if content.startswith(ELF):
        is_little = content[5:6] == b"\x01"
        machine = int.from_bytes(content[18:20], "little" if is_little else "big")
        made_for = ELF_MACHINES.get(machine, f"another architecture (ELF machine {machine})")
    elif LIBRARY.search(name):
        made_for = next(
            (system for magic, system in FOREIGN_CODE.items() if content.startswith(magic)), None
        )
    if made_for not in (None, architecture):
        raise PackageError(
            f"{name} must be compiled for {architecture} Linux, but is compiled for"
            f" {made_for}. Install compiled packages through the requirements file, or change the"
            " architecture of the function."
        )
