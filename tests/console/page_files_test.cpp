// SPDX-License-Identifier: Apache-2.0
// The page's files are inside the program, gzipped, and nothing else is.
#include "sidecar/console/web/page.h"

#include <gtest/gtest.h>

#include <string>

namespace bulwark::console {

TEST(Page, IsThereGzipped) {
  const auto page = find_page_file("/");
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  ASSERT_GT(page->gzip.size(), 20U);
  EXPECT_EQ(page->gzip[0], 0x1f);
  EXPECT_EQ(page->gzip[1], 0x8b);
}

TEST(Page, IsAtMost120KilobytesInAll) {
  std::size_t bytes = 0;
  for (const char* path : {"/", "/app.js", "/app.css", "/icon.svg"}) {
    if (const auto file = find_page_file(path)) bytes += file->gzip.size();
  }
  EXPECT_LE(bytes, 120'000U);
}

TEST(Page, IsWholeOrSaysThatItIsNot) {
  const bool script = find_page_file("/app.js").has_value();
  EXPECT_EQ(find_page_file("/app.css").has_value(), script);
  EXPECT_EQ(find_page_file("/icon.svg").has_value(), script);
}

TEST(Page, HasNothingElse) {
  for (const char* path : {"", "/index.html", "/../page.h", "//", "/app.js/", "/app.js?x"}) {
    EXPECT_FALSE(find_page_file(path).has_value()) << path;
  }
}

}  // namespace bulwark::console
