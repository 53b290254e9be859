#include "core/rtsp/parameter_set_cache.hpp"

#include "core/base/bit_reader.hpp"
#include "core/rtsp/start_code.hpp"

#include <algorithm>
#include <tuple>

namespace camherd::rtsp {
namespace {

std::size_t annex_b_size(std::span<const std::uint8_t> nal) {
  return start_code.size() + nal.size();
}

void append_annex_b(std::vector<std::uint8_t>& out, std::span<const std::uint8_t> nal) {
  out.insert(out.end(), start_code.begin(), start_code.end());
  out.insert(out.end(), nal.begin(), nal.end());
}

// H.265 section 7.3.2.2.1 up to sps_seq_parameter_set_id; profile_tier_level of section 7.3.3
// has no length of its own and must be walked through.
std::uint32_t read_h265_sps_id(bit_reader& reader) {
  static constexpr unsigned profile_bits = 88;
  static constexpr unsigned level_bits = 8;
  const auto skip = [&](unsigned bits) {
    for (; bits >= 8; bits -= 8) reader.bits(8);
    reader.bits(bits);
  };
  reader.bits(4);  // sps_video_parameter_set_id
  const auto sub_layers = reader.bits(3);
  reader.bits(1);  // sps_temporal_id_nesting_flag
  skip(profile_bits + level_bits);
  unsigned sub_layer_bits = 0;
  for (std::uint32_t i = 0; i < sub_layers; ++i) {
    if (reader.bits(1) != 0) sub_layer_bits += profile_bits;
    if (reader.bits(1) != 0) sub_layer_bits += level_bits;
  }
  if (sub_layers > 0) skip(2 * (8 - sub_layers));
  skip(sub_layer_bits);
  return reader.exp_golomb();
}

}  // namespace

std::optional<parameter_set_cache::identity> parameter_set_cache::identify(
    std::span<const std::uint8_t> nal) const {
  identity who;
  std::uint32_t ids = 0;  // how many of this kind there may be
  bit_reader reader{nal};
  if (codec_ == video_codec::h264) {
    const auto type = reader.bits(8) & 0x1f;
    if (type == 7 || type == 15) {  // SPS, subset SPS
      who.rank = type == 7 ? 0 : 1;
      reader.bits(24);  // profile, constraints, level
      ids = 32;
    } else if (type == 13) {  // SPS extension
      who.rank = 2;
      ids = 32;
    } else if (type == 8) {
      who.rank = 3;
      ids = 256;
    }
    who.id = reader.exp_golomb();
    who.parent = type == 8 ? reader.exp_golomb() : who.id;
  } else {
    const auto type = reader.bits(16) >> 9 & 0x3f;
    if (type == 32) {
      ids = 16;
      who.id = reader.bits(4);
    } else if (type == 33) {
      who.rank = 1;
      ids = 16;
      who.id = read_h265_sps_id(reader);
    } else if (type == 34) {
      who.rank = 3;
      ids = 64;
      who.id = reader.exp_golomb();
      who.parent = reader.exp_golomb();
    }
  }
  if (reader.failed() || who.id >= ids) return std::nullopt;
  return who;
}

bool parameter_set_cache::is_sps(const identity& who) const noexcept {
  return who.rank == (codec_ == video_codec::h264 ? 0 : 1);
}

bool parameter_set_cache::is_pps(const identity& who) const noexcept {
  return who.rank == 3;
}

bool parameter_set_cache::make_room(std::size_t bytes) {
  if (bytes_ + bytes <= max_bytes_) return true;
  // Rather what the camera sends now than what it sent once.
  std::erase_if(entries_, [this](const entry& old) {
    if (old.unit == unit_) return false;
    bytes_ -= annex_b_size(old.nal);
    return true;
  });
  return bytes_ + bytes <= max_bytes_;
}

parameter_set_cache::verdict parameter_set_cache::put(std::span<const std::uint8_t> nal) {
  const auto who = identify(nal);
  if (!who) return verdict::malformed;
  if (annex_b_size(nal) > max_bytes_) return verdict::too_large;
  const auto position = [&] {
    return std::lower_bound(entries_.begin(), entries_.end(), *who,
                            [](const entry& a, const identity& b) {
                              return std::tie(a.who.rank, a.who.id) < std::tie(b.rank, b.id);
                            });
  };
  auto found = position();
  if (found != entries_.end() && found->who.rank == who->rank && found->who.id == who->id) {
    if (std::equal(nal.begin(), nal.end(), found->nal.begin(), found->nal.end())) {
      found->unit = unit_;
      return verdict::unchanged;
    }
    bytes_ -= annex_b_size(found->nal);
    entries_.erase(found);
    if (is_sps(*who)) {
      std::erase_if(entries_, [&](const entry& old) {
        if (!is_pps(old.who) || old.who.parent != who->id || old.unit == unit_) return false;
        bytes_ -= annex_b_size(old.nal);
        return true;
      });
    }
  }
  stale_ = true;
  if (!make_room(annex_b_size(nal))) return verdict::too_large;
  bytes_ += annex_b_size(nal);
  entries_.insert(position(), entry{*who, {nal.begin(), nal.end()}, unit_, false});
  undelivered_ = true;
  return verdict::changed;
}

std::span<const std::uint8_t> parameter_set_cache::deliver_all() {
  if (stale_) {
    annex_b_.clear();
    for (const auto& set : entries_) append_annex_b(annex_b_, set.nal);
    stale_ = false;
  }
  mark_delivered();
  return annex_b_;
}

std::vector<std::uint8_t> parameter_set_cache::deliver_new() {
  std::vector<std::uint8_t> fresh;
  for (const auto& set : entries_) {
    if (!set.delivered) append_annex_b(fresh, set.nal);
  }
  mark_delivered();
  return fresh;
}

void parameter_set_cache::mark_delivered() noexcept {
  if (!undelivered_) return;
  for (auto& set : entries_) set.delivered = true;
  undelivered_ = false;
}

}  // namespace camherd::rtsp
