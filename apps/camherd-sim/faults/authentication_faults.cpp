#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace camherd::faults {
namespace {

conduct guarded(login_script login) {
  conduct how;
  how.told.login = std::move(login);
  return how;
}

login_script digest() {
  login_script login;
  login.scheme = camera_login::digest_md5;
  return login;
}

/// The right credentials are refused from one day to the next.
fault refusing(std::string name, std::string does, std::string words,
               std::function<login_script()> faulty) {
  return {std::move(name),
          7,
          std::move(does),
          {.state = "quarantined",
           .event = "quarantined",
           .words = std::move(words),
           .counter = "restarts.authentication"},
          [faulty = std::move(faulty)](const camera_stage& where) {
            return stage(where, guarded(faulty()), onset::with_new_connections,
                         guarded(digest()));
          },
          {}};
}

/// Odd, but camherd gets in.
fault letting_in(std::string name, std::string does, std::string scheme, login_script login) {
  return {std::move(name),
          7,
          std::move(does),
          {.state = "streaming",
           .event = "connected",
           .words = std::move(scheme),
           .recovers = recovery::throughout},
          [login = std::move(login)](const camera_stage& where) {
            return stage(where, guarded(login));
          },
          {}};
}

}  // namespace

fault_list authentication_faults() {
  auto changing = digest();
  changing.stale_after = 1;
  auto closing = digest();
  closing.hangs_up = true;
  login_script sha256;
  sha256.scheme = camera_login::digest_sha256;
  login_script basic;
  basic.scheme = camera_login::basic;
  return {
      refusing("refuses-every-login", "answers 401 to the right credentials, for ever.",
               "refused the user or the password",
               [] {
                 auto login = digest();
                 login.refuses_all = true;
                 return login;
               }),
      refusing("nonce-always-stale",
               "answers 401 for ever, each time with a new nonce and `stale=TRUE`.",
               "the server calls every nonce stale",
               [] {
                 auto login = digest();
                 login.forgets_nonces = true;
                 return login;
               }),
      refusing("bans-after-three-tries",
               "has another password now, and lets nobody in any more after three wrong tries.",
               "refused the user or the password",
               [] {
                 auto login = digest();
                 login.password = "changed";
                 login.wrong_tries = std::make_shared<std::atomic<unsigned>>(0);
                 return login;
               }),
      letting_in("nonce-changes", "takes each nonce once, then sends a new one with a 401.",
                 "digest-md5", changing),
      letting_in("closes-after-401", "closes the connection after each 401.", "digest-md5",
                 closing),
      letting_in("sha256-only", "takes digests of SHA-256 only.", "digest-sha256", sha256),
      letting_in("basic-only", "takes basic authentication only.", "basic", basic),
  };
}

}  // namespace camherd::faults
