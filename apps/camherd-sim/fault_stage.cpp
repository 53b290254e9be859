#include "apps/camherd-sim/fault_stage.hpp"

#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "core/base/unique_fd.hpp"

#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace camherd::sim {
namespace {

namespace fs = std::filesystem;
using faults::clip;
using faults::fault;
using faults::faulty_camera;

constexpr std::string_view scheme = "rtsp://";

error broken(const std::string& what) {
  return {error_kind::internal, what};
}

/// The address that clients use of one camera throughout: with the login that faults ask for.
std::string address_of(std::uint16_t port) {
  const faults::login_script login;
  return std::string{scheme} + login.user + ":" + login.password +
         "@127.0.0.1:" + std::to_string(port) + "/live";
}

std::string without_login(const std::string& url) {
  const auto at = url.find('@');
  return at == std::string::npos ? url : std::string{scheme} + url.substr(at + 1);
}

class fault_stage {
 public:
  fault_stage(faults::clip_ptr pictures, fs::path folder)
      : pictures_{std::move(pictures)}, folder_{std::move(folder)} {}

  void add_camera() {
    auto good = faults::stage({0, pictures_}, {});
    const auto url = good->url();
    const auto colon = url.rfind(':');
    const auto port = static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
    std::cout << "camera " << places_.size() << ' ' << address_of(port) << std::endl;
    places_.push_back({port, std::move(good)});
  }

  /// Carries out one line and answers it.
  void obey(const std::string& line) {
    const auto blank = line.find(' ');
    std::size_t number = places_.size();
    std::from_chars(line.data(), line.data() + std::min(blank, line.size()), number);
    if (blank == std::string::npos || number >= places_.size()) {
      std::cout << "unknown: " << line << std::endl;
      return;
    }
    const auto wish = line.substr(blank + 1);
    if (wish == "good") {
      places_[number].camera->end();
      std::cout << number << " good" << std::endl;
      return;
    }
    const auto begun = begin(places_[number], wish);
    std::cout << number
              << (begun ? " begun " + wish + *begun
                        : " unfit " + wish + ": " + begun.error().message())
              << std::endl;
  }

 private:
  struct place {
    std::uint16_t port = 0;
    std::unique_ptr<faulty_camera> camera;
  };

  /// The names of its clips, a blank before each.
  result<std::string> begin(place& where, const std::string& name) {
    for (const auto& one : all_) {
      if (one.name != name || !one.start) continue;
      where.camera.reset();
      auto cast = cast_for(where.port, one);
      if (!cast) {
        where.camera = faults::stage({where.port, pictures_}, {});
        return cast.error();
      }
      where.camera = *std::move(cast);
      auto files = save_clips(name, where.camera->clips());
      where.camera->begin();
      return files;
    }
    return error{error_kind::invalid_argument, "no camera has such a fault"};
  }

  result<std::unique_ptr<faulty_camera>> cast_for(std::uint16_t port, const fault& one) {
    try {
      auto camera = one.start({port, pictures_});
      if (camera && without_login((*camera)->url()) != without_login(address_of(port))) {
        return broken("its address is another one");
      }
      return camera;
    } catch (const std::exception& problem) {
      return broken(problem.what());
    }
  }

  std::string save_clips(const std::string& name, const std::vector<faults::clip_ptr>& clips) {
    std::string files;
    for (std::size_t number = 0; number < clips.size(); ++number) {
      const bool usual = clips[number] == pictures_;
      const auto clip_name = usual ? "good" : name + "-" + std::to_string(number);
      // The same fault always shows the same clips.
      const auto [saved, is_new] = saved_.try_emplace(clip_name);
      if (is_new) saved->second = save(*clips[number], clip_name);
      files += saved->second;
    }
    return files;
  }

  /// Another file with each change of the parameter sets, since a player may bring all pictures
  /// of a file to the size and format of the first. Returns the names, a blank before each.
  [[nodiscard]] std::string save(const clip& pictures, const std::string& name) const {
    const auto codec = pictures.made_of.codec;
    std::string files;
    std::ofstream file;
    std::vector<faults::byte_vector> current;
    for (std::size_t number = 0; number < pictures.units.size(); ++number) {
      const auto& unit = pictures.units[number];
      // Encoders send some of them twice before the first picture.
      std::vector<faults::byte_vector> sets;
      for (auto& one : faults::parameter_sets_in(codec, unit)) {
        if (std::find(sets.begin(), sets.end(), one) == sets.end())
          sets.push_back(std::move(one));
      }
      if (number == 0 || (!sets.empty() && sets != current)) {
        const auto path = name + (number == 0 ? "" : "-from-" + std::to_string(number)) +
                          (codec == video_codec::h265 ? ".h265" : ".h264");
        files += " " + path;
        file = std::ofstream{folder_ / path, std::ios::binary};
        current = std::move(sets);
      }
      file.write(reinterpret_cast<const char*>(unit.data()),
                 static_cast<std::streamsize>(unit.size()));
    }
    return files;
  }

  faults::clip_ptr pictures_;
  fs::path folder_;
  faults::fault_list all_ = faults::all_faults();
  std::vector<place> places_;
  std::map<std::string, std::string> saved_;  // the files of each clip
};

/// Standard input line by line, until its end or a signal.
template <class Function>
void for_each_line(int ending, Function&& obey) {
  std::string waiting;
  std::array<pollfd, 2> watched{{{STDIN_FILENO, POLLIN, 0}, {ending, POLLIN, 0}}};
  while (::poll(watched.data(), watched.size(), -1) > 0 && watched[1].revents == 0) {
    std::array<char, 4096> piece{};
    const auto got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (got <= 0) return;
    waiting.append(piece.data(), static_cast<std::size_t>(got));
    for (auto end = waiting.find('\n'); end != std::string::npos; end = waiting.find('\n')) {
      obey(waiting.substr(0, end));
      waiting.erase(0, end + 1);
    }
  }
}

}  // namespace

result<void> serve_stage(const options& o) {
  // Before any thread is started, so that no other takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const unique_fd ending{::signalfd(-1, &signals, SFD_CLOEXEC)};
  if (!ending) return broken("signalfd failed");

  const auto pictures = faults::make_clip();
  if (!pictures) return pictures.error();
  try {
    fault_stage cameras{*pictures, o.stage};
    for (unsigned n = 0; n < o.cameras; ++n) cameras.add_camera();
    std::cout << "ready" << std::endl;
    for_each_line(ending.get(), [&](const std::string& line) { cameras.obey(line); });
  } catch (const std::exception& problem) {
    return broken(problem.what());
  }
  return {};
}

}  // namespace camherd::sim
