#pragma once

namespace camherd::cli {

/// How camherd ended, for scripts. docs/ref/cli.md is the reference; a number never changes its
/// meaning.
enum class exit_code : int {
  success = 0,         ///< did what was asked
  failure = 1,         ///< could not go on: a resource of this machine or a bug of ours
  usage = 2,           ///< the command line or the configuration is wrong; nothing was done
  camera = 3,          ///< the camera or the network fails, or there is nobody there to ask
  authentication = 4,  ///< the camera refused the credentials, or camherd the token
};

}  // namespace camherd::cli
