// No password of a camera can be read anywhere but in the state file.
#include "apps/camherd-sim/faults/scripted_camera.hpp"
#include "core/rtsp/base64.hpp"
#include "tests/apps/http/raw_client.hpp"
#include "tests/e2e/free_port.hpp"
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

namespace {

constexpr std::string_view user = "operator7";

// What a program could have a reason to escape, and what a search could take for a pattern.
const std::string right = "R1ght.*[a-z]+$(x)^|%40&=";
const std::string basic = "B4sic{3,}\\d\"quoted'<b>";
const std::string wrong_in_url = "Wr0ng@p:w/o?r#d [x]";
const std::string wrong_key = "k3y-pa55-p%40ss";
const std::string very_long = "L0ng" + std::string(180, 'q') + "3nd";
const std::string of_redirect = "Redir3ct3d!pw";
const std::string of_web = "W3b~password;1";
const std::string of_query = "Qu3rySecret42";
const std::string added = "Add3d*By(API)";
const std::string refused = "R3fus3d\tby^API";

std::string in_hex(std::string_view text, std::string_view digits, std::string_view before) {
  std::string out;
  for (const unsigned char byte : text) {
    out += before;
    out += digits[byte / 16];
    out += digits[byte % 16];
  }
  return out;
}

std::string percent_encoded(std::string_view text, std::string_view kept = "-._~") {
  std::string out;
  for (const char c : text) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || kept.find(c) != std::string::npos;
    out += plain ? std::string{c} : in_hex({&c, 1}, "0123456789ABCDEF", "%");
  }
  return out;
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// Every way in which a password could be written.
std::map<std::string, std::string> disguises(const std::string& password) {
  auto quoted = nlohmann::json(password).dump();
  const auto basic_login = std::string{user} + ':' + password;
  std::map<std::string, std::string> forms{
      {"plain", password},
      {"JSON", quoted.substr(1, quoted.size() - 2)},
      {"percent", percent_encoded(password)},
      {"percent, few", percent_encoded(password, "-._~!$&'()*+,;=")},
      {"percent, all", in_hex(password, "0123456789ABCDEF", "%")},
      {"hex", in_hex(password, "0123456789abcdef", "")},
      {"base64 of login", rtsp::encode_base64(basic_login)},
      {"HTML",
       replaced(replaced(replaced(password, "&", "&amp;"), "<", "&lt;"), "\"", "&#34;")},
  };
  // Base64 within something else: the bytes that its neighbours have no part in.
  const auto base64 = rtsp::encode_base64(password);
  forms["base64"] = base64.substr(0, base64.size() / 4 * 4 - 4);
  return forms;
}

// Where in `text` a password stands, and how.
std::vector<std::string> leaks_in(const std::string& text,
                                  const std::vector<std::string>& passwords) {
  std::vector<std::string> found;
  const auto lower = in_lower_case(text);
  for (const auto& password : passwords) {
    for (const auto& [name, form] : disguises(password)) {
      if (lower.find(in_lower_case(form)) != std::string::npos)
        found.push_back(password + " (" + name + ")");
    }
  }
  return found;
}

const std::vector<std::string> every_password{right,     basic,  wrong_in_url, wrong_key,
                                              very_long, of_web, of_redirect,  of_query,
                                              added,     refused};

std::string ask(std::uint16_t port, const std::string& method, const std::string& path,
                const std::string& body = "", std::string_view token = api_token) {
  raw_client client{port};
  client.say(method + ' ' + path +
             " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " +
             std::string{token} + "\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body);
  return client.rest();
}

std::string add_body(const std::string& name, const std::string& url) {
  return nlohmann::json{{"name", name}, {"url", url}}.dump();
}

// The paths that can be asked for, of every camera, those of the API's own description too.
std::vector<std::string> paths_of(std::uint16_t port, const std::vector<std::string>& cameras) {
  std::vector<std::string> templates{"/",
                                     "/metrics",
                                     "/healthz",
                                     "/readyz",
                                     "/api/v1/node",
                                     "/api/v1/cameras",
                                     "/api/v1/cameras/{name}",
                                     "/api/v1/events?limit=1000&level=debug",
                                     "/api/v1/history",
                                     "/api/v1/log",
                                     "/api/v1/openapi.json",
                                     "/nothing"};
  const auto answer = ask(port, "GET", "/api/v1/openapi.json");
  const auto described =
      nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n")), nullptr, false);
  if (described.contains("paths")) {
    for (const auto& [path, methods] : described["paths"].items()) {
      // Streams do not end.
      if (methods.contains("get") && path.find("stream") == std::string::npos)
        templates.push_back(path);
    }
  }
  std::vector<std::string> paths;
  for (const auto& path : templates) {
    for (const auto& camera : cameras) {
      paths.push_back(replaced(path, "{name}", camera));
      if (path.find("{name}") == std::string::npos) break;
    }
  }
  return paths;
}

// What lies in the folders of the run, but for the state, which is for its owner alone.
std::string files_in(const std::string& folder) {
  std::ostringstream text;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    text << entry.path().string() << '\n';
    if (entry.is_regular_file() && entry.path().filename() != "cameras.json")
      text << std::ifstream{entry.path()}.rdbuf();
  }
  return text.str();
}

}  // namespace

