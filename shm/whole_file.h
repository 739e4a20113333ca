// SPDX-License-Identifier: Apache-2.0
// A file that is replaced whole or not at all, whatever ends in between, and durable when the call returns. Cold.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "shm/memfd.h"

namespace bulwark::shm {

// `mode`: less what the umask takes. Throws std::system_error, naming the file.
inline void write_whole(const std::string& path, std::string_view text, mode_t mode = 0640) {
  const std::string making = path + ".new";
  const auto fail = [&](const std::string& what) {
    const int why = errno;
    ::unlink(making.c_str());
    throw std::system_error(why, std::generic_category(), "cannot write " + what);
  };
  {
    const Descriptor file(::open(making.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file) fail(making);
    for (std::size_t written = 0; written < text.size();) {
      const ssize_t more = ::write(file.get(), text.data() + written, text.size() - written);
      if (more < 0) fail(making);
      written += static_cast<std::size_t>(more);
    }
    if (::fsync(file.get()) != 0) fail(making);
  }
  if (std::rename(making.c_str(), path.c_str()) != 0) fail(path);
  const std::size_t slash = path.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor names(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!names || ::fsync(names.get()) != 0) fail(folder);
}

}  // namespace bulwark::shm
