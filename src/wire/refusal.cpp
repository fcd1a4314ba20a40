#include "wire/refusal.hpp"

namespace drachtio::wire {

Refusal refusal_of(std::string_view words) {
  const auto say = [words](std::string_view what) {
    return words.find(what) != std::string_view::npos;
  };
  // "Response not sent due to unknown transaction", "unable to cancel unknown transaction id: ..."
  if (say("unknown transaction")) return Refusal::unknown_transaction;
  // "Server error: unable to find dialog for dialog id provided"
  if (say("unable to find dialog")) return Refusal::unknown_dialog;
  return Refusal::other;
}

}  // namespace drachtio::wire
