// SPDX-License-Identifier: Apache-2.0
// File and environment into settings, and the frozen form back into them.
#include "sidecar/config/load.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sidecar/config/environment.h"
#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr std::uintmax_t file_bytes_max = 64ULL << 20U;

std::string directory_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  return (error ? std::filesystem::path(path) : whole).lexically_normal().parent_path().string();
}

// As a person corrects them: the configuration file from top to bottom, then other files, then the environment.
void sort_mistakes(std::vector<Mistake>& mistakes, const std::string& file) {
  const auto rank = [&](const Mistake& mistake) {
    const int source = !mistake.place.variable.empty() ? 2 : mistake.place.file != file ? 1 : 0;
    return std::pair{source, mistake.place.line};
  };
  std::stable_sort(mistakes.begin(), mistakes.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

LoadResult read_tree(Parsed parsed, const Environment& environment, const Source& source) {
  Report report;
  report.mistakes = std::move(parsed.mistakes);
  LoadResult result;
  if (report.mistakes.empty()) {
    overlay(parsed.root, environment, report.mistakes);
    result.settings = read_settings(parsed.root, source, report);
  }
  result.values = std::move(report.values);
  result.mistakes = std::move(report.mistakes);
  result.closes = std::move(report.closes);
  result.model_files_only = report.in_model_files != 0 && report.in_model_files == result.mistakes.size();
  sort_mistakes(result.mistakes, source.file);
  return result;
}

LoadResult load_file(const std::string& path, const Environment& environment) {
  const std::optional<std::string> text = read_file(path);
  if (!text) {
    LoadResult result;
    result.mistakes.push_back({{path, 0, {}}, "", "the configuration file cannot be read"});
    return result;
  }
  LoadResult result = read_tree(parse_toml(*text, path), environment, {path, directory_of(path), false});
  // The journal says under which configuration it was written. What it could not say back is refused now, not then.
  if (result.good()) {
    LoadResult again = load_frozen(freeze(result.settings));
    again.settings.ledger = result.settings.ledger;
    again.settings.console = result.settings.console;
    again.settings.alerts = result.settings.alerts;
    again.settings.model_source = result.settings.model_source;
    if (!again.good() || !(again.settings == result.settings)) {
      result.mistakes.push_back({{path, 1, {}},
                                 "",
                                 "the journal cannot hold this configuration" +
                                     (again.good() ? std::string{} : ": " + format(again.mistakes.front()))});
    }
  }
  return result;
}

LoadResult failure(const std::string& file, const std::exception& error) {
  LoadResult result;
  result.mistakes.push_back({{file, 0, {}}, "", std::string("reading failed: ") + error.what()});
  return result;
}

}  // namespace

std::string absolute_path(const std::string& path, const std::string& directory) {
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

std::optional<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || std::filesystem::file_size(path, error) > file_bytes_max)
    return {};
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) return {};
  return text;
}

LoadResult load(const std::string& path, const Environment& environment) {
  try {
    return load_file(path, environment);
  } catch (const std::exception& error) {
    return failure(path, error);
  }
}

LoadResult load_frozen(std::string_view text) {
  const std::string file = "frozen configuration";
  try {
    return read_tree(parse_toml(text, file), {}, {file, "/", true});
  } catch (const std::exception& error) {
    return failure(file, error);
  }
}

}  // namespace bulwark::config
