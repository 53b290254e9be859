#include "apps/camherd/http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>

namespace camherd::http {
namespace {

error in_words(std::string what) {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  std::array<char, 256> reason{};
  ERR_error_string_n(code, reason.data(), reason.size());
  const char* const text = ERR_reason_error_string(code);
  return error{error_kind::invalid_argument,
               std::move(what) + ": " + (text != nullptr ? text : reason.data())};
}

// A key that asks for a passphrase must not make the daemon wait at a terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

// Browsers offer h2 too; saying nothing makes some of them try it.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, ours.data(), ours.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

result<std::shared_ptr<ssl_ctx_st>> load_tls(const tls_files& files) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  if (!context) return in_words("TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return in_words("certificate " + files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return in_words("key " + files.key);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return in_words("key " + files.key + " does not belong to " + files.certificate);
  }
  return context;
}

}  // namespace camherd::http
