// SPDX-License-Identifier: Apache-2.0
// BULWARK_ASSERT: a bug of our own. On in release. It says where, lets the process refuse everything and ask for the
// stop, and ends it: a program that has lost its mind must not go on permitting.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace bulwark::shm {

// What this process does before it ends; the sidecar asks for the stop here. Called once, from the failing thread.
using BugAnswer = void (*)(const char* where) noexcept;
inline BugAnswer answer_to_bug = nullptr;

// No allocation and no lock: the state of this process is not to be trusted any more.
[[noreturn, gnu::noinline, gnu::cold]] inline void fail_assertion(const char* where) noexcept {
  static constexpr char before[] = "bulwark: a bug was found, everything is refused: ";
  [[maybe_unused]] ssize_t ignored = ::write(2, before, sizeof before - 1);
  ignored = ::write(2, where, std::strlen(where));
  ignored = ::write(2, "\n", 1);
  if (answer_to_bug != nullptr) answer_to_bug(where);
  std::abort();
}

}  // namespace bulwark::shm

#define BULWARK_TEXT_OF(x) #x
#define BULWARK_TEXT(x) BULWARK_TEXT_OF(x)
#define BULWARK_ASSERT(condition)     \
  ((condition) ? static_cast<void>(0) \
               : ::bulwark::shm::fail_assertion(__FILE__ ":" BULWARK_TEXT(__LINE__) ": " #condition))
