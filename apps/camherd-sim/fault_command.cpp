#include "apps/camherd-sim/fault_command.hpp"

#include "apps/camherd-sim/faults/fault_catalogue.hpp"

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

}  // namespace

void list_faults(list_form form) {
  const auto all = faults::all_faults();
  std::cout << (form == list_form::page ? faults::faults_page(all) : faults::faults_table(all));
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
