// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/server/server.h"

#include "sidecar/console/server/connection.h"

#include <sys/resource.h>

#include <iostream>
#include <stdexcept>

#include "killswitch/refusal.h"
#include "shm/clock.h"

namespace bulwark::console {

namespace {

constexpr std::size_t guests_wanted = 1'024;
constexpr rlim_t descriptors_wanted = 4'096, descriptors_of_others = 128;

// Descriptors for all who may come, and some for the rest of the process.
std::size_t room_for_guests() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, descriptors_wanted));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 4 * descriptors_of_others) return static_cast<std::size_t>(limit.rlim_cur / 4);
  const std::size_t pages_and_others = Crowd::page_count_max + 64 + static_cast<std::size_t>(descriptors_of_others);
  const auto all = static_cast<std::size_t>(limit.rlim_cur);
  return all > pages_and_others ? std::min(guests_wanted, all - pages_and_others) : all / 4;
}

net::ssl::context tls_context(const config::Console& console) {
  net::ssl::context context(net::ssl::context::tls_server);
  if (!console.tls()) return context;
  const auto check = [](Error error, const std::string& file) {
    if (error) throw kill::Refusal(kill::exit_usage, "TLS: " + file + ": " + error.message());
  };
  Error error;
  context.set_options(net::ssl::context::default_workarounds | net::ssl::context::no_tlsv1 |
                      net::ssl::context::no_tlsv1_1 | net::ssl::context::single_dh_use);
  context.use_certificate_chain_file(console.tls_certificate, error);
  check(error, console.tls_certificate);
  context.use_private_key_file(console.tls_key, net::ssl::context::pem, error);
  check(error, console.tls_key);
  return context;
}

}  // namespace

struct Server::Parts {
  explicit Parts(const config::Console& console)
      : tls(console.tls()),
        crowd(room_for_guests()),
        context(tls_context(console)),
        acceptor(loop),
        pause(loop),
        clock(loop) {}

  ~Parts() { crowd.forget_answers(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Error listen(const tcp::endpoint& at) {
    Error error;
    acceptor.open(at.protocol(), error);
    if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(at, error);
    if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
    if (error) acceptor.close();
    return error;
  }

  void accept() {
    acceptor.async_accept([this](Error error, tcp::socket socket) {
      if (error == net::error::operation_aborted) return;
      if (error && error != net::error::connection_aborted) {
        pause.expires_after(std::chrono::milliseconds(100));  // no descriptors, no memory: others will end
        return pause.async_wait([this](Error) { accept(); });
      }
      accept();  // first: whatever becomes of this one, the next is welcome
      if (!error) welcome(std::move(socket));
    });
  }

  void welcome(tcp::socket socket) {
    if (!crowd.make_room()) return;
    Error error;
    const std::string address = socket.remote_endpoint(error).address().to_string();
    if (error) return;
    socket.set_option(tcp::no_delay(true), error);
    if (tls)
      std::make_shared<Connection<TlsStream>>(crowd, *site, address, PlainStream(std::move(socket)), context)->begin();
    else std::make_shared<Connection<PlainStream>>(crowd, *site, address, std::move(socket))->begin();
  }

  void tick(shm::AtomicTime& beat) {
    beat.store(shm::monotonic_now().ns, std::memory_order_relaxed);
    clock.expires_after(std::chrono::milliseconds(200));
    clock.async_wait([this, &beat](Error error) {
      if (!error) tick(beat);
    });
    crowd.each_page([this](Page& page) {
      if (!site->may_go_on(page.pass())) page.leave();
    });
  }

  const bool tls;
  Crowd crowd;  // outlives the loop, whose end is the end of all who are in it
  net::ssl::context context;
  net::io_context loop{1};
  tcp::acceptor acceptor;
  net::steady_timer pause, clock;
  Site* site = nullptr;
};

Server::Server(const config::Console& console, std::uint16_t port) : parts_(std::make_unique<Parts>(console)) {
  const net::ip::address address = net::ip::make_address(console.address);
  Error error = make_error_code(net::error::address_in_use);
  if (console.port == 0 && port != 0) error = parts_->listen({address, port});
  if (error) error = parts_->listen({address, console.port});
  if (error)
    throw std::runtime_error("cannot listen at " + console.address + ":" + std::to_string(console.port) + ": " +
                             error.message());
}

Server::~Server() = default;

std::uint16_t Server::port() const { return parts_->acceptor.local_endpoint().port(); }

void Server::run(Site& site, shm::AtomicTime& beat) {
  parts_->site = &site;
  parts_->accept();
  parts_->tick(beat);
  while (!parts_->loop.stopped()) {
    try {
      parts_->loop.run();
    } catch (const std::exception& error) {  // of one request; all others go on
      std::cerr << "bulwark-console: " << error.what() << std::endl;
    }
  }
}

void Server::stop() { parts_->loop.stop(); }

void Server::publish(Message message) {
  net::post(parts_->loop, [this, message = std::move(message)] {
    if (parts_->site == nullptr) return;
    parts_->site->take(message);
    parts_->crowd.each_page([&](Page& page) { page.send(message); });
  });
}

}  // namespace bulwark::console
