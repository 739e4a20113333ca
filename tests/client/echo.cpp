// SPDX-License-Identifier: Apache-2.0
#include "tests/client/echo.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "core/event.h"
#include "shm/board_reader.h"
#include "shm/clock.h"
#include "shm/kill_page.h"
#include "shm/memfd.h"
#include "shm/size_message.h"

namespace bulwark::test {

namespace {

constexpr std::int64_t quantity_max = 1000 * unit;

// A named segment in the making, in plain POSIX.
shm::MappedBytes create_file(const std::string& path, std::size_t bytes) {
  ::unlink(path.c_str());
  const shm::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660));
  if (!file || ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)) != 0) {
    throw std::runtime_error("cannot create " + path);
  }
  return shm::map_whole(file.get(), PROT_READ | PROT_WRITE, bytes);
}

void add_names(shm::Board& board, shm::NameTable& table, std::uint64_t& at,
               const std::vector<std::pair<std::string, std::uint32_t>>& names, std::uint32_t capacity) {
  table.offset = at;
  table.capacity = capacity;
  at += capacity * sizeof(shm::NameRow);
  auto* rows = reinterpret_cast<shm::NameRow*>(reinterpret_cast<std::byte*>(&board) + table.offset);
  std::uint32_t count = 1;
  for (const auto& [name, parent] : names) {
    rows[count].name = Name::from(name);
    rows[count++].parent = parent;
  }
  table.count.store(count, std::memory_order_release);
}

}  // namespace

EchoHot::EchoHot(shm::KillPage& page, shm::Board& board) : page_(page), board_(board), thread_([this] { run(); }) {}

EchoHot::~EchoHot() {
  ending_.store(true, std::memory_order_relaxed);
  thread_.join();
}

ClientIndex EchoHot::client_index(const Name& name) {
  const std::uint32_t known = shm::find_row(board_, board_.clients, name.view());
  if (known != 0) return static_cast<ClientIndex>(known);
  const std::uint32_t next = shm::row_count(board_.clients);
  if (next >= board_.clients.capacity) return ClientIndex::None;
  auto* rows = reinterpret_cast<shm::NameRow*>(reinterpret_cast<std::byte*>(&board_) + board_.clients.offset);
  rows[next].name = name;
  board_.clients.count.store(next + 1, std::memory_order_release);
  return static_cast<ClientIndex>(next);
}

bool EchoHot::admit(const shm::AttachReply& who, shm::Lane& lane) {
  const std::lock_guard lock(mutex_);
  lanes_[who.client] = shm::LaneServer(lane);
  return true;
}

bool EchoHot::retire(ClientIndex client) {
  if (retires_refused_ > 0) return --retires_refused_, false;
  const std::lock_guard lock(mutex_);
  malformed_of_gone_ += lanes_[client].malformed_count();
  lanes_.erase(client);
  return true;
}

bool EchoHot::admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) {
  const std::lock_guard lock(mutex_);
  publishers_[place] = shm::MarksReader(table, quote_count);
  return true;
}

bool EchoHot::retire_publisher(std::size_t place) {
  const std::lock_guard lock(mutex_);
  publishers_.erase(place);
  return true;
}

void EchoHot::control(const cold::Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) {
  reply.outcome = peer.uid == ::getuid() ? shm::DoorOutcome::Ready : shm::DoorOutcome::NotPermitted;
  reply.text_bytes = request.reason.size;
  std::memcpy(reply.text, request.reason.bytes, request.reason.size);
}

bool EchoHot::push_cancel(const std::string& client, const std::string& id, const std::string& cause) {
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<ClientIndex>(shm::find_row(board_, board_.clients, client));
  const auto lane = lanes_.find(index);
  return lane != lanes_.end() &&
         lane->second.push_command({shm::CommandKind::Cancel, Id::from(id), Sentence::from(cause)});
}

bool EchoHot::push_liquidation(const std::string& id, const std::string& taken_by) {
  const std::lock_guard lock(mutex_);
  const auto holder = static_cast<ClientIndex>(shm::find_row(board_, board_.clients, taken_by));
  offered_[id] = holder;
  shm::Command command{shm::CommandKind::Liquidate, Id::from(id), Sentence::from("loss")};
  command.side = Side::Sell;
  command.again = holder != ClientIndex::None;
  command.symbol = SymbolIndex{2};
  command.account = AccountIndex{1};
  command.strategy = StrategyIndex{1};
  command.quantity = {30 * unit};
  command.price = {99 * unit};
  bool pushed = true;
  for (auto& [client, lane] : lanes_) {
    if (holder == ClientIndex::None || client == holder) pushed = lane.push_command(command) && pushed;
  }
  return pushed;
}

