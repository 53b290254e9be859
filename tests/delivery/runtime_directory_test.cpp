#include "core/base/runtime_dir.hpp"
#include "core/delivery/frame_server.hpp"
#include "tests/delivery/camera_stage.hpp"
#include "tests/support/catch.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <fcntl.h>
#include <filesystem>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("a runtime directory belongs to one server", "[delivery][runtime_directory]") {
  camera_stage stage;
  const auto second = frame_server::create({.runtime_dir = stage.folder / "run"});
  REQUIRE_FALSE(second);
  CHECK(second.error().kind() == error_kind::invalid_argument);
  CHECK(second.error().message().find("used by another camherd") != std::string::npos);
}

TEST_CASE("a server removes the sockets its predecessor left",
          "[delivery][runtime_directory]") {
  temporary_folder folder;
  std::filesystem::create_directories(folder / "cameras");
  const auto left = camera_socket(folder.path().string(), "gone");
  const unique_fd bound{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, left.c_str(), left.size() + 1);
  REQUIRE(::bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
          0);
  auto server = frame_server::create({.runtime_dir = folder.path().string()});
  REQUIRE(server);
  CHECK_FALSE(std::filesystem::exists(left));
}

TEST_CASE("sockets are open to owner and group only", "[delivery][runtime_directory]") {
  camera_stage stage;
  struct stat found {};
  REQUIRE(::stat(camera_socket(stage.folder / "run", "yard").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0660);
  REQUIRE(::stat((stage.folder / "run").c_str(), &found) == 0);
  CHECK((found.st_mode & 0027) == 0);
}

TEST_CASE("a runtime directory that cannot be used is an error in words",
          "[delivery][runtime_directory]") {
  temporary_folder folder;
  const auto refused = [](const std::string& path) {
    const auto made = frame_server::create({.runtime_dir = path});
    REQUIRE_FALSE(made);
    CHECK(made.error().kind() == error_kind::invalid_argument);
    return made.error().message();
  };
  CHECK(refused(folder / std::string(100, 'x')).find("too long") != std::string::npos);
  const unique_fd file{::open((folder / "file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
  CHECK(refused(folder / "file").find("not a directory") != std::string::npos);
  CHECK_FALSE(refused("/proc/camherd").empty());
}
