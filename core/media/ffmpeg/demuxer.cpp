#include "core/media/ffmpeg/demuxer.hpp"

#include "core/media/ffmpeg/av_error.hpp"
#include "core/media/ffmpeg/av_log.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

extern "C" {
#include <libavutil/dict.h>
}

namespace camherd::ffmpeg {
namespace {

constexpr AVRational clock_90k{1, 90000};

constexpr const char* containers =
    "mov,matroska,webm,mpegts,mpeg,flv,live_flv,avi,h264,hevc,mjpeg,mpjpeg,jpeg_pipe,image2,"
    "hls,"
    "rtp";

struct scheme_rule {
  std::string_view scheme;
  const char* protocols;  // that a URL of this scheme, and what it leads to, may use
  const char* transport;
};

constexpr std::array scheme_rules{
    scheme_rule{"file", "file,crypto", "file"},
    scheme_rule{"http", "http,https,httpproxy,tls,tcp,crypto", "http"},
    scheme_rule{"https", "https,http,httpproxy,tls,tcp,crypto", "https"},
    scheme_rule{"rtmp", "rtmp,tcp", "rtmp"},
    scheme_rule{"rtmps", "rtmps,tls,tcp", "rtmps"},
    scheme_rule{"rtmpt", "rtmpt,rtmp,ffrtmphttp,http,tcp", "rtmpt"},
    scheme_rule{"srt", "srt", "srt"},
    scheme_rule{"udp", "udp", "udp"},
    scheme_rule{"rtp", "rtp,udp", "udp"},
    scheme_rule{"tcp", "tcp", "tcp"},
};

const scheme_rule* rule_for(std::string_view scheme) noexcept {
  const auto* const found = std::find_if(scheme_rules.begin(), scheme_rules.end(),
                                         [&](const auto& r) { return r.scheme == scheme; });
  return found != scheme_rules.end() ? found : nullptr;
}

std::optional<video_codec> codec_of(AVCodecID id) noexcept {
  switch (id) {
    case AV_CODEC_ID_H264:
      return video_codec::h264;
    case AV_CODEC_ID_HEVC:
      return video_codec::h265;
    case AV_CODEC_ID_MJPEG:
      return video_codec::mjpeg;
    default:
      return std::nullopt;
  }
}

class dictionary {
 public:
  dictionary() = default;
  dictionary(const dictionary&) = delete;
  dictionary& operator=(const dictionary&) = delete;
  ~dictionary() { av_dict_free(&entries_); }

  void set(const char* key, const char* value) { av_dict_set(&entries_, key, value, 0); }
  void set(const char* key, std::int64_t value) { av_dict_set_int(&entries_, key, value, 0); }
  AVDictionary** out() noexcept { return &entries_; }

