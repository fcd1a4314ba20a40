#include "call/unasked.hpp"

#include <algorithm>
#include <array>

namespace drachtio::call {

namespace {

bool is_one_of(std::string_view method, const auto& methods) {
  return std::ranges::find(methods, method) != methods.end();
}

// These exist in a call only. Subscriptions, whose dialogs are not tracked, have others.
constexpr std::array<std::string_view, 5> of_a_call{"BYE", "INVITE", "UPDATE", "PRACK", "INFO"};
constexpr std::array<std::string_view, 6> granted{"UPDATE", "INFO",    "MESSAGE",
                                                  "NOTIFY", "OPTIONS", "REFER"};

}  // namespace

std::optional<int> refusal_unasked(const RequestFacts& request) {
  if (request.another_branch) return 482;  // RFC 3261 8.2.2.2
  if (request.in_a_dialog) {
    if (request.has_dialog) return std::nullopt;
    const bool is_lost = is_one_of(request.method, of_a_call) || !request.has_handler;
    return is_lost ? std::optional{481} : std::nullopt;  // RFC 3261 12.2.2
  }
  if (request.method != "INVITE") return std::nullopt;
  if (!request.has_dialog) return 400;  // unreadable: there is no dialog to control
  return request.accepts_calls ? std::nullopt : std::optional{503};
}

int answer_unasked(std::string_view method) { return is_one_of(method, granted) ? 200 : 501; }

}  // namespace drachtio::call
