// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/presence.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "shm/process.h"
#include "shm/whole_file.h"
#include "sidecar/console/people/tokens.h"

namespace bulwark::console {

void tell_where(const std::string& run_folder, const std::string& url) {
  const nlohmann::ordered_json said{
      {"url", url}, {"pid", ::getpid()}, {"start_time", shm::process_stat(::getpid()).start_time}};
  shm::write_whole(run_folder + "/console", said.dump() + "\n");
}

std::uint16_t port_before(const std::string& run_folder) {
  std::ifstream file(run_folder + "/console");
  const nlohmann::json said = nlohmann::json::parse(file, nullptr, false);
  if (!said.is_object() || !said.contains("url") || !said["url"].is_string()) return 0;
  const std::string url = said["url"];
  const std::size_t colon = url.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos) std::from_chars(url.data() + colon + 1, url.data() + url.size(), port);
  return port;
}

// Nobody else's, and nobody else may have read it.
static std::string token_in(const std::string& path) {
  const shm::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || info.st_uid != ::geteuid() || (info.st_mode & 077) != 0) return {};
  char text[64];
  return ::read(file.get(), text, sizeof text) == sizeof text ? std::string(text, sizeof text) : std::string{};
}

std::string own_token(const std::string& run_folder, bool& drawn) {
  const std::string path = run_folder + "/console.token";
  std::string token = token_in(path);
  drawn = token.find_first_not_of("0123456789abcdef") != std::string::npos || token.empty();
  if (!drawn) return token;
  token = draw_token();
  shm::write_whole(path, token + "\n", 0600);
  return token;
}

shm::Descriptor lock_console(const std::string& run_folder) {
  shm::Descriptor lock(::open((run_folder + "/console.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(lock) : shm::Descriptor();
}

}  // namespace bulwark::console
