# SPDX-License-Identifier: Apache-2.0
"""The house rules as a test: `python3 tests/tidy/tidy.py [ROOT]`. Each message says what to write instead.

ARCHITECTURE.md has the rules; this file has nothing to say that is not there, only how to find who breaks them.
"""
import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

FILE_LINES_MAX = 300
TEST_FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
FILE_LINES_EXCEPTIONS = {"shm/layout.h": 400}  # every struct that crosses a process, in one place
PICTURES = {"docs/dashboard.webp": 150_000}  # the most bytes; tests/console/picture.mjs takes it of a running demo

CPP = (".h", ".hpp", ".cpp", ".c")
HEADERS = (".h", ".hpp")

# Folder -> what of the project it may include: folders, or single files. The longest folder that fits decides.
MAY_INCLUDE = {
    "shm": ("shm/",),
    "core": ("shm/", "core/"),
    "core/analytics": ("core/analytics/",),
    "sidecar/hot": ("shm/", "core/", "sidecar/hot/", "sidecar/journal/ring.h",
                    "sidecar/door/hot_side.h"),
    "sidecar/door": ("shm/", "core/", "sidecar/door/"),
    "sidecar/journal": ("shm/", "core/", "sidecar/journal/"),
    "sidecar/model": ("shm/", "core/", "sidecar/model/", "sidecar/journal/hash.h"),
    "sidecar/config": ("shm/", "core/", "sidecar/config/", "sidecar/model/"),
    "sidecar/service": ("shm/", "sidecar/service/"),
    "sidecar/simulate": ("shm/", "core/", "sidecar/simulate/", "sidecar/config/", "sidecar/journal/"),
    "sidecar/ledger": ("shm/", "core/", "sidecar/ledger/", "sidecar/config/", "sidecar/journal/", "sidecar/service/",
                       "sidecar/simulate/event_reader.h", "sidecar/simulate/recorded_rules.h"),
    "sidecar/risk": ("core/analytics/", "sidecar/risk/", "sidecar/config/csv.h", "sidecar/config/spelling.h",
                     "sidecar/config/model_reading.h", "sidecar/model/regime_model.h", "shm/whole_file.h"),
    "sidecar/view": ("shm/", "core/", "killswitch/", "sidecar/view/", "sidecar/config/", "sidecar/journal/",
                     "sidecar/simulate/"),
    "sidecar/report": ("shm/", "core/", "sidecar/report/", "sidecar/config/", "sidecar/journal/", "sidecar/ledger/",
                       "sidecar/model/", "sidecar/process/backtest.h", "sidecar/process/risk_picture.h",
                       "sidecar/process/session_record.h", "sidecar/simulate/", "sidecar/view/"),
    "sidecar/wishes": ("shm/", "killswitch/", "sidecar/wishes/", "sidecar/config/"),
    "sidecar/console": ("shm/", "core/", "killswitch/", "sidecar/console/", "sidecar/config/", "sidecar/journal/",
                        "sidecar/service/", "sidecar/view/", "sidecar/wishes/"),
    "sidecar/console/metrics": ("shm/", "killswitch/", "sidecar/console/metrics/"),
    "sidecar/console/alerts": ("shm/", "core/rules.h", "sidecar/console/alerts/", "sidecar/config/",
                               "sidecar/ledger/redis/connection.h"),
    "sidecar/operator": ("shm/", "core/", "sidecar/", "killswitch/"),
    "sidecar": ("shm/", "core/", "sidecar/"),
    "client": ("shm/", "client/"),
    "killswitch": ("shm/", "killswitch/", "sidecar/config/", "sidecar/service/"),
    "bench": ("",),
    "tests": ("",),
}

