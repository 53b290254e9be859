#include "core/rtsp/session_machine.hpp"
#include "tests/rtsp/session_fixture.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;
using rtsp::transport;

namespace {

rtsp::session_options impatient() {
  rtsp::session_options options;
  options.response_timeout = 1s;
  options.teardown_timeout = 100ms;
  return options;
}

error end_of(script told, const rtsp::session_options& options = {},
             const std::string& login = "") {
  const scripted_camera camera{std::move(told)};
  viewer view{camera.url(login), options};
  return view.end();
}

script with(const std::string& method, reaction how) {
  script told;
  told.on[method] = {std::move(how)};
  return told;
}

}  // namespace

TEST_CASE("a session asks OPTIONS, DESCRIBE, SETUP of the video and PLAY, in this order",
          "[rtsp][session]") {
  scripted_camera camera;
  viewer view{camera.url()};
  REQUIRE(camera.wait_for("PLAY"));
  const auto requests = camera.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].method == "OPTIONS");
  CHECK(requests[1].method == "DESCRIBE");
  CHECK(requests[1].uri == camera.url());
  CHECK(requests[1].header("accept") == "application/sdp");
  CHECK(requests[2].method == "SETUP");
  CHECK(requests[2].uri == camera.url() + "/video");
  CHECK(requests[2].header("transport") == "RTP/AVP/TCP;unicast;interleaved=0-1");
  CHECK(requests[3].header("range") == "npt=0.000-");
  CHECK(requests[3].header("session") == "5C21DEC0DE");
}

TEST_CASE("stop sends TEARDOWN with the session and ends in good order", "[rtsp][session]") {
  scripted_camera camera;
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  view.session().stop();
  CHECK(view.stop().kind() == error_kind::end_of_stream);
  REQUIRE(camera.wait_for("TEARDOWN"));
  CHECK(camera.requests("TEARDOWN").size() == 1);
  CHECK(camera.requests("TEARDOWN")[0].header("session") == "5C21DEC0DE");
  CHECK(view->times_ended() == 1);
}

TEST_CASE("a camera that does not answer TEARDOWN delays the end by its deadline only",
          "[rtsp][session]") {
  scripted_camera camera{with("TEARDOWN", {reaction::act::silence, 200, "", {}})};
  viewer view{camera.url(), impatient()};
  REQUIRE(camera.wait_for("PLAY"));
  CHECK(view.stop().kind() == error_kind::end_of_stream);
  CHECK(camera.wait_until([&] { return camera.closed_connections() == 1; }));
}

TEST_CASE("a session that is stopped before it starts never connects", "[rtsp][session]") {
  const scripted_camera camera;
  rtsp::io_pool pool{1};
  auto heard = std::make_shared<collector>();
  const auto session = rtsp::make_session(pool, *camera_url::parse(camera.url()), {}, heard);
  session->stop();
  session->start();
  REQUIRE(heard->wait_for_end());
  CHECK(heard->ended().kind() == error_kind::end_of_stream);
  CHECK(camera.connections() == 0);
}

TEST_CASE("stop during the handshake ends at once", "[rtsp][session]") {
  const auto method = GENERATE("OPTIONS", "DESCRIBE", "SETUP", "PLAY");
  scripted_camera camera{with(method, {reaction::act::silence, 200, "", {}})};
  auto options = impatient();
  options.response_timeout = 60s;
  viewer view{camera.url(), options};
  REQUIRE(camera.wait_for(method));
  CHECK(view.stop().kind() == error_kind::end_of_stream);
}

