#pragma once

namespace camherd {

/// Lowers the priority of the calling thread, for work that can wait a little while pictures
/// cannot: with all cores busy it gets a quarter of the time of the others. Where the system
/// refuses, nothing happens.
void give_way_to_pictures() noexcept;

}  // namespace camherd
