// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/file.h"

#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

std::string read_file(const std::string& path) {
  errno = 0;
  const gzFile file = ::gzopen(path.c_str(), "rbe");
  if (file == nullptr) throw Mistake(path + ": cannot be read: " + std::strerror(errno));
  std::string text;
  std::array<char, 65'536> part;
  int size = 0;
  while ((size = ::gzread(file, part.data(), part.size())) > 0)
    text.append(part.data(), static_cast<std::size_t>(size));
  int error = Z_OK;
  const std::string why = ::gzerror(file, &error);
  if (::gzclose(file) != Z_OK || size < 0) {
    throw Mistake(path + ": cannot be read to its end: " + (error == Z_OK ? "it is cut off" : why));
  }
  if (text.empty()) throw Mistake(path + ": is empty");
  return text;
}

}  // namespace bulwark::risk
