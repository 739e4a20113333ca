# SPDX-License-Identifier: Apache-2.0
"""What libbulwark.so promises in bytes, against library.golden: exported names, sizes and offsets; then the C calls and
the examples against the stand-in instance.  library_test.py LIBRARY C_CALLS ECHO_INSTANCE TRADER_CPP"""
import os
import subprocess
import sys

from instance import Instance

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "..", "..", "client", "examples")


def exported(library: str) -> str:
    listed = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    symbols = (line.split() for line in listed.splitlines())
    return "".join(f"{name}\n" for _, kind, name in symbols if kind != "A")


def expect(what: str, got: str, wanted: str) -> None:
    if got != wanted:
        sys.exit(f"{what}: got\n{got}\nnot\n{wanted}")


def main() -> None:
    library, c_calls, echo, trader = sys.argv[1:]
    layout = subprocess.run([c_calls], check=True, capture_output=True, text=True).stdout
    with open(os.path.join(HERE, "library.golden"), encoding="ascii") as golden:
        expect("libbulwark.so against library.golden", exported(library) + layout, golden.read())
    with Instance(echo):
        subprocess.run([c_calls, "desk"], check=True, timeout=60)
        said = subprocess.run([trader], check=True, timeout=60, capture_output=True, text=True).stdout
        expect("trader.cpp", said, "filled: 100\n")
        said = subprocess.run([sys.executable, "-B", os.path.join(EXAMPLES, "trader.py")], check=True, timeout=60,
                              capture_output=True, text=True).stdout
        expect("trader.py", said, "accepted 100 \nfilled 100\n")


if __name__ == "__main__":
    main()
