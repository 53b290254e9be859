#include "core/media/ffmpeg/av_error.hpp"

#include "core/base/memory_shortage.hpp"

#include <array>
#include <string>

extern "C" {
#include <libavutil/error.h>
}

namespace camherd::ffmpeg {
namespace {

error_kind kind_of(int code) noexcept {
  switch (code) {
    case AVERROR_EOF:
      return error_kind::end_of_stream;
    case AVERROR_INVALIDDATA:
    case AVERROR_STREAM_NOT_FOUND:
      return error_kind::corrupt;
    case AVERROR_HTTP_UNAUTHORIZED:
    case AVERROR_HTTP_FORBIDDEN:
      return error_kind::authentication;
    case AVERROR_BSF_NOT_FOUND:
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR_PROTOCOL_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
    case AVERROR(ENOSYS):
    case AVERROR(EINVAL):  // also a container or protocol that is not on our lists
      return error_kind::unsupported;
    case AVERROR(EACCES):
    case AVERROR(EISDIR):
    case AVERROR(ENOENT):
    case AVERROR(ENOTDIR):
    case AVERROR(EPERM):
      return error_kind::invalid_argument;
    case AVERROR(ENOMEM):
    case AVERROR(EMFILE):
    case AVERROR(ENFILE):
    case AVERROR_BUG:
    case AVERROR_BUG2:
      return error_kind::internal;
    default:
      return error_kind::retry;
  }
}

}  // namespace

error av_failure(std::string_view operation, int code) {
  if (code == AVERROR(ENOMEM)) return no_memory_for(operation);
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return error{kind_of(code), text.data()}.within(operation);
}

}  // namespace camherd::ffmpeg
