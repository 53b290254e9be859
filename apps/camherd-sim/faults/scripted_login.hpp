#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace camherd::faults {

enum class camera_login : unsigned char { none, basic, digest_md5, digest_sha256 };

/// Who may use a scripted camera, and how it asks.
struct login_script {
  camera_login scheme = camera_login::none;
  std::string user = "admin";
  std::string password = "s3cret";
  unsigned stale_after = 0;     ///< answers a nonce is good for; 0: for ever
  bool forgets_nonces = false;  ///< every nonce is stale when it comes back
  bool refuses_all = false;     ///< 401 whatever the client says
  bool hangs_up = false;        ///< closes the connection after every 401
  /// Wrong tries over all connections, counted here. With three, nobody is let in any more.
  /// Null: not counted. Shared by the connections, and by whoever wants to know.
  std::shared_ptr<std::atomic<unsigned>> wrong_tries{};
};

/// The camera's side of authentication, written apart from the client's.
class login_desk {
 public:
  explicit login_desk(login_script rules) : rules_{std::move(rules)} {}

  /// The value of WWW-Authenticate to refuse a request with; nothing if it is let in.
  /// `authorization` is the request's header, empty if absent.
  [[nodiscard]] std::optional<std::string> refuse(const std::string& method,
                                                  const std::string& authorization);

 private:
  [[nodiscard]] bool is_right(const std::string& method,
                              const std::string& authorization) const;
  [[nodiscard]] std::string challenge(bool stale) const;
  [[nodiscard]] std::string nonce() const { return "nonce-" + std::to_string(nonce_number_); }

  login_script rules_;
  unsigned nonce_number_ = 1;
  unsigned answers_ = 0;
};

}  // namespace camherd::faults
