// SPDX-License-Identifier: Apache-2.0
// Where an instance lives while it runs: RUN/NAME/, RUN being $BULWARK_RUN_DIR, else the first of /run/bulwark,
// $XDG_RUNTIME_DIR/bulwark, /tmp/bulwark-UID. `up` creates it in the first that it may write; everyone else takes the
// first that holds NAME. Cold.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace bulwark::shm {

inline std::vector<std::string> run_folder_candidates() {
  if (const char* chosen = std::getenv("BULWARK_RUN_DIR"); chosen != nullptr && *chosen != '\0') return {chosen};
  std::vector<std::string> folders{"/run/bulwark"};
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime != nullptr && *runtime != '\0') {
    folders.push_back(std::string(runtime) + "/bulwark");
  }
  folders.push_back("/tmp/bulwark-" + std::to_string(::getuid()));
  return folders;
}

// An instance's name becomes a folder's name: no way out of RUN.
inline bool valid_instance(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789._-") == std::string::npos &&
         name[0] != '.';
}

// RUN/NAME of a running instance; empty: there is none.
inline std::string find_run_folder(const std::string& instance) {
  if (!valid_instance(instance)) return {};
  for (const std::string& run : run_folder_candidates()) {
    struct stat info {};
    const std::string folder = run + "/" + instance;
    if (::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return folder;
  }
  return {};
}

// Creates RUN/NAME (0750) in the first place that may be written; what is there already is kept. Empty: nowhere.
inline std::string make_run_folder(const std::string& instance) {
  if (!valid_instance(instance)) return {};
  for (const std::string& run : run_folder_candidates()) {
    ::mkdir(run.c_str(), 0755);
    const std::string folder = run + "/" + instance;
    ::mkdir(folder.c_str(), 0750);
    ::mkdir((folder + "/clients").c_str(), 0750);
    if (::access(folder.c_str(), W_OK | X_OK) == 0 && ::access((folder + "/clients").c_str(), W_OK | X_OK) == 0) {
      return folder;
    }
  }
  return {};
}

}  // namespace bulwark::shm
