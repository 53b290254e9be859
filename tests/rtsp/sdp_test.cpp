#include "core/rtsp/sdp.hpp"

#include "core/rtsp/control_url.hpp"
#include "core/rtsp/message.hpp"
#include "tests/rtsp/stream_parser_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace camherd::rtsp {
namespace {

using namespace std::string_literals;
using bytes = std::vector<std::uint8_t>;

const std::string base = "rtsp://cam.example:8554/live";

session_description sdp_of(std::string_view text) {
  auto sdp = parse_sdp(text);
  REQUIRE(sdp);
  return std::move(*sdp);
}

chosen_tracks chosen_from(std::string_view text, std::string_view from = base) {
  auto tracks = choose_video(sdp_of(text), from);
  REQUIRE(tracks);
  return std::move(*tracks);
}

bool has_notice(const std::vector<std::string>& notices, std::string_view words) {
  return std::any_of(notices.begin(), notices.end(), [&](const std::string& notice) {
    return notice.find(words) != std::string::npos;
  });
}

std::string refusal_of(std::string_view text) {
  const auto tracks = choose_video(sdp_of(text), base);
  REQUIRE_FALSE(tracks);
  CHECK(tracks.error().kind() == error_kind::unsupported);
  return tracks.error().message();
}

std::string joined(std::string_view from, std::string_view control) {
  return resolve_control(from, control).url;
}

double framerate_of(const std::string& value) {
  return sdp_of("m=video 0 RTP/AVP 26\na=framerate:" + value + "\n").media[0].framerate;
}

// SPS 67 42 c0 1e, PPS 68 ce 3c 80.
const std::string h264_sets = "Z0LAHg==,aM48gA==";
const bytes h264_annex_b{0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e,
                         0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80};

bytes h264_from(const std::string& parameters) {
  return parameter_sets_from_fmtp(video_codec::h264, parameters);
}

}  // namespace

TEST_CASE("a session description is read", "[rtsp][sdp]") {
  const auto sdp = sdp_of(
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\na=control:*\r\n"
      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n"
      "a=framerate:25.0\r\na=control:trackID=0\r\n"
      "m=audio 0 RTP/AVP 8\r\na=control:trackID=1\r\n");
  CHECK(sdp.control == "*");
  REQUIRE(sdp.media.size() == 2);
  CHECK(sdp.media[0].kind == "video");
  CHECK(sdp.media[0].protocol == "RTP/AVP");
  CHECK(sdp.media[0].control == "trackID=0");
  CHECK(sdp.media[0].framerate == 25.0);
  REQUIRE(sdp.media[0].formats.size() == 1);
  CHECK(sdp.media[0].formats[0].type == 96);
  CHECK(sdp.media[0].formats[0].encoding == "H264");
  CHECK(sdp.media[0].formats[0].clock_rate == 90000);
  CHECK(sdp.media[0].formats[0].parameters == "packetization-mode=1");
  CHECK(sdp.media[1].kind == "audio");
  CHECK(sdp.media[1].formats[0].encoding == "PCMA");
  CHECK(sdp.media[1].formats[0].clock_rate == 8000);
}

TEST_CASE("line ends, marks and broken lines do not matter", "[rtsp][sdp]") {
  const std::vector<std::string> same{
      "a=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\na=control:t\r\n",
      "\xef\xbb\xbf"
      "a=control:*\nm=video 0 RTP/AVP 96\na=rtpmap:96 H265/90000\na=control:t",
      "a=control:*\rm=video 0 RTP/AVP 96\ra=rtpmap:96 H265/90000\ra=control:t\r",
      "v=0\n\n=\nx\na=control:*\nm=video 0 RTP/AVP 96\na=rtpmap:96 H265/90000\na=control:t\n\0\0"s,
      " A=Control: * \nM=Video 7/2 rtp/avp 96 foo 300\nA=RTPMAP:  96   h265 / 90000\n"
      "a=control:  t\t\na=rtpmap:\na=rtpmap:x H264\na=rtpmap:96 /1\na=fmtp:96\na\na=\na=:\n"};
  for (const auto& text : same) {
    INFO(text);
    const auto sdp = sdp_of(text);
    CHECK(sdp.control == "*");
    REQUIRE(sdp.media.size() == 1);
    CHECK(sdp.media[0].kind == "video");
    CHECK(sdp.media[0].protocol == "RTP/AVP");
    CHECK(sdp.media[0].control == "t");
    REQUIRE(sdp.media[0].formats.size() == 1);
    CHECK(sdp.media[0].formats[0].type == 96);
    CHECK(sdp.media[0].formats[0].encoding == "H265");
    CHECK(sdp.media[0].formats[0].clock_rate == 90000);
  }
}