 private:
  AVDictionary* entries_ = nullptr;
};

std::span<const std::uint8_t> extradata_of(const AVCodecParameters& parameters) noexcept {
  if (parameters.extradata == nullptr || parameters.extradata_size <= 0) return {};
  return {parameters.extradata, static_cast<std::size_t>(parameters.extradata_size)};
}

/// True for the configuration records of MP4 and the like (ISO/IEC 14496-15), which begin with
/// a version instead of a start code.
bool has_configuration_record(const AVCodecParameters& parameters) noexcept {
  const auto extradata = extradata_of(parameters);
  return extradata.size() > 6 && parameters.codec_id != AV_CODEC_ID_MJPEG &&
         (extradata[0] != 0 || extradata[1] != 0 || extradata[2] > 1);
}

/// True if the container's header told all there is to know, and probing would only cost time.
bool is_described(const AVFormatContext& input) noexcept {
  for (unsigned i = 0; i < input.nb_streams; ++i) {
    const auto& parameters = *input.streams[i]->codecpar;
    if (parameters.codec_type == AVMEDIA_TYPE_VIDEO && has_configuration_record(parameters)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void interruption::allow(std::chrono::milliseconds duration) noexcept {
  deadline_ = std::chrono::steady_clock::now() + duration;
}

bool interruption::is_late() const noexcept {
  return std::chrono::steady_clock::now() >= deadline_.load();
}

int interruption::callback(void* self) noexcept {
  const auto& me = *static_cast<const interruption*>(self);
  return me.is_cancelled() || me.is_late() ? 1 : 0;
}

demuxer::demuxer(const demuxer_options& options, std::stop_token cancelled)
    : options_{options}, interruption_{std::move(cancelled)} {}

result<std::unique_ptr<demuxer>> demuxer::open(const camera_url& url,
                                               const demuxer_options& options,
                                               std::stop_token cancelled) {
  silence_av_log();
  std::unique_ptr<demuxer> made{new demuxer{options, std::move(cancelled)}};
  if (auto opened = made->open_input(url); !opened) return opened.error();
  if (auto chosen = made->choose_stream(); !chosen) return chosen.error();
  if (auto filtered = made->open_filter(); !filtered) return filtered.error();
  return made;
}

result<void> demuxer::open_input(const camera_url& url) {
  const auto* const rule = rule_for(url.scheme());
  if (rule == nullptr) {
    return error{error_kind::unsupported, "no reader for the scheme " + url.scheme()};
  }
  info_.transport = rule->transport;
  // What libavformat agrees on with a server is its secret.
  if (!url.has_credentials()) info_.authentication = "none";
  packet_.reset(av_packet_alloc());
  AVFormatContext* context = avformat_alloc_context();
  if (!packet_ || context == nullptr) {
    return error{error_kind::internal, "no memory for a demuxer"};
  }
  context->interrupt_callback = {&interruption::callback, &interruption_};
  using std::chrono::microseconds;
  dictionary settings;
  settings.set("protocol_whitelist", rule->protocols);
  settings.set("format_whitelist", containers);
  settings.set("probesize", std::int64_t{1} << 20);
  settings.set("analyzeduration", microseconds{std::chrono::seconds{2}}.count());
  if (url.scheme() != "file") {
    settings.set("rw_timeout", microseconds{options_.read_timeout}.count());
  }
  interruption_.allow(options_.open_timeout);
  const int opened =
      avformat_open_input(&context, url.with_credentials().c_str(), nullptr, settings.out());
  // On failure libavformat has freed the context and set it to null.
  input_.reset(context);
  if (opened < 0) return failure("opening", opened);
  if (!is_described(*input_)) {
    const int probed = avformat_find_stream_info(input_.get(), nullptr);
    if (probed < 0) return failure("probing", probed);
    if (interruption_.is_cancelled() || interruption_.is_late()) {
      return failure("probing", AVERROR_EXIT);
    }
  }
  return {};
}

result<void> demuxer::choose_stream() {
  const int best = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (best < 0) return error{error_kind::corrupt, "no video in it"};
  for (unsigned i = 0; i < input_->nb_streams; ++i) {
    if (static_cast<int>(i) != best) input_->streams[i]->discard = AVDISCARD_ALL;
  }
  stream_ = input_->streams[best];
  const auto codec = codec_of(stream_->codecpar->codec_id);
  if (!codec) {
    return error{error_kind::unsupported,
                 std::string{"video codec "} + avcodec_get_name(stream_->codecpar->codec_id)};
  }
  info_.codec = *codec;
  info_.declared_fps = stream_->avg_frame_rate.den > 0 ? av_q2d(stream_->avg_frame_rate) : 0;
  return {};
}

result<void> demuxer::open_filter() {
  time_base_ = stream_->time_base;
  const auto* parameters = stream_->codecpar;
  if (has_configuration_record(*parameters)) {
    const char* const name =
        info_.codec == video_codec::h264 ? "h264_mp4toannexb" : "hevc_mp4toannexb";
    const AVBitStreamFilter* const kind = av_bsf_get_by_name(name);
    AVBSFContext* context = nullptr;
    int code = kind != nullptr ? av_bsf_alloc(kind, &context) : AVERROR_BSF_NOT_FOUND;
    filter_.reset(context);
    if (code >= 0) code = avcodec_parameters_copy(context->par_in, parameters);
    if (code >= 0) {
      context->time_base_in = stream_->time_base;
      code = av_bsf_init(context);
    }
    if (code < 0) return av_failure("reading the parameter sets", code);
    parameters = context->par_out;
    time_base_ = context->time_base_out;
  }
  if (info_.codec != video_codec::mjpeg) {
    const auto sets = extradata_of(*parameters);
    info_.parameter_sets.assign(sets.begin(), sets.end());
  }
  builder_.emplace(info_.codec, info_.parameter_sets);
  return {};
}

error demuxer::failure(const char* operation, int code) const {
  if (interruption_.is_cancelled()) return {error_kind::end_of_stream, "stopped"};
  if (code == AVERROR_EXIT || (code < 0 && code != AVERROR_EOF && interruption_.is_late())) {
    return error{error_kind::retry, "no answer in time"}.within(operation);
  }
  return av_failure(operation, code);
}

/// Fills `packet_` with the next packet of the stream, as Annex B or JPEG.
result<void> demuxer::read_packet() {
  for (;;) {
    av_packet_unref(packet_.get());
    if (filter_) {
      const int filtered = av_bsf_receive_packet(filter_.get(), packet_.get());
      if (filtered >= 0) return {};
      if (filtered != AVERROR(EAGAIN)) return av_failure("reading", filtered);
    }
    if (interruption_.is_cancelled()) return failure("reading", AVERROR_EXIT);
    interruption_.allow(options_.read_timeout);
    const int read = av_read_frame(input_.get(), packet_.get());
    if (read < 0) return failure("reading", read);
    if (packet_->stream_index != stream_->index) continue;
    const auto size = static_cast<std::size_t>(std::max(packet_->size, 0));
    if (size == 0) continue;
    if (size > options_.max_access_unit_bytes) {
      ++refused_;
      continue;
    }
    if (!filter_) return {};
    // A packet the filter cannot parse is a damaged picture, not the end of the stream.
    if (av_bsf_send_packet(filter_.get(), packet_.get()) < 0) ++refused_;
  }
}

result<demuxer::item> demuxer::next() {
  for (;;) {
    if (auto read = read_packet(); !read) return read.error();
    auto made = make_item();
    if (!made.unit.payload.empty()) return made;
    ++refused_;
  }
}

demuxer::item demuxer::make_item() {
  item made;
  made.unit =
      builder_->build({packet_->data, static_cast<std::size_t>(std::max(packet_->size, 0))});
  made.unit.corrupt = (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;
  made.unit.after_gap = refused_ > 0;
  made.refused_before = std::exchange(refused_, 0);

  const auto in_90k = [&](std::int64_t time) {
    return av_rescale_q(time, time_base_, clock_90k);
  };
  const AVRational rate = stream_->avg_frame_rate;
  made.duration = packet_->duration > 0          ? in_90k(packet_->duration)
                  : rate.num > 0 && rate.den > 0 ? av_rescale_q(1, av_inv_q(rate), clock_90k)
                                                 : 90000 / 25;
  if (packet_->dts != AV_NOPTS_VALUE) {
    made.decode_time = in_90k(packet_->dts);
  } else {
    made.decode_time =
        expected_time_.value_or(packet_->pts != AV_NOPTS_VALUE ? in_90k(packet_->pts) : 0);
  }
  expected_time_ = made.decode_time + made.duration;
  made.unit.rtp_time = packet_->pts != AV_NOPTS_VALUE ? in_90k(packet_->pts) : made.decode_time;
  made.unit.clock_rate = 90000;
  return made;
}

}  // namespace camherd::ffmpeg
