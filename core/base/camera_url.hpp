#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace camherd {

/// The address of a camera, as people write it (RFC 3986, and more leniently: user information
/// may hold raw special characters such as '@', ':' and '#', because camera passwords do). It
/// cannot print a password: `redacted()` and `<<` show "***" instead.
class camera_url {
 public:
  /// Errors: `invalid_argument` when there is no scheme, no host where the scheme needs one, or
  /// a bad port. The message never contains user information.
  [[nodiscard]] static result<camera_url> parse(std::string_view text);

  [[nodiscard]] const std::string& scheme() const noexcept { return scheme_; }  ///< lower case
  [[nodiscard]] const std::string& user() const noexcept { return user_; }      ///< decoded
  [[nodiscard]] const std::string& password() const noexcept { return password_; }  ///< decoded
  [[nodiscard]] const std::string& host() const noexcept {
    return host_;
  }  ///< IPv6: no brackets
  /// As written, or the default of rtsp (554), rtsps (322), http, https, rtmp; 0 if there is
  /// none.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Path and query, beginning with '/' unless empty; for `file:` the path of the file.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  [[nodiscard]] bool has_credentials() const noexcept {
    return !user_.empty() || !password_.empty();
  }
  [[nodiscard]] bool is_rtsp() const noexcept {
    return scheme_ == "rtsp" || scheme_ == "rtsps";
  }

  /// "host:port", with brackets around an IPv6 address; the port only where it is not the
  /// default.
  [[nodiscard]] std::string authority() const;

  /// The URL without user information, as it goes into a request line.
  [[nodiscard]] std::string without_credentials() const;

  /// The URL for people: the user is shown, a password as "***", and so is the value of every
  /// parameter in path or query whose name contains password, passwd, pwd, psw, pass, token,
  /// secret or auth, or ends in key, in any case, up to the next '&'.
  [[nodiscard]] std::string redacted() const;

  /// The whole URL with percent-encoded credentials, for libraries that take only a string.
  /// Never print it.
  [[nodiscard]] std::string with_credentials() const;

  /// The same address with other credentials.
  [[nodiscard]] camera_url with_login(std::string user, std::string password) const;

  friend bool operator==(const camera_url&, const camera_url&) = default;

 private:
  std::string scheme_;
  std::string user_;
  std::string password_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::string path_;
};

std::ostream& operator<<(std::ostream& out, const camera_url& url);

}  // namespace camherd
