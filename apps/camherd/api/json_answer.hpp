#pragma once

#include "apps/camherd/http/response.hpp"

#include <nlohmann/json.hpp>

namespace camherd::api {

/// Broken UTF-8, which cameras may send, is replaced.
[[nodiscard]] inline http::response json_answer(const nlohmann::ordered_json& content,
                                                unsigned status = 200) {
  using json = nlohmann::ordered_json;
  return http::response::json(content.dump(-1, ' ', false, json::error_handler_t::replace),
                              status);
}

}  // namespace camherd::api
