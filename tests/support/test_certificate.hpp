#pragma once

#include <boost/asio/ssl/context.hpp>

namespace camherd::testing {

/// A TLS server context with a key and a self-signed certificate for "localhost", made in
/// memory.
[[nodiscard]] boost::asio::ssl::context make_self_signed_context();

}  // namespace camherd::testing