std::vector<shm::Request> EchoHot::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t EchoHot::client_count() {
  const std::lock_guard lock(mutex_);
  return lanes_.size();
}

shm::Quote EchoHot::quote(std::uint32_t row) {
  const std::lock_guard lock(mutex_);
  return quotes_[row];
}

std::uint64_t EchoHot::malformed_count() {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = malformed_of_gone_;
  for (const auto& [client, lane] : lanes_) count += lane.malformed_count();
  return count;
}

void EchoHot::run() {
  for (unsigned idle = 0; !ending_.load(std::memory_order_relaxed);) {
    idle = serve_all() ? 0 : idle + 1;
    if (idle > 50) sleep_a_little();
  }
}

bool EchoHot::serve_all() {
  if (frozen_.load(std::memory_order_seq_cst)) return false;
  board_.beat_ns.store(shm::monotonic_now().ns, std::memory_order_release);
  const std::lock_guard lock(mutex_);
  bool worked = false;
  for (auto& [place, marks] : publishers_) {
    worked |= marks.take(64, [&](shm::QuoteIndex row, const shm::Quote& quote) {
      quotes_[static_cast<std::uint32_t>(row)] = quote;
    }) != 0;
  }
  for (auto& [client, lane] : lanes_) {
    shm::Request request;
    if (!lane.poll(request)) continue;
    requests_.push_back(request);
    if (request.kind == shm::MessageKind::Size) {
      lane.answer(shm::SizeAnswer{Decision::Accepted, Constraint::Limits, {250 * unit, -1, -1, -1, 100 * unit, -1}});
    } else {
      lane.answer(answer_to(client, request));
    }
    worked = true;
  }
  return worked;
}

// The adaptive rest of the real loop, without its lock-freedom: says that it sleeps, looks once more, sleeps.
void EchoHot::sleep_a_little() {
  board_.sleeping.store(1, std::memory_order_seq_cst);
  bool waiting = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [client, lane] : lanes_) waiting |= lane.waiting();
  }
  const timespec at_most{0, 1'000'000};
  if (!waiting || frozen_.load(std::memory_order_seq_cst)) {
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&board_.sleeping), FUTEX_WAIT, 1, &at_most, nullptr, 0);
  }
  board_.sleeping.store(0, std::memory_order_seq_cst);
}

// The first who asks has it, and may report it.
shm::Answer EchoHot::answer_to_take(ClientIndex client, const Id& id) {
  shm::Answer answer;
  answer.decision = Decision::Rejected;
  const auto offer = offered_.find(std::string(id.view()));
  if (offer == offered_.end()) return answer;
  if (offer->second == ClientIndex::None) offer->second = client;
  if (offer->second != client) return answer;
  accepted_.emplace(id.view());
  answer.decision = Decision::Accepted;
  return answer;
}

shm::Answer EchoHot::answer_to(ClientIndex client, const shm::Request& request) {
  if (request.kind == shm::MessageKind::Take) return answer_to_take(client, request.id);
  shm::Answer answer;
  answer.epoch = static_cast<std::uint32_t>(shm::permission_of(page_).epoch());
  answer.decision = Decision::Rejected;
  const bool order = request.kind == shm::MessageKind::Intent;
  if (!order && !accepted_.contains(std::string(request.id.view()))) {
    answer.limit = static_cast<LimitIndex>(core::EventError::UnknownOrder);
    if (request.kind == shm::MessageKind::Replace)
      answer = {Decision::Rejected, Reason::UnknownOrder, {}, answer.epoch, {}, {}, {}};
    return answer;
  }
  if (!order && request.kind != shm::MessageKind::Replace) {
    answer.decision = Decision::Accepted;
    if (request.kind == shm::MessageKind::Status) {  // whatever it was: 10 of 100 are filled
      answer.quantity = {100 * unit};
      answer.value = Value::of(ValueKind::Quantity, 10 * unit);
      answer.max = Value::of(ValueKind::Quantity, 90 * unit);
    }
    return answer;
  }
  if (order && request.symbol == SymbolIndex::None) {
    answer.reason = Reason::UnknownSymbol;
  } else if (request.quantity.raw <= 0) {
    answer.reason = Reason::BadQuantity;
  } else if (request.quantity.raw > quantity_max) {
    answer.reason = Reason::Limit;
    answer.limit = LimitIndex{1};
    answer.value = Value::of(ValueKind::Quantity, request.quantity.raw);
    answer.max = Value::of(ValueKind::Quantity, quantity_max);
    if (request.resize == Resize::Allowed) answer.decision = Decision::Resized, answer.quantity.raw = quantity_max;
  } else {
    answer.decision = Decision::Accepted;
    answer.quantity = request.quantity;
  }
  if (answer.decision != Decision::Rejected) accepted_.emplace((order ? request.id : request.other).view());
  return answer;
}