TEST_CASE("the pool may be destroyed under open sessions", "[rtsp][session]") {
  scripted_camera camera;
  const scripted_camera silent{with("OPTIONS", {reaction::act::silence, 200, "", {}})};
  auto heard = std::make_shared<collector>();
  const std::weak_ptr<collector> watched = heard;
  {
    rtsp::io_pool pool{2};
    for (const auto& url : {camera.url(), silent.url(), camera.url()}) {
      rtsp::make_session(pool, *camera_url::parse(url), over(transport::udp), heard)->start();
    }
    REQUIRE(camera.wait_for("PLAY", 2));
    REQUIRE(silent.wait_for("OPTIONS"));
  }
  heard.reset();
  CHECK(watched.expired());
}

TEST_CASE("authentication succeeds with the scheme that the camera offers",
          "[rtsp][session][auth]") {
  const auto [scheme, name] = GENERATE(
      table<camera_login, std::string>({{camera_login::none, "none"},
                                        {camera_login::basic, "basic"},
                                        {camera_login::digest_md5, "digest-md5"},
                                        {camera_login::digest_sha256, "digest-sha256"}}));
  script told;
  told.login.scheme = scheme;
  told.login.password = "p@ss:w#rd";
  scripted_camera camera{told};
  viewer view{camera.url("admin:p@ss:w#rd@")};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  CHECK(view->infos()[0].authentication == name);
  CHECK(camera.requests("OPTIONS").size() == (scheme == camera_login::none ? 1 : 2));
  CHECK(camera.requests("DESCRIBE").size() == 1);
  CHECK(camera.requests("DESCRIBE")[0].uri == camera.url());
}

TEST_CASE("a stale nonce costs one more request and no failure", "[rtsp][session][auth]") {
  script told;
  told.login.scheme = camera_login::digest_sha256;
  told.login.stale_after = 1;
  told.session_timeout = 1;
  scripted_camera camera{told};
  viewer view{camera.url("admin:s3cret@")};
  REQUIRE(camera.wait_for("GET_PARAMETER", 3));
  CHECK(view.stop().kind() == error_kind::end_of_stream);
}

TEST_CASE("a camera that closes the connection with its challenge is answered on the next one",
          "[rtsp][session][auth]") {
  script told;
  told.login.scheme = camera_login::digest_md5;
  told.login.hangs_up = true;
  SECTION("the right password") {
    scripted_camera camera{told};
    viewer view{camera.url("admin:s3cret@")};
    camera.send(keyframe_unit(1));
    REQUIRE(view->wait_for_units(1));
    CHECK(view->infos()[0].authentication == "digest-md5");
    CHECK(camera.connections() == 2);
  }
  SECTION("a wrong password is not tried for ever") {
    CHECK(end_of(told, {}, "admin:wrong@").kind() == error_kind::authentication);
  }
}

TEST_CASE("refused credentials end the session with the scheme in the message",
          "[rtsp][session][auth]") {
  script told;
  told.login.scheme = camera_login::digest_md5;
  SECTION("wrong password") {
    const auto reason = end_of(told, {}, "admin:wrong@");
    CHECK(reason.kind() == error_kind::authentication);
    CHECK(contains(reason.message(), "CSeq 2, OPTIONS"));
    CHECK(contains(reason.message(), "igest"));
    CHECK_FALSE(contains(reason.message(), "wrong@"));
  }
  SECTION("none given") {
    CHECK(end_of(told).kind() == error_kind::authentication);
  }
  SECTION("whatever is given") {
    told.login.refuses_all = true;
    CHECK(end_of(told, {}, "admin:s3cret@").kind() == error_kind::authentication);
  }
}

