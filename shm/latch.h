// SPDX-License-Identifier: Apache-2.0
// The latch on disk: whether the instance may trade when it comes back. A small text file, `latch`, in the journal
// directory, replaced whole. Written by the watchdog after every change of permission, and by killswitch. Cold.
//
//   state = running        (or clean: it ended by a SIGTERM)
//   trading = no
//   epoch = 7              (of the last stop; never used again, over all lives of the instance)
//   cause = fat finger
//   operator = mira
//   reason = fat finger
//   since_ns = 1700000000000000000
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "shm/memfd.h"
#include "shm/words.h"

namespace bulwark::shm {

struct Latch {
  bool clean = false;
  bool trading = false;
  std::uint64_t epoch = 0;
  Sentence cause{};
  Name operator_name{};
  Sentence reason{};
  std::int64_t since_ns = 0;
  friend bool operator==(const Latch&, const Latch&) = default;
};

enum class LatchStatus : std::uint8_t { Unreadable, Read, Absent, Damaged };

struct LatchFile {
  LatchStatus status = LatchStatus::Unreadable;
  Latch latch{};
};

// One line of printable ASCII, whatever came in.
inline std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return result;
}

inline std::string write_latch_text(const Latch& latch) {
  std::ostringstream text;
  text << "state = " << (latch.clean ? "clean" : "running") << "\ntrading = " << (latch.trading ? "yes" : "no")
       << "\nepoch = " << latch.epoch << "\ncause = " << printable(latch.cause.view())
       << "\noperator = " << printable(latch.operator_name.view()) << "\nreason = " << printable(latch.reason.view())
       << "\nsince_ns = " << latch.since_ns << "\n";
  return text.str();
}

namespace latch_details {

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

// Each key exactly once, and nothing else: a file that somebody has touched is no permission.
inline bool parse_line(std::string_view line, Latch& latch, unsigned& seen) {
  static constexpr std::string_view keys[] = {"state", "trading", "epoch", "cause", "operator", "reason", "since_ns"};
  const std::size_t middle = line.find(" = ");
  if (middle == std::string_view::npos) return false;
  const std::string_view key = line.substr(0, middle), value = line.substr(middle + 3);
  std::size_t k = 0;
  while (k < std::size(keys) && keys[k] != key) ++k;
  if (k == std::size(keys) || (seen & (1U << k)) != 0) return false;
  seen |= 1U << k;
  switch (k) {
    case 0: latch.clean = value == "clean"; return latch.clean || value == "running";
    case 1: latch.trading = value == "yes"; return latch.trading || value == "no";
    case 2: return parse_number(value, latch.epoch);
    case 3: latch.cause = Sentence::from(value); return true;
    case 4: latch.operator_name = Name::from(value); return true;
    case 5: latch.reason = Sentence::from(value); return true;
    default: return parse_number(value, latch.since_ns);
  }
}

[[noreturn]] inline void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace latch_details

inline std::string latch_path(const std::string& directory) { return directory + "/latch"; }

inline LatchFile parse_latch(const std::string& text) {
  LatchFile result{LatchStatus::Damaged, {}};
  std::istringstream lines(text);
  unsigned seen = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!latch_details::parse_line(line, result.latch, seen)) return {LatchStatus::Damaged, {}};
  }
  if (seen != 0x7f || text.back() != '\n') return {LatchStatus::Damaged, {}};
  result.status = LatchStatus::Read;
  return result;
}

inline LatchFile read_latch(const std::string& directory) {
  std::ifstream file(latch_path(directory));
  if (!file) return {errno == ENOENT ? LatchStatus::Absent : LatchStatus::Unreadable, {}};
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return {LatchStatus::Unreadable, {}};
  return parse_latch(text.str());
}

// Replaces the latch and waits until the disk has it. A latch of a later epoch is left alone: it is the newer truth.
// Throws std::system_error, naming the file. Not by write_whole: watchdog and killswitch may write at the same time,
// each under a name of its own, and the owner has to be right before the file has its name.
inline void write_latch(const std::string& directory, const Latch& latch) {
  using latch_details::fail;
  if (const LatchFile old = read_latch(directory); old.status == LatchStatus::Read && old.latch.epoch > latch.epoch) {
    return;
  }
  const std::string text = write_latch_text(latch);
  const std::string making =
      latch_path(directory) + "." + std::to_string(::getpid()) + "." + std::to_string(::gettid());
  {
    const Descriptor file(::open(making.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!file) fail("cannot write " + making);
    // Root's latch too belongs to whom the directory belongs: who comes back under it must be able to read it.
    struct stat folder {};
    if (::geteuid() == 0 &&
        (::stat(directory.c_str(), &folder) != 0 || ::fchown(file.get(), folder.st_uid, folder.st_gid) != 0)) {
      fail("cannot give " + making + " its owner");
    }
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file.get()) != 0) {
      const int why = errno;
      ::unlink(making.c_str());
      throw std::system_error(why, std::generic_category(), "cannot write " + making);
    }
  }
  if (::rename(making.c_str(), latch_path(directory).c_str()) != 0) fail("cannot write " + latch_path(directory));
  const Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) fail("cannot write " + directory);
}

// Nothing in it that counts, or not there at all. Names with a dot in front do not, and what a console keeps there: it
// may have begun before the watchdog, and says nothing of trading.
inline bool journal_empty(const std::string& directory) {
  DIR* folder = ::opendir(directory.c_str());
  if (folder == nullptr) return errno == ENOENT;
  bool empty = true;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    empty = empty && (name.starts_with('.') || name == "alerts" || name.starts_with("console."));
  }
  ::closedir(folder);
  return empty;
}

// How an instance comes back: with a latch of a new epoch, trading or not.
inline Latch latch_at_start(const LatchFile& file, bool empty_journal, std::int64_t now_ns) {
  Latch result = file.latch;
  result.clean = false;
  result.epoch = file.latch.epoch + 1;
  std::string_view cause;
  switch (file.status) {
    case LatchStatus::Read:
      if (result.trading && file.latch.clean) return result;
      if (result.trading) cause = "the instance ended without a clean shutdown";
      break;
    case LatchStatus::Absent:
      result.trading = true;
      if (empty_journal) return result;
      cause = "there is a journal, but no latch that says how it ended";
      break;
    case LatchStatus::Damaged: cause = "the latch in the journal directory is damaged"; break;
    case LatchStatus::Unreadable: cause = "the latch in the journal directory cannot be read"; break;
  }
  result.trading = false;
  if (!cause.empty()) {
    result.cause = result.reason = Sentence::from(cause);
    result.operator_name = Name{};
    result.since_ns = now_ns;
  }
  return result;
}

}  // namespace bulwark::shm
