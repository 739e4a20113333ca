# SPDX-License-Identifier: Apache-2.0
"""What users include compiles alone, from the build's include folder, with strict warnings and every compiler here.

    package_test.py BUILD [CXX_FLAGS...]     (a sanitizer's flags, when the library was built with one)
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
INCLUDE = os.path.join(BUILD, "include")
LIBRARY = os.path.join(BUILD, "lib")
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion", "-Wshadow=local"]

CPP = """
#include <bulwark/client.hpp>
#include <bulwark/client.hpp>
int main() { return 0; }
"""
SECOND_UNIT = """
#include <bulwark/client.hpp>
int second_unit() { return 0; }
"""
C = """
#include <bulwark/bulwark.h>
#include <bulwark/bulwark.h>
int main(void) { return 0; }
"""


class PackageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def compile(self, *command: str) -> None:
        result = subprocess.run(command, cwd=self.folder, text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, " ".join(command) + "\n" + result.stderr[:4000])

    def compilers(self, *names: str) -> list[str]:
        found = [name for name in names if shutil.which(name)]
        for name in sorted(set(names) - set(found)):
            print(f"package_test: SKIPPED {name}: not installed (scripts/setup --test installs it)")
        self.assertTrue(found, f"none of {names} is installed")
        return found

    def test_cpp_header_alone(self):
        strict = [flag for flag in STRICT if flag != "-Wshadow=local"]
        for compiler in self.compilers("g++", "clang++"):
            for optimise in ("-O0", "-O2"):
                self.compile(compiler, "-std=c++20", optimise, *strict, f"-I{INCLUDE}", self.write("a.cpp", CPP),
                             self.write("b.cpp", SECOND_UNIT), "-o", "a", "-pthread")

    def test_cpp_header_in_a_newer_language(self):
        self.compile("g++", "-std=c++23", "-fsyntax-only", "-Wall", "-Werror", f"-I{INCLUDE}", self.write("a.cpp", CPP))

    def test_c_header_alone(self):
        strict = [flag for flag in STRICT if flag != "-Wshadow=local"]
        for compiler in self.compilers("gcc", "clang"):
            for standard in ("c99", "c11"):
                self.compile(compiler, f"-std={standard}", *strict, f"-I{INCLUDE}", self.write("a.c", C), "-o", "a",
                             f"-L{LIBRARY}", "-lbulwark")

    def test_c_header_in_cpp(self):
        self.compile("g++", "-std=c++20", "-fsyntax-only", *STRICT, f"-I{INCLUDE}", self.write("a.cpp", C))

    def test_library_shows_its_own_names_only(self):
        library = os.path.join(LIBRARY, "libbulwark.so")
        listed = subprocess.run(["nm", "--dynamic", "--defined-only", "--extern-only", library], text=True,
                                capture_output=True, check=True).stdout
        names = [words[-1].split("@")[0] for words in map(str.split, listed.splitlines()) if words[-2] != "A"]
        ours = [name for name in names if name.startswith("bulwark_")]
        self.assertTrue(ours)
        self.assertEqual([name for name in names if name not in ours and not name.startswith(("_ZT", "_ZNSt", "_ZSt"))],
                         [])

    def test_python_module_is_one_folder(self):
        environment = {**os.environ, "PYTHONPATH": os.path.join(BUILD, "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("LD_LIBRARY_PATH", None)
        code = ("import bulwark\n"
                "try:\n    bulwark.attach(instance='nobody-runs-this', client='c', account='a', strategy='s')\n"
                "except bulwark.Error as error:\n    print(error)\n")
        result = subprocess.run([sys.executable, "-c", code], cwd=self.folder, env=environment, text=True,
                                capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("nobody-runs-this", result.stdout)


if __name__ == "__main__":
    if not os.path.isdir(INCLUDE):
        print(f"package_test: {INCLUDE} is not there: give the build folder", file=sys.stderr)
        sys.exit(2)
    unittest.main()