# Package (how its headers begin) -> the rooms that may use it.
THIRD_PARTY = {
    "boost/lockfree/": ("sidecar/hot", "bench", "tests"),
    "boost/interprocess/": ("shm", "bench", "tests"),
    "openssl/": ("sidecar/journal", "sidecar/console"),
    "boost/beast/": ("sidecar/console",),
    "boost/asio/": ("sidecar/console",),
    "zstd.h": ("sidecar/journal",),
    "concurrentqueue/": ("sidecar/hot",),
    "Eigen/": ("core/analytics", "sidecar/model", "sidecar/risk", "bench", "tests"),
    "boost/math/": ("core/analytics", "tests"),
    "boost/random/": ("core/analytics",),
    "nlopt.h": ("core/analytics",),
    "zlib.h": ("sidecar/risk",),
    "systemd/": ("sidecar/service",),
    "toml++/": ("sidecar/config",),
    "date/": ("sidecar/config",),
    "fmt/": ("sidecar/config", "sidecar/simulate", "sidecar/risk", "sidecar/view", "sidecar/wishes", "sidecar/console", "sidecar/report",
             "sidecar/operator", "killswitch", "bench", "tests"),
    "libpq-fe.h": ("sidecar/ledger/postgres",),
    "hiredis/": ("sidecar/ledger/redis",),
    "curl/": ("sidecar/console/alerts",),
    "prometheus/": ("sidecar/console/metrics",),
    "nlohmann/": ("sidecar/simulate", "sidecar/ledger", "sidecar/model", "sidecar/risk", "sidecar/view", "sidecar/wishes",
                  "sidecar/console", "sidecar/report", "sidecar/operator", "killswitch",
                  "bench", "tests"),
    "CLI/": ("sidecar/operator", "sidecar/ledger", "sidecar/console", "killswitch", "bench"),
    "benchmark/": ("bench",),
    "gtest/": ("tests",),
    "gmock/": ("tests",),
}
# What the compiler and the system bring: no slash and no dot, or a POSIX header.
SYSTEM_HEADER = re.compile(r"[a-z0-9_]+|[a-z0-9_]+\.h|(sys|linux|asm|netinet|arpa|immintrin)/[\w./]+")
PUBLIC_HEADER = re.compile(r"bulwark/(client\.hpp|bulwark\.h)")

# Hot code: nothing here may allocate, lock, throw, or know a string. Of the core, everything but what is used at start.
HOT = re.compile(r"sidecar/hot/.*\.h|shm/(lane|marks|units)\.h|core/(?!state/|analytics/).*\.h")
NOT_HOT = ("core/rules.h", "core/model_rules.h", "core/names.h", "core/engine.h", "core/table.h",
           "sidecar/hot/board.h", "sidecar/hot/calls.h")  # headers with a cold half, which says so in its place
HOT_BANS = {
    r"std::string\b(?!_view)": "Text<N> of shm/words.h, or an index from a name table",
    r"std::(o|i)?stringstream\b|std::to_string\b": "numbers in the outcome; a cold room makes them text",
    r"std::function\b": "a template parameter or a plain function",
    r"\bthrow\b": "an enum in the result: hot code refuses, it does not throw",
    r"(?<!operator )\bnew\b(?!\s*\()": "a table that is allocated before the loop starts",
    r"\b(malloc|calloc|realloc)\s*\(": "a table that is allocated before the loop starts",
    r"\bvirtual\b": "a template parameter",
    r"std::(recursive_|shared_)?mutex\b|std::lock_guard\b|std::condition_variable\b": "an atomic with one writer",
    r"\bfmt::": "plain data; a cold room formats it",
}
# Estimates: variances, correlations, losses of scenarios. Money never is one.
DOUBLE_ALLOWED = ("core/model_rules.h", "core/risk_model.h", "core/risk_model.cpp", "core/risk_book.h", "core/risk_book.cpp",
                  "core/judge_model.cpp", "core/engine_model.cpp", "core/engine.h", "core/kelly.h", "core/kelly.cpp",
                  "core/spike.h", "core/spike.cpp", "core/contributions.cpp", "core/state/risk.h")

FENCES = re.compile(r"\b(atomic_thread_fence|atomic_signal_fence|__sync_synchronize|_mm_[mls]fence)\b")
CLOCKS = re.compile(r"\b(clock_gettime|gettimeofday|system_clock|steady_clock|high_resolution_clock|"
                    r"__rdtscp?)\b|(?<![\w.])time\s*\(\s*(nullptr|NULL|0)\s*\)")
CLOCK_ALLOWED = ("shm/clock.h", "bench/", "tests/", "client/examples/")
LEFTOVERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE = re.compile(r"(?<![\w.])/wor" r"k/|\b(deb|ftp|security)\.debian\.org|registry\.npmjs|\bpypi\.org|proxy\.golang|"
                     r"\bcrates\.io")
EXECUTABLE_FOLDERS = ("scripts/", ".ci/")  # and tests with a #! line, which some run by hand
CODE_COMMENT = re.compile(r"(return|break|continue|goto)\b[^.]*;$|[\w:<>,*& .\[\]()-]+(=|\()[^.]*;$|"
                          r"(if|for|while|switch)\s*\(.*\)\s*\{$|#\s*(include|define|ifn?def|if)\b.*|\}$")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def tracked_files(root: str) -> list[str]:
    """What git knows or would be asked to know; without git, everything but the build folder."""
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"], text=True,
                                capture_output=True, check=True).stdout.splitlines()
        return sorted(path for path in listed if os.path.isfile(os.path.join(root, path)))
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in ("build", ".git", "__pycache__")]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in files]
        return sorted(found)