TEST_CASE("a redirection is followed, with credentials for the same host only",
          "[rtsp][session]") {
  const auto status = GENERATE(301, 302, 303, 305, 307);
  script closed_house;
  closed_house.login.scheme = camera_login::basic;
  scripted_camera target{closed_house};
  SECTION("same host") {
    const scripted_camera first{with("DESCRIBE", redirect_to(target.url(), status))};
    viewer view{first.url("admin:s3cret@")};
    target.send(keyframe_unit(1));
    CHECK(view->wait_for_units(1));
  }
  SECTION("another host") {
    const auto elsewhere = "rtsp://localhost:" + std::to_string(target.port()) + "/live";
    const scripted_camera first{with("DESCRIBE", redirect_to(elsewhere, status))};
    viewer view{first.url("admin:s3cret@")};
    CHECK(view.end().kind() == error_kind::authentication);
    CHECK(target.requests()[0].header("authorization").empty());
  }
  SECTION("another host with a login of its own") {
    const auto elsewhere =
        "rtsp://admin:s3cret@localhost:" + std::to_string(target.port()) + "/live";
    const scripted_camera first{with("DESCRIBE", redirect_to(elsewhere, status))};
    viewer view{first.url()};
    target.send(keyframe_unit(1));
    CHECK(view->wait_for_units(1));
  }
}

TEST_CASE("redirections without end are given up", "[rtsp][session]") {
  scripted_camera second{with("DESCRIBE", redirect_to("rtsp://127.0.0.1:1/"))};
  script told = with("DESCRIBE", redirect_to(second.url()));
  rtsp::session_options options;
  options.max_redirects = 1;
  const auto reason = end_of(told, options);
  CHECK(reason.kind() == error_kind::unsupported);
  CHECK(contains(reason.message(), "redirected more than 1 times"));
}

TEST_CASE("a camera that refuses OPTIONS is asked on", "[rtsp][session]") {
  const auto status = GENERATE(404, 405, 500, 501);
  scripted_camera camera{with("OPTIONS", refuse(status, "No"))};
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  CHECK(view->wait_for_units(1));
}

TEST_CASE("the status of an answer decides what its owner should do", "[rtsp][session]") {
  struct expectation {
    std::string method;
    int status;
    error_kind kind;
    std::string words;
  };
  const auto expected =
      GENERATE(expectation{"DESCRIBE", 404, error_kind::retry, "no such stream /live"},
               expectation{"DESCRIBE", 403, error_kind::authentication, "locked"},
               expectation{"DESCRIBE", 503, error_kind::retry, "as many clients"},
               expectation{"DESCRIBE", 415, error_kind::unsupported, "415"},
               expectation{"SETUP", 453, error_kind::retry, "as many clients"},
               expectation{"SETUP", 461, error_kind::unsupported, "try transport udp"},
               expectation{"PLAY", 454, error_kind::retry, "454"},
               expectation{"PLAY", 500, error_kind::retry, "500"});
  const auto reason = end_of(with(expected.method, refuse(expected.status, "No")));
  CHECK(reason.kind() == expected.kind);
  CHECK(contains(reason.message(), expected.words));
  CHECK(contains(reason.message(), "rtsp 127.0.0.1:"));
  CHECK(contains(reason.message(), "(from 127.0.0.1:"));
  CHECK(contains(reason.message(), ", " + expected.method));
}

TEST_CASE("a refused PLAY gives the session back to the camera", "[rtsp][session]") {
  scripted_camera camera{with("PLAY", refuse(455, "Not Now"))};
  viewer view{camera.url()};
  CHECK(view.end().kind() == error_kind::retry);
  CHECK(camera.requests("TEARDOWN").size() == 1);
}

TEST_CASE("silence at any step ends with the deadline and names the step", "[rtsp][session]") {
  const auto method = GENERATE("OPTIONS", "DESCRIBE", "SETUP", "PLAY");
  const auto reason = end_of(with(method, {reaction::act::silence, 200, "", {}}), impatient());
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), std::string{", "} + method + ": no answer within 1000 ms"));
}

TEST_CASE("a camera that hangs up at any step ends with its name", "[rtsp][session]") {
  const auto method = GENERATE("OPTIONS", "DESCRIBE", "SETUP", "PLAY");
  const auto reason = end_of(with(method, {reaction::act::hang_up, 200, "", {}}));
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), std::string{", "} + method + ": the camera closed"));
}

