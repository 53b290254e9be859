#include "apps/camherd-sim/faults/impaired_camera.hpp"

#include <string>
#include <utility>

namespace camherd::faults {
namespace {

constexpr unsigned row = 19;

using kind = wire_piece::kind;

const std::string metadata_track =
    "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
    "a=control:metadata\r\na=recvonly\r\n";
const std::string vp8_track =
    "m=video 0 RTP/AVP 98\r\na=rtpmap:98 VP8/90000\r\na=control:vp8\r\n";
const std::string encrypted_track =
    "m=video 0 RTP/SAVP 99\r\na=rtpmap:99 H264/90000\r\na=control:secret\r\n";

/// An RTP packet of another track.
byte_vector other_packet(std::uint8_t payload_type, std::uint64_t number) {
  byte_vector packet{0x80, payload_type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  set_sequence(packet, static_cast<std::uint16_t>(number));
  set_timestamp(packet, static_cast<std::uint32_t>(number * 160));
  set_ssrc(packet, 0x600dcafe);
  packet.resize(packet.size() + 160, 0xd5);
  return packet;
}

/// An RTP packet of another track before each of the video's.
impairment_maker accompanied(std::uint8_t payload_type) {
  return interspersing([=](std::uint64_t number, const byte_vector&) {
    return std::vector<wire_piece>{{kind::rtp, other_packet(payload_type, number)}};
  });
}

enum class video_place : unsigned char { last, first, absent };

/// Offers `tracks` with the video of a good camera.
fault offering(std::string name, std::string does, expectation expects, std::string tracks,
               video_place place, impairment_maker harm = {}) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [=](const camera_stage& where) {
            script told;
            auto sdp = describe(*where.pictures);
            const auto video = sdp.find("m=video");
            if (place == video_place::absent) sdp.resize(video);
            sdp.insert(place == video_place::last ? video : sdp.size(), tracks);
            told.sdp = sdp;
            told.impair = harm;
            return stage(where, {told, {}, {}});
          },
          {}};
}

std::string repeated(const std::string& track, unsigned times) {
  std::string all;
  for (unsigned i = 0; i < times; ++i) all += track;
  return all;
}

expectation refused(std::string words) {
  return {.state = "backoff",
          .event = "protocol",
          .words = std::move(words),
          .counter = "restarts.protocol"};
}

fault_list of_packets() {
  return {
      offering("audio-and-metadata",
               "sends sound, metadata and their RTCP, which nobody has set up.",
               streams_on_with_notice("packets on channel 2, which was not set up"),
               metadata_track, video_place::first,
               interspersing([](std::uint64_t number, const byte_vector&) {
                 const std::string xml = "<tt:MetadataStream>$</tt:MetadataStream>";
                 auto metadata = other_packet(107, number);
                 metadata.insert(metadata.end(), xml.begin(), xml.end());
                 return std::vector<wire_piece>{
                     {kind::framed, other_packet(0, number), 2},
                     {kind::framed, sender_report_bytes(0x600dcafe, 0, 0), 3},
                     {kind::framed, std::move(metadata), 4}};
               })),
      packet_fault(
          "audio-on-the-videos-channel", row, "sends its sound on the video's channel.",
          streams_on_with_notice("packets of payload type 8 are ignored"), accompanied(8)),
      packet_fault("audio-as-video", row,
                   "sends its sound with payload type and channel of the video.",
                   streams_on_with_notice("packets of another source"), accompanied(96)),
  };
}

fault_list of_descriptions() {
  const std::string first_is_used = "2 video tracks; the first that can be decoded is used";
  return {
      offering("metadata-before-video", "describes metadata before its video.", streams_on(),
               metadata_track, video_place::last),
      offering("second-video", "offers a second video track.",
               streams_on_with_notice(first_is_used), vp8_track, video_place::first),
      offering("undecodable-video-first", "offers VP8 before H.264.",
               streams_on_with_notice(first_is_used), vp8_track, video_place::last),
      offering("encrypted-video-first", "offers encrypted video before a plain one.",
               streams_on_with_notice(first_is_used), encrypted_track, video_place::last),
      offering("encrypted-video-only", "offers nothing but sound and encrypted video.",
               refused("video (encrypted) H264"), encrypted_track, video_place::absent),
      offering("undecodable-video-only", "offers nothing but sound and VP8.",
               refused("the camera offers: audio PCMU, video VP8"), vp8_track,
               video_place::absent),
      offering("twenty-tracks", "describes twenty tracks before its video.", streams_on(),
               repeated(metadata_track, 20), video_place::last),
      offering("hundred-tracks", "describes a hundred tracks before its video.",
               refused("more than 32 media sections"), repeated(metadata_track, 100),
               video_place::last),
  };
}

}  // namespace

fault_list track_faults() {
  auto all = of_packets();
  for (auto& one : of_descriptions()) all.push_back(std::move(one));
  return all;
}

}  // namespace camherd::faults
