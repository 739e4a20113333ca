// SPDX-License-Identifier: Apache-2.0
// One connection: requests one after the other, each with a bound on its size and its time, until it ends or becomes a
// page's WebSocket.
#pragma once

#include <iostream>

#include "sidecar/console/server/page_socket.h"

namespace bulwark::console {

inline void decorate(http::fields& headers) {
  headers.set(http::field::server, "bulwark-console");
  headers.set("Content-Security-Policy",
              "default-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("X-Frame-Options", "DENY");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set(http::field::cache_control, "no-store");
}

template <class Stream>
class Connection : public Guest, public std::enable_shared_from_this<Connection<Stream>> {
public:
  static constexpr std::uint32_t header_bytes_max = 8'192;
  static constexpr std::uint64_t body_bytes_max = 16'384, drained_bytes_max = 1U << 18U;
  static constexpr std::chrono::seconds time_to_ask{10}, time_between{30}, time_to_take{30}, time_to_drain{1};

  template <class... Arguments>
  Connection(Crowd& crowd, Site& site, std::string address, Arguments&&... arguments)
      : stream_(std::forward<Arguments>(arguments)...),
        crowd_(crowd),
        site_(site),
        address_(std::move(address)),
        place_(crowd.guests.insert(crowd.guests.end(), this)) {}
  ~Connection() override { crowd_.guests.erase(place_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin() {
    tcp_of(stream_).expires_after(time_to_ask);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.async_handshake(net::ssl::stream_base::server, [self = this->shared_from_this()](Error error) {
        if (!error) self->read();
      });
    } else {
      read();
    }
  }

  void leave() override {
    Error ignored;
    tcp_of(stream_).socket().close(ignored);
  }

private:
  void read() {
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(body_bytes_max);
    http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](Error error, std::size_t) {
      if (!self->leaving) self->take(error);
    });
  }

  void take(Error error) {
    if (error == http::error::body_limit) return refuse(413, "the body is over 16 KiB");
    if (error == http::error::header_limit) return refuse(431, "the header is over 8 KiB");
    if (error == http::error::end_of_stream) return drain();
    // Of everything else that is not understood; a connection that broke has nobody to be told.
    if (error && error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::partial_message)
      return refuse(400, "this is no request");
    if (error) return;
    const auto& message = parser_->get();
    keep_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    const Request request = request_of(message);
    if (websocket::is_upgrade(message) && request.path == "/ws") return upgrade(request);
    answered = this->shared_from_this();
    try {
      site_.answer(request, [known = this->weak_from_this(), loop = stream_.get_executor()](Answer answer) {
        net::post(loop, [known, answer = std::move(answer)] {
          const auto self = known.lock();
          if (!self || !self->answered) return;
          self->answered.reset();
          self->send(answer);
        });
      });
    } catch (const std::exception& failure) {
      std::cerr << "bulwark-console: " << request.path << ": " << failure.what() << std::endl;
      answered.reset();
      refuse(500, "the console failed at this request");
    }
  }

  template <class HttpRequest>
  Request request_of(const HttpRequest& message) const {
    const auto header = [&](auto name) { return std::string(message[name]); };
    Request request;
    request.method = std::string(message.method_string());
    const std::string target(message.target());
    const std::size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.host = header(http::field::host);
    request.cookie = header(http::field::cookie);
    request.csrf = header("X-Bulwark-CSRF");
    request.content_type = header(http::field::content_type);
    if (message.count(http::field::origin) != 0) request.origin = header(http::field::origin);
    request.body = message.body();
    request.address = address_;
    // Which of several would be meant is a matter of opinion.
    for (const auto name : {http::field::host, http::field::origin, http::field::cookie}) {
      if (message.count(name) > 1) request.host.clear();
    }
    return request;
  }

  void upgrade(const Request& request) {
    std::string pass;
    if (const auto why_not = site_.why_not_watch(request, pass)) return send(*why_not);
    if (crowd_.pages.size() >= Crowd::page_count_max) return send(sorry(503, "too many pages are open"));
    auto page = std::make_shared<PageSocket<Stream>>(std::move(stream_), crowd_, site_, std::move(pass));
    page->open(parser_->get(), [](websocket::response_type& response) { decorate(response); });
  }

  void refuse(unsigned status, const std::string& why) {
    keep_ = head_ = false;
    send(sorry(status, why));
  }

  void send(const Answer& answer) {
    response_ = {};
    response_.version(11);
    response_.result(answer.status);
    decorate(response_);
    if (!answer.type.empty()) response_.set(http::field::content_type, answer.type);
    for (const auto& [name, value] : answer.headers) response_.set(name, value);
    response_.keep_alive(keep_);
    response_.content_length(answer.body.size());
    if (!head_) response_.body() = answer.body;
    tcp_of(stream_).expires_after(time_to_take);
    serializer_.emplace(response_);
    const auto sent = [self = this->shared_from_this()](Error error, std::size_t) {
      if (error) return;
      if (!self->keep_) return self->drain();
      tcp_of(self->stream_).expires_after(time_between);
      if (self->buffer_.size() == 0) return self->read();
      net::post(self->stream_.get_executor(), [self] { self->read(); });  // what was sent ahead waits for its turn
    };
    if (head_) http::async_write_header(stream_, *serializer_, sent);
    else http::async_write(stream_, *serializer_, sent);
  }

  // What is closed with something unread in it is reset, and the answer may be lost with it.
  void drain() {
    Error ignored;
    tcp_of(stream_).socket().shutdown(tcp::socket::shutdown_send, ignored);
    tcp_of(stream_).expires_after(time_to_drain);
    drain_more();
  }
  void drain_more() {
    tcp_of(stream_).async_read_some(net::buffer(drain_), [self = this->shared_from_this()](Error error, std::size_t n) {
      self->drained_ += n;
      if (!error && self->drained_ < drained_bytes_max) self->drain_more();
    });
  }

  Stream stream_;
  Crowd& crowd_;
  Site& site_;
  const std::string address_;
  const std::list<Guest*>::iterator place_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  bool keep_ = false, head_ = false;
  std::array<char, 4'096> drain_{};
  std::uint64_t drained_ = 0;
};

}  // namespace bulwark::console
