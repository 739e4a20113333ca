// SPDX-License-Identifier: Apache-2.0
// The files of the page that the console shows, as they were built: gzipped, inside the program. Asked by the server
// for each GET; nothing is read from a disk.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace bulwark::console {

struct PageFile {
  std::string_view content_type;
  std::span<const unsigned char> gzip;  // to be sent with Content-Encoding: gzip
};

// Of "/", "/app.js", "/app.css", "/icon.svg"; nothing for any other path. Built without Node there is "/" alone, which
// says so.
std::optional<PageFile> find_page_file(std::string_view path);

}  // namespace bulwark::console
