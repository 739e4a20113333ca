// SPDX-License-Identifier: Apache-2.0
#include "bench/sidecar_side.h"

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "bench/twenty_limits.h"
#include "shm/clock.h"

namespace bulwark::bench {

namespace {

constexpr std::uint64_t orders_a_day = 800'000;  // the engine keeps some more
constexpr std::int64_t day_ns = 86'400'000'000'000;

void* map_ring() {
  void* memory = ::mmap(nullptr, journal::RingView::bytes(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory for a journal ring");
  return memory;
}

std::string board_path() {
  const std::string folder = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
  return folder + "/bulwark-bench-" + std::to_string(::getpid()) + ".board";
}

}  // namespace

SidecarSide::SidecarSide(const Placement& placement)
    : rules_(rules_with(twenty_limits())),
      engine_(rules_),
      ring_memory_(map_ring()),
      epoch_offset_ns_(shm::wall_now().ns - shm::monotonic_now().ns) {
  page_.permission.store(shm::Permission{}.stopped().resumed().word, std::memory_order_relaxed);
  page_.lease_until_ns.store(INT64_MAX, std::memory_order_relaxed);
  engine_.populate(orders_a_day);
  fill_book(engine_, shm::wall_now());
  const hot::BoardFacts facts{board_path(), "bench", 1, true};
  board_ = std::make_unique<hot::BoardPublisher>(facts, engine_, rules_);
  board_->publish();
  ::unlink(facts.path.c_str());  // the mapping stays; nobody else needs it
  calls_ = std::make_unique<hot::Calls>(board_->board().sleeping);
  const journal::RingCursor start{1, 0};
  journal::RingView::over(ring_memory_).header->durable.store(start.word(), std::memory_order_relaxed);
  placement.settle_helper();  // the writer's thread has it from this one
  begin_journal();
  make_loop(start);
}

SidecarSide::~SidecarSide() {
  writer_.reset();
  std::filesystem::remove_all(folder_);
  ::munmap(ring_memory_, journal::RingView::bytes());
}

// Files in the folder for temporary ones: what they cost is this machine's own disk.
void SidecarSide::begin_journal() {
  folder_ = std::filesystem::temp_directory_path() / ("bulwark-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder_);
  journal::Appender::Plan plan;
  plan.directory = folder_;
  plan.journal = 1;
  plan.instance = "bench";
  shm::Board& board = board_->board();
  writer_ = std::make_unique<journal::JournalWriter>(
      journal::JournalWriter::Wiring{journal::RingView::over(ring_memory_), board.journal_health, board.journal_written,
                                     board.journal_disk,
                                     [](const std::string& what) { throw std::runtime_error(what); }},
      std::make_unique<journal::Appender>(std::move(plan)));
  writer_->start();
}

void SidecarSide::remove_closed_files() const {
  std::vector<std::string> files = journal::journal_files(folder_);
  if (!files.empty()) files.pop_back();
  for (const std::string& file : files) std::filesystem::remove(file);
}

void SidecarSide::make_loop(journal::RingCursor start) {
  const shm::Permission permission{page_.permission.load(std::memory_order_relaxed)};
  loop_.emplace(hot::LoopParts{.engine = engine_,
                               .ring = journal::RingProducer(journal::RingView::over(ring_memory_), start),
                               .page = page_,
                               .board = *board_,
                               .calls = *calls_,
                               .spins = true,
                               .epoch_offset_ns = epoch_offset_ns_,
                               .lease_lapses = 0,
                               .taken_over = permission});
}

// Orders that are done are forgotten only when their session is over. So the day ends, with an end in the journal, and
// a new loop goes on behind it.
void SidecarSide::start_next_day() {
  loop_->finish();
  const shm::Board& board = board_->board();
  // Acquire: pairs with the writer, whose cursor is then behind the end.
  while (board.journal_written.load(std::memory_order_acquire) != board.journal_appended.load()) shm::nap({100'000});
  epoch_offset_ns_ += day_ns;
  orders_today_ = 0;
  make_loop(
      journal::RingCursor::of(journal::RingView::over(ring_memory_).header->durable.load(std::memory_order_relaxed)));
}

hot::Loop& SidecarSide::begin(shm::Lane& lane, std::uint64_t orders) {
  if (orders_today_ + orders > orders_a_day && orders_today_ != 0) start_next_day();
  orders_today_ += orders;
  remove_closed_files();
  loop_->retire(ClientIndex{1});
  for (shm::LaneLine& line : lane.lines) line.state.store(0, std::memory_order_relaxed);
  if (!loop_->admit({ClientIndex{1}, {}, {}}, lane)) throw std::runtime_error("the hot loop does not admit the lane");
  return *loop_;
}

}  // namespace bulwark::bench
