// What does it cost to have memory for a picture and to give it back, beside malloc and a memfd
// made for each picture?

#include "benchmarks/micro/served_camera.hpp"
#include "core/frame/slot_pool.hpp"

#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <unistd.h>
#include <utility>
#include <vector>

namespace camherd::micro {
namespace {

constexpr std::size_t picture_bytes = std::size_t{1280} * 720 * 3 / 2;
constexpr std::size_t page_bytes = 4096;

enum class use : std::uint8_t {
  untouched,
  written,  // a byte of each page, so that there is memory behind it
};

void fill(use how, std::span<std::uint8_t> memory) {
  if (how == use::written) {
    for (std::size_t at = 0; at < memory.size(); at += page_bytes) memory[at] = 1;
  }
  benchmark::DoNotOptimize(memory.data());
  benchmark::ClobberMemory();
}

void slot(benchmark::State& state, use how) {
  const auto pool = slot_pool::create(6, picture_bytes);
  if (!pool) return state.SkipWithError("no memory for the slots");
  // The decoder and a consumer hold some already.
  std::vector<slot_ref> held;
  for (int i = 0; i < 4; ++i) held.push_back(*(*pool)->acquire());
  for (auto _ : state) fill(how, (*pool)->acquire()->bytes());
  state.SetItemsProcessed(state.iterations());
}

void slot_malloc(benchmark::State& state, use how) {
  for (auto _ : state) {
    const std::unique_ptr<void, decltype(&std::free)> memory{std::malloc(picture_bytes),
                                                             &std::free};
    fill(how, {static_cast<std::uint8_t*>(memory.get()), picture_bytes});
  }
  state.SetItemsProcessed(state.iterations());
}

void slot_memfd(benchmark::State& state, use how) {
  for (auto _ : state) {
    const unique_fd file{::memfd_create("picture", MFD_CLOEXEC)};
    if (!file || ::ftruncate(file.get(), picture_bytes) != 0)
      return state.SkipWithError("no memfd");
    auto* const memory =
        ::mmap(nullptr, picture_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) return state.SkipWithError("no mapping");
    fill(how, {static_cast<std::uint8_t*>(memory), picture_bytes});
    ::munmap(memory, picture_bytes);
  }
  state.SetItemsProcessed(state.iterations());
}

void slot_published(benchmark::State& state) {
  served_camera camera;
  if (!camera) return state.SkipWithError("no frame server");
  for (auto _ : state) {
    if (!camera.publish()) return state.SkipWithError("no slot was free");
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(slot, untouched, use::untouched);
BENCHMARK_CAPTURE(slot_malloc, untouched, use::untouched);
BENCHMARK_CAPTURE(slot_memfd, untouched, use::untouched);
BENCHMARK_CAPTURE(slot, written, use::written);
BENCHMARK_CAPTURE(slot_malloc, written, use::written);
BENCHMARK_CAPTURE(slot_memfd, written, use::written);
BENCHMARK(slot_published)->Name("slot/published_to_nobody");

}  // namespace
}  // namespace camherd::micro
