# SPDX-License-Identifier: Apache-2.0
"""Runs the README: its examples are compiled and run against an instance, its commands are run as they stand there.

    readme_test.py BUILD [README]

In a scratch folder that looks like a clone after the first command (`build/release` is BUILD): each ```cpp and ```python
block becomes the file that its first line names (`// first.cpp`, `# first.py`), then the lines of the ```sh blocks run in
one shell. Commands that CI runs by itself (the clone, scripts/run, scripts/test) are only looked for.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN_BY_CI = re.compile(r"(git clone \S+ \S+ && cd \S+|\./scripts/(run|test))\b")
LINES_MAX = {"cpp": 20, "python": 10}
FIRST_SCREEN = 40
TIMEOUT_S = 120
WAIT_READY = ("for i in $(seq 200); do bulwark status --instance desk >/dev/null 2>&1 && break; sleep 0.05; done\n"
              "bulwark status --instance desk >/dev/null\n")


def fail(message: str) -> None:
    print(f"readme_test: {message}", file=sys.stderr)
    sys.exit(1)


def blocks(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, flags=re.M | re.S)


def scratch_clone(folder: str, build: str) -> None:
    os.mkdir(os.path.join(folder, "build"))
    os.symlink(build, os.path.join(folder, "build", "release"))
    shutil.copytree(os.path.join(ROOT, "docs"), os.path.join(folder, "docs"))


def write_examples(folder: str, found: list[tuple[str, str]]) -> list[str]:
    names = []
    for language, code in found:
        if language not in LINES_MAX:
            continue
        first, _, rest = code.partition("\n")
        named = re.fullmatch(r"(?://|#) (\S+\.(?:cpp|py))", first)
        if named is None:
            fail(f"a {language} block must begin with a comment that names its file, not with: {first}")
        if len(rest.strip().splitlines()) > LINES_MAX[language]:
            fail(f"{named.group(1)} has {len(rest.strip().splitlines())} lines, at most {LINES_MAX[language]}")
        with open(os.path.join(folder, named.group(1)), "w", encoding="utf-8") as file:
            file.write(code)
        names.append(named.group(1))
    return names


def script(found: list[tuple[str, str]]) -> str:
    lines = ["set -euo pipefail", "trap 'kill %1 2>/dev/null || true; wait' EXIT"]
    for language, code in found:
        if language != "sh":
            continue
        for line in code.splitlines():
            command = line.split("  #")[0].rstrip()
            if not command:
                continue
            if RUN_BY_CI.match(command):
                check_run_by_ci(command)
                continue
            lines += [f"echo {shell_quote('$ ' + command)}", command]
            if "bulwark up" in command:
                lines.append(WAIT_READY)
    return "\n".join(lines) + "\n"


def shell_quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def check_run_by_ci(command: str) -> None:
    program = command.split()[0]
    if not program.startswith("./"):
        return
    if not os.access(os.path.join(ROOT, program), os.X_OK):
        fail(f"the README names {program}, which is not there")
    with open(os.path.join(ROOT, ".ci", "run"), encoding="utf-8") as file:
        if program not in file.read():
            fail(f"the README names {program}, which .ci/run does not run")


def main() -> int:
    build = os.path.abspath(sys.argv[1])
    readme = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "README.md")
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    found = blocks(text)
    first_screen = "\n".join(text.splitlines()[:FIRST_SCREEN])
    for words in ("./scripts/run", "./scripts/test", "bulwark-bench"):
        if words not in first_screen:
            fail(f"the first {FIRST_SCREEN} lines of the README must name {words}")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        if not os.path.exists(os.path.join(ROOT, link)):
            fail(f"the README points to {link}, which is not there")
    with tempfile.TemporaryDirectory(prefix="bulwark-readme-") as folder:
        scratch_clone(folder, build)
        names = write_examples(folder, found)
        if {name.rpartition(".")[2] for name in names} != {"cpp", "py"}:
            fail(f"the README must have a C++ and a Python example, has: {names}")
        commands = script(found)
        for name in names:
            if name not in commands:
                fail(f"no command of the README runs {name}")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BULWARK")}
        environment |= {"BULWARK_RUN_DIR": os.path.join(folder, "run"), "PYTHONDONTWRITEBYTECODE": "1"}
        os.mkdir(environment["BULWARK_RUN_DIR"])
        shell = subprocess.Popen(["bash", "-c", commands], cwd=folder, env=environment, start_new_session=True,
                                 stdin=subprocess.DEVNULL)
        try:
            code = shell.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            fail(f"the README's commands took over {TIMEOUT_S} s")
        if code != 0:
            fail(f"the README's commands ended with exit code {code}")
        if os.listdir(environment["BULWARK_RUN_DIR"]):
            fail(f"left behind: {os.listdir(environment['BULWARK_RUN_DIR'])}")
    print("readme_test: all commands and examples ran")
    return 0


if __name__ == "__main__":
    sys.exit(main())
