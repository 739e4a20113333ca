// SPDX-License-Identifier: Apache-2.0
// One zstd frame, then a frame that zstd skips, with the crc32c of the first: so that any changed byte is found.
#include "sidecar/journal/packed.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "sidecar/journal/crc32c.h"
#include "sidecar/journal/file.h"

namespace bulwark::journal {

namespace {

using Bytes = std::string;

struct Trailer {
  std::uint32_t magic = 0x184d2a5b, size = 8;  // of a frame that zstd skips
  std::uint32_t checksum = 0, inverse = 0;
};
static_assert(sizeof(Trailer) == 16);

[[noreturn]] void fail(const std::string& path, const std::string& what) { throw JournalError(path + ": " + what); }

std::uint32_t checksum_of(const char* bytes, std::size_t size) {
  std::vector<std::uint64_t> words((size + 7) / 8);
  if (size != 0) std::memcpy(words.data(), bytes, size);
  return crc32c(0, words);
}

Bytes pack(const std::string& path, const Bytes& from) {
  Bytes to(ZSTD_compressBound(from.size()) + sizeof(Trailer), 0);
  const std::size_t size = ZSTD_compress(to.data(), to.size(), from.data(), from.size(), ZSTD_CLEVEL_DEFAULT);
  if (ZSTD_isError(size) != 0) fail(path, std::string("cannot be packed: ") + ZSTD_getErrorName(size));
  Trailer trailer;
  trailer.checksum = checksum_of(to.data(), size);
  trailer.inverse = ~trailer.checksum;
  to.resize(size + sizeof trailer);
  std::memcpy(to.data() + size, &trailer, sizeof trailer);
  return to;
}

Bytes unpack_bytes(const std::string& path) {
  const Bytes packed = read_whole(path);
  Trailer trailer, expected;
  const std::size_t size = packed.size() - std::min(packed.size(), sizeof trailer);
  if (size != 0) std::memcpy(&trailer, packed.data() + size, sizeof trailer);
  expected.checksum = checksum_of(packed.data(), size);
  expected.inverse = ~expected.checksum;
  if (size == 0 || std::memcmp(&trailer, &expected, sizeof trailer) != 0) {
    fail(path, "byte 0: this packed file does not fit its checksum");
  }
  const auto whole = ZSTD_getFrameContentSize(packed.data(), size);
  if (whole == ZSTD_CONTENTSIZE_ERROR || whole == ZSTD_CONTENTSIZE_UNKNOWN)
    fail(path, "byte 0: this is no packed file");
  Bytes bytes(whole, 0);
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), size);
  if (ZSTD_isError(got) != 0 || got != whole) fail(path, "byte 0: cannot be unpacked");
  return bytes;
}

void write_durable(const std::string& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  const int fd = file ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1;
  const bool done = fd >= 0 && ::fsync(fd) == 0;
  const std::string why = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!done) fail(path, "cannot be written: " + why);
}

// What the file behind this one begins with is the end of this one.
bool ends_before(const std::string& next, std::uint64_t durable_sequence) {
  FileHeader header{};
  std::ifstream file(next, std::ios::binary);
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  return file.gcount() == sizeof header && header.checksum == header_checksum(header) &&
         header.first_sequence <= durable_sequence + 1;
}

void replace_by_packed(const std::string& path) {
  const Bytes bytes = read_whole(path);
  const std::string packed = path + packed_suffix, making = packed + ".new";
  write_durable(making, pack(path, bytes));
  if (unpack_bytes(making) != bytes) fail(making, "does not say what the file does that was packed");
  if (::rename(making.c_str(), packed.c_str()) != 0) fail(packed, std::strerror(errno));
  make_names_durable(packed.substr(0, packed.find_last_of('/')));
  if (::unlink(path.c_str()) != 0) fail(path, std::strerror(errno));
}

}  // namespace

bool is_packed(const std::string& path) { return path.ends_with(packed_suffix); }

std::vector<std::uint64_t> unpack(const std::string& path) {
  const Bytes bytes = unpack_bytes(path);
  if (bytes.size() % 8 != 0) fail(path, "byte 0: what is packed is no journal file");
  std::vector<std::uint64_t> words(bytes.size() / 8);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

std::vector<std::uint64_t> unpack_first(const std::string& path, std::size_t count) {
  Bytes packed(ZSTD_DStreamInSize(), 0);
  std::ifstream file(path, std::ios::binary);
  file.read(packed.data(), static_cast<std::streamsize>(packed.size()));
  std::vector<std::uint64_t> words(count);
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> stream(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_inBuffer in{packed.data(), static_cast<std::size_t>(file.gcount()), 0};
  ZSTD_outBuffer out{words.data(), count * 8, 0};
  for (std::size_t left = 1; left != 0 && out.pos < out.size;) {
    const std::size_t before = in.pos + out.pos;
    left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left) != 0 || in.pos + out.pos == before) break;
  }
  words.resize(out.pos / 8);
  return words;
}

bool pack_oldest(const std::string& directory, std::uint64_t durable_sequence) {
  const std::vector<std::string> files = journal_files(directory);
  for (std::size_t k = 0; k + 1 < files.size(); ++k) {
    if (is_packed(files[k])) continue;
    if (is_packed(files[k + 1]) || !ends_before(files[k + 1], durable_sequence)) return false;
    replace_by_packed(files[k]);
    return true;
  }
  return false;
}

}  // namespace bulwark::journal
