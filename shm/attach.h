// SPDX-License-Identifier: Apache-2.0
// May this memory be taken for a segment of ours? A named outcome, and a sentence for people. No mapping is done here,
// so that the client header can use it on memory that it mapped itself.
#pragma once

#include <cstddef>
#include <string_view>

#include "shm/fingerprint.h"
#include "shm/layout.h"

namespace bulwark::shm {

enum class AttachStatus : std::uint8_t {
  Unknown,
  Ready,
  Absent,           // no such instance, or no such segment
  NotReady,         // being made
  WrongVersion,     // another build of Bulwark
  WrongPermission,  // the operating system said no
  Damaged,          // neither a Bulwark segment nor one being made
};

// `bytes` is the size of the mapping; `at_least` what a segment of that kind has. A file that is still empty or zeroed
// is being made; one that begins with anything else but our magic was never ours.
inline AttachStatus examine(const Header* header, std::size_t bytes, SegmentKind kind, std::size_t at_least) {
  if (header == nullptr || bytes < sizeof(Header)) return AttachStatus::NotReady;
  if (header->magic == 0) return AttachStatus::NotReady;
  if (header->magic != magic) return AttachStatus::Damaged;
  if (header->ready.load(std::memory_order_acquire) != 1) return AttachStatus::NotReady;  // SYNC POINT READY
  if (header->version != layout_version || header->fingerprint != fingerprint) return AttachStatus::WrongVersion;
  if (header->kind != kind) return AttachStatus::Damaged;
  if (header->bytes > bytes || header->bytes < at_least) return AttachStatus::Damaged;
  return AttachStatus::Ready;
}

constexpr std::string_view explain(AttachStatus status) {
  switch (status) {
    case AttachStatus::Ready: return "ready";
    case AttachStatus::Absent: return "it is not there";
    case AttachStatus::NotReady: return "it is still being made";
    case AttachStatus::WrongVersion: return "it was made by another build of Bulwark";
    case AttachStatus::WrongPermission: return "the operating system does not let this user open it";
    case AttachStatus::Damaged: return "it is not a Bulwark segment, or it is damaged";
    case AttachStatus::Unknown: break;
  }
  return "it could not be opened";
}

// Everything of a header but `ready`, which its creator stores when the rest of the segment is in place.
inline void fill_header(Header& header, SegmentKind kind, std::size_t bytes, std::uint64_t generation) {
  header.magic = magic;
  header.version = layout_version;
  header.kind = kind;
  header.fingerprint = fingerprint;
  header.bytes = bytes;
  header.generation = generation;
}

inline void make_ready(Header& header) { header.ready.store(1, std::memory_order_release); }  // SYNC POINT READY

}  // namespace bulwark::shm
