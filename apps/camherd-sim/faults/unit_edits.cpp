#include "apps/camherd-sim/faults/unit_edits.hpp"

#include <algorithm>
#include <utility>

namespace camherd::faults {
namespace {

void append_nal(byte_vector& unit, const byte_vector& nal) {
  unit.insert(unit.end(), {0, 0, 0, 1});
  unit.insert(unit.end(), nal.begin(), nal.end());
}

/// `group`: pictures from one of which none before it needs one behind it to the next.
feed_plan in_decoding_order(clip_ptr pictures, std::size_t group, std::uint64_t first) {
  constexpr std::uint64_t start = 900000;
  return [pictures = std::move(pictures), group, first](std::uint64_t fed) {
    const auto number = first + fed;
    const auto in_group = number % group;
    const auto place = in_group == 0 ? 0 : in_group % 3 == 1 ? in_group + 2 : in_group - 1;
    const auto shown = number - in_group + place;
    return std::vector<fed_unit>{
        {pictures->units[number % pictures->units.size()],
         static_cast<std::uint32_t>(start + shown * (90000 / pictures->made_of.fps))}};
  };
}

}  // namespace

fault picture_fault(std::string name, unsigned row, std::string does, expectation expects,
                    conduct_maker how, onset when) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [how = std::move(how),
           when](const camera_stage& where) -> result<std::unique_ptr<faulty_camera>> {
            auto faulty = how(where);
            if (!faulty) return faulty.error();
            return stage(where, *std::move(faulty), when);
          },
          {}};
}

result<clip_ptr> joined_clip(const std::vector<clip_wish>& wishes) {
  clip all{wishes.front(), {}};
  for (const auto& wish : wishes) {
    const auto part = make_clip(wish);
    if (!part) return part.error();
    all.units.insert(all.units.end(), (*part)->units.begin(), (*part)->units.end());
  }
  all.made_of.pictures = static_cast<unsigned>(all.units.size());
  return std::make_shared<const clip>(std::move(all));
}

conduct_maker showing(std::vector<clip_wish> wishes) {
  return [wishes = std::move(wishes)](const camera_stage&) -> result<conduct> {
    auto pictures = joined_clip(wishes);
    if (!pictures) return pictures.error();
    return conduct{{}, *std::move(pictures), {}};
  };
}

clip_wish with_b_pictures(video_codec codec) {
  clip_wish wish;
  wish.codec = codec;
  wish.settings = codec == video_codec::h264 ? "bframes=2:b-adapt=0:b-pyramid=none"
                                             : "bframes=2:b-adapt=0:b-pyramid=0:rc-lookahead=5";
  return wish;
}

clip_wish with_open_groups(video_codec codec) {
  auto wish = with_b_pictures(codec);
  wish.gop = 9;
  wish.pictures = 28 * wish.gop + 1;
  wish.settings += ":open-gop=1";
  return wish;
}

feed_plan in_closed_groups(clip_ptr pictures) {
  const auto group = pictures->made_of.gop;
  return in_decoding_order(std::move(pictures), group, 0);
}

feed_plan in_open_groups(clip_ptr pictures, std::uint64_t first) {
  const auto whole = pictures->units.size();
  return in_decoding_order(std::move(pictures), whole, first);
}

feed_plan edited_loop(clip_ptr pictures, nal_edit edit) {
  return [pictures = std::move(pictures), edit = std::move(edit)](std::uint64_t number) {
    fed_unit unit;
    for (auto& nal : nal_units(pictures->units[number % pictures->units.size()])) {
      const auto role = role_of(pictures->made_of.codec, nal);
      const auto changed = edit(std::move(nal), role, number);
      if (!changed.empty()) append_nal(unit.bytes, changed);
    }
    return std::vector<fed_unit>{std::move(unit)};
  };
}

nal_edit no_parameter_sets() {
  return [](byte_vector nal, nal_role role, std::uint64_t) {
    return role == nal_role::parameter_set ? byte_vector{} : nal;
  };
}

std::string describe_without_sets(const clip& pictures) {
  return describe({pictures.made_of, {byte_vector{}}});
}

byte_vector h264_padding(std::size_t size) {
  constexpr std::uint8_t sei = 6;
  constexpr std::uint8_t user_data = 5;
  // A size of SEI is the sum of its bytes, of which all but the last are 255.
  const auto lengths = size / 255;
  byte_vector nal(2 + lengths + 1 + size + 1, 0xaa);
  nal[0] = sei;
  nal[1] = user_data;
  std::fill_n(nal.begin() + 2, lengths, 0xff);
  nal[2 + lengths] = static_cast<std::uint8_t>(size % 255);
  nal.back() = 0x80;
  return nal;
}

byte_vector with_nal_before_slices(const byte_vector& unit, const byte_vector& nal) {
  byte_vector longer;
  bool done = false;
  for (const auto& own : nal_units(unit)) {
    if (!std::exchange(done, done || is_slice(role_of(video_codec::h264, own))) && done) {
      append_nal(longer, nal);
    }
    append_nal(longer, own);
  }
  return longer;
}

}  // namespace camherd::faults
