// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/pages.h"

#ifdef BULWARK_CONSOLE_PAGE
#include "sidecar/console/web/page.h"
#endif

namespace bulwark::console {

#ifdef BULWARK_CONSOLE_PAGE

std::optional<Answer> page_file(const std::string& path) {
  const std::optional<PageFile> file = find_page_file(path);
  if (!file) return std::nullopt;
  const std::string bytes(file->gzip.begin(), file->gzip.end());
  return Answer{200, std::string(file->content_type), bytes, {{"Content-Encoding", "gzip"}}};
}

#else

static constexpr const char* plain_page = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bulwark</title></head>
<body><h1>Bulwark</h1>
<p>This build has no dashboard in it. What it would show: <a href="/api/v1/view">/api/v1/view</a>,
<a href="/readyz?verbose">/readyz?verbose</a>.</p></body></html>
)";

std::optional<Answer> page_file(const std::string& path) {
  if (path != "/") return std::nullopt;
  return Answer{200, "text/html; charset=utf-8", plain_page};
}

#endif

}  // namespace bulwark::console