def without_comments(text: str) -> str:
    """C++ with comments and the insides of literals blanked, every line where it was."""
    def blank(found: re.Match) -> str:
        kept = found.group(0)[0] if found.group(0)[0] in "\"'" else " "
        return kept + re.sub(r"[^\n]", " ", found.group(0)[1:-1]) + (kept if kept != " " else " ")
    return re.sub(r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
                  blank, text, flags=re.S)


def room_of(path: str, rooms) -> str:
    fitting = [room for room in rooms if path.startswith(room + "/")]
    return max(fitting, key=len, default="")


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


# ---------------------------------------------------------------------------------------------- includes
def check_includes(path: str, text: str):
    room = room_of(path, MAY_INCLUDE)
    for found in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', text, flags=re.M):
        quote, name = found.groups()
        line = line_of(text, found.start())
        if quote == '"':
            if "/" not in name:
                yield Finding(path, line, f'"{name}": include from the root, as in "shm/layout.h"')
            elif room and not any(name.startswith(allowed) for allowed in MAY_INCLUDE[room]):
                yield Finding(path, line, f'{room}/ may not include "{name}"; it may include: '
                                          f'{", ".join(MAY_INCLUDE[room])} (ARCHITECTURE.md, Folders)')
            continue
        package = next((package for package in THIRD_PARTY if name.startswith(package)), None)
        if package is not None:
            if not any(path.startswith(allowed + "/") for allowed in THIRD_PARTY[package]):
                yield Finding(path, line, f"<{name}> belongs in {' or '.join(THIRD_PARTY[package])}: put what needs it "
                                          "there, behind a header of our own")
        elif not SYSTEM_HEADER.fullmatch(name) and not (PUBLIC_HEADER.fullmatch(name)
                                                        and path.startswith(("client/", "tests/", "bench/"))):
            yield Finding(path, line, f"<{name}> is of no known package: name its one room in tests/tidy/tidy.py, and "
                                      "the Debian package in scripts/setup")


# ---------------------------------------------------------------------------------------------- lengths
def cpp_functions(code: str):
    """(first line, last line) of each outermost function body, by counting braces."""
    stack, start, function_line, header_start = [], 0, 0, 0
    for found in re.finditer(r"[{};]", code):
        offset, sign = found.start(), found.group(0)
        if sign == "{":
            header = code[header_start:offset]
            if "function" in stack:
                kind = "block"
            elif re.search(r"\b(namespace|struct|class|enum|union|extern)\b[^()]*$", header) or "(" not in header:
                kind = "other"
            else:
                kind, start = "function", header_start
                function_line = line_of(code, start + len(code[start:offset]) - len(code[start:offset].lstrip()))
            stack.append(kind)
        elif sign == "}" and stack:
            following = code[offset + 1:offset + 200].lstrip()[:1]
            if stack.pop() == "function":
                if following in (",", "{"):  # a member initialised in the list before the body
                    header_start = start
                    continue
                yield function_line, line_of(code, offset)
        if sign == ";" and "function" not in stack and code.count("(", header_start, offset) != code.count(
                ")", header_start, offset):
            continue
        header_start = offset + 1


def check_lengths(path: str, text: str, code: str):
    lines_max = TEST_FILE_LINES_MAX if path.startswith("tests/") else FILE_LINES_EXCEPTIONS.get(path, FILE_LINES_MAX)
    count = text.count("\n")
    if count > lines_max:
        yield Finding(path, count, f"{count} lines, at most {lines_max}: split it, one idea a file")
    if path.endswith(CPP):
        functions = list(cpp_functions(code))
    elif path.endswith(".py"):
        functions = [(node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text))
                     if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    else:
        functions = []
    for first, last in functions:
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield Finding(path, first, f"a function of {last - first + 1} lines, at most {FUNCTION_LINES_MAX}: give its "
                                       "parts names of their own")


# ---------------------------------------------------------------------------------------------- words
def check_patterns(path: str, code: str):
    for found in FENCES.finditer(code):
        yield Finding(path, line_of(code, found.start()), f"{found.group(0)}: put the order on an atomic load or store "
                                                          "(SYNC POINT), so that ThreadSanitizer can see it")
    if not path.startswith(CLOCK_ALLOWED):
        for found in CLOCKS.finditer(code):
            yield Finding(path, line_of(code, found.start()), f"{found.group(0).strip()}: use shm/clock.h, or take the "
                                                              "time as an argument")
    if path.startswith("core/") and not path.startswith("core/analytics/") and path not in DOUBLE_ALLOWED:
        for found in re.finditer(r"\b(double|float)\b", code):
            yield Finding(path, line_of(code, found.start()), f"{found.group(0)}: use the exact decimals of shm/units.h")
    if HOT.fullmatch(path) and path not in NOT_HOT:
        for ban, instead in HOT_BANS.items():
            for found in re.finditer(ban, code):
                yield Finding(path, line_of(code, found.start()), f"{found.group(0)} in hot code: use {instead}")


