#include "apps/camherd-sim/fault_command.hpp"

#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>

namespace camherd::sim {
namespace {

using faults::fault;

result<fault> find_fault(const std::string& name) {
  const auto all = faults::all_faults();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const fault& one) { return one.name == name && one.start; });
  if (found == all.end()) {
    return error{error_kind::invalid_argument,
                 "no camera has a fault \"" + name + "\"; --list-faults tells which there are"};
  }
  return *found;
}

nlohmann::json as_json(const faults::fault_list& all) {
  auto list = nlohmann::json::array();
  for (const auto& one : all) {
    list.push_back({{"name", one.name},
                    {"row", one.row},
                    {"does", one.does},
                    {"settings", one.settings},
                    {"of_a_camera", static_cast<bool>(one.start)},
                    {"recovers", faults::to_string(one.expects.recovers)}});
  }
  return list;
}

}  // namespace

void list_faults(list_form form) {
  const auto all = faults::all_faults();
  switch (form) {
    case list_form::table:
      std::cout << faults::faults_table(all);
      return;
    case list_form::page:
      std::cout << faults::faults_page(all);
      return;
    case list_form::json:
      std::cout << as_json(all).dump(1) << '\n';
      return;
  }
}

result<void> serve_fault(const options& o) {
  const auto wanted = find_fault(o.fault);
  if (!wanted) return wanted.error();
  // Before any thread is started, so that no other takes them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  const auto pictures = faults::make_clip();
  if (!pictures) return pictures.error();
  try {
    const auto camera = wanted->start({o.port, *pictures});
    if (!camera) return camera.error();
    (*camera)->begin();
    std::cout << "ready " << (*camera)->url() << std::endl;
    std::cerr << "camherd-sim: " << wanted->does << '\n';
    int signal = 0;
    sigwait(&ending, &signal);
  } catch (const std::exception& problem) {
    return error{error_kind::internal,
                 "listen on port " + std::to_string(o.port) + ": " + problem.what()};
  }
  return {};
}

}  // namespace camherd::sim
