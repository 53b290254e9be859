#include "apps/camherd/http/server.hpp"
#include "tests/apps/http/raw_client.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <fstream>
#include <memory>

using namespace camherd;
using namespace camherd::http;
using namespace camherd::testing;

namespace {

using file = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

/// Writes a new key and a certificate that it signed itself.
void make_certificate(const std::string& certificate_path, const std::string& key_path) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"),
                                                                EVP_PKEY_free};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const file to_certificate{std::fopen(certificate_path.c_str(), "w"), std::fclose};
  const file to_key{std::fopen(key_path.c_str(), "w"), std::fclose};
  REQUIRE(PEM_write_X509(to_certificate.get(), certificate.get()) == 1);
  REQUIRE(PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr,
                               nullptr) == 1);
}

struct tls_fixture {
  temporary_folder folder;
  machine_clock time;
  http_config settings;
  std::unique_ptr<server> served;

  tls_fixture() {
    settings.listen = {{"127.0.0.1", 0}};
    settings.certificate = folder / "certificate.pem";
    settings.key = folder / "key.pem";
    make_certificate(settings.certificate, settings.key);
    router routes;
    routes.add(method::get, "/now", [](const request&) { return response::text("here"); });
    auto started = server::start(settings, std::move(routes), time);
    if (!started) FAIL(started.error().message());
    served = std::move(*started);
  }

  [[nodiscard]] std::uint16_t port() const { return served->addresses().at(0).port; }
};

const std::string get_now = "GET /now HTTP/1.1\r\nHost: localhost\r\n";

}  // namespace

TEST_CASE("requests are answered in TLS", "[http][tls]") {
  tls_fixture f;
  raw_client client{f.port(), raw_client::protocol::tls};
  REQUIRE(client.secured());
  client.say(get_now + "\r\n");
  CHECK(client.answer().ends_with("here"));
  client.say(get_now + "Connection: close\r\n\r\n");
  CHECK(client.rest().ends_with("here"));
}

TEST_CASE("TLS older than 1.2 is refused", "[http][tls]") {
  tls_fixture f;
  CHECK_FALSE(raw_client::with_tls(f.port(), TLS1_1_VERSION)->secured());
  CHECK(raw_client::with_tls(f.port(), TLS1_2_VERSION)->secured());
  CHECK(raw_client::with_tls(f.port(), TLS1_3_VERSION)->secured());
}

TEST_CASE("bytes that are no TLS end their own connection only", "[http][tls][hostile]") {
  tls_fixture f;
  raw_client good{f.port(), raw_client::protocol::tls};
  for (const std::string& bytes :
       {get_now + "\r\n", std::string(100, '\0'),
        std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, 'x')}) {
    raw_client client{f.port()};
    client.say(bytes);
    client.half_close();
    CHECK(client.rest().find("here") == std::string::npos);
  }
  good.say(get_now + "\r\n");
  CHECK(status_of(good.answer()) == 200);
}

TEST_CASE("a renewed certificate is served to new connections after a reload", "[http][tls]") {
  tls_fixture f;
  raw_client old{f.port(), raw_client::protocol::tls};
  make_certificate(f.settings.certificate, f.settings.key);
  CHECK(raw_client(f.port(), raw_client::protocol::tls).certificate_digest() ==
        old.certificate_digest());
  CHECK(f.served->reload(f.settings));
  CHECK(raw_client(f.port(), raw_client::protocol::tls).certificate_digest() !=
        old.certificate_digest());
  old.say(get_now + "\r\n");
  CHECK(status_of(old.answer()) == 200);
}

TEST_CASE("a certificate that cannot be used changes nothing and is named", "[http][tls]") {
  tls_fixture f;
  const auto serving = raw_client(f.port(), raw_client::protocol::tls).certificate_digest();
  make_certificate(f.folder / "other.pem", f.settings.key);
  const auto mismatch = f.served->reload(f.settings);
  REQUIRE_FALSE(mismatch);
  CHECK(mismatch.error().message().find("key " + f.settings.key) == 0);
  std::ofstream{f.settings.certificate} << "no certificate";
  const auto broken = f.served->reload(f.settings);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message().find("certificate " + f.settings.certificate) == 0);
  auto missing = f.settings;
  missing.certificate = f.folder / "missing.pem";
  CHECK_FALSE(f.served->reload(missing));
  CHECK(raw_client(f.port(), raw_client::protocol::tls).certificate_digest() == serving);
}
