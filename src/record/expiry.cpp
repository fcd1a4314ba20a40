#include "record/expiry.hpp"

#include "dialog/rules.hpp"
#include "text/timestamp.hpp"

#include <algorithm>
#include <string>

namespace drachtio::record {

namespace {

// A drachtio-server forgets a request that gets no response for 64 s, without a word. An answer at
// the last moment may still be on its way back to us.
constexpr std::chrono::seconds forgotten_by_server{70};

// A program hangs up on a far end that has no such dialog any more: within 64 T1, at most.
constexpr std::chrono::seconds bye_within{32};

std::string seconds_text(Microseconds duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

std::string gone_words(const FarEndGone& gone) {
  return std::to_string(gone.status) + " to a request in the dialog, and no BYE for " +
         seconds_text(bye_within);
}

Note lost(std::int64_t dialog, Instant now, std::string why) {
  Event event;
  event.type = EventType::lost;
  event.occurred_at = now;
  event.cause = Cause::lost;
  event.reason = std::move(why);
  return {dialog, std::move(event)};
}

// Why it is lost, if it is; as far as that is known where nothing was missed of it.
std::optional<std::string> loss(const Tip& tip, Instant now, const Patience& patience) {
  const dialog::Dialog& state = tip.state;
  if (state.state == State::terminated) return std::nullopt;
  if (patience.carried_only && !tip.connection) return std::nullopt;
  // What was handed on may ring elsewhere for as long as they like.
  if (!patience.with_others_only && dialog::is_untouched(state) && !tip.handing_on &&
      now - tip.heard_at >= forgotten_by_server) {
    return "no answer within 64 s: the server forgot it";
  }
  if (!patience.with_others_only && state.gone && now - tip.gone_at >= bye_within) {
    return gone_words(*state.gone);
  }
  if (patience.with_others_only && dialog::is_own(state)) return std::nullopt;
  const bool answered = dialog::is_answered(state);
  const auto limit = answered ? patience.answered : patience.pending;
  if (!limit || now - tip.heard_at < *limit) return std::nullopt;
  return (answered ? "not heard of for " : "neither answered nor ended within ") +
         seconds_text(*limit);
}

// An answer or an end may have been missed: nothing is said of it.
std::string unheard_words(const dialog::Dialog& state, Instant blind_since) {
  return "nothing heard since " + text::rfc3339(state.last_heard) + ", with a gap since " +
         text::rfc3339(blind_since);
}

std::string connection_gone_words(const dialog::Dialog& state) {
  return "nothing heard since " + text::rfc3339(state.last_heard) +
         ", and its program's connection is gone";
}

}  // namespace

std::vector<Note> overdue(Tips& tips, Instant now, const Patience& patience,
                          const Blindness& blindness,
                          const std::function<bool(std::uint64_t)>& is_up) {
  std::vector<Note> ends;
  tips.each([&](const Tip& tip) {
    const auto why = loss(tip, now, patience);
    if (!why) return;
    const auto blind_since = blindness.since(tip.state.server, tip.heard_at);
    const bool is_deaf = tip.connection && !is_up(*tip.connection);
    ends.push_back(lost(tip.state.number, now,
                        blind_since ? unheard_words(tip.state, *blind_since)
                        : is_deaf   ? connection_gone_words(tip.state)
                                    : *why));
  });
  std::ranges::sort(ends, {}, &Note::dialog);
  return ends;
}

Note replaced(const dialog::Dialog& leg, Instant at) {
  return lost(leg.number, at, "another call has begun with the same ids");
}

std::vector<Note> gone_without_bye(Tips& tips, Instant server_time) {
  std::vector<Note> ends;
  tips.each([&](const Tip& tip) {
    const auto& gone = tip.state.gone;
    if (!gone || tip.state.state == State::terminated) return;
    if (server_time - gone->at < bye_within) return;
    ends.push_back(lost(tip.state.number, server_time, gone_words(*gone)));
  });
  std::ranges::sort(ends, {}, &Note::dialog);
  return ends;
}

}  // namespace drachtio::record
