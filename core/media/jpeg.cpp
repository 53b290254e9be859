#include "core/media/jpeg.hpp"

#include <memory>
#include <optional>
#include <string>
#include <turbojpeg.h>

namespace camherd {
namespace {

constexpr std::uint32_t most_side = 65500;  // of the encoder

struct input_format {
  int samples;
  int subsampling;
  std::size_t bytes;  // a pixel
};

std::optional<input_format> input_of(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray8:
      return input_format{TJPF_GRAY, TJSAMP_GRAY, 1};
    case pixel_format::rgb24:
      return input_format{TJPF_RGB, TJSAMP_420, 3};
    case pixel_format::bgr24:
      return input_format{TJPF_BGR, TJSAMP_420, 3};
    default:
      return std::nullopt;
  }
}

bool is_whole(const packed_picture& picture, std::size_t row) noexcept {
  return picture.width > 0 && picture.height > 0 && picture.width <= most_side &&
         picture.height <= most_side && picture.stride >= row &&
         picture.stride <= SIZE_MAX / most_side &&
         picture.pixels.size() >= picture.stride * (picture.height - 1) + row;
}

}  // namespace

result<std::vector<std::uint8_t>> encode_jpeg(const packed_picture& picture, int quality) {
  const auto input = input_of(picture.format);
  if (!input) {
    return error{error_kind::unsupported,
                 "JPEG files are made of gray8, rgb24 and bgr24, not of " +
                     std::string{to_string(picture.format)}};
  }
  if (!is_whole(picture, picture.width * input->bytes))
    return error{error_kind::invalid_argument, "a picture of an impossible size"};
  if (quality < 1 || quality > 100)
    return error{error_kind::invalid_argument, "a JPEG quality must be from 1 to 100"};

  const auto width = static_cast<int>(picture.width);
  const auto height = static_cast<int>(picture.height);
  const std::unique_ptr<void, int (*)(tjhandle)> encoder{::tjInitCompress(), ::tjDestroy};
  if (encoder == nullptr) return error{error_kind::internal, "no JPEG encoder can be had"};
  // In a buffer of this size the encoder never has to allocate one of its own.
  std::vector<std::uint8_t> file(::tjBufSize(width, height, input->subsampling));
  auto* place = file.data();
  unsigned long size = file.size();
  if (::tjCompress2(encoder.get(), picture.pixels.data(), width,
                    static_cast<int>(picture.stride), height, input->samples, &place, &size,
                    input->subsampling, quality, TJFLAG_NOREALLOC) != 0) {
    return error{error_kind::internal,
                 std::string{"encoding a JPEG: "} + ::tjGetErrorStr2(encoder.get())};
  }
  file.resize(size);
  file.shrink_to_fit();  // the buffer was for the worst case, and files may be kept
  return file;
}

}  // namespace camherd
