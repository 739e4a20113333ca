// SPDX-License-Identifier: Apache-2.0
#include "sidecar/config/beside.h"

#include <unistd.h>

#include <filesystem>

#include "shm/run_folder.h"
#include "sidecar/config/load.h"

namespace bulwark::config {

// An instance that runs says where its configuration stands.
static std::string file_of(const std::string& instance) {
  const std::string folder = shm::find_run_folder(instance);
  std::error_code error;
  const auto path = std::filesystem::read_symlink(folder + "/configuration", error);
  if (folder.empty() || error) throw NoSettings(false, "no instance \"" + instance + "\" is running");
  return path.string();
}

Settings settings_beside(const std::string& instance, const std::string& config_file) {
  if (instance.empty() && config_file.empty())
    throw NoSettings(true, "name the configuration: --config FILE (or BULWARK_CONFIG)");
  LoadResult loaded = load(instance.empty() ? config_file : file_of(instance), read_environment(environ));
  if (loaded.good_but_model()) return std::move(loaded.settings);
  std::string message = "the configuration is wrong";
  for (const Mistake& mistake : loaded.mistakes) message += "\n" + format(mistake);
  throw NoSettings(true, message);
}

}  // namespace bulwark::config
