#pragma once

#include "core/rtsp/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace camherd::rtsp {

/// A URL to put into a request line: absolute, without user information, spaces and control
/// characters percent-encoded.
struct resolved_url {
  std::string url;
  std::vector<std::string> notices;  ///< what was odd and how it was read, a sentence each
};

/// The base of a description's control URLs: Content-Base, else Content-Location, else
/// `request_url` (RFC 2326 appendix C.1.1). A path alone, or an unspecified or loopback address
/// ("0.0.0.0") where the request went elsewhere, gets the host of the request; what is no URL
/// is passed over. Any other host is the server's name for itself and is kept.
[[nodiscard]] resolved_url description_base(const header_list& answer,
                                            std::string_view request_url);

/// A control attribute resolved against `base`.
/// - "*" or empty: the base itself.
/// - Absolute: as it is, but with the host and port of `base` if its host is an address that
///   need not mean anything outside the camera's own network (private, link-local, loopback,
///   unspecified) and `base` has another one: cameras behind address translation.
/// - Relative: appended as text, with one '/' between, also to a base with a query. By RFC 3986
///   the query and the last segment would be dropped; cameras are tested with live555 and
///   FFmpeg, which append, and expect that. One that begins with '?' is appended without a '/';
///   a path from the root that goes through the path of `base` replaces it.
[[nodiscard]] resolved_url resolve_control(std::string_view base, std::string_view control);

/// True for an rtsp:, rtsps: or rtspu: URL with a host.
[[nodiscard]] bool is_absolute_rtsp_url(std::string_view text) noexcept;

}  // namespace camherd::rtsp
