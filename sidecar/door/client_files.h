// SPDX-License-Identifier: Apache-2.0
// The client files of an instance, RUN/NAME/clients/C: made by the door, mapped and written by their client alone, read
// by everyone with pread, so that a client that cuts its own file hurts nobody else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "shm/layout.h"
#include "shm/memfd.h"
#include "sidecar/door/hot_side.h"

namespace bulwark::cold {

class ClientFiles {
public:
  explicit ClientFiles(const std::string& run_folder) : folder_(run_folder + "/clients") {}

  // Who has the name according to its file; nothing where nobody living has.
  std::optional<Peer> living_holder(std::string_view client) const;

  // A new file, not to be seen by others before publish(). Empty: it cannot be made.
  shm::Descriptor create(const Name& client, const Peer& peer, std::uint64_t generation) const;
  bool publish(std::string_view client) const;
  void remove(std::string_view client) const;
  void discard(std::string_view client) const;  // what was created and not published

  // Of each client that lives and has not left: the permission that it last acted on, and since when.
  struct Acknowledgement {
    shm::Permission permission{};
    MonotonicNs at{};
  };
  std::map<std::string, Acknowledgement> acknowledgements() const;

  // Files of the dead: they say nothing any more.
  void remove_dead() const;

  // A name as the name of a file: letters, digits, - and _ as they are, the rest as %41.
  static std::string file_name(std::string_view client);
  static std::string client_of(std::string_view file_name);

private:
  std::string path(std::string_view client) const { return folder_ + "/" + file_name(client); }
  std::string path_in_making(std::string_view client) const { return folder_ + "/.new." + file_name(client); }

  std::string folder_;
};

}  // namespace bulwark::cold
