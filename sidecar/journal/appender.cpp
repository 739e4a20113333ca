// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/appender.h"

#include <filesystem>

namespace bulwark::journal {

namespace {

constexpr std::size_t buffer_words = 128 * 1024;  // 1 MiB
constexpr DurationNs head_interval = milliseconds(1'000);

std::uint64_t next_file_number(const std::string& directory) {
  const auto files = journal_files(directory);
  return files.empty() ? 1 : journal_file_number(files.back()) + 1;
}

}  // namespace

Appender::Appender(Plan plan)
    : plan_(std::move(plan)),
      hash_(plan_.hash),
      committed_(plan_.sequence),
      sealed_(plan_.sequence),
      last_(plan_.sequence),
      number_(next_file_number(plan_.directory)) {
  buffer_.reserve(buffer_words + block_words_max + 2 * record_words_max);
  begin_file();
}

// The head comes first: where there is a file, there is a head.
void Appender::begin_file() {
  if (file_ == nullptr) write_head_now(false);
  FileHeader header{};
  header.journal = plan_.journal;
  header.number = number_;
  header.first_sequence = sealed_ + 1;
  header.created_ns = plan_.wall().ns;
  header.previous = hash_;
  header.instance = Id::from(plan_.instance);
  file_ = std::make_unique<FileWriter>(plan_.directory, header, plan_.segment_bytes);
}

void Appender::append(Commit commit, std::span<const std::uint64_t> words) {
  if (buffer_.size() - block_ + 2 + words.size() > block_words_max) seal(false);
  buffer_.push_back(commit.word());
  buffer_.push_back(record_checksum(commit, words));
  buffer_.insert(buffer_.end(), words.begin(), words.end());
  last_ = commit.sequence;
}

void Appender::seal(bool ends_commit) {
  const std::span records = std::span<const std::uint64_t>(buffer_).subspan(block_);
  Seal seal{sealed_ + 1, committed_ + 1, plan_.wall(), ends_commit, {}};
  hash_ = seal.hash = seal.chained(sha_, hash_, records, last_);
  const auto words = seal.words();
  const Commit commit{last_, seal_words, RecordType::Seal};
  buffer_.push_back(commit.word());
  buffer_.push_back(record_checksum(commit, words));
  buffer_.insert(buffer_.end(), words.begin(), words.end());
  sealed_ = last_;
  block_ = buffer_.size();
  if (buffer_.size() >= buffer_words) write_out();
}

// Between two blocks: a file that is full is closed before the next one begins.
void Appender::write_out() {
  file_->write(buffer_);
  buffer_.clear();
  block_ = 0;
  if (file_->bytes() < plan_.segment_bytes) return;
  file_->close_whole();
  ++number_;
  begin_file();
}

void Appender::sync() {
  if (buffer_.empty()) return;
  if (buffer_.size() > block_) seal(true);
  if (!buffer_.empty()) write_out();
  file_->sync();
  committed_ = sealed_;
}

bool Appender::keep_head() {
  const MonotonicNs now = shm::monotonic_now();
  if (sealed_ == head_sequence_ || now - head_written_ < head_interval) return false;
  write_head_now(false);
  head_written_ = now;
  return true;
}

std::uint64_t Appender::free_bytes() const {
  std::error_code error;
  return std::filesystem::space(plan_.directory, error).available;  // all ones where it cannot be told
}

void Appender::finish() {
  if (finished_) return;
  sync();
  file_->close_whole();
  write_head_now(true);
  make_names_durable(plan_.directory);
  finished_ = true;
}

void Appender::write_head_now(bool clean) {
  Head head{};
  head.clean = clean ? 1 : 0;
  head.journal = plan_.journal;
  head.sequence = head_sequence_ = sealed_;
  head.hash = hash_;
  head.file = number_;
  head.file_bytes = file_ == nullptr ? 0 : file_->bytes();
  head.written_ns = plan_.wall().ns;
  write_head(plan_.directory, head);
}

}  // namespace bulwark::journal
