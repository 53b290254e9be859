#include "core/media/demuxer_source.hpp"
#include "tests/media/files.hpp"
#include "tests/media/loopback_server.hpp"
#include "tests/media/stream_recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"

#include <chrono>
#include <string>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

camera_url local_url(std::uint16_t port, const std::string& login = "") {
  return *camera_url::parse("http://" + login + "127.0.0.1:" + std::to_string(port) +
                            "/live.ts");
}

std::shared_ptr<stream_recorder> read_url(const camera_url& url, demuxer_options options = {}) {
  auto heard = std::make_shared<stream_recorder>();
  const auto source = make_demuxer_source(url, options, heard);
  source->start();
  heard->wait_for_end();
  return heard;
}

}  // namespace

TEST_CASE("a stream over HTTP comes out, with the credentials sent and never shown",
          "[media][demuxer_source]") {
  clip_options options;
  const temporary_folder folder;
  write_clip(folder / "clip.ts", options, 30);
  const auto clip = read_bytes(folder / "clip.ts");
  loopback_server server{
      "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(clip.size()) + "\r\n\r\n" + clip,
      loopback_server::afterwards::ask_for_login};

  const auto heard = read_url(local_url(server.port(), "joe:pa%40ss@"));

  CHECK(heard->units.size() == 30);
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  CHECK(heard->ended->message().find("pa%40ss") == std::string::npos);
  CHECK(heard->ended->message().find("pa@ss") == std::string::npos);
  CHECK(heard->streams.at(0).transport == "http");
  CHECK(server.request().find("Authorization: Basic am9lOnBhQHNz") != std::string::npos);
}

TEST_CASE("refused credentials are an authentication error without the password",
          "[media][demuxer_source]") {
  loopback_server server{"HTTP/1.0 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"};
  const auto heard = read_url(local_url(server.port(), "joe:secret@"));
  CHECK(heard->ended->kind() == error_kind::authentication);
  CHECK(heard->ended->message().find("secret") == std::string::npos);
}

TEST_CASE("a playlist from the network cannot read local files", "[media][demuxer_source]") {
  const temporary_folder folder;
  write_clip(folder / "clip.ts", {}, 5);
  loopback_server server{
      "HTTP/1.0 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\n\r\n"
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:" +
      (folder / "clip.ts") + "\n#EXT-X-ENDLIST\n"};
  const auto heard = read_url(local_url(server.port()));
  CHECK(heard->units.empty());
  CHECK(heard->streams.empty());
}

TEST_CASE("a server that accepts and says nothing runs into the deadline",
          "[media][demuxer_source]") {
  loopback_server server{""};
  demuxer_options options;
  options.open_timeout = 50ms;
  const auto heard = read_url(local_url(server.port()), options);
  CHECK(heard->ended->kind() == error_kind::retry);
  CHECK(heard->ended->message().find("no answer in time") != std::string::npos);
}

TEST_CASE("stopping does not wait for a server that says nothing", "[media][demuxer_source]") {
  loopback_server server{""};
  const auto heard = std::make_shared<stream_recorder>();
  const auto source = make_demuxer_source(local_url(server.port()), {}, heard);
  source->start();
  server.wait_for_request();
  source->stop();
  heard->wait_for_end();
  CHECK(heard->ended->kind() == error_kind::end_of_stream);
  CHECK(heard->ended->message().find("left behind") == std::string::npos);
  CHECK(abandoned_readers() == 0);
}

TEST_CASE("a server that stops in the middle runs into the read deadline",
          "[media][demuxer_source]") {
  clip_options options;
  const temporary_folder folder;
  write_clip(folder / "clip.ts", options, 50);
  loopback_server server{
      "HTTP/1.0 200 OK\r\nContent-Length: 100000000\r\n\r\n" + read_bytes(folder / "clip.ts"),
      loopback_server::afterwards::stay_silent};
  demuxer_options impatient;
  impatient.read_timeout = 100ms;
  const auto heard = read_url(local_url(server.port()), impatient);
  CHECK(heard->ended->kind() == error_kind::retry);
}

TEST_CASE("a refused connection is worth another try", "[media][demuxer_source]") {
  std::uint16_t port = 0;
  {
    const loopback_server gone{""};
    port = gone.port();
  }
  CHECK(read_url(local_url(port))->ended->kind() == error_kind::retry);
}
