#include "core/delivery/consumer/reception.hpp"

#include "core/base/text.hpp"
#include "core/delivery/include/camherd/consumer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

namespace camherd::consumer {
namespace {

// A camera has a pool or two a rendition; this bounds what a broken one makes us map.
constexpr std::size_t most_segments = 64;
constexpr std::uint32_t most_side = 65535;

error broken(std::string what) {
  return {error_kind::corrupt, "camherd sent " + std::move(what)};
}

template <class Message>
std::optional<Message> as(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(Message)) return std::nullopt;
  Message message;
  std::memcpy(&message, bytes.data(), sizeof message);
  return message;
}

template <std::size_t Size>
std::string text_of(const char (&field)[Size]) {
  return printable(
      {field, static_cast<std::size_t>(std::find(field, field + Size, '\0') - field)});
}

// How many samples of the picture share one of a plane, and its bytes.
struct plane_shape {
  std::uint32_t across = 1;
  std::uint32_t down = 1;
  std::uint32_t bytes = 1;
};

struct format_shape {
  std::uint8_t planes = 0;
  std::array<plane_shape, 3> shapes{};
};

constexpr format_shape planar(std::uint32_t across, std::uint32_t down, std::uint32_t bytes) {
  return {3, {{{1, 1, bytes}, {across, down, bytes}, {across, down, bytes}}}};
}

constexpr format_shape packed(std::uint32_t bytes) {
  return {1, {{{1, 1, bytes}}}};
}

// No planes for a format that does not exist.
constexpr format_shape shape_of(std::uint8_t format) noexcept {
  switch (static_cast<pixel_format>(format)) {
    case pixel_format::gray8:
      return packed(1);
    case pixel_format::gray10:
      return packed(2);
    case pixel_format::rgb24:
    case pixel_format::bgr24:
      return packed(3);
    case pixel_format::nv12:
      return {2, {{{1, 1, 1}, {2, 2, 2}}}};
    case pixel_format::yuv420p:
      return planar(2, 2, 1);
    case pixel_format::yuv422p:
      return planar(2, 1, 1);
    case pixel_format::yuv444p:
      return planar(1, 1, 1);
    case pixel_format::yuv420p10:
    case pixel_format::yuv420p12:
      return planar(2, 2, 2);
    case pixel_format::yuv422p10:
    case pixel_format::yuv422p12:
      return planar(2, 1, 2);
    case pixel_format::yuv444p10:
    case pixel_format::yuv444p12:
      return planar(1, 1, 2);
    case pixel_format::native:
      break;
  }
  return {};
}

constexpr std::uint32_t share(std::uint32_t length, std::uint32_t by) noexcept {
  return (length + by - 1) / by;
}

bool is_inside(std::uint32_t begin, std::uint32_t length, std::uint32_t whole) noexcept {
  return begin <= whole && length <= whole - begin;
}

}  // namespace

const char* flaw_of(const lease::frame& f, std::uint64_t segment_size) noexcept {
  const auto shape = shape_of(f.format);
  if (shape.planes == 0) return "of an unknown format";
  if (f.plane_count != shape.planes) return "whose planes do not suit its format";
  if (f.width == 0 || f.height == 0 || f.width > most_side || f.height > most_side)
    return "of an impossible size";
  for (std::size_t i = 0; i < shape.planes; ++i) {
    const auto& [across, down, bytes] = shape.shapes[i];
    const std::uint64_t stride = f.plane_stride[i];
    const std::uint64_t row = f.plane_row_bytes[i];
    const std::uint64_t rows = f.plane_rows[i];
    if (rows < share(f.height, down) || rows > most_side ||
        row < std::uint64_t{share(f.width, across)} * bytes || row > stride) {
      return "whose rows do not suit its size";
    }
    const auto extent = stride * (rows - 1) + row;
    if (extent > segment_size || f.plane_offset[i] > segment_size - extent)
      return "outside its segment";
  }
  if (!is_inside(f.content_x, f.content_width, f.width) ||
      !is_inside(f.content_y, f.content_height, f.height)) {
    return "with a picture outside it";
  }
  if (f.matrix > static_cast<std::uint8_t>(colour_matrix::bt2020)) return "of unknown colours";
  return nullptr;
}

result<event> reception::read(std::span<const std::byte> message,
                              std::span<unique_fd> descriptors) {
  const auto head = as<lease::header>(message);
  if (!head || head->size != message.size()) return broken("a message of the wrong length");
  if (descriptors.size() != (head->type == lease::message_type::segment ? 1U : 0U))
    return broken("a message with the wrong number of descriptors");
  return read_known(*head, message, descriptors);
}

result<event> reception::read_known(const lease::header& head,
                                    std::span<const std::byte> message,
                                    std::span<unique_fd> descriptors) {
  using enum lease::message_type;
  if (!welcomed_ && head.type != lease::message_type::welcome && head.type != refused)
    return broken("something else before its welcome");
  switch (head.type) {
    case lease::message_type::welcome:
      if (const auto m = as<lease::welcome>(message)) return begin(*m);
      break;
    case refused:
      if (const auto m = as<lease::refused>(message))
        return event{sent_away{m->code, text_of(m->text)}};
      break;
    case segment:
      if (const auto m = as<lease::segment>(message))
        return add(*m, std::move(descriptors.front()));
      break;
    case segment_retired:
      if (const auto m = as<lease::segment_retired>(message)) return retire(*m);
      break;
    case frame:
      if (const auto m = as<lease::frame>(message)) return arrive(*m);
      break;
    case state:
      if (const auto m = as<lease::state>(message)) {
        if (m->state > static_cast<std::uint32_t>(camera_state::quarantined))
          return broken("a state that does not exist");
        return event{camera_news{static_cast<std::uint8_t>(m->state), text_of(m->reason)}};
      }
      break;
    case hello:
    case release:
      return broken("a message that only consumers send");
    default:
      // A later camera may tell more without a new version.
      return event{};
  }
  return broken("a message that is too short");
}

result<event> reception::begin(const lease::welcome& message) {
  if (welcomed_) return broken("a second welcome");
  if (message.version != lease::protocol_version) return broken("a version nobody asked for");
  if (message.leases == 0 || message.leases > leases_wanted_)
    return broken("a number of leases nobody asked for");
  welcomed_ = true;
  return event{granted{message.leases}};
}

result<event> reception::add(const lease::segment& message, unique_fd memory) {
  if (message.id < next_segment_) return broken("a segment number that was used before");
  if (segments_.size() >= most_segments) return broken("too many segments");
  if (message.slot_size == 0 || message.slot_size > message.size)
    return broken("a segment with impossible slots");
  auto mapped = mapping::create(std::move(memory), message.size);
  if (!mapped) return mapped.error().within("camherd sent memory that cannot be used");
  next_segment_ = std::uint64_t{message.id} + 1;
  segments_.emplace(message.id, *std::move(mapped));
  return event{};
}

result<event> reception::retire(const lease::segment_retired& message) {
  if (segments_.erase(message.id) == 0) return broken("the end of an unknown segment");
  return event{};
}

result<event> reception::arrive(const lease::frame& message) {
  const auto found = segments_.find(message.segment);
  if (found == segments_.end()) return broken("a frame in an unknown segment");
  if (const char* const flaw = flaw_of(message, found->second->size()))
    return broken(std::string{"a frame "} + flaw);
  return event{arrival{message, found->second}};
}

}  // namespace camherd::consumer
