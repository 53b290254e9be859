#include "tests/support/encoder.hpp"

#include "core/base/bitstream.hpp"
#include "core/media/ffmpeg/av_ptr.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

// libx265 does not give back all its memory when an encoder is closed, and ThreadSanitizer does
// not see how its threads synchronise, since the library is not instrumented.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libx265\n";
}
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:libx265\n";
}

namespace camherd::testing {
namespace {

using ffmpeg::codec_context_ptr;
using ffmpeg::frame_ptr;
using ffmpeg::packet_ptr;

constexpr int cell = 16;        // of the index code: black or white squares in the first row
constexpr int index_bits = 10;  // lowest first

AVPixelFormat libav_format(const clip_options& options) {
  if (options.codec == video_codec::mjpeg) {
    return options.format == pixel_format::yuv422p   ? AV_PIX_FMT_YUVJ422P
           : options.format == pixel_format::yuv444p ? AV_PIX_FMT_YUVJ444P
                                                     : AV_PIX_FMT_YUVJ420P;
  }
  switch (options.format) {
    case pixel_format::gray8:
      return AV_PIX_FMT_GRAY8;
    case pixel_format::yuv420p:
      return AV_PIX_FMT_YUV420P;
    case pixel_format::yuv422p:
      return AV_PIX_FMT_YUV422P;
    case pixel_format::yuv444p:
      return AV_PIX_FMT_YUV444P;
    case pixel_format::yuv420p10:
      return AV_PIX_FMT_YUV420P10LE;
    case pixel_format::yuv422p10:
      return AV_PIX_FMT_YUV422P10LE;
    default:
      throw std::runtime_error{"the test encoder does not make this format"};
  }
}

/// Luma of picture `index` at (x, y): the index code, then waves that move.
int luma_at(const clip_options& options, std::size_t index, int x, int y) {
  if (y < cell && x < cell * index_bits) {
    return (index >> (x / cell) & 1) != 0 ? 220 : 30;
  }
  // The index of a damaged picture may be any number.
  const auto shift = static_cast<int>(index * 3 % 256);
  const int wave = (x + shift) & 127;
  const int ramp = (y + shift / 2) & 127;
  int value = 40 + std::min(wave, 127 - wave) + std::min(ramp, 127 - ramp);
  if (options.noise > 0) {
    auto seed = (static_cast<std::uint32_t>(x) * 73856093U) ^
                (static_cast<std::uint32_t>(y) * 19349663U) ^
                static_cast<std::uint32_t>(index) * 83492791U;
    seed = (seed ^ seed >> 13) * 1274126177U;
    value += static_cast<int>(seed >> 16 & 0xff) * options.noise / 128 - options.noise;
  }
  return std::clamp(value, 16, 235);
}

void paint(AVFrame& picture, const clip_options& options, std::size_t index) {
  const auto* const descriptor =
      av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  const int depth_shift = descriptor->comp[0].depth - 8;
  for (int plane = 0; plane < descriptor->nb_components; ++plane) {
    const int width =
        plane == 0 ? picture.width : AV_CEIL_RSHIFT(picture.width, descriptor->log2_chroma_w);
    const int height =
        plane == 0 ? picture.height : AV_CEIL_RSHIFT(picture.height, descriptor->log2_chroma_h);
    for (int y = 0; y < height; ++y) {
      auto* const row = picture.data[plane] + std::ptrdiff_t{y} * picture.linesize[plane];
      for (int x = 0; x < width; ++x) {
        const int value =
            plane == 0 ? luma_at(options, index, x, y) : 128 + (plane == 1 ? x : y) % 32 - 16;
        if (depth_shift == 0) {
          row[x] = static_cast<std::uint8_t>(value);
        } else {
          const int deep = value << depth_shift;
          row[2 * x] = static_cast<std::uint8_t>(deep);
          row[2 * x + 1] = static_cast<std::uint8_t>(deep >> 8);
        }
      }
    }
  }
}

void set_parameters(AVCodecContext& context, const clip_options& options) {
  if (options.codec == video_codec::mjpeg) {
    context.flags |= AV_CODEC_FLAG_QSCALE;
    context.global_quality = 3 * FF_QP2LAMBDA;
    return;
  }
  const bool h264 = options.codec == video_codec::h264;
  std::string parameters = "scenecut=0:bframes=" +
                           std::to_string(std::max(options.b_frames, options.unused_b_frames)) +
                           ":keyint=" + std::to_string(options.gop) +
                           ":min-keyint=" + std::to_string(options.gop) +
                           ":ref=" + std::to_string(options.references) +
                           ":slices=" + std::to_string(options.slices);
  parameters +=
      h264 ? std::string{":threads=1:lookahead-threads=1:open-gop=0:weightp=0"}
           : ":pools=1:frame-threads=1:log-level=none:open-gop=0:b-adapt=0:ctu=16:wpp=" +
                 std::string{options.slices > 1 ? "1" : "0"};
  if (!options.parameters.empty()) parameters += ":" + options.parameters;
  av_opt_set(context.priv_data, "preset", "veryfast", 0);
  if (options.bits_per_second == 0) {
    av_opt_set(context.priv_data, "crf", h264 ? "16" : "14", 0);
  }
  av_opt_set(context.priv_data, h264 ? "x264-params" : "x265-params", parameters.c_str(), 0);
  if (h264) av_opt_set(context.priv_data, "b-pyramid", "none", 0);
}

const AVCodec& encoder_of(const clip_options& options) {
  const std::string name = !options.foreign_encoder.empty()     ? options.foreign_encoder
                           : options.codec == video_codec::h264 ? "libx264"
                           : options.codec == video_codec::h265 ? "libx265"
                                                                : "mjpeg";
  const AVCodec* const codec = avcodec_find_encoder_by_name(name.c_str());
  if (codec == nullptr) throw std::runtime_error{"no encoder " + name};
  return *codec;
}

codec_context_ptr open_encoder(const clip_options& options) {
  const AVCodec* const codec = &encoder_of(options);
  codec_context_ptr context{avcodec_alloc_context3(codec)};
  context->width = options.width;
  context->height = options.height;
  context->pix_fmt = libav_format(options);
  context->time_base = {1, options.fps};
  context->framerate = {options.fps, 1};
  context->gop_size = options.gop;
  if (options.codec != video_codec::mjpeg) {
    context->max_b_frames = std::max(options.b_frames, options.unused_b_frames);
  }
  context->refs = options.references;
  context->thread_count = 1;
  context->bit_rate = options.bits_per_second;
  if (options.bits_per_second > 0) {
    context->rc_max_rate = options.bits_per_second;
    context->rc_buffer_size = options.bits_per_second;
  }
  context->color_range = options.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  if (options.codec == video_codec::mjpeg) context->color_range = AVCOL_RANGE_JPEG;
  if (options.foreign_encoder.empty()) set_parameters(*context, options);
  if (avcodec_open2(context.get(), codec, nullptr) < 0) {
    throw std::runtime_error{std::string{"cannot open the encoder "} + codec->name};
  }
  return context;
}

/// Encodes and hands over each packet, with times in units of one picture.
void encode(const clip_options& options, std::size_t count,
            const std::function<void(const AVPacket&)>& take) {
  av_log_set_callback([](void*, int, const char*, va_list) {});
  const auto context = open_encoder(options);
  const packet_ptr packet{av_packet_alloc()};
  const auto collect = [&] {
    while (avcodec_receive_packet(context.get(), packet.get()) == 0) {
      if (packet->duration <= 0) packet->duration = 1;
      take(*packet);
      av_packet_unref(packet.get());
    }
  };
  for (std::size_t i = 0; i < count; ++i) {
    const frame_ptr picture{av_frame_alloc()};
    picture->format = context->pix_fmt;
    picture->width = options.width;
    picture->height = options.height;
    picture->color_range = context->color_range;
    if (av_frame_get_buffer(picture.get(), 0) < 0) throw std::bad_alloc{};
    paint(*picture, options, options.first_picture + i);
    picture->pts = static_cast<std::int64_t>(i);
    picture->quality = context->global_quality;
    if (options.unused_b_frames > 0 && i % static_cast<std::size_t>(options.gop) != 0) {
      picture->pict_type = AV_PICTURE_TYPE_P;
    }
    if (avcodec_send_frame(context.get(), picture.get()) < 0) {
      throw std::runtime_error{"the test encoder refuses a picture"};
    }
    collect();
  }
  avcodec_send_frame(context.get(), nullptr);
  collect();
}

std::vector<std::uint8_t> parameter_sets_of(const access_unit& unit) {
  static constexpr std::uint8_t start_code[] = {0, 0, 0, 1};
  std::vector<std::uint8_t> sets;
  for_each_nal(unit.payload.bytes(), [&](std::span<const std::uint8_t> nal) {
    if (role_of(unit.codec, nal) != nal_role::parameter_set) return;
    sets.insert(sets.end(), std::begin(start_code), std::end(start_code));
    sets.insert(sets.end(), nal.begin(), nal.end());
  });
  return sets;
}

access_unit unit_of(const AVPacket& packet, const clip_options& options) {
  access_unit unit;
  unit.codec = options.codec;
  unit.payload.append({packet.data, static_cast<std::size_t>(packet.size)});
  unit.rtp_time = packet.pts * 90000 / options.fps;
  unit.clock_rate = 90000;
  classify(unit);
  return unit;
}

struct output_closer {
  void operator()(AVFormatContext* output) const noexcept {
    if (output->pb != nullptr) avio_closep(&output->pb);
    avformat_free_context(output);
  }
};

}  // namespace

std::vector<access_unit> encode_clip(const clip_options& options, std::size_t count) {
  std::vector<access_unit> units;
  encode(options, count, [&](const AVPacket& packet) {
    units.push_back(unit_of(packet, options));
    units.back().sequence = units.size() - 1;
  });
  return units;
}

void write_clip(const std::string& path, const clip_options& options, std::size_t count) {
  AVFormatContext* raw = nullptr;
  avformat_alloc_output_context2(&raw, nullptr, nullptr, path.c_str());
  if (raw == nullptr) throw std::runtime_error{"no container for " + path};
  const std::unique_ptr<AVFormatContext, output_closer> output{raw};
  if (avio_open(&output->pb, path.c_str(), AVIO_FLAG_WRITE) < 0) {
    throw std::runtime_error{"cannot write " + path};
  }
  AVStream* const stream = avformat_new_stream(output.get(), nullptr);
  const auto begin = [&](const AVPacket& packet) {
    auto& to = *stream->codecpar;
    to.codec_type = AVMEDIA_TYPE_VIDEO;
    to.codec_id = encoder_of(options).id;
    to.width = options.width;
    to.height = options.height;
    to.format = libav_format(options);
    const auto sets = parameter_sets_of(unit_of(packet, options));
    to.extradata =
        static_cast<std::uint8_t*>(av_mallocz(sets.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::copy(sets.begin(), sets.end(), to.extradata);
    to.extradata_size = static_cast<int>(sets.size());
    stream->time_base = {1, 90000};
    stream->avg_frame_rate = {options.fps, 1};
    if (avformat_write_header(output.get(), nullptr) < 0) {
      throw std::runtime_error{"cannot begin " + path};
    }
  };
  bool begun = false;
  encode(options, count, [&](const AVPacket& packet) {
    if (!std::exchange(begun, true)) begin(packet);
    const packet_ptr copy{av_packet_clone(&packet)};
    av_packet_rescale_ts(copy.get(), {1, options.fps}, stream->time_base);
    copy->stream_index = 0;
    av_interleaved_write_frame(output.get(), copy.get());
  });
  av_write_trailer(output.get());
}

std::optional<std::size_t> shown_index(const frame& f) {
  const bool deep = f.planes[0].row_bytes >= 2 * f.width;
  if (f.width < static_cast<std::uint32_t>(cell * index_bits)) return std::nullopt;
  std::size_t index = 0;
  for (int bit = 0; bit < index_bits; ++bit) {
    const auto x = static_cast<std::size_t>(bit * cell + cell / 2);
    const auto* const row = f.pixels(0) + std::size_t{cell / 2} * f.planes[0].stride;
    const int value = deep ? (row[2 * x] | row[2 * x + 1] << 8) >> 2 : row[x];
    if (value > 100 && value < 150) return std::nullopt;
    if (value >= 150) index |= std::size_t{1} << bit;
  }
  return index;
}

double error_against(const frame& f, const clip_options& options, std::size_t index) {
  double sum = 0;
  for (std::uint32_t y = 0; y < f.height; ++y) {
    const auto* const row = f.pixels(0) + std::size_t{y} * f.planes[0].stride;
    for (std::uint32_t x = 0; x < f.width; ++x) {
      const double difference =
          row[x] - luma_at(options, index, static_cast<int>(x), static_cast<int>(y));
      sum += difference * difference;
    }
  }
  return sum / (static_cast<double>(f.width) * f.height);
}

}  // namespace camherd::testing
