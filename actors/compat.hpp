#pragma once

// What differs between CAF 0.17 and CAF 1.x, in one place.

#include <caf/all.hpp>

#include <chrono>
#include <new>
#include <string>
#include <utility>

namespace camherd {

#if CAF_VERSION < 1800
/// An interface's entry for a message without an answer.
template <class... Inputs>
using hears = caf::reacts_to<Inputs...>;
#else
template <class... Inputs>
using hears = caf::result<void>(Inputs...);
#endif

/// Sends a message from `self`.
template <class Self, class Destination, class... Content>
void tell(Self* self, const Destination& to, Content&&... content) {
#if CAF_VERSION < 10000
  self->send(to, std::forward<Content>(content)...);
#else
  self->mail(std::forward<Content>(content)...).send(to);
#endif
}

/// Sends a message from `self` after `delay`, by the clock of its system.
template <class Self, class Destination, class Rep, class Period, class... Content>
void tell_after(Self* self, std::chrono::duration<Rep, Period> delay, const Destination& to,
                Content&&... content) {
#if CAF_VERSION < 10000
  self->delayed_send(to, delay, std::forward<Content>(content)...);
#else
  self->mail(std::forward<Content>(content)...).delay(delay).send(to);
#endif
}

/// Sends a message from outside the actors.
template <class Destination, class... Content>
void tell_anonymously(const Destination& to, Content&&... content) {
#if CAF_VERSION < 10000
  caf::anon_send(to, std::forward<Content>(content)...);
#else
  caf::anon_mail(std::forward<Content>(content)...).send(to);
#endif
}

/// Gives `self` handlers of its own for what CAF would otherwise print to standard output: an
/// exception ends the actor with its text as the reason ("no memory" for want of that), an
/// unexpected message is dropped.
template <class Self>
void set_quiet_handlers(Self* self) {
  self->set_exception_handler([](std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::bad_alloc&) {
      return caf::make_error(caf::sec::runtime_error, "no memory");
    } catch (const std::exception& e) {
      return caf::make_error(caf::sec::runtime_error, e.what());
    } catch (...) {
      return caf::make_error(caf::sec::runtime_error, "unknown exception");
    }
  });
  self->set_error_handler([](caf::error&) {});
  self->set_default_handler(caf::drop);
}

/// The text of an actor's exit reason; empty for an orderly end.
template <class Error>
[[nodiscard]] std::string exit_text(const Error& reason) {
  return reason ? caf::to_string(reason) : std::string{};
}

}  // namespace camherd
