#pragma once

#include "core/delivery/consumer/lease_ledger.hpp"
#include "core/delivery/consumer/reception.hpp"
#include "core/delivery/include/camherd/consumer.hpp"

#include <memory>

namespace camherd::consumer {

/// What a frame holds; its end is the end of the lease.
struct [[gnu::visibility("hidden")]] frame::state {
  state(const arrival& came, std::shared_ptr<lease_ledger> leases);
  ~state();
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  lease::frame message;
  metadata info;
  std::shared_ptr<const mapping> memory;
  std::shared_ptr<lease_ledger> ledger;
};

}  // namespace camherd::consumer