EchoInstance::EchoInstance(std::string run, std::string name) : folder_(run + "/" + name), name_(std::move(name)) {
  std::filesystem::create_directories(folder_ + "/clients");
  page_memory_ = create_file(folder_ + "/kill", sizeof(shm::KillPage));
  page_ = static_cast<shm::KillPage*>(page_memory_.get());
  shm::fill_header(page_->header, shm::SegmentKind::KillPage, sizeof(shm::KillPage),
                   static_cast<std::uint64_t>(shm::monotonic_now().ns));
  shm::fill_kill_page(*page_, {name_, "/nowhere", 40}, shm::Permission{3});
  lease(3'600'000);
  shm::make_ready(page_->header);
  start_sidecar();
}

EchoInstance::~EchoInstance() {
  end_sidecar();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void EchoInstance::start_sidecar() {
  const std::size_t bytes = sizeof(shm::Board) + 2048 * sizeof(shm::NameRow);
  board_memory_ = create_file(folder_ + "/board.new", bytes);
  board_ = static_cast<shm::Board*>(board_memory_.get());
  shm::fill_header(board_->header, shm::SegmentKind::Board, bytes, static_cast<std::uint64_t>(shm::monotonic_now().ns));
  board_->sidecar_pid = ::getpid();
  std::uint64_t at = sizeof(shm::Board);
  add_names(*board_, board_->symbols, at, {{"AAPL", 0}, {"MSFT", 0}}, 8);
  add_names(*board_, board_->sectors, at, {}, 4);
  add_names(*board_, board_->accounts, at, {{"ACC1", 0}, {"ACC2", 0}}, 8);
  add_names(*board_, board_->strategies, at, {{"momo", 1}}, 8);
  add_names(*board_, board_->limits, at, {{"size", static_cast<std::uint32_t>(Metric::OrderQuantity)}}, 8);
  add_names(*board_, board_->clients, at, {}, 512);
  add_names(*board_, board_->quotes, at, {{"AAPL", 0}, {"MSFT", 0}, {"EUR/USD", 0}}, 8);
  shm::make_ready(board_->header);
  std::filesystem::rename(folder_ + "/board.new", folder_ + "/board");
  hot_ = std::make_unique<EchoHot>(*page_, *board_);
  door_ = std::make_unique<cold::Door>(folder_, *board_, *hot_);
  door_thread_ = std::thread([this] { door_->run(); });
}

void EchoInstance::end_sidecar() {
  if (!door_) return;
  door_->stop();
  door_thread_.join();
  door_.reset();
  hot_.reset();
}

void EchoInstance::stop(bool scoped) {
  shm::StopDetails details;
  details.whole = !scoped;
  details.reason = Sentence::from("a test");
  shm::stop(*page_, details);
}

void EchoInstance::resume() { shm::resume(*page_, shm::permission_of(*page_)); }

void EchoInstance::lease(std::int64_t from_now_ms) {
  page_->lease_until_ns.store(shm::monotonic_now().ns + from_now_ms * 1'000'000, std::memory_order_release);
}

const shm::ClientFile* EchoInstance::read_client_file(const std::string& client) {
  const std::string path = folder_ + "/clients/" + cold::ClientFiles::file_name(client);
  const shm::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::pread(file.get(), client_file_, sizeof client_file_, 0) != static_cast<ssize_t>(sizeof client_file_)) {
    return nullptr;
  }
  return reinterpret_cast<const shm::ClientFile*>(client_file_);
}

}  // namespace bulwark::test