TEST_CASE("a password is found in whatever form it is written", "[e2e][secrets]") {
  for (const auto& password : every_password) {
    INFO(password);
    CHECK(leaks_in("nothing of the kind: ***", {password}).empty());
    for (const auto& [name, form] : disguises(password)) {
      INFO(name);
      CHECK_FALSE(leaks_in("before " + form + " after", {password}).empty());
      CHECK_FALSE(leaks_in("x" + in_lower_case(form) + "x", {password}).empty());
    }
  }
}

TEST_CASE("no password of a camera is ever readable", "[e2e][secrets]") {
  const auto login = [](const std::string& password) {
    return std::string{user} + ':' + percent_encoded(password) + '@';
  };
  const auto locked = [](const std::string& password, std::vector<std::string> more = {}) {
    auto arguments = small_scene();
    for (const auto& each :
         {std::string{"--user"}, std::string{user}, std::string{"--password"}, password})
      arguments.push_back(each);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  simulator digest_camera{1, locked(right)};
  simulator basic_camera{1, locked(basic, {"--auth", "basic"})};
  script told;
  told.on["DESCRIBE"] = {redirect_to("rtsp://" + std::string{user} + ':' + of_redirect +
                                     "@127.0.0.1:9/moved?password=" + of_redirect)};
  const scripted_camera moving{told};
  const auto nobody = "127.0.0.1:" + std::to_string(free_port());
  const auto entry = [](const std::string& name, const std::string& url,
                        const std::string& more = "") {
    return "  " + name + ": {url: '" + url + "'" + more + "}\n";
  };
  const auto quoted = [](const std::string& text) { return nlohmann::json(text).dump(); };
  herd_run run{entry("digest", digest_camera.url(0),
                     ", username: " + std::string{user} + ", password: " + quoted(right)) +
               entry("basic", basic_camera.url(0, login(basic)), ", idle: full") +
               entry("wrong", digest_camera.url(0, login(wrong_in_url))) +
               entry("wrong-key", basic_camera.url(0),
                     ", username: " + std::string{user} + ", password: " + quoted(wrong_key)) +
               entry("long", digest_camera.url(0, login(very_long))) +
               entry("moving", moving.url(login(of_web))) +
               entry("web", "http://" + login(of_web) + nobody + "/x?token=" + of_query) +
               entry("query", "rtsp://" + nobody + "/live?user=a&password=" + of_query)};
  const auto port = run.http_port();
  const bool settled = run.logs("digest", "streaming") && run.logs("basic", "streaming") &&
                       run.logs("wrong", "quarantined") &&
                       run.logs("wrong-key", "quarantined") &&
                       run.logs("long", "quarantined") && run.logs("web", "connection") &&
                       run.logs("query", "connection");

  std::string told_all;
  const auto add = [&](std::string text) { told_all += std::move(text) + '\n'; };
  add(ask(port, "POST", "/api/v1/cameras",
          add_body("added", digest_camera.url(0, login(added)))));
  const bool added_settled = run.logs("added", "quarantined").has_value();
  for (const auto& url :
       {"rtsp://" + login(refused) + ":::/x", "ftp://" + login(refused) + "h/",
        "rtsp://" + std::string{user} + ':' + refused + "@" + nobody + "/"})
    add(ask(port, "POST", "/api/v1/cameras", add_body("refused", url)));
  add(ask(port, "POST", "/api/v1/cameras",
          R"({"name":"x","url":"rtsp://u:)" + of_query + "@h/"));
  add(ask(port, "PUT", "/api/v1/cameras/added",
          nlohmann::json{{"url", "rtsp://" + login(refused) + nobody + "/"}, {"transport", "x"}}
              .dump()));
  add(ask(port, "PUT", "/api/v1/cameras/digest",
          nlohmann::json{{"url", digest_camera.url(0)}, {"password", refused}}.dump()));
  const std::vector<std::string> cameras{"digest", "basic", "wrong", "wrong-key", "long",
                                         "moving", "web",   "query", "added",     "refused"};
  for (const auto& path : paths_of(port, cameras)) {
    add(ask(port, "GET", path));
    add(ask(port, "GET", path, "", "fedcba9876543210"));
  }
  run.reconfigure(entry("digest", digest_camera.url(0, login(wrong_in_url)), ", nonsense: 1") +
                  entry("Bad Name", "nothing://" + login(of_web) + "x"));
  const bool refused_file = run.logs("", "reload_refused").has_value();
  const auto checked = run_process({CAMHERD_PROGRAM, {"check", run.config_path()}, {}});
  REQUIRE(checked);
  add(checked->out + checked->err);
  add(files_in(run.runtime_dir()) + files_in(run.state_dir()));
  const auto report = run.stop(SIGTERM);
  add(run.log());
  add(run.process().text(output::out));
  std::ifstream file{run.report_path()};
  add({std::istreambuf_iterator<char>{file}, {}});

  INFO(run.log());
  REQUIRE(settled);
  REQUIRE(added_settled);
  REQUIRE(refused_file);
  CHECK(report.at("basic").received > 0);
  CHECK(told_all.find("***") != std::string::npos);
  CHECK(leaks_in(told_all, every_password) == std::vector<std::string>{});
}
