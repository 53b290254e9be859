#pragma once

#include "core/base/result.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace camherd::http {

/// Paths of a certificate chain and its private key, both PEM. Both empty: no TLS.
struct tls_files {
  std::string certificate;
  std::string key;

  friend bool operator==(const tls_files&, const tls_files&) = default;
};

/// What new TLS connections are served with: TLS 1.2 or later, with forward secrecy. Reads the
/// files. Shared by the connections that were made with it. Errors: `invalid_argument`, naming
/// the file and the cause.
[[nodiscard]] result<std::shared_ptr<ssl_ctx_st>> load_tls(const tls_files& files);

}  // namespace camherd::http
