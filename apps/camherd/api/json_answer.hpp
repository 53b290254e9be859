#pragma once

#include "apps/camherd/http/response.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace camherd::api {

/// Broken UTF-8, which cameras may send, is replaced.
[[nodiscard]] inline std::string json_text(const nlohmann::ordered_json& content) {
  return content.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

[[nodiscard]] inline http::response json_answer(const nlohmann::ordered_json& content,
                                                unsigned status = 200) {
  return http::response::json(json_text(content), status);
}

}  // namespace camherd::api
