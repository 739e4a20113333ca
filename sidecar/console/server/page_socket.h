// SPDX-License-Identifier: Apache-2.0
// A page's WebSocket. Frames are for who keeps up: one that comes while something is on its way is left out. All else
// is queued, up to a bound beyond which the page is disconnected: it comes again and is told everything anew. Of states
// only the newest waits.
#pragma once

#include <deque>

#include "sidecar/console/server/beast.h"
#include "sidecar/console/server/crowd.h"

namespace bulwark::console {

template <class Stream>
class PageSocket : public Page, public std::enable_shared_from_this<PageSocket<Stream>> {
public:
  static constexpr std::size_t queued_bytes_max = 4U << 20U, said_bytes_max = 1024;

  PageSocket(Stream stream, Crowd& crowd, Site& site, std::string pass)
      : socket_(std::move(stream)), crowd_(crowd), site_(site), pass_(std::move(pass)) {}
  ~PageSocket() override {
    if (in_crowd_) crowd_.pages.erase(place_);
  }
  PageSocket(const PageSocket&) = delete;
  PageSocket& operator=(const PageSocket&) = delete;

  template <class HttpRequest>
  void open(const HttpRequest& request, const std::function<void(websocket::response_type&)>& decorate) {
    tcp_of(socket_.next_layer()).expires_never();  // the WebSocket has its own patience
    socket_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10), std::chrono::seconds(60), true});
    socket_.set_option(websocket::stream_base::decorator(decorate));
    socket_.read_message_max(said_bytes_max);
    socket_.auto_fragment(false);
    socket_.async_accept(request, [self = this->shared_from_this()](Error error) {
      if (!error) self->begin();
    });
  }

  void send(const Message& message) override {
    const bool frame = message.kind == MessageKind::Frame;
    if (frame && writing_) return;
    const bool state = message.kind == MessageKind::State;
    if (state) forget_waiting_state();
    push({message.bytes, frame, state});
  }
  void leave() override {
    left_ = true;
    Error ignored;
    tcp_of(socket_.next_layer()).socket().close(ignored);
  }
  const std::string& pass() const override { return pass_; }

private:
  struct Queued {
    Bytes bytes;
    bool binary = false, state = false;
  };

  void begin() {
    place_ = crowd_.pages.insert(crowd_.pages.end(), this);
    in_crowd_ = true;
    for (const Bytes& bytes : site_.opening()) push({bytes});
    read();
  }

  void forget_waiting_state() {
    const auto first = queue_.begin() + (writing_ ? 1 : 0);
    const auto state = std::find_if(first, queue_.end(), [](const Queued& one) { return one.state; });
    if (state == queue_.end()) return;
    queued_bytes_ -= state->bytes->size();
    queue_.erase(state);
  }

  void push(const Queued& one) {
    if (left_) return;
    queued_bytes_ += one.bytes->size();
    queue_.push_back(one);
    if (queued_bytes_ > queued_bytes_max) leave();
    else if (!writing_) write();
  }

  void write() {
    writing_ = true;
    socket_.binary(queue_.front().binary);
    socket_.async_write(net::buffer(*queue_.front().bytes),
                        [self = this->shared_from_this()](Error error, std::size_t) {
                          self->writing_ = false;
                          if (error || self->left_) return self->leave();
                          self->queued_bytes_ -= self->queue_.front().bytes->size();
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) self->write();
                        });
  }

  // Whatever a page says is not listened to.
  void read() {
    socket_.async_read(said_, [self = this->shared_from_this()](Error error, std::size_t) {
      if (error || self->left_) return self->leave();
      self->said_.consume(self->said_.size());
      self->read();
    });
  }

  websocket::stream<Stream> socket_;
  Crowd& crowd_;
  Site& site_;
  const std::string pass_;
  std::list<Page*>::iterator place_;
  bool in_crowd_ = false, writing_ = false, left_ = false;
  std::deque<Queued> queue_;  // the first is on its way where `writing_`
  std::size_t queued_bytes_ = 0;
  beast::flat_buffer said_;
};

}  // namespace bulwark::console
