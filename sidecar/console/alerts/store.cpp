// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/alerts/store.h"

#include <charconv>
#include <filesystem>
#include <fstream>

#include "shm/whole_file.h"
#include "sidecar/console/alerts/words.h"

namespace bulwark::alerts {

namespace files = std::filesystem;

static constexpr std::uintmax_t history_bytes_max = 64ULL << 20U;  // then it becomes history.1.jsonl
static constexpr std::string_view inbox = "/acknowledge";

static std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Store::Store(std::string directory) : directory_(std::move(directory)) {
  std::error_code error;
  files::create_directories(directory_ + std::string(inbox), error);
  files::permissions(directory_, files::perms::others_all, files::perm_options::remove, error);
}

std::optional<Json> Store::read(std::string& problem) const {
  const std::string path = directory_ + "/alerts.json";
  std::error_code error;
  if (!files::exists(path, error) && !error) return std::nullopt;
  std::ifstream file(path);
  Json kept = Json::parse(file, nullptr, false);
  if (kept.is_object()) return kept;
  files::rename(path, path + ".damaged", error);
  problem = path + " could not be read" + (error ? "" : "; it is kept as " + path + ".damaged");
  return std::nullopt;
}

std::string Store::write(const Json& document) const {
  try {
    shm::write_whole(directory_ + "/alerts.json", dumped(document));
    return "";
  } catch (const std::system_error& error) {
    return error.what();
  }
}

std::string Store::append(const std::vector<Json>& history) const {
  if (history.empty()) return "";
  const std::string path = directory_ + "/history.jsonl";
  std::error_code error;
  if (const auto bytes = files::file_size(path, error); !error && bytes > history_bytes_max)
    files::rename(path, directory_ + "/history.1.jsonl", error);
  std::string lines;
  for (const Json& line : history) lines += dumped(line) + "\n";
  std::ofstream file(path, std::ios::app);
  file << lines << std::flush;
  using files::perms;  // as alerts.json beside it
  files::permissions(path, perms::owner_read | perms::owner_write | perms::group_read, error);
  return file.good() ? "" : "cannot write " + path;
}

std::vector<Acknowledgement> Store::take_acknowledgements() const {
  std::vector<Acknowledgement> taken;
  std::error_code error;
  std::vector<files::path> paths;
  files::directory_iterator entry(directory_ + std::string(inbox), error);
  for (; !error && entry != files::directory_iterator(); entry.increment(error)) paths.push_back(*entry);
  for (const files::path& path : paths) {
    const std::string name = path.filename();
    Acknowledgement one;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), one.id);
    if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) continue;  // one that is being written
    std::ifstream file(path);
    const Json content = Json::parse(file, nullptr, false);
    one.person = content.is_object() ? text_of(content, "operator") : "";
    if (files::remove(path, error)) taken.push_back(std::move(one));
  }
  return taken;
}

Json kept_alerts(const std::string& directory) {
  std::ifstream file(directory + "/alerts.json");
  Json kept = Json::parse(file, nullptr, false);
  return kept.is_object() ? kept : Json(nullptr);
}

std::string leave_acknowledgement(const std::string& directory, const Acknowledgement& acknowledgement) {
  const std::string path = directory + std::string(inbox) + "/" + std::to_string(acknowledgement.id);
  shm::write_whole(path, dumped({{"operator", acknowledgement.person}}));
  return path;
}

}  // namespace bulwark::alerts
