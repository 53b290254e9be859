#pragma once

#include "config/config.hpp"

namespace camherd {

/// From now on a process that ends because memory ran out says so, in a last line of its log
/// (to standard error and into the log's file), and has exit status 1, so that whoever watches
/// it starts it again. Other ends by an exception are as before. Call it once.
void end_in_words_without_memory(const node_config& node);

}  // namespace camherd
