// SPDX-License-Identifier: Apache-2.0
// Segments that have a name: files of the run folder, mapped by Boost.Interprocess (its mappings only, never its
// managed segments or mutexes). For watchdog, sidecar and tools; clients map by themselves and do not include this.
//
//   auto page = attach<KillPage>(folder + "/kill", Access::ReadOnly);
//   if (page.status != AttachStatus::Ready) ... explain(page.status)
//
//   auto board = create_segment<Board>(folder + "/board", bytes, generation);   // zeroed, under a temporary name
//   ... fill it ...
//   board.publish();                                                            // ready mark, then its real name
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "shm/attach.h"
#include "shm/layout.h"
#include "shm/risk_page.h"

namespace bulwark::shm {

enum class Access { ReadOnly, ReadWrite };

template <class Segment>
inline constexpr SegmentKind segment_kind = SegmentKind::None;
template <class Segment>
inline constexpr SegmentKind segment_kind<const Segment> = segment_kind<Segment>;
template <>
inline constexpr SegmentKind segment_kind<KillPage> = SegmentKind::KillPage;
template <>
inline constexpr SegmentKind segment_kind<Board> = SegmentKind::Board;
template <>
inline constexpr SegmentKind segment_kind<ClientFile> = SegmentKind::ClientFile;
template <>
inline constexpr SegmentKind segment_kind<RiskPage> = SegmentKind::Risk;

// An attached segment. Without status Ready there is no memory behind it.
template <class Segment>
class Mapping {
public:
  AttachStatus status = AttachStatus::Unknown;

  Mapping() = default;
  explicit Mapping(AttachStatus why) : status(why) {}
  Mapping(AttachStatus why, boost::interprocess::mapped_region&& region) : status(why), region_(std::move(region)) {}

  explicit operator bool() const { return status == AttachStatus::Ready; }
  Segment* get() const { return static_cast<Segment*>(region_.get_address()); }
  Segment& operator*() const { return *get(); }
  Segment* operator->() const { return get(); }
  std::size_t bytes() const { return region_.get_size(); }

private:
  boost::interprocess::mapped_region region_;
};

// Opens what somebody else made. Never throws; never creates.
template <class Segment>
Mapping<Segment> attach(const std::string& path, Access access) {
  namespace ipc = boost::interprocess;
  static_assert(segment_kind<Segment> != SegmentKind::None);
  try {
    const auto mode = access == Access::ReadWrite ? ipc::read_write : ipc::read_only;
    const ipc::file_mapping file(path.c_str(), mode);
    struct stat info {};
    if (::fstat(file.get_mapping_handle().handle, &info) != 0) return Mapping<Segment>(AttachStatus::Unknown);
    if (!S_ISREG(info.st_mode)) return Mapping<Segment>(AttachStatus::Damaged);
    if (info.st_size < static_cast<off_t>(sizeof(Header))) return Mapping<Segment>(AttachStatus::NotReady);
    ipc::mapped_region region(file, mode);
    const AttachStatus status = examine(static_cast<const Header*>(region.get_address()), region.get_size(),
                                        segment_kind<Segment>, sizeof(Segment));
    if (status != AttachStatus::Ready) return Mapping<Segment>(status);
    return Mapping<Segment>(status, std::move(region));
  } catch (const ipc::interprocess_exception& error) {
    switch (error.get_native_error()) {
      case ENOENT:
      case ENOTDIR: return Mapping<Segment>(AttachStatus::Absent);
      case EACCES:
      case EPERM:
      case EROFS: return Mapping<Segment>(AttachStatus::WrongPermission);
      default: return Mapping<Segment>(AttachStatus::Unknown);
    }
  }
}

// A segment in the making: zeroed memory in a file with a temporary name, so that nobody ever sees half of it.
template <class Segment>
class NewSegment {
public:
  NewSegment(std::string path, boost::interprocess::mapped_region&& region)
      : path_(std::move(path)), region_(std::move(region)) {}

  Segment* get() const { return static_cast<Segment*>(region_.get_address()); }
  Segment& operator*() const { return *get(); }
  Segment* operator->() const { return get(); }

  // The ready mark and then the real name, which may replace an older segment of that name. The mapping goes on.
  Mapping<Segment> publish() {
    make_ready(get()->header);
    if (::rename((path_ + ".new").c_str(), path_.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot give " + path_ + " its name");
    }
    return Mapping<Segment>(AttachStatus::Ready, std::move(region_));
  }

private:
  std::string path_;
  boost::interprocess::mapped_region region_;
};

// Throws std::system_error, naming the file, where there is no room or no right.
template <class Segment>
NewSegment<Segment> create_segment(const std::string& path, std::size_t bytes, std::uint64_t generation,
                                   mode_t permissions = 0640) {
  namespace ipc = boost::interprocess;
  static_assert(segment_kind<Segment> != SegmentKind::None);
  const std::string making = path + ".new";
  ::unlink(making.c_str());
  const int fd = ::open(making.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot create " + making);
  ::fchmod(fd, permissions);  // whatever the umask
  // Room now, or an error now: a later write to a full file system would be a SIGBUS.
  const int failure = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  ::close(fd);
  if (failure != 0) {
    ::unlink(making.c_str());
    throw std::system_error(failure, std::generic_category(), "no room for " + making);
  }
  const ipc::file_mapping file(making.c_str(), ipc::read_write);
  NewSegment<Segment> segment(path, ipc::mapped_region(file, ipc::read_write));
  fill_header(segment->header, segment_kind<Segment>, bytes, generation);
  return segment;
}

}  // namespace bulwark::shm
