#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

// The messages between a camera and its consumers, as docs/ref/lease-protocol.md explains them.
// One message is one packet of a SOCK_SEQPACKET Unix socket. Integers are little-endian, texts
// are UTF-8 and filled up with zeros, reserved fields are written as zero and not read. A
// receiver takes a message that is longer than it knows and ignores what it does not know.

namespace camherd::lease {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "the structs below are the bytes on the wire");

inline constexpr std::uint32_t magic = 0x44484d43;  // the bytes "CMHD"
inline constexpr std::uint16_t protocol_version = 1;
inline constexpr std::uint8_t most_leases = 4;           // of one consumer
inline constexpr std::uint16_t most_queued = 16;         // frames that wait for one consumer
inline constexpr std::size_t most_message_bytes = 1024;  // no message of any version is longer

enum class message_type : std::uint32_t {
  hello = 1,             // consumer: the first and only request
  release = 2,           // consumer: gives a lease back
  welcome = 16,          // camera: the request is granted
  refused = 17,          // camera: it is not; the connection ends
  segment = 18,          // camera: memory in which frames will lie, with its descriptor
  segment_retired = 19,  // camera: no further frame will lie in this segment
  frame = 20,            // camera: a frame and a lease on it
  state = 21,            // camera: what the camera is doing
};

struct header {
  message_type type;
  std::uint32_t size;  // of the whole message
};

/// Why a camera refused a consumer.
enum class refusal : std::uint32_t {
  malformed = 1,    // the request breaks the protocol
  version = 2,      // no version in common
  unsupported = 3,  // a format, size or policy that does not exist
  busy = 4,         // no lease, connection or memory is left
  closed = 5,       // the camera was removed, or the daemon is going down
};

enum class pictures : std::uint8_t { everything = 0, references = 1, keyframes = 2 };
enum class delivery : std::uint8_t { latest = 0, queue = 1 };

struct hello {
  header head{message_type::hello, sizeof(hello)};
  std::uint32_t magic = lease::magic;
  std::uint16_t version_min = protocol_version;
  std::uint16_t version_max = protocol_version;
  std::uint8_t format = 0;  // pixel_format; 0: native
  std::uint8_t fit = 0;     // fit_policy
  lease::pictures pictures = lease::pictures::everything;
  lease::delivery delivery = lease::delivery::latest;
  std::uint8_t leases = 1;  // 1 to most_leases
  std::uint8_t reserved0 = 0;
  std::uint16_t queue_depth = 0;  // 1 to most_queued with delivery::queue, else 0
  std::uint32_t width = 0;        // pixels; see `rendition`
  std::uint32_t height = 0;
  std::uint32_t max_rate = 0;  // frames in 1000 seconds; 0: all
  std::uint32_t reserved[5] = {};
};

struct welcome {
  header head{message_type::welcome, sizeof(welcome)};
  std::uint16_t version = protocol_version;
  std::uint8_t leases = 1;
  std::uint8_t reserved0 = 0;
  std::uint32_t reserved1 = 0;
  char camera[64] = {};
};

struct refused {
  header head{message_type::refused, sizeof(refused)};
  refusal code = refusal::malformed;
  std::uint32_t reserved = 0;
  char text[240] = {};
};

struct segment {
  header head{message_type::segment, sizeof(segment)};
  std::uint32_t id = 0;  // counts up on one connection, never used twice
  std::uint32_t reserved = 0;
  std::uint64_t size = 0;       // bytes
  std::uint64_t slot_size = 0;  // bytes
};

struct segment_retired {
  header head{message_type::segment_retired, sizeof(segment_retired)};
  std::uint32_t id = 0;
  std::uint32_t reserved = 0;
};

// Bits of frame::flags.
inline constexpr std::uint8_t flag_keyframe = 1;
inline constexpr std::uint8_t flag_corrupt = 2;      // parts of the picture may be wrong
inline constexpr std::uint8_t flag_after_gap = 4;    // pictures are missing before this one
inline constexpr std::uint8_t flag_full_range = 8;   // luma uses 0..255 rather than 16..235
inline constexpr std::uint8_t flag_interlaced = 16;  // odd rows are of another time than even