TEST_CASE("an answer that drips in has one deadline for all of it", "[rtsp][session]") {
  const auto reason =
      end_of(with("DESCRIBE", {reaction::act::drip, 200, "OK", {}}), impatient());
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "DESCRIBE: no answer within 1000 ms"));
}

TEST_CASE("a peer that does not speak RTSP is corrupt", "[rtsp][session]") {
  const auto reason = end_of(with("OPTIONS", {reaction::act::garbage, 200, "", {}}));
  CHECK(reason.kind() == error_kind::corrupt);
}

TEST_CASE("a description without use says what the camera offers instead", "[rtsp][session]") {
  script told;
  SECTION("no media") {
    told.sdp = "v=0\r\n";
    CHECK(end_of(told).kind() == error_kind::corrupt);
  }
  SECTION("audio only") {
    told.sdp = "v=0\r\nm=audio 0 RTP/AVP 0\r\n";
    CHECK(end_of(told).kind() == error_kind::unsupported);
  }
}

TEST_CASE("odd messages of cameras are understood", "[rtsp][session]") {
  script told;
  SECTION("Content-Length too large") {
    told.content_length_lie = 100;
  }
  SECTION("Content-Length too small") {
    told.content_length_lie = -17;
  }
  SECTION("LF line ends") {
    told.line_end = "\n";
  }
  SECTION("no Transport in the answer to SETUP") {
    told.transport_answer = "";
  }
  SECTION("the profile of UDP before channels of TCP") {
    told.transport_answer = "RTP/AVP;unicast;interleaved=4-5";
  }
  SECTION("other channels than asked for") {
    told.transport_answer = "RTP/AVP/TCP;unicast;interleaved=6-7;ssrc= 11223344";
  }
  SECTION("rtptime 0") {
    told.rtp_info = "url=rtsp://x/video;seq=100;rtptime=0";
  }
  SECTION("no rtptime") {
    told.rtp_info = "url=rtsp://x/video";
  }
  scripted_camera camera{told};
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  CHECK(bytes_of(view->units()[0]) == keyframe_unit(1));
}

TEST_CASE("answers without CSeq are taken in order, with one notice", "[rtsp][session]") {
  const auto how = GENERATE(reaction::act::no_cseq, reaction::act::wrong_cseq);
  script told;
  for (const auto* method : {"OPTIONS", "DESCRIBE", "SETUP", "PLAY"}) {
    told.on[method] = {{how, 200, "OK", {}}};
  }
  scripted_camera camera{told};
  viewer view{camera.url()};
  camera.send(keyframe_unit(1));
  REQUIRE(view->wait_for_units(1));
  CHECK(view->count_notices("CSeq") == 1);
}

TEST_CASE("a camera that answers UDP where TCP was asked for is of no use", "[rtsp][session]") {
  script told;
  told.transport_answer = "RTP/AVP;unicast;server_port=5000-5001";
  scripted_camera camera{told};
  viewer view{camera.url()};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::unsupported);
  CHECK(contains(reason.message(), "try transport udp"));
  CHECK(camera.requests("TEARDOWN").size() == 1);
}

TEST_CASE("the time between keepalives is well inside every timeout", "[rtsp][session]") {
  for (const int timeout : {1, 2, 5, 6, 8, 10, 30, 60, 120, 3600}) {
    const std::chrono::milliseconds whole{timeout * 1000};
    CHECK(rtsp::keepalive_interval(std::chrono::seconds{timeout}) <= whole / 2);
    CHECK(rtsp::keepalive_interval(std::chrono::seconds{timeout}) >=
          std::min<std::chrono::milliseconds>(whole / 3, 60s));
  }
  CHECK(rtsp::keepalive_interval(60s) == 30s);
  CHECK(rtsp::keepalive_interval(0s) == 30s);
  CHECK(rtsp::keepalive_interval(std::chrono::seconds{4294967295LL}) == 60s);
}
