# SPDX-License-Identifier: Apache-2.0
"""A linter that finds nothing proves nothing: each rule is shown a breach that it must find, and its innocent twin."""
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy  # noqa: E402

HEAD = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = HEAD + "#pragma once\n"


def long_function(lines: int) -> str:
    return "int f(int a) {\n" + "  a = a + 1;\n" * (lines - 2) + "}\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def findings(self, path: str, text: str, mode: int = 0o644) -> list[str]:
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, mode)
        found = [str(finding) for finding in tidy.check(self.root) if "not formatted" not in str(finding)]
        os.remove(full)
        return found

    def assert_found(self, path: str, text: str, words: str, line: int | None = None, mode: int = 0o644):
        found = self.findings(path, text, mode)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])
        self.assertTrue(found[0].startswith(f"{path}:{line}:" if line else f"{path}:"), found[0])

    def assert_clean(self, path: str, text: str, mode: int = 0o644):
        self.assertEqual(self.findings(path, text, mode), [])

    # ------------------------------------------------------------------------------------------ includes
    def test_include_directions(self):
        self.assert_found("shm/a.h", HEADER + '#include "core/rules.h"\n', 'shm/ may not include "core/rules.h"', 3)
        self.assert_found("core/a.h", HEADER + '#include "sidecar/hot/loop.h"\n', "core/ may not include")
        self.assert_found("client/a.h", HEADER + '#include "core/rules.h"\n', "client/ may not include")
        self.assert_found("killswitch/a.cpp", HEAD + '#include "core/rules.h"\n', "killswitch/ may not include")
        self.assert_found("sidecar/hot/a.h", HEADER + '#include "sidecar/config/load.h"\n', "may not include")
        self.assert_found("sidecar/hot/a.h", HEADER + '#include "sidecar/journal/writer.h"\n', "may not include")
        self.assert_found("sidecar/config/a.h", HEADER + '#include "sidecar/door/door.h"\n', "may not include")

    def test_permitted_includes(self):
        self.assert_clean("core/a.h", HEADER + '#include <vector>\n\n#include "shm/units.h"\n')
        self.assert_clean("sidecar/hot/a.h", HEADER + '#include "sidecar/journal/ring.h"\n')
        self.assert_clean("killswitch/a.cpp", HEAD + '#include <sys/mman.h>\n\n#include "sidecar/config/load.h"\n')
        self.assert_clean("tests/core/a.cpp", HEAD + '#include "core/engine.h"\n')

    def test_includes_start_at_the_root(self):
        self.assert_found("shm/a.h", HEADER + '#include "units.h"\n', "include from the root")

    def test_third_party_rooms(self):
        self.assert_found("core/a.h", HEADER + "#include <nlohmann/json.hpp>\n", "<nlohmann/json.hpp> belongs in")
        self.assert_found("shm/a.h", HEADER + "#include <boost/lockfree/spsc_queue.hpp>\n", "belongs in sidecar/hot")
        self.assert_found("core/a.cpp", HEAD + "#include <spdlog/spdlog.h>\n", "is of no known package")
        self.assert_found("core/a.cpp", HEAD + "#include <Eigen/Dense>\n", "belongs in core/analytics or sidecar/model")
        self.assert_clean("sidecar/config/a.cpp", HEAD + "#include <toml++/toml.h>\n")
        self.assert_clean("client/examples/a.cpp", HEAD + "#include <bulwark/client.hpp>\n")

    # ------------------------------------------------------------------------------------------ lengths
    def test_file_length(self):
        self.assert_clean("core/a.h", HEADER + "int a;\n" * 298)
        self.assert_found("core/a.h", HEADER + "int a;\n" * 299, "301 lines, at most 300")
        self.assert_clean("tests/core/a.cpp", HEAD + "int a;\n" * 499)
        self.assert_found("tests/core/a.cpp", HEAD + "int a;\n" * 500, "501 lines, at most 500")

    def test_function_length(self):
        self.assert_clean("core/a.cpp", HEAD + long_function(60))
        self.assert_found("core/a.cpp", HEAD + long_function(61), "a function of 61 lines", 2)
        inside = "namespace a {\nstruct B {\n  int c{3};\n" + long_function(61) + "};\n}\n"
        self.assert_found("core/a.cpp", HEAD + inside, "a function of 61 lines", 5)
        constructor = "A::A(int a)\n    : a_{a}, b_{\"}\"} {\n" + "  a_ = a_ + 1;\n" * 60 + "}\n"
        self.assert_found("core/a.cpp", HEAD + constructor, "a function of 63 lines", 2)
        python = "# SPDX-License-Identifier: Apache-2.0\ndef f():\n" + "    a = 1\n" * 60
        self.assert_found("client/a.py", python, "a function of 61 lines", 2)

    def test_long_things_that_are_no_functions(self):
        self.assert_clean("core/a.cpp", HEAD + "namespace a {\n" + "int f() { return 1; }\n" * 70 + "}\n")
        self.assert_clean("core/a.cpp", HEAD + "struct A {\n" + "  int f() { return 1; }\n" * 70 + "};\n")
        self.assert_clean("core/a.cpp", HEAD + "const int a[] = {\n" + "  1,\n" * 70 + "};\n")

    # ------------------------------------------------------------------------------------------ words
    def test_leftovers(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            self.assert_found("core/a.cpp", HEAD + f"// {word} later\n", f"{word}: file an issue instead", 2)

    def test_commented_out_code(self):
        for line in ("return a + b;", "int a = f(b);", "if (a) {", "}", "#include <vector>", "engine.apply(event);"):
            self.assert_found("core/a.cpp", HEAD + f"// {line}\n", "commented-out code", 2)
        self.assert_found("client/a.py", "# SPDX-License-Identifier: Apache-2.0\n# a = f(b)\n", "commented-out code", 2)

    def test_prose_is_no_code(self):
        for line in ("The lease ran out; nobody trades.", "Zero means no (see words.h);", "a < b holds here",
                     "   auto page = attach(folder);"):
            self.assert_clean("core/a.cpp", HEAD + f"// {line}\n")

    def test_heads(self):
        self.assert_found("core/a.cpp", "int a;\n", "SPDX-License-Identifier")
        self.assert_found("scripts/a", "#!/bin/sh\necho\n", "SPDX-License-Identifier", mode=0o755)
        self.assert_found("shm/a.h", HEAD + "int a;\n", "#pragma once")
        self.assert_clean("scripts/a", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", mode=0o755)

    def test_fences_and_clocks(self):
        self.assert_found("shm/a.h", HEADER + "void f() { std::atomic_thread_fence(std::memory_order_seq_cst); }\n",
                          "SYNC POINT")
        self.assert_found("core/a.h", HEADER + "auto t = std::chrono::steady_clock::now();\n", "use shm/clock.h")
        self.assert_found("sidecar/a.cpp", HEAD + "auto t = time(nullptr);\n", "use shm/clock.h")
        self.assert_clean("shm/clock.h", HEADER + "int f() { return clock_gettime(0, nullptr); }\n")
        self.assert_clean("core/a.h", HEADER + "// steady_clock is not for us\nint time(0);\n".replace("(0)", "{0}"))

    def test_money_is_exact(self):
        self.assert_found("core/a.h", HEADER + "double a;\n", "exact decimals")
        self.assert_clean("core/a.h", HEADER + '// a double would round\nint a;\n')
        self.assert_clean("bench/a.h", HEADER + "double a;\n")

    def test_hot_code(self):
        for line, word in (("std::string a;", "std::string"), ("std::function<int()> a;", "std::function"),
                           ("int f() { throw 1; }", "throw"), ("auto a = new int;", "new"),
                           ("struct A { virtual int f() = 0; };", "virtual"), ("std::mutex a;", "std::mutex"),
                           ("auto a = fmt::format();", "fmt::")):
            for path in ("sidecar/hot/a.h", "core/a.h", "shm/lane.h"):
                self.assert_found(path, HEADER + line + "\n", f"{word} in hot code")
            self.assert_clean("sidecar/operator/a.cpp", HEAD + line + "\n")
        self.assert_clean("core/a.h", HEADER + 'std::string_view a;\nauto b = new (place) int;\nauto c = "throw new";\n')

    def test_machines(self):
        for text in ("/wor" + "k/main/a", "http://deb" + ".debian.org/debian", "registry.npm" + "js.org"):
            self.assert_found("docs/a.md", text + "\n", "belongs to one machine")
        self.assert_clean("docs/a.md", "a/wor" + "k/b and network/work\n")

    def test_executables(self):
        self.assert_found("client/a.py", "# SPDX-License-Identifier: Apache-2.0\n", "executable outside", mode=0o755)
        self.assert_found("tests/a.py", "# SPDX-License-Identifier: Apache-2.0\n", "executable outside", mode=0o755)
        self.assert_found("scripts/a", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", "chmod +x")
        self.assert_clean("tests/a", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", mode=0o755)

    @unittest.skipIf(shutil.which("clang-format") is None, "no clang-format")
    def test_format(self):
        with open(os.path.join(self.root, "a.cpp"), "w", encoding="utf-8") as file:
            file.write(HEAD + "int   a ;\n")
        self.assertIn("a.cpp:2: not formatted: run clang-format -i on it", [str(found) for found in tidy.check(self.root)])


if __name__ == "__main__":
    unittest.main()