TEST_CASE("a description without media, or with too much, is refused", "[rtsp][sdp]") {
  const auto refused = [](std::string_view text, sdp_limits limits = {}) {
    const auto sdp = parse_sdp(text, limits);
    REQUIRE_FALSE(sdp);
    CHECK(sdp.error().kind() == error_kind::corrupt);
    return sdp.error().message();
  };
  CHECK(refused("").find("without a media section") != std::string::npos);
  CHECK(refused("v=0\r\na=control:*\r\n").find("without a media section") != std::string::npos);
  CHECK(refused("<html>").find("without a media section") != std::string::npos);
  sdp_limits limits;
  limits.max_media = limits.max_lines = limits.max_formats = 2;
  CHECK(refused("m=a\nx\ny\n", limits).find("more than 2 lines") != std::string::npos);
  CHECK(refused("m=video 0 RTP/AVP 1 2 3\n", limits).find("more than 2 formats") !=
        std::string::npos);
  CHECK(parse_sdp("m=video 0 RTP/AVP 1 2\na=rtpmap:3 H264/90000\n", limits));
  limits.max_lines = 3;
  CHECK(refused("m=a\nm=b\nm=c\n", limits).find("more than 2 media sections") !=
        std::string::npos);
}

TEST_CASE("a large description takes linear time", "[rtsp][sdp]") {
  auto commas = "m=video 0 RTP/AVP 96\na=fmtp:96 sprop-parameter-sets="s;
  commas += std::string(1'000'000, ',') + "\n";
  CHECK(choose_video(sdp_of(commas), base));
  CHECK(parse_sdp("m=video 0 RTP/AVP 26\n" + std::string(4'000'000, '\n')));
  const auto spaces = std::string(200'000, ' ');
  CHECK(parse_sdp("m=video" + spaces + "0" + spaces + "RTP/AVP" + spaces + "26\n"));
}

TEST_CASE("static payload types need no rtpmap", "[rtsp][sdp]") {
  const auto tracks = chosen_from("m=video 0 RTP/AVP 26\r\n");
  CHECK(tracks.video.codec == video_codec::mjpeg);
  CHECK(tracks.video.payload_type == 26);
  CHECK(tracks.video.clock_rate == 90000);
  CHECK(tracks.notices.empty());
}

TEST_CASE("codecs are known by their names", "[rtsp][sdp]") {
  const auto codec_of = [](const std::string& name) {
    return chosen_from("m=video 0 RTP/AVP 97\na=rtpmap:97 " + name + "/90000\n").video.codec;
  };
  CHECK(codec_of("H264") == video_codec::h264);
  CHECK(codec_of("h264") == video_codec::h264);
  CHECK(codec_of("H265") == video_codec::h265);
  CHECK(codec_of("Hevc") == video_codec::h265);
  CHECK(codec_of("jpeg") == video_codec::mjpeg);
}

TEST_CASE("without an rtpmap the parameter sets tell the codec", "[rtsp][sdp]") {
  const auto h264 =
      chosen_from("m=video 0 RTP/AVP 96\na=fmtp:96 sprop-parameter-sets=" + h264_sets + "\n");
  CHECK(h264.video.codec == video_codec::h264);
  CHECK(has_notice(h264.notices, "no rtpmap"));
  CHECK(has_notice(h264.notices, "clock rate"));
  CHECK(h264.video.clock_rate == 90000);
  CHECK(chosen_from("m=video 0 RTP/AVP 96\na=fmtp:96 sprop-vps=QAEMAf8=\n").video.codec ==
        video_codec::h265);
  refusal_of("m=video 0 RTP/AVP 96\n");
}

TEST_CASE("a payload type that only the rtpmap names is used", "[rtsp][sdp]") {
  const auto tracks = chosen_from("m=video 0 RTP/AVP 96\na=rtpmap:97 H264/90000\n");
  CHECK(tracks.video.payload_type == 97);
}

TEST_CASE("the first video that can be decoded is chosen", "[rtsp][sdp]") {
  const auto tracks = chosen_from(
      "m=audio 0 RTP/AVP 0\na=control:a\n"
      "m=video 0 RTP/AVP 98\na=rtpmap:98 MP4V-ES/90000\na=control:b\n"
      "m=video 0 RTP/SAVP 96\na=rtpmap:96 H264/90000\na=control:c\n"
      "m=video 0 RTP/AVP 98 99\na=rtpmap:98 VP8/90000\na=rtpmap:99 H265/90000\na=control:d\n"
      "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:e\n");
  CHECK(tracks.video.setup_url == base + "/d");
  CHECK(tracks.video.payload_type == 99);
  CHECK(has_notice(tracks.notices, "4 video tracks"));
}

TEST_CASE("what cannot be decoded is named", "[rtsp][sdp]") {
  CHECK(refusal_of("m=audio 0 RTP/AVP 8\n").ends_with("the camera offers: audio PCMA"));
  CHECK(refusal_of("m=video 0 RTP/AVP 98\na=rtpmap:98 mp4v-es/90000\nm=audio 0 RTP/AVP 111\n")
            .ends_with("video MP4V-ES, audio of payload type 111"));
  CHECK(refusal_of("m=video 0 RTP/SAVP 96\na=rtpmap:96 H264/90000\n")
            .ends_with("video (encrypted) H264"));
  const auto many = refusal_of("m=application\nm=audio\x1b 0 RTP/AVP 0\nm="s +
                               std::string(9000, 'y') + "\nm=a\nm=a\nm=a\nm=a\nm=a\n");
  CHECK(many.size() < 400);
  CHECK(many.find('\x1b') == std::string::npos);
  CHECK(many.ends_with(", ..."));
}

TEST_CASE("a frame rate is believed if it is one", "[rtsp][sdp]") {
  CHECK(framerate_of("25") == 25);
  CHECK(framerate_of(" 30.000000 ") == 30);
  CHECK(framerate_of("12.5 fps") == 12.5);
  for (const auto* bad : {"0", "-5", "nan", "inf", "1e9", "x", "", "1e999"}) {
    INFO(bad);
    CHECK(framerate_of(bad) == 0);
  }
  CHECK(chosen_from("m=video 0 RTP/AVP 26\na=x-framerate: 15\na=framerate:5\n")
            .video.declared_fps == 15);
}

TEST_CASE("parameter sets of H.264 become Annex B", "[rtsp][sdp]") {
  CHECK(h264_from("sprop-parameter-sets=" + h264_sets) == h264_annex_b);
  CHECK(h264_from("packetization-mode=1; SPROP-Parameter-Sets = " + h264_sets + " ;x=y") ==
        h264_annex_b);
  CHECK(h264_from("sprop-parameter-sets=\"" + h264_sets + "\"") == h264_annex_b);
  CHECK(h264_from("sprop-parameter-sets=Z0LA Hg , aM48gA,") == h264_annex_b);
}

TEST_CASE("parameter sets that came with start codes are cleaned", "[rtsp][sdp]") {
  CHECK(h264_from("sprop-parameter-sets=AAAAAWdCwB4AAAABaM48gA==") == h264_annex_b);
  CHECK(h264_from("sprop-parameter-sets=Z0LAHgAAAAE=,aM48gAAAAAE=") == h264_annex_b);
}

TEST_CASE("broken parameter sets are left out", "[rtsp][sdp]") {
  for (const auto* text :
       {"", "sprop-parameter-sets", "sprop-parameter-sets=", "sprop-parameter-sets=,,,",
        "sprop-parameter-sets=!!!!,A", "sprop-parameter-sets=AAAA",
        "sprop-parameter-sets=ZYiE"}) {  // the last is a slice
    INFO(text);
    CHECK(h264_from(text).empty());
  }
  CHECK(h264_from("sprop-parameter-sets=!!!!,aM48gA==") ==
        bytes(h264_annex_b.begin() + 8, h264_annex_b.end()));
  CHECK(parameter_sets_from_fmtp(video_codec::mjpeg, "sprop-parameter-sets=" + h264_sets)
            .empty());
  const auto tracks = chosen_from(
      "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=!!\n");
  CHECK(tracks.video.parameter_sets.empty());
  CHECK(has_notice(tracks.notices, "parameter sets"));
}

TEST_CASE("parameter sets of H.265 come in the order VPS, SPS, PPS", "[rtsp][sdp]") {
  const auto sets = parameter_sets_from_fmtp(
      video_codec::h265, "profile-id=1;sprop-pps=RAHA8g==;sprop-sps=QgEB;sprop-vps=QAEM,QAEN");
  CHECK(sets == bytes{0, 0, 0, 1,    0x40, 1, 0x0c, 0, 0, 0, 1,    0x40, 1,    0x0d, 0,
                      0, 0, 1, 0x42, 1,    1, 0,    0, 0, 1, 0x44, 1,    0xc0, 0xf2});
}

TEST_CASE("relative control URLs are appended", "[rtsp][sdp]") {
  CHECK(joined("rtsp://h/a", "trackID=1") == "rtsp://h/a/trackID=1");
  CHECK(joined("rtsp://h/a/", "trackID=1") == "rtsp://h/a/trackID=1");
  CHECK(joined("rtsp://h", "t") == "rtsp://h/t");
  CHECK(joined("rtsp://h/a/", "/t") == "rtsp://h/a/t");
  CHECK(joined("rtsp://h/a", "/t") == "rtsp://h/a/t");
  CHECK(joined("rtsp://h/", "/media/1/video/1") == "rtsp://h/media/1/video/1");
  CHECK(joined("rtsp://h/a", "?ctype=video") == "rtsp://h/a?ctype=video");
  CHECK(joined("rtsp://h/a", "track 1\x01") == "rtsp://h/a/track%201%01");
}

TEST_CASE("control URLs are appended behind a query, as cameras expect", "[rtsp][sdp]") {
  CHECK(joined("rtsp://h/cam/realmonitor?channel=1&subtype=1", "trackID=0") ==
        "rtsp://h/cam/realmonitor?channel=1&subtype=1/trackID=0");
  CHECK(joined("rtsp://h/cam/realmonitor?channel=1&proto=Onvif/", "trackID=0") ==
        "rtsp://h/cam/realmonitor?channel=1&proto=Onvif/trackID=0");
}

TEST_CASE("a control that repeats the path of the base replaces it", "[rtsp][sdp]") {
  CHECK(joined("rtsp://h:5/media/1", "/media/1/track1") == "rtsp://h:5/media/1/track1");
  CHECK(joined("rtsp://h/media/1/?x=y", "/media/1") == "rtsp://h/media/1");
  CHECK(joined("rtsp://h/media/1", "/media/12") == "rtsp://h/media/1/media/12");
}

TEST_CASE("a control of * or none is the base itself", "[rtsp][sdp]") {
  CHECK(joined("rtsp://u:hunter2@h/a?b", "*") == "rtsp://h/a?b");
  CHECK(joined("rtsp://h/a/", "  ") == "rtsp://h/a/");
}

TEST_CASE("absolute control URLs are kept, without user information", "[rtsp][sdp]") {
  CHECK(joined(base, "rtsp://cam.example:8554/x/y?z") == "rtsp://cam.example:8554/x/y?z");
  CHECK(joined(base, "RTSP://other.example/x") == "RTSP://other.example/x");
  CHECK(joined(base, "rtsp://8.8.8.8:554/x") == "rtsp://8.8.8.8:554/x");
  CHECK(joined(base, "rtsp://u:hunter2@cam.example/x") == "rtsp://cam.example/x");
  CHECK(joined(base, "http://cam.example/x") == base + "/http://cam.example/x");
}

TEST_CASE("control URLs with an unreachable host get that of the base", "[rtsp][sdp]") {
  for (const auto* host : {"0.0.0.0", "127.0.0.1:554", "10.1.2.3", "172.16.0.1",
                           "172.31.9.9:8554", "192.168.1.64", "169.254.3.4", "100.64.0.1",
                           "[::]", "[::1]:554", "[fe80::1]", "[fe80::1%eth0]", "[fd00::1]"}) {
    INFO(host);
    const auto url = resolve_control(base, "rtsp://"s + host + "/x?y");
    CHECK(url.url == "rtsp://cam.example:8554/x?y");
    CHECK(has_notice(url.notices, "the host of the request was used"));
  }
  for (const auto* host : {"172.32.0.1", "100.128.0.1", "[2001:db8::1]", "11.0.0.1"}) {
    const auto url = "rtsp://"s + host + "/x";
    CHECK(joined(base, url) == url);
    CHECK(resolve_control(base, url).notices.empty());
  }
  const auto same = resolve_control("rtsp://192.168.1.64/a", "rtsp://192.168.1.64:554/a/t");
  CHECK(same.url == "rtsp://192.168.1.64:554/a/t");
  CHECK(same.notices.empty());
}

TEST_CASE("the base is Content-Base, else Content-Location, else the request", "[rtsp][sdp]") {
  const auto base_of = [](std::string content_base, std::string location) {
    header_list headers;
    if (!content_base.empty()) headers.add("Content-Base", std::move(content_base));
    if (!location.empty()) headers.add("Content-Location", std::move(location));
    return description_base(headers, "rtsp://cam.example:8554/live?x=y");
  };
  CHECK(base_of("", "").url == "rtsp://cam.example:8554/live?x=y");
  CHECK(base_of("rtsp://cam.example/b/", "rtsp://c/").url == "rtsp://cam.example/b/");
  CHECK(base_of("", "rtsp://c/l").url == "rtsp://c/l");
  CHECK(base_of("rtsp://192.168.1.64/b", "").url == "rtsp://192.168.1.64/b");
  CHECK(base_of("rtsp://u:hunter2@c/b", "").url == "rtsp://c/b");
  CHECK(base_of("/b/", "").url == "rtsp://cam.example:8554/b/");
  const auto unspecified = base_of("rtsp://0.0.0.0:554/b/", "");
  CHECK(unspecified.url == "rtsp://cam.example:8554/b/");
  CHECK(has_notice(unspecified.notices, "Content-Base names the host 0.0.0.0"));
  for (const auto* bad : {"live", "http://c/b", "rtsp://", "rtsp:///b"}) {
    const auto passed_over = base_of(bad, "");
    CHECK(passed_over.url == "rtsp://cam.example:8554/live?x=y");
    CHECK(has_notice(passed_over.notices, "Content-Base is no RTSP URL"));
  }
}

TEST_CASE("the control of the session is the aggregate", "[rtsp][sdp]") {
  const auto star = chosen_from("a=control:*\nm=video 0 RTP/AVP 26\na=control:t\n");
  CHECK(star.aggregate_url == base);
  CHECK(star.video.setup_url == base + "/t");
  const auto none = chosen_from("m=video 0 RTP/AVP 26\n");
  CHECK(none.aggregate_url == base);
  CHECK(none.video.setup_url == base);
  const auto absolute =
      chosen_from("a=control:rtsp://cam.example/agg/\nm=video 0 RTP/AVP 26\na=control:t\n");
  CHECK(absolute.aggregate_url == "rtsp://cam.example/agg/");
  CHECK(absolute.video.setup_url == "rtsp://cam.example/agg/t");
  const auto relative = chosen_from("a=control:agg\nm=video 0 RTP/AVP 26\na=control:t\n");
  CHECK(relative.aggregate_url == base + "/agg");
  CHECK(relative.video.setup_url == base + "/t");
}

TEST_CASE("an unreachable host in all control URLs is noted once", "[rtsp][sdp]") {
  const auto tracks = chosen_from(
      "a=control:rtsp://10.0.0.9/x\nm=video 0 RTP/AVP 26\na=control:rtsp://10.0.0.9/x/t\n");
  CHECK(tracks.aggregate_url == "rtsp://cam.example:8554/x");
  CHECK(tracks.video.setup_url == "rtsp://cam.example:8554/x/t");
  CHECK(tracks.notices.size() == 1);
}

TEST_CASE("a missing control is noted where there are several tracks", "[rtsp][sdp]") {
  const auto tracks = chosen_from("m=video 0 RTP/AVP 26\nm=audio 0 RTP/AVP 0\n");
  CHECK(tracks.video.setup_url == base);
  CHECK(has_notice(tracks.notices, "no control URL"));
}

TEST_CASE("descriptions of real cameras are used", "[rtsp][sdp][fixtures]") {
  struct expectation {
    const char* name;
    video_codec codec;
    std::uint8_t payload_type;
    const char* setup_url;
    const char* aggregate_url;
    double fps;
  };
  const std::vector<expectation> cameras{
      {"bunny_describe", video_codec::h264, 97,
       "rtsp://wowzaec2demo.streamlock.net/vod/mp4:BigBuckBunny_115k.mov/trackID=2",
       "rtsp://wowzaec2demo.streamlock.net/vod/mp4:BigBuckBunny_115k.mov/", 24},
      {"dahua_describe_h264_aac_onvif", video_codec::h264, 96,
       "rtsp://192.168.5.111:554/cam/"
       "realmonitor?channel=1&subtype=1&unicast=true&proto=Onvif/trackID=0",
       "rtsp://192.168.5.111:554/cam/"
       "realmonitor?channel=1&subtype=1&unicast=true&proto=Onvif/",
       15},
      {"dahua_describe_h265_pcma", video_codec::h265, 98,
       "rtsp://cam-driveway/cam/realmonitor?channel=1&subtype=2/trackID=0",
       "rtsp://cam-driveway/cam/realmonitor?channel=1&subtype=2/", 12},
      {"foscam_describe", video_codec::h264, 96, "rtsp://192.168.5.107:65534/videoMain/track1",
       "rtsp://192.168.5.107:65534/videoMain/", 0},
      {"gw_main_describe", video_codec::h264, 96,
       "rtsp://192.168.1.110:5050/H264?channel=1&subtype=0&unicast=true&proto=Onvif/video",
       "rtsp://192.168.1.110:5050/H264?channel=1&subtype=0&unicast=true&proto=Onvif", 0},
      {"hikvision_describe", video_codec::h264, 96,
       "rtsp://192.168.5.106:554/Streaming/Channels/101/"
       "trackID=1?transportmode=unicast&profile=Profile_1",
       "rtsp://192.168.5.106:554/Streaming/Channels/101/"
       "?transportmode=unicast&profile=Profile_1",
       0},
      {"reolink_describe", video_codec::h264, 96,
       "rtsp://192.168.5.206/h264Preview_01_main/trackID=1",
       "rtsp://192.168.5.206/h264Preview_01_main/", 0},
      {"reolink_describe_control_first", video_codec::h264, 96,
       "rtsp://192.168.5.206/h264Preview_01_main/trackID=1",
       "rtsp://192.168.5.206/h264Preview_01_main/", 0}};
  for (const auto& camera : cameras) {
    const auto text = testing::read_fixture("camera-responses/"s + camera.name + ".txt");
    if (!text) return;
    INFO(camera.name);
    const auto answer = response_of(*text);
    const auto from = description_base(answer.headers, "rtsp://cam.example/x");
    CHECK(from.notices.empty());
    const auto tracks = chosen_from(answer.body, from.url);
    CHECK(tracks.video.codec == camera.codec);
    CHECK(tracks.video.payload_type == camera.payload_type);
    CHECK(tracks.video.clock_rate == 90000);
    CHECK(tracks.video.setup_url == camera.setup_url);
    CHECK(tracks.aggregate_url == camera.aggregate_url);
    CHECK(tracks.video.declared_fps == camera.fps);
    CHECK(tracks.video.parameter_sets.size() > 16);
    CHECK(tracks.notices.empty());
  }
}

}  // namespace camherd::rtsp
