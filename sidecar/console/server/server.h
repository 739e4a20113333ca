// SPDX-License-Identifier: Apache-2.0
// The web server: HTTP and WebSocket, plain or by TLS, on one thread. Bounded in all that a stranger can make grow.
#pragma once

#include <cstdint>
#include <memory>

#include "shm/layout.h"
#include "sidecar/config/settings.h"
#include "sidecar/console/server/site.h"

namespace bulwark::console {

class Server {
public:
  // Listens from here on. `port`: where the configuration leaves it open, tried first. Throws std::runtime_error.
  Server(const config::Console& console, std::uint16_t port);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // Until stop(). Its beat moves while it gets on.
  void run(Site& site, shm::AtomicTime& beat);
  // From any thread, also before run().
  void stop();
  void publish(Message message);

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bulwark::console
