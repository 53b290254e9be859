#include "tests/faults/clean_pictures.hpp"

#include "core/base/bitstream.hpp"
#include "core/media/decoder.hpp"
#include "tests/support/catch.hpp"

#include <cstring>
#include <utility>

namespace camherd::testing {
namespace {

class picture_hash {
 public:
  picture_hash(std::uint32_t width, std::uint32_t height, unsigned format) {
    add(width);
    add(height);
    add(format);
  }

  void add_row(const std::uint8_t* samples, std::size_t size) {
    std::uint64_t word = 0;
    for (; size >= sizeof word; size -= sizeof word, samples += sizeof word) {
      std::memcpy(&word, samples, sizeof word);
      add(word);
    }
    word = 0;
    std::memcpy(&word, samples, size);
    add(word);
  }

  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15U;
    value_ ^= value_ >> 29;
  }

  std::uint64_t value_ = 1;
};

class hashes final : public decode_listener {
 public:
  void on_frame(frame f) override {
    picture_hash hash{f.width, f.height, static_cast<unsigned>(f.format)};
    for (std::size_t i = 0; i < f.plane_count; ++i) {
      const auto& p = f.planes[i];
      for (std::size_t row = 0; row < p.rows; ++row) {
        hash.add_row(f.pixels(i) + row * p.stride, p.row_bytes);
      }
    }
    all.push_back(hash.value());
  }
  void on_discarded(std::uint64_t, drop_reason) override {}
  void on_merged(std::uint64_t) override {}

  std::vector<std::uint64_t> all;
};

}  // namespace

clean_pictures::clean_pictures(const std::vector<faults::clip_ptr>& clips) {
  for (const auto& one : clips) add(*one);
}

void clean_pictures::add(const faults::clip& pictures) {
  auto decoder = make_decoder(pictures.made_of.codec, {}, 0);
  REQUIRE(decoder);
  hashes heard;
  std::uint64_t number = 0;
  for (const auto& bytes : pictures.units) {
    access_unit unit;
    unit.codec = pictures.made_of.codec;
    unit.payload.append(bytes);
    unit.sequence = number;
    unit.rtp_time = static_cast<std::int64_t>(number++ * 90000 / pictures.made_of.fps);
    classify(unit);
    REQUIRE((*decoder)->decode(std::move(unit), heard));
  }
  (*decoder)->drain(heard);
  CHECK(heard.all.size() == pictures.made_of.pictures);
  for (const auto hash : heard.all) index_of_.emplace(hash, count_++);
}

std::optional<std::size_t> clean_pictures::find(const consumer::frame& f) const {
  picture_hash hash{f.width(), f.height(), static_cast<unsigned>(f.format())};
  for (unsigned i = 0; i < f.plane_count(); ++i) {
    const auto p = f.plane(i);
    for (std::size_t row = 0; row < p.rows; ++row) {
      hash.add_row(p.data + row * p.stride, p.row_bytes);
    }
  }
  const auto found = index_of_.find(hash.value());
  if (found == index_of_.end()) return std::nullopt;
  return found->second;
}

}  // namespace camherd::testing
