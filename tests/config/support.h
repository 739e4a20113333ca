// SPDX-License-Identifier: Apache-2.0
// A folder of its own for each test, with an instruments file in it, and configurations loaded from there.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/config/load.h"

namespace bulwark::config {

inline constexpr std::string_view plain_instruments =
    "symbol,sector,currency,multiplier,tick_size,lot_size,adv\n"
    "AAPL,Technology,USD,1,0.01,1,1000000\n"
    "MSFT,Technology,,,,,\n"
    "XOM,Energy,USD,1,0.01,1,500000\n"
    "EUR/USD,,,,0.00001,1000,\n";

class Folder {
public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "bulwark-config-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    write("instruments.csv", plain_instruments);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& file) const { return path_ + "/" + file; }
  void write(const std::string& file, std::string_view text) const {
    std::ofstream(path(file), std::ios::binary) << text;
  }
  LoadResult load(std::string_view text, const Environment& environment = {}) const {
    write("bulwark.toml", text);
    return config::load(path("bulwark.toml"), environment);
  }
  // `text` without this folder's name in it.
  std::string without_folder(std::string text) const {
    const std::string prefix = path_ + "/";
    for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }
  std::vector<std::string> mistakes_of(const LoadResult& result) const {
    std::vector<std::string> lines;
    for (const Mistake& mistake : result.mistakes) lines.push_back(without_folder(format(mistake)));
    return lines;
  }

private:
  std::string path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace bulwark::config
