// A camera that says anything to a consumer.
//
// The input is a series of messages: a byte of kind (modulo 8: raw, welcome, refused, segment,
// segment_retired, frame, state, the one before again), one that chooses the descriptors
// (modulo 4: as many as belong there, none, memory that is not sealed, two), one for how many
// bytes follow, and these, which lie over a valid message from its ninth byte on.

#include "core/delivery/consumer/reception.hpp"
#include "core/frame/segment.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace camherd;
using camherd::consumer::arrival;
using camherd::consumer::reception;

constexpr std::size_t segment_bytes = 16384;
constexpr unsigned leases = 2;

void demand_that(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

std::uint8_t take(std::span<const std::uint8_t>& input) {
  if (input.empty()) return 0;
  const auto first = input.front();
  input = input.subspan(1);
  return first;
}

template <class Message>
std::vector<std::byte> changed(const Message& valid, std::span<const std::uint8_t> over) {
  std::vector<std::byte> bytes(sizeof valid);
  std::memcpy(bytes.data(), &valid, sizeof valid);
  const auto count = std::min(over.size(), bytes.size() - sizeof(lease::header));
  if (count > 0) std::memcpy(bytes.data() + sizeof(lease::header), over.data(), count);
  return bytes;
}

lease::segment valid_segment() {
  lease::segment s;
  s.id = 1;
  s.size = segment_bytes;
  s.slot_size = 4096;
  return s;
}

lease::frame valid_frame() {
  lease::frame f;
  f.lease = 1;
  f.segment = 1;
  f.format = 1;
  f.plane_count = 1;
  f.width = f.content_width = 64;
  f.height = f.content_height = 48;
  f.plane_stride[0] = f.plane_row_bytes[0] = 64;
  f.plane_rows[0] = 48;
  return f;
}

std::vector<std::byte> message_of(int kind, std::span<const std::uint8_t> over) {
  switch (kind) {
    case 1:
      return changed(lease::welcome{}, over);
    case 2:
      return changed(lease::refused{}, over);
    case 3:
      return changed(valid_segment(), over);
    case 4:
      return changed(lease::segment_retired{}, over);
    case 5:
      return changed(valid_frame(), over);
    case 6:
      return changed(lease::state{}, over);
    default: {
      const auto bytes = std::as_bytes(over);
      return {bytes.begin(), bytes.end()};
    }
  }
}

unique_fd copy_of(int fd) {
  return unique_fd{::fcntl(fd, F_DUPFD_CLOEXEC, 0)};
}

// Reads the ends of every row that a frame claims to have: whatever is outside of the mapping
// ends the process.
void read_all(const arrival& came) {
  const auto& m = came.message;
  demand_that(m.plane_count >= 1 && m.plane_count <= 3, "a frame has one to three planes");
  unsigned sum = 0;
  for (std::size_t i = 0; i < m.plane_count; ++i) {
    demand_that(m.plane_row_bytes[i] > 0, "a row has bytes");
    for (std::uint64_t row = 0; row < m.plane_rows[i]; ++row) {
      const auto* const begin =
          came.memory->bytes() + m.plane_offset[i] + row * m.plane_stride[i];
      sum += begin[0] + begin[m.plane_row_bytes[i] - 1];
    }
  }
  demand_that(sum == 0, "the memory is that of the segment");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto memory = segment::create(segment_bytes);
  static const unique_fd open_memory{::memfd_create("open", MFD_CLOEXEC)};
  demand_that(memory.has_value() && static_cast<bool>(open_memory), "there is memory");

  std::span<const std::uint8_t> input{data, std::min<std::size_t>(size, 8192)};
  reception heard{leases};
  std::vector<std::byte> last;
  while (!input.empty()) {
    const int kind = take(input) % 8;
    const auto choice = take(input) % 4;
    const auto length = std::min<std::size_t>(take(input), input.size());
    if (kind != 7) last = message_of(kind, input.first(length));
    input = input.subspan(length);
    std::vector<unique_fd> descriptors;
    if (choice == 0 && kind == 3) descriptors.push_back(copy_of(memory->fd()));
    if (choice == 2) descriptors.push_back(copy_of(open_memory.get()));
    if (choice == 3) {
      descriptors.push_back(copy_of(memory->fd()));
      descriptors.push_back(copy_of(memory->fd()));
    }
    const auto what = heard.read(last, descriptors);
    if (!what) {
      demand_that(!what.error().message().empty(), "an error has words");
      heard = reception{leases};
    } else if (const auto* came = std::get_if<arrival>(&*what)) {
      demand_that(heard.welcomed(), "frames come after the welcome");
      read_all(*came);
    }
  }
  return 0;
}
