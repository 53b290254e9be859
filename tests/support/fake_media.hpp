#pragma once

#include "config/config.hpp"
#include "core/base/source.hpp"
#include "core/frame/frame_sink.hpp"
#include "core/media/decoder.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace camherd::testing {

/// A source that says what the test wants, on the test's thread.
class fake_source final : public source {
 public:
  explicit fake_source(std::shared_ptr<source_listener> listener)
      : listener_{std::move(listener)} {}

  void start() override { started = true; }
  void stop() override {
    if (!std::exchange(stopped, true) && ends_when_stopped) {
      end(error{error_kind::end_of_stream, "stopped"});
    }
  }
  [[nodiscard]] source_statistics statistics() const override { return counted; }

  void open(video_codec codec = video_codec::h264) {
    stream_info info;
    info.codec = codec;
    info.transport = "tcp";
    listener_->on_stream(info);
  }
  void send(access_unit unit) { listener_->on_access_unit(std::move(unit)); }
  void end(error reason) {
    if (!std::exchange(ended, true)) listener_->on_ended(reason);
  }

  bool started = false;
  bool stopped = false;
  bool ended = false;
  bool ends_when_stopped = true;
  source_statistics counted;

 private:
  std::shared_ptr<source_listener> listener_;
};

/// A decoder that gives one frame without pixels for each unit, unless the first payload byte
/// orders something else.
class fake_decoder final : public decoder {
 public:
  static constexpr std::uint8_t refuse = 200;        ///< discarded as corrupt
  static constexpr std::uint8_t no_slot = 201;       ///< discarded for want of a slot
  static constexpr std::uint8_t smear = 202;         ///< a frame marked corrupt
  static constexpr std::uint8_t explode = 203;       ///< throws
  static constexpr std::uint8_t starve = 207;        ///< throws for want of memory
  static constexpr std::uint8_t hold = 204;          ///< comes out with the next unit
  static constexpr std::uint8_t second_field = 206;  ///< belongs to another's frame
  static constexpr std::uint8_t unsupported = 205;  ///< discarded, with the error `unsupported`

  explicit fake_decoder(std::uint32_t generation) : generation_{generation} {}

  result<void> decode(access_unit unit, decode_listener& listener) override {
    const auto order = unit.payload.empty() ? std::uint8_t{0} : unit.payload.data()[0];
    if (order == explode) throw std::runtime_error{"the decoder exploded"};
    if (order == starve) throw std::bad_alloc{};
    if (order == refuse || order == unsupported) {
      listener.on_discarded(unit.sequence, drop_reason::corrupt);
      return error{order == refuse ? error_kind::corrupt : error_kind::unsupported, "refused"};
    }
    if (order == second_field) {
      listener.on_merged(unit.sequence);
      return {};
    }
    if (order == no_slot) {
      listener.on_discarded(unit.sequence, drop_reason::no_free_slot);
      return {};
    }
    held_.push_back(unit.sequence);
    received_ = unit.received_at;
    corrupt_ = order == smear;
    if (order != hold) drain(listener);
    return {};
  }

  void drain(decode_listener& listener) override {
    while (!held_.empty()) {
      frame f;
      f.metadata.unit_sequence = held_.front();
      f.metadata.generation = generation_;
      f.metadata.received_at = received_;
      f.metadata.decoded_at = received_ + std::chrono::milliseconds{4};
      f.metadata.corrupt = corrupt_;
      held_.pop_front();
      listener.on_frame(std::move(f));
    }
  }

  void rest(decode_listener& listener) override {
    drain(listener);
    usage = {};
    ++rests;
  }

  result<void> reserve(std::size_t held_frames) override {
    reserved = held_frames;
    return {};
  }
  [[nodiscard]] std::size_t in_flight() const noexcept override { return held_.size(); }
  [[nodiscard]] slot_usage slots() const noexcept override { return usage; }

  std::size_t reserved = 0;  ///< as asked last
  slot_usage usage;          ///< what `slots` says
  int rests = 0;

 private:
  std::uint32_t generation_;
  std::deque<std::uint64_t> held_;
  mono_time received_{};
  bool corrupt_ = false;
};

/// Remembers what outlets were told, and asks for frames as their consumers would.
class recording_sink final : public frame_sink {
 public:
  struct state_report {
    camera_state state;
    std::string reason;
  };

  std::shared_ptr<frame_outlet> open(const std::string& camera, std::size_t,
                                     demand_listener listener) override {
    auto& of_camera = listeners[camera];
    if (closings[camera].size() < of_camera.size()) ++overlaps;
    of_camera.push_back(std::move(listener));
    return std::make_shared<outlet>(*this, camera);
  }

  /// What the consumers of the newest outlet of `camera` ask for together.
  void ask(const std::string& camera, const camera_demand& asked) {
    listeners.at(camera).back()(asked);
  }

  std::map<std::string, std::vector<frame_metadata>> frames;
  std::map<std::string, int> forgotten;  ///< how often the newest frame was given up
  std::map<std::string, std::vector<state_report>> states;
  std::map<std::string, std::vector<std::string>> closings;       ///< reasons
  std::map<std::string, std::vector<demand_listener>> listeners;  ///< of all outlets, in order
  int overlaps = 0;           ///< outlets opened before their predecessor was closed
  int states_that_throw = 0;  ///< so many of the next states are too much for their outlet
  delivery_counts counts;     ///< of every outlet

 private:
  class outlet final : public frame_outlet {
   public:
    outlet(recording_sink& sink, std::string camera)
        : sink_{sink}, camera_{std::move(camera)} {}
    void publish(const frame& f) override { sink_.frames[camera_].push_back(f.metadata); }
    void forget_newest() override { ++sink_.forgotten[camera_]; }
    void state_changed(camera_state state, std::string_view reason) override {
      if (sink_.states_that_throw > 0) {
        --sink_.states_that_throw;
        throw std::runtime_error{"the outlet exploded"};
      }
      sink_.states[camera_].push_back({state, std::string{reason}});
    }
    void close(std::string_view reason) override {
      sink_.closings[camera_].emplace_back(reason);
    }
    [[nodiscard]] delivery_counts counts() const override { return sink_.counts; }

   private:
    recording_sink& sink_;
    std::string camera_;
  };
};

}  // namespace camherd::testing
