#include "call/glare.hpp"

#include "sip/header_value.hpp"

namespace drachtio::call {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds longest_retry_after = 32s;

}  // namespace

std::optional<Pause> pause_after(const SipMessage& refusal, Role role) {
  if (refusal.status == 491) {
    return role == Role::uac ? Pause{2100ms, 4000ms, 10ms} : Pause{0ms, 2000ms, 10ms};
  }
  if (refusal.status != 500) return std::nullopt;
  const auto asked = sip::number_of<std::uint32_t>(refusal.headers["Retry-After"]);
  if (!asked || std::chrono::seconds{*asked} > longest_retry_after) return std::nullopt;
  const std::chrono::milliseconds pause = std::chrono::seconds{*asked};
  return Pause{pause, pause, 1s};
}

Pause retry_after() { return {0s, 10s, 1s}; }

}  // namespace drachtio::call