def check_comments(path: str, text: str):
    for number, line in enumerate(text.splitlines(), 1):
        if path.endswith(CPP) and (found := re.match(r"\s*// ?(\S.*)", line.rstrip())):
            if CODE_COMMENT.fullmatch(found.group(1)):
                yield Finding(path, number, "commented-out code: delete it, git remembers")
        if path.endswith(".py") and (found := re.match(r"\s*#\s(.*\S)", line)) and re.search(r"[=(]", found.group(1)):
            try:
                parsed = ast.parse(found.group(1)).body
            except SyntaxError:
                continue
            if parsed and not isinstance(parsed[0], ast.AnnAssign):
                yield Finding(path, number, "commented-out code: delete it, git remembers")


def is_code(path: str, text: str) -> bool:
    return path.endswith(CPP + (".py", ".cmake", "CMakeLists.txt", ".sh")) or text.startswith("#!")


def check_head(path: str, text: str):
    lines = text.splitlines() or [""]
    if is_code(path, text):
        first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
        if "SPDX-License-Identifier: Apache-2.0" not in first:
            yield Finding(path, 1, "the first line (after #!) must be: SPDX-License-Identifier: Apache-2.0")
    if path.endswith(HEADERS) and not re.search(r"^#pragma once$", text, flags=re.M):
        yield Finding(path, 1, "a header needs #pragma once")


def check_everywhere(path: str, text: str):
    for number, line in enumerate(text.splitlines(), 1):
        if found := LEFTOVERS.search(line):
            yield Finding(path, number, f"{found.group(0)}: file an issue instead")
        if found := MACHINE.search(line):
            yield Finding(path, number, f"'{found.group(0)}' belongs to one machine: use a relative path, or the "
                                        "machine's own configuration at run time")


def check_mode(root: str, path: str, text: str):
    executable = os.access(os.path.join(root, path), os.X_OK)
    by_hand = path.startswith("tests/") and text.startswith("#!")
    if executable and not path.startswith(EXECUTABLE_FOLDERS) and not by_hand:
        yield Finding(path, 1, f"executable outside {' and '.join(EXECUTABLE_FOLDERS)}: chmod -x; it is run by name of "
                               "its interpreter")
    if path.startswith(EXECUTABLE_FOLDERS) and text.startswith("#!") and not executable:
        yield Finding(path, 1, "has a #! line but is not executable: chmod +x")


def check_format(root: str, paths: list[str]):
    program = shutil.which("clang-format")
    if program is None:
        print("tidy: SKIPPED the format check: no clang-format (scripts/setup --test installs it)")
        return
    if not paths:
        return
    result = subprocess.run([program, "--dry-run", "-Werror", "--ferror-limit=1", *paths], cwd=root, text=True,
                            capture_output=True)
    for found in re.finditer(r"^(\S+?):(\d+):\d+: error: code should be clang-formatted", result.stderr, flags=re.M):
        yield Finding(found.group(1), int(found.group(2)), "not formatted: run clang-format -i on it")
    if result.returncode != 0 and "clang-formatted" not in result.stderr:
        yield Finding("", 0, f"clang-format failed: {result.stderr.strip()[:300]}")


def check(root: str) -> list[Finding]:
    findings: list[Finding] = []
    files = tracked_files(root)
    for path in files:
        with open(os.path.join(root, path), "rb") as file:
            data = file.read()
        if len(data) <= PICTURES.get(path, -1):
            continue
        if b"\0" in data:
            findings.append(Finding(path, 1, "a binary file: keep what makes it, not what was made"))
            continue
        text = data.decode("utf-8", errors="replace")
        findings += check_everywhere(path, text)
        findings += check_head(path, text)
        findings += check_mode(root, path, text)
        if not is_code(path, text):
            continue
        code = re.sub(r"^[ \t]*#.*", "", without_comments(text), flags=re.M) if path.endswith(CPP) else text
        findings += check_lengths(path, text, code)
        findings += check_comments(path, text)
        if path.endswith(CPP):
            findings += check_includes(path, text)
            findings += check_patterns(path, code)
    findings += check_format(root, [path for path in files if path.endswith(CPP)])
    return findings


def main() -> int:
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    root = sys.argv[1] if len(sys.argv) > 1 else here
    findings = check(root)
    for finding in findings:
        print(finding)
    print(f"tidy: {len(findings)} findings in {len(tracked_files(root))} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
