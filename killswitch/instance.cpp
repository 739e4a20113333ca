// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/instance.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "killswitch/refusal.h"
#include "shm/process.h"
#include "shm/run_folder.h"

namespace bulwark::kill {

static std::string without_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The text between the quotes that a value begins with.
static std::string quoted(const std::string& value) {
  if (value.empty() || (value[0] != '"' && value[0] != '\'')) return {};
  const std::size_t end = value.find(value[0], 1);
  return end == std::string::npos ? std::string{} : value.substr(1, end - 1);
}

std::string instance_name_in(const std::string& toml) {
  std::istringstream lines(toml);
  std::string table;
  for (std::string raw; std::getline(lines, raw);) {
    const std::string line = without_blanks(raw);
    if (!line.empty() && line[0] == '[') {
      table = without_blanks(line.substr(1, line.find(']') - 1));
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = without_blanks(line.substr(0, equals));
    if ((table == "instance" && key == "name") || (table.empty() && key == "instance.name")) {
      return quoted(without_blanks(line.substr(equals + 1)));
    }
  }
  return {};
}

std::string choose_instance(const std::string& instance, const std::string& config_file) {
  if (!instance.empty()) return instance;
  if (config_file.empty()) {
    throw Refusal(exit_usage, "name the instance: --instance NAME, or --config FILE (or BULWARK_CONFIG)");
  }
  if (const char* name = std::getenv("BULWARK__INSTANCE__NAME"); name != nullptr && *name != '\0') return name;
  std::ifstream file(config_file);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw Refusal(exit_usage, "cannot read " + config_file + "; --instance NAME needs no file");
  const std::string name = instance_name_in(text.str());
  if (name.empty()) {
    throw Refusal(exit_usage, config_file + ": instance.name: not found; --instance NAME needs no file");
  }
  return name;
}

bool Instance::sidecar_alive() const {
  return board && shm::process_alive(board->sidecar_pid, board->sidecar_start_time);
}

static bool pid_alive(std::int32_t pid) {
  const shm::ProcessStat stat = pid > 0 ? shm::process_stat(pid) : shm::ProcessStat{};
  return stat.start_time != 0 && stat.state != 'Z' && stat.state != 'X';
}

bool Instance::watchdog_alive() const { return pid_alive(page->watchdog_pid.load(std::memory_order_acquire)); }
bool Instance::up_alive() const { return pid_alive(page->up_pid.load(std::memory_order_acquire)); }

Instance open_instance(const std::string& name) {
  if (!shm::valid_instance(name)) {
    throw Refusal(exit_usage, "\"" + name + "\" cannot be the name of an instance: letters, digits, . _ - are allowed");
  }
  Instance result{name, shm::find_run_folder(name), {}, {}};
  if (result.folder.empty()) throw Refusal(exit_not_running, "no instance \"" + name + "\" is running");
  const std::string path = result.folder + "/kill";
  result.page = shm::attach<shm::KillPage>(path, shm::Access::ReadWrite);
  switch (result.page.status) {
    case shm::AttachStatus::Ready: break;
    case shm::AttachStatus::Absent:
      throw Refusal(exit_not_running, "no instance \"" + name + "\" is running (there is no " + path + ")");
    case shm::AttachStatus::WrongPermission:
      throw Refusal(exit_refused, "this user may not operate \"" + name + "\": no right to write " + path);
    default: throw Refusal(exit_no, "cannot use " + path + ": " + std::string(shm::explain(result.page.status)));
  }
  result.board = shm::attach<const shm::Board>(result.folder + "/board", shm::Access::ReadOnly);
  return result;
}

}  // namespace bulwark::kill
