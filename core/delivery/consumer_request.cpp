#include "core/delivery/consumer_request.hpp"

#include <cstring>

namespace camherd {
namespace {

using lease::refusal;

// The message as a `Message`; nothing if it is another, shorter or of another size than it
// says.
template <class Message>
std::optional<Message> as(std::span<const std::byte> bytes, lease::message_type type) {
  if (bytes.size() < sizeof(Message)) return std::nullopt;
  Message read;
  std::memcpy(&read, bytes.data(), sizeof(read));
  if (read.head.type != type || read.head.size != bytes.size()) return std::nullopt;
  return read;
}

consumer_refusal unsupported(std::string text) {
  return {refusal::unsupported, std::move(text)};
}

decode_level level_of(lease::pictures wanted) noexcept {
  switch (wanted) {
    case lease::pictures::keyframes:
      return decode_level::keyframes;
    case lease::pictures::references:
      return decode_level::references;
    case lease::pictures::everything:
      break;
  }
  return decode_level::everything;
}

}  // namespace

std::size_t consumer_request::decoded_frames() const noexcept {
  const bool own = !wanted.format || *wanted.format == pixel_format::gray8 ||
                   *wanted.format == pixel_format::yuv420p;
  return own ? frames() : queue_depth;
}

std::variant<consumer_request, consumer_refusal> read_hello(
    std::span<const std::byte> message) {
  const auto said = as<lease::hello>(message, lease::message_type::hello);
  if (!said || said->magic != lease::magic) {
    return consumer_refusal{refusal::malformed, "the first message is no hello"};
  }
  if (said->version_min > lease::protocol_version ||
      said->version_max < lease::protocol_version) {
    return consumer_refusal{refusal::version, "this camherd speaks version " +
                                                  std::to_string(lease::protocol_version) +
                                                  " of the lease protocol, the consumer " +
                                                  std::to_string(said->version_min) + " to " +
                                                  std::to_string(said->version_max)};
  }
  consumer_request request;
  if (said->format != 0) {
    const auto format = static_cast<pixel_format>(said->format);
    if (!is_rendition_format(format)) {
      return unsupported("pixel format " + std::to_string(said->format) +
                         " is none of native, gray8, yuv420p, nv12, rgb24 and bgr24");
    }
    request.wanted.format = format;
  }
  if (said->fit > static_cast<std::uint8_t>(fit_policy::letterbox)) {
    return unsupported("fit " + std::to_string(said->fit) +
                       " is neither stretch nor letterbox");
  }
  request.wanted.fit = static_cast<fit_policy>(said->fit);
  if (said->pictures > lease::pictures::keyframes) {
    return unsupported("the pictures are none of everything, references and keyframes");
  }
  if (said->delivery > lease::delivery::queue) {
    return unsupported("the delivery is neither latest nor queue");
  }
  if (said->leases < 1 || said->leases > lease::most_leases) {
    return unsupported(std::to_string(said->leases) + " leases are not 1 to " +
                       std::to_string(lease::most_leases));
  }
  const bool queues = said->delivery == lease::delivery::queue;
  if (queues ? said->queue_depth < 1 || said->queue_depth > lease::most_queued
             : said->queue_depth != 0) {
    return unsupported("a queue of " + std::to_string(said->queue_depth) +
                       " frames is not 1 to " + std::to_string(lease::most_queued) +
                       ", or 0 without one");
  }
  if (said->width > most_rendition_side || said->height > most_rendition_side) {
    return unsupported("pictures are made up to " + std::to_string(most_rendition_side) +
                       " pixels wide and high");
  }
  request.wanted.width = said->width;
  request.wanted.height = said->height;
  request.pictures = {.level = level_of(said->pictures), .max_fps = said->max_rate / 1000.0};
  request.leases = said->leases;
  request.queue_depth = said->queue_depth;
  return request;
}

std::variant<std::uint64_t, consumer_refusal> read_release(std::span<const std::byte> message) {
  const auto said = as<lease::release>(message, lease::message_type::release);
  if (!said) return consumer_refusal{refusal::malformed, "a message that is no release"};
  return said->lease;
}

}  // namespace camherd
