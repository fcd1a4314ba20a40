// Call flows as tests write them: messages are said by the caller or the callee, a Flow hears them.
//
//   Flow flow{Role::uas};
//   flow << invite(sdp()) << ringing() << ok(sdp()) << ack() << bye(callee);
//   CHECK(flow.story() == "invited progressed answered confirmed terminated");
//
// Messages are real SIP text, parsed as those of a server are. A Flow of role uac hears what the
// program sees that placed the call, one of role uas what the program sees that takes it.
#pragma once

#include "catch.hpp"
#include "dialog/apply.hpp"
#include "dialog/dialog.hpp"
#include "dialog/identity.hpp"
#include "dialog/observe.hpp"
#include "dialog/plain_comparison.hpp"
#include "dialog/said.hpp"
#include "projection/fold.hpp"

#include <string>
#include <vector>

namespace drachtio::test {

inline Direction direction_of(Role role, Side side) {
  return (role == Role::uac) == (side == caller) ? Direction::out : Direction::in;
}

inline dialog::Observation observation_of(Role role, const Said& said, const std::string& text,
                                          Instant at) {
  dialog::Observation seen;
  seen.channel = said.channel;
  seen.occurred_at = at;
  seen.direction = direction_of(role, said.side);
  seen.unsolicited = said.by_server;
  seen.server = "sip.example";
  if (said.channel == dialog::Channel::sip) {
    seen.transaction_id =
        said.transaction_id.empty() ? "tx-" + said.top_branch : said.transaction_id;
  }
  seen.call_record_token = said.token;
  std::string why;
  auto message = sip::parse_message(text, why);
  INFO(why << " in:\n" << text);
  REQUIRE(message);
  seen.message = std::move(*message);
  seen.key = dialog::message_key(seen.channel, seen.message);
  return seen;
}

// One dialog as its writer keeps it; a message a second. Beside the live state it folds what would
// have been stored, and insists that the two are equal; and that the plain reading, which hears the
// same messages, says the same of the call.
class Flow {
 public:
  explicit Flow(Role role) : role_(role) {}

  Flow& operator<<(const Said& said) {
    now_ += std::chrono::seconds{1};
    const std::string text = said.text();
    const dialog::Observation seen = observation_of(role_, said, text, now_);
    const dialog::Placement placed = place(seen);
    began_another_ = known_ && placed.kind == dialog::Placement::Kind::begins;
    heard(began_another_ ? std::nullopt : dialog::observe(placed, seen));
    plain_.hear(overheard(seen));
    if (known_ && reads_plainly_) {
      INFO(text << difference());
      CHECK(difference().empty());
    }
    return *this;
  }

  // What follows no RFC allows, or only a drachtio-server explains: the plain reading is not asked.
  Flow& without_plain_reading() {
    reads_plainly_ = false;
    return *this;
  }
  // Returns in what the plain reading differs; nothing where it says the same.
  [[nodiscard]] std::string difference() const { return test::difference(plain_, state_); }

  Flow& wait(Microseconds time) {
    now_ += time;
    return *this;
  }

  // The server acknowledged the program's `proxy`.
  Flow& proxied() {
    now_ += std::chrono::seconds{1};
    heard(known_ ? dialog::observe_proxied(state_, now_) : std::nullopt);
    return *this;
  }

  // Nothing was heard of it for too long.
  Flow& lost() {
    now_ += std::chrono::hours{1};
    Event event;
    event.type = EventType::lost;
    event.occurred_at = now_;
    event.cause = Cause::lost;
    event.reason = "not heard of for 3600 s";
    heard(event);
    return *this;
  }

  // The server knows the dialog, whose 2xx was not seen.
  Flow& inferred() {
    Event event;
    event.type = EventType::resumed;
    event.occurred_at = now_;
    event.inferred = true;
    heard(event);
    return *this;
  }

  Flow& patched(const std::string& patch) {
    Event event;
    event.type = EventType::session_set;
    event.occurred_at = now_;
    event.patch = patch;
    heard(event);
    return *this;
  }

  const dialog::Dialog& operator*() const { return state_; }
  const dialog::Dialog* operator->() const { return &state_; }
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] Instant now() const { return now_; }
  // The latest event; `heard_nothing` says that the latest message was none.
  [[nodiscard]] const Event& last() const { return events_.back(); }
  [[nodiscard]] bool heard_nothing() const { return nothing_; }
  // The latest message was the first of another leg, which a Flow does not follow.
  [[nodiscard]] bool began_another() const { return began_another_; }
  // The types of all events, in order.
  [[nodiscard]] std::string story() const {
    std::string types;
    for (const Event& event : events_) {
      types += (types.empty() ? "" : " ") + std::string{to_string(event.type)};
    }
    return types;
  }

 private:
  [[nodiscard]] dialog::Placement place(const dialog::Observation& seen) const {
    std::vector<dialog::Leg> legs;
    if (known_) legs.push_back({&state_});
    return dialog::place(legs, seen);
  }

  void heard(std::optional<Event> event) {
    nothing_ = !event;
    if (!event) return;
    event->position = static_cast<std::int64_t>(events_.size()) + 11;
    event->dialog = 11;
    event->version = static_cast<std::int64_t>(events_.size()) + 1;
    event->recorded_at = now_;
    dialog::apply(state_, *event);
    known_ = true;
    const Event stored = projection::to_event(projection::to_row(*event));
    CHECK(stored == *event);
    dialog::apply(folded_, stored);
    CHECK(folded_ == state_);
    events_.push_back(std::move(*event));
  }

  Role role_;
  Instant now_ = to_instant(1'800'000'000'000'000);
  dialog::Dialog state_;
  dialog::Dialog folded_;
  bool known_ = false;
  bool nothing_ = false;
  bool began_another_ = false;
  std::vector<Event> events_;
  PlainReading plain_;
  bool reads_plainly_ = true;
};

// The caller's end of it, and the callee's.
inline const Endpoint& ann(const Flow& flow) {
  return flow->role == Role::uac ? flow->local : flow->remote;
}
inline const Endpoint& bob(const Flow& flow) {
  return flow->role == Role::uac ? flow->remote : flow->local;
}

// A call that is up: the caller offered, the callee answered.
inline Flow established(Role role) {
  Flow flow{role};
  flow << invite(sdp(1, "sendrecv", "caller")) << ok(sdp(1, "sendrecv", "callee")) << ack();
  return flow;
}

}  // namespace drachtio::test
