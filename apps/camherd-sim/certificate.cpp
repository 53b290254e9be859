#include "apps/camherd-sim/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace camherd::sim {
namespace {

struct openssl_release {
  void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
  void operator()(X509* p) const noexcept { X509_free(p); }
  void operator()(BIO* p) const noexcept { BIO_free(p); }
};

template <class T>
using openssl_ptr = std::unique_ptr<T, openssl_release>;

constexpr long ten_years = 10L * 365 * 24 * 3600;

}  // namespace

result<std::string> make_certificate(const std::string& host) {
  const error failed{error_kind::internal, "make a certificate: OpenSSL refused"};
  const openssl_ptr<EVP_PKEY> key{EVP_EC_gen("P-256")};
  const openssl_ptr<X509> certificate{X509_new()};
  const openssl_ptr<BIO> out{BIO_new(BIO_s_mem())};
  if (!key || !certificate || !out) return failed;

  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ten_years);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0 ||
      PEM_write_bio_X509(out.get(), certificate.get()) == 0 ||
      PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
          0) {
    return failed;
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace camherd::sim
