#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a test of the page: `run.py NODE SCRIPT [ARGUMENTS...]`; exit code 77 where Node, npm or Chromium are missing.

Builds the page into a folder of its own, and installs what the tests need where package-lock.json has changed.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WEB = os.path.join(HERE, "..", "..", "sidecar", "console", "web")
SKIPPED = 77


def install(folder: str) -> bool:
    mark = os.path.join(folder, "node_modules", ".installed-for")
    with open(os.path.join(folder, "package-lock.json"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if os.path.exists(mark):
            with open(mark, encoding="ascii") as old:
                if old.read() == wanted:
                    return True
        npm = shutil.which("npm")
        if npm is None or subprocess.run([npm, "ci", "--prefer-offline", "--fetch-retries=1", "--loglevel=error"], cwd=folder,
                                         check=False, stdout=subprocess.DEVNULL).returncode != 0:
            return False
        with open(mark, "w", encoding="ascii") as new:
            new.write(wanted)
    return True


def main() -> int:
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None or not install(WEB) or not install(HERE):
        print("skipped: Node.js, npm or their packages are missing; scripts/setup --test installs them")
        return SKIPPED
    if sys.argv[1] == "types":
        return subprocess.run([node, "node_modules/typescript/bin/tsc", "--noEmit"], cwd=WEB, check=False).returncode
    with tempfile.TemporaryDirectory(prefix="bulwark-page-") as page:
        subprocess.run([node, os.path.join(WEB, "build.mjs"), page], check=True)
        return subprocess.run([node, *sys.argv[1:]], cwd=HERE, check=False, env={**os.environ, "BULWARK_PAGE": page}).returncode


if __name__ == "__main__":
    sys.exit(main())
