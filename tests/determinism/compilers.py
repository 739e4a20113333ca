#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the engine with gcc and clang, unoptimised and optimised, lets each run the same day, and compares what they print.

compilers.py [--events N] [--seed N] [--build DIR] [--compilers g++ clang++-14]
By hand; the digests have to be equal. The exit code is 1 where they are not.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def program_of(compiler, level, build):
    directory = build / f"{compiler}{level}"
    configure = ["cmake", "-S", REPOSITORY, "-B", directory, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
                 "-DCMAKE_BUILD_TYPE=None", f"-DCMAKE_CXX_FLAGS={level} -DNDEBUG", "-DBULWARK_BENCH=OFF"]
    for command in (configure, ["cmake", "--build", directory, "--target", "day_digest"]):
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"compilers: {compiler} {level} does not build:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return directory / "bin" / "day_digest"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", default="100000")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--build", type=Path, default=REPOSITORY / "build" / "determinism")
    parser.add_argument("--compilers", nargs="+", default=["g++", "clang++-14"])
    arguments = parser.parse_args()
    said = set()
    for compiler in arguments.compilers:
        if shutil.which(compiler) is None:
            sys.exit(f"compilers: there is no {compiler}; name those that there are with --compilers")
        for level in ("-O0", "-O3"):
            program = program_of(compiler, level, arguments.build)
            run = subprocess.run([program, arguments.events, arguments.seed], capture_output=True, text=True)
            if run.returncode != 0:
                sys.exit(f"compilers: {program}: {run.stderr}")
            print(f"{compiler:10} {level}  {run.stderr.strip():>16}  {run.stdout.strip()}", flush=True)
            said.add(run.stdout)
    print("the same from all of them" if len(said) == 1 else "they differ")
    return 0 if len(said) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
