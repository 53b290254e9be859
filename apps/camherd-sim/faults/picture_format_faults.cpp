#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

namespace camherd::faults {
namespace {

constexpr unsigned row = 16;

expectation shows(std::string kind) {
  return {.state = "streaming",
          .event = "pictures",
          .words = std::move(kind),
          .recovers = recovery::throughout};
}

clip_wish sized(unsigned width, unsigned height, std::string raw_format = "I420") {
  clip_wish wish;
  wish.width = width;
  wish.height = height;
  wish.raw_format = std::move(raw_format);
  wish.pictures = 20;
  return wish;
}

clip_wish of_format(std::string raw_format) {
  return sized(320, 192, std::move(raw_format));
}

clip_wish h265(clip_wish wish, std::string settings = {}) {
  wish.codec = video_codec::h265;
  wish.settings = std::move(settings);
  return wish;
}

fault shown(std::string name, std::string does, std::string kind, clip_wish wish) {
  return picture_fault(std::move(name), row, std::move(does), shows(std::move(kind)),
                       showing({std::move(wish)}));
}

/// Pictures that nobody can show, and that therefore count as none of its clips.
conduct_maker sending_unsupported(clip_wish wish) {
  return [wish = std::move(wish)](const camera_stage&) -> result<conduct> {
    const auto sent = make_clip(wish);
    if (!sent) return sent.error();
    auto good = wish;
    good.raw_format = "I420";
    good.settings.clear();
    const auto shown = make_clip(good);
    if (!shown) return shown.error();
    conduct how{{}, *shown, in_a_loop(*sent)};
    how.told.sdp = describe(**sent);
    return how;
  };
}

/// Each pair of macroblocks is coded as two fields or as a frame, whichever is better.
clip_wish interlaced() {
  auto wish = sized(320, 192);
  wish.scan = clip_scan::interlaced;
  return wish;
}

/// Pictures whose parameter sets say that they are of 12272x12272: none is as large as that.
conduct_maker claiming_to_be_huge() {
  return [](const camera_stage& where) -> result<conduct> {
    const auto lie = [](byte_vector nal, nal_role role, std::uint64_t) {
      constexpr unsigned sps = 7;
      // Baseline profile, level 6.2, 767 macroblocks each way (H.264 section 7.3.2.1.1).
      const byte_vector huge{0x67, 0x42, 0xc0, 0x3e, 0xda, 0x00, 0x2f, 0xf0, 0x05, 0xff, 0x90};
      return role == nal_role::parameter_set && (nal[0] & 0x1fU) == sps ? huge : nal;
    };
    return conduct{{}, {}, edited_loop(where.pictures, lie)};
  };
}

/// A few pictures are enough to see it, and all that a small machine likes.
clip_wish enormous() {
  auto wish = sized(8192, 4320);
  wish.pictures = 4;
  wish.gop = 4;
  wish.fps = 2;
  return wish;
}

}  // namespace

fault_list picture_format_faults() {
  auto giant = picture_fault("picture-of-8192x4320", row,
                             "sends two pictures of 8192x4320 a "
                             "second.",
                             shows("8192x4320 yuv420p"), showing({enormous()}));
  giant.expects.recovers = recovery::after_it_ends;
  giant.settings = "connect_timeout: 1m, first_frame_timeout: 2m, stall_timeout: 1m";
  return {
      shown("picture-of-16x16", "sends pictures of 16x16.", "16x16 yuv420p", sized(16, 16)),
      shown("h265-picture-of-16x16", "sends H.265 pictures of 16x16.", "16x16 yuv420p",
            h265(sized(16, 16))),
      giant,
      shown("picture-of-318x186", "sends pictures that are cropped to 318x186.",
            "318x186 yuv420p", sized(318, 186)),
      shown("picture-of-odd-size", "sends pictures of 319x191.", "319x191 yuv444p",
            sized(319, 191, "Y444")),
      shown("picture-10-bit", "sends 10 bit.", "320x192 yuv420p10", of_format("I420_10LE")),
      shown("h265-picture-10-bit", "sends H.265 of 10 bit.", "320x192 yuv420p10",
            h265(of_format("I420_10LE"))),
      shown("h265-picture-12-bit", "sends H.265 of 12 bit.", "320x192 yuv420p12",
            h265(of_format("I420_12LE"))),
      shown("picture-4-2-2", "sends 4:2:2.", "320x192 yuv422p", of_format("Y42B")),
      shown("picture-4-2-2-10-bit", "sends 4:2:2 of 10 bit.", "320x192 yuv422p10",
            of_format("I422_10LE")),
      shown("picture-4-4-4", "sends 4:4:4.", "320x192 yuv444p", of_format("Y444")),
      shown("picture-gray", "sends H.265 without colours.", "320x192 gray8",
            h265(of_format("I420"), "input-csp=i400")),
      shown("picture-interlaced", "sends interlaced pictures.", "320x192 yuv420p",
            interlaced()),
      picture_fault("picture-too-large", row, "says that its pictures are of 12272x12272.",
                    {.state = "backoff",
                     .event = "decoder",
                     .words = "pictures of 12288x12272 with padding: more than 67108864 pixels",
                     .counter = "restarts.decoder"},
                    claiming_to_be_huge()),
      picture_fault("picture-rgb", row, "sends H.265 with planes of green, blue and red.",
                    {.state = "backoff",
                     .event = "decoder",
                     .words = "pictures of pixel format gbrp",
                     .counter = "restarts.decoder"},
                    sending_unsupported(h265(of_format("Y444"), "colormatrix=gbr"))),
  };
}

}  // namespace camherd::faults
