#include "tests/fuzz/packet_sequence.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  camherd::fuzz::packet_sequence{camherd::video_codec::h264}.play({data, size});
  return 0;
}
