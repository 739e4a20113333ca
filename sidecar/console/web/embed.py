# SPDX-License-Identifier: Apache-2.0
"""Builds the console's page and makes a C++ file of it: `embed.py --work FOLDER --output page.cpp [--node N --npm N]`.

npm is asked only when package-lock.json has changed since the packages beside it were installed, so that a build without
network goes on. Where the page cannot be built, the C++ file holds one that says why; the next build tries again.
"""
import argparse
import fcntl
import gzip
import hashlib
import html
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = {"/": ("index.html", "text/html; charset=utf-8"), "/app.js": ("app.js", "text/javascript; charset=utf-8"),
         "/app.css": ("app.css", "text/css; charset=utf-8"), "/icon.svg": ("icon.svg", "image/svg+xml")}
BYTES_A_LINE = 24


class NoPage(Exception):
    """Why there is none, in a sentence."""


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=HERE, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout[-4000:])
        raise NoPage(f"{' '.join(os.path.basename(part) for part in command[:3])} failed")


def install(npm: str) -> None:
    lock = os.path.join(HERE, "package-lock.json")
    mark = os.path.join(HERE, "node_modules", ".installed-for")
    with open(lock, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two builds of one tree
        wanted = hashlib.sha256(file.read()).hexdigest()
        try:
            with open(mark, encoding="ascii") as old:
                if old.read() == wanted:
                    return
        except OSError:
            pass
        run(npm, "ci", "--prefer-offline", "--fetch-retries=1", "--loglevel=error")
        with open(mark, "w", encoding="ascii") as new:
            new.write(wanted)


def built(options: argparse.Namespace) -> dict[str, tuple[bytes, str]]:
    if not options.node or not options.npm:
        raise NoPage("Node.js and npm were not found when Bulwark was built")
    install(options.npm)
    run(options.node, os.path.join(HERE, "build.mjs"), options.work)
    files = {}
    for path, (name, content_type) in FILES.items():
        with open(os.path.join(options.work, name), "rb") as file:
            files[path] = (file.read(), content_type)
    return files


def excuse(why: str) -> dict[str, tuple[bytes, str]]:
    with open(os.path.join(HERE, "without_node.html"), encoding="utf-8") as file:
        return {"/": (file.read().replace("WHY", html.escape(why)).encode(), FILES["/"][1])}


def source(files: dict[str, tuple[bytes, str]]) -> str:
    text = ("// Made by embed.py.\n#include \"sidecar/console/web/page.h\"\n\nnamespace bulwark::console {\n")
    for k, (content, _) in enumerate(files.values()):
        packed = gzip.compress(content, 9, mtime=0)
        lines = [",".join(map(str, packed[at:at + BYTES_A_LINE])) for at in range(0, len(packed), BYTES_A_LINE)]
        text += f"\nstatic constexpr unsigned char file_{k}[] = {{\n" + ",\n".join(lines) + "};\n"
    text += "\nstd::optional<PageFile> find_page_file(std::string_view path) {\n"
    for k, (path, (_, content_type)) in enumerate(files.items()):
        text += f'  if (path == "{path}") return PageFile{{"{content_type}", file_{k}}};\n'
    return text + "  return std::nullopt;\n}\n\n}  // namespace bulwark::console\n"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--node", default="")
    parser.add_argument("--npm", default="")
    options = parser.parse_args()
    try:
        files, whole = built(options), True
    except NoPage as why:
        print(f"the console's page is not built: {why}; the page will say so", file=sys.stderr)
        files, whole = excuse(str(why)), not options.node
    with open(options.output, "w", encoding="ascii") as file:
        file.write(source(files))
    if not whole:
        os.utime(options.output, (0, 0))  # older than what it is made of: the next build tries again
    return 0


if __name__ == "__main__":
    sys.exit(main())
