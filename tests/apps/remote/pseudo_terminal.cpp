#include "tests/apps/remote/pseudo_terminal.hpp"

#include "tests/support/catch.hpp"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <pty.h>
#include <unistd.h>
#include <utmp.h>

namespace camherd::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto patience = 20s;

}  // namespace

pseudo_terminal::pseudo_terminal(const std::vector<std::string>& command, unsigned short rows,
                                 unsigned short columns) {
  // The shell stays, as with people: with the end of its first process a terminal is reset.
  std::vector<char*> arguments;
  static const std::vector<std::string> shell{
      "/bin/sh", "-c", "trap : INT TERM; \"$0\" \"$@\"; echo \"ended with $?\"; exec cat"};
  for (const auto& word : shell) arguments.push_back(const_cast<char*>(word.c_str()));
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ours = -1;
  int theirs = -1;
  const winsize size{rows, columns, 0, 0};
  REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, &size) == 0);
  terminal_.reset(ours);
  other_end_.reset(theirs);
  REQUIRE(::tcgetattr(theirs, &before_) == 0);
  REQUIRE(::setenv("TERM", "xterm", 1) == 0);
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    // Only what is safe after a fork among threads.
    ::close(ours);
    if (::login_tty(theirs) == 0) ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
}

pseudo_terminal::~pseudo_terminal() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void pseudo_terminal::type(const std::string& keys) {
  REQUIRE(::write(terminal_.get(), keys.data(), keys.size()) ==
          static_cast<ssize_t>(keys.size()));
}

void pseudo_terminal::resize(unsigned short rows, unsigned short columns) {
  const winsize size{rows, columns, 0, 0};
  REQUIRE(::ioctl(terminal_.get(), TIOCSWINSZ, &size) == 0);
}

void pseudo_terminal::send_signal(int signal) {
  REQUIRE(::kill(-pid_, signal) == 0);
}

bool pseudo_terminal::receive() {
  pollfd waiting{terminal_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, 100) <= 0) return false;
  std::array<char, 4096> bytes{};
  const auto count = ::read(terminal_.get(), bytes.data(), bytes.size());
  if (count <= 0) return false;
  written_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool pseudo_terminal::shows(const std::string& text) {
  const auto deadline = steady_clock::now() + patience;
  for (;;) {
    if (const auto at = written_.find(text, seen_); at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
    (void)receive();
    if (steady_clock::now() > deadline) {
      UNSCOPED_INFO("waited for '" << text << "' in\n" << written_.substr(seen_));
      return false;
    }
  }
}

std::optional<int> pseudo_terminal::ends() {
  if (!shows("ended with ")) return std::nullopt;
  const auto from = seen_;
  if (!shows("\n")) return std::nullopt;
  return std::stoi(written_.substr(from));
}

bool pseudo_terminal::is_as_before() const {
  termios now{};
  return ::tcgetattr(other_end_.get(), &now) == 0 && now.c_lflag == before_.c_lflag &&
         now.c_iflag == before_.c_iflag;
}

}  // namespace camherd::testing