struct frame {
  header head{message_type::frame, sizeof(frame)};
  std::uint64_t lease = 0;  // counts up on one connection, never used twice
  std::uint32_t segment = 0;
  std::uint8_t format = 0;  // pixel_format; never 0
  std::uint8_t plane_count = 0;
  std::uint8_t flags = 0;
  std::uint8_t matrix = 0;  // colour_matrix
  std::uint32_t width = 0;  // pixels
  std::uint32_t height = 0;
  std::uint64_t plane_offset[3] = {};  // from the beginning of the segment, bytes
  std::uint32_t plane_stride[3] = {};  // from one row to the next, bytes
  std::uint32_t plane_rows[3] = {};
  std::uint32_t plane_row_bytes[3] = {};  // used bytes of a row
  std::uint32_t content_x = 0;            // where the camera's picture lies in the frame
  std::uint32_t content_y = 0;
  std::uint32_t content_width = 0;
  std::uint32_t content_height = 0;
  std::uint32_t source_width = 0;  // of the decoded picture
  std::uint32_t source_height = 0;
  std::uint32_t generation = 0;     // changes with the size or format of the decoded pictures
  std::uint64_t sequence = 0;       // counts the decoded frames of the camera
  std::uint64_t unit_sequence = 0;  // of the access unit it was decoded from
  std::int64_t rtp_time = 0;        // unwrapped, in units of 1 / clock_rate seconds
  std::uint32_t clock_rate = 0;
  std::uint32_t reserved = 0;
  std::int64_t captured_at = 0;      // by the camera's clock, ns since 1970 UTC; 0: unknown
  std::int64_t received_at = 0;      // CLOCK_MONOTONIC, ns: last packet
  std::int64_t decoded_at = 0;       // CLOCK_MONOTONIC, ns
  std::int64_t published_at = 0;     // CLOCK_MONOTONIC, ns
  std::uint64_t dropped_before = 0;  // access units the camera dropped since its last frame
  std::uint64_t missed_before = 0;   // frames of the camera that this consumer did not get
};

struct release {
  header head{message_type::release, sizeof(release)};
  std::uint64_t lease = 0;
};

struct state {
  header head{message_type::state, sizeof(lease::state)};  // not the member
  std::uint32_t state = 0;                                 // camera_state
  std::uint32_t reserved = 0;
  char reason[240] = {};  // empty if there is nothing to say
};

static_assert(sizeof(header) == 8);
static_assert(sizeof(hello) == 56 && offsetof(hello, format) == 16 &&
              offsetof(hello, leases) == 20 && offsetof(hello, width) == 24 &&
              offsetof(hello, max_rate) == 32);
static_assert(sizeof(welcome) == 80 && offsetof(welcome, camera) == 16);
static_assert(sizeof(refused) == 256 && offsetof(refused, text) == 16);
static_assert(sizeof(segment) == 32 && offsetof(segment, size) == 16);
static_assert(sizeof(segment_retired) == 16);
static_assert(sizeof(frame) == 200 && offsetof(frame, lease) == 8 &&
              offsetof(frame, segment) == 16 && offsetof(frame, width) == 24 &&
              offsetof(frame, plane_offset) == 32 && offsetof(frame, plane_stride) == 56 &&
              offsetof(frame, content_x) == 92 && offsetof(frame, generation) == 116 &&
              offsetof(frame, sequence) == 120 && offsetof(frame, clock_rate) == 144 &&
              offsetof(frame, captured_at) == 152 && offsetof(frame, missed_before) == 192);
static_assert(sizeof(release) == 16);
static_assert(sizeof(state) == 256 && offsetof(state, reason) == 16);
static_assert(hello{}.head.size == 56 && welcome{}.head.size == 80 &&
              refused{}.head.size == 256 && segment{}.head.size == 32 &&
              segment_retired{}.head.size == 16 && frame{}.head.size == 200 &&
              release{}.head.size == 16 && state{}.head.size == 256);
static_assert(std::is_trivially_copyable_v<hello> && std::is_trivially_copyable_v<frame>);

}  // namespace camherd::lease
