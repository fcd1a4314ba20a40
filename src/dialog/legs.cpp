#include "dialog/legs.hpp"

#include "dialog/describe.hpp"
#include "dialog/identity.hpp"
#include "dialog/rules.hpp"
#include "dialog/setup.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <vector>

namespace drachtio::dialog {

namespace {

using namespace std::chrono_literals;
using Legs = std::span<const Leg>;
using Kind = Placement::Kind;

// The two ways tell of one message within this time of each other.
constexpr Microseconds ways_apart = 5s;
// RFC 3261 8.1.3.5: a caller tries again what was refused for a reason it can mend.
constexpr Microseconds retry_within = 5min;
// RFC 3261 17.1.1.2: an INVITE is repeated for 64 T1, at most, and each INVITE server transaction
// of the server absorbs what it has seen (17.2.1).
constexpr Microseconds repeated_within = 64s;
// RFC 3263 4.3: a proxy tries the next server; 64 T1 of RFC 3261 17.1.1.2, twice.
constexpr Microseconds fail_over_within = 64s;

Microseconds distance(Instant a, Instant b) { return a < b ? b - a : a - b; }

bool from_call_record(const Observation& seen) { return seen.channel != Channel::sip; }

bool knows_tag(const Dialog& leg, const std::optional<std::string>& tag) {
  if (!tag) return false;
  return std::ranges::any_of(leg.to_tags,
                             [&](const std::string& known) { return same_tag(known, *tag); });
}

bool has_ids_of(const InviteTransaction& invite, const sip::Message& message) {
  return invite.cseq == message.cseq && invite.branch == message.branch;
}

// Both know drachtio's transactionId, and it is another.
bool is_another_transaction(const InviteTransaction& invite, const Observation& seen) {
  const std::string_view id = invite_transaction_id(seen);
  return !invite.transaction_id.empty() && !id.empty() && invite.transaction_id != id;
}

// The latest INVITE of the leg first.
template <typename Predicate>
const InviteTransaction* find_invite(const Dialog& leg, const Predicate& is_wanted) {
  if (is_wanted(leg.invite)) return &leg.invite;
  const auto earlier = std::ranges::find_if(leg.earlier_invites, is_wanted);
  return earlier == leg.earlier_invites.end() ? nullptr : &*earlier;
}

std::vector<Leg> created_by_sender(Legs legs, const Observation& seen) {
  std::vector<Leg> own;
  const Role role = role_of(seen, true);
  const std::string_view tag = seen.message.from.tag ? *seen.message.from.tag : std::string_view{};
  for (const Leg& leg : legs) {
    if (leg.state->role == role && same_tag(creating_tag(*leg.state), tag)) own.push_back(leg);
  }
  return own;
}

const Dialog* of_transaction_id(Legs legs, const Observation& seen) {
  const std::string_view id = invite_transaction_id(seen);
  if (id.empty()) return nullptr;
  for (const Leg& leg : legs) {
    const auto is_named = [&](const InviteTransaction& invite) {
      return invite.transaction_id == id;
    };
    if (find_invite(*leg.state, is_named) != nullptr) return leg.state;
  }
  return nullptr;
}

template <typename Wanted, typename Measure>
const Dialog* least(Legs legs, const Wanted& is_wanted, const Measure& measure) {
  const Dialog* found = nullptr;
  for (const Leg& leg : legs) {
    if (!is_wanted(leg)) continue;
    if (found == nullptr || measure(*leg.state) < measure(*found)) found = leg.state;
  }
  return found;
}

// A 2xx, by call records, to an INVITE that they have not told: the only leg with its ids was
// answered, and had ended long before.
bool is_of_untold_call(const Dialog& leg, const Observation& seen) {
  return seen.channel == Channel::start && seen.message.status_class() == 2 && is_answered(leg) &&
         is_over(leg) && leg.times.end_time &&
         seen.occurred_at > *leg.times.end_time + ways_apart &&
         !knows_tag(leg, seen.message.to.tag);
}

// An answer, a CANCEL or a cdr:stop in the INVITE's transaction: null where no leg has it.
Placement in_invite_transaction(Legs legs, const Observation& seen) {
  const std::vector<Leg> own = created_by_sender(legs, seen);
  if (const Dialog* leg = of_transaction_id(own, seen)) return {Kind::belongs, leg, true};
  const auto has_ids = [&](const InviteTransaction& invite) {
    return has_ids_of(invite, seen.message) && !is_another_transaction(invite, seen);
  };
  // Legs with the same ids follow one another: the message is of the last one that had begun.
  const Dialog* begun = nullptr;
  Instant begun_at = Instant::min();
  std::vector<Leg> with_ids;
  for (const Leg& leg : own) {
    const InviteTransaction* invite = find_invite(*leg.state, has_ids);
    if (invite == nullptr) continue;
    with_ids.push_back(leg);
    if (invite->at > seen.occurred_at + clocks_apart || invite->at < begun_at) continue;
    begun = leg.state;
    begun_at = invite->at;
  }
  if (with_ids.empty()) return {};
  const auto lacks_final = [&](const Leg& leg) {
    const bool told =
        leg.state->status &&
        (leg.final_told_both_ways || leg.state->final_from_call_record == from_call_record(seen));
    return !told;
  };
  // The other way tells of an end when the next call with these ids has begun: the tag says whose.
  const auto was_answered_so = [&](const Leg& leg) {
    return knows_tag(*leg.state, seen.message.to.tag) && lacks_final(leg) &&
           leg.state->times.end_time &&
           seen.occurred_at <= *leg.state->times.end_time + clocks_apart;
  };
  const auto number = [](const Dialog& leg) { return leg.number; };
  if (const Dialog* leg = least(with_ids, was_answered_so, number)) return {Kind::belongs, leg};
  if (begun != nullptr) {
    return is_of_untold_call(*begun, seen) ? Placement{} : Placement{Kind::belongs, begun};
  }
  if (with_ids.size() == 1) return {Kind::belongs, with_ids.front().state};
  const auto age = [&](const Dialog& leg) { return distance(leg.invite.at, seen.occurred_at); };
  if (const Dialog* leg = least(with_ids, lacks_final, age)) return {Kind::belongs, leg};
  return {Kind::belongs, with_ids.back().state};
}

// An INVITE with the ids of `invite`, and another time, may be the same: it came while the leg was
// up, and not so late that nobody repeats it any more. The server gives what is repeated the same
// transactionId, and call records tell of an INVITE once.
bool may_be_repeated(const Dialog& leg, const InviteTransaction& invite, const Observation& seen) {
  const bool other_way = invite.from_call_record != from_call_record(seen);
  if (seen.occurred_at + (other_way ? clocks_apart : 0ms) < invite.at) return false;
  if (leg.state == State::terminated) {
    return seen.occurred_at <= leg.times.end_time.value_or(Instant::max());
  }
  if (!other_way && (from_call_record(seen) || is_another_transaction(invite, seen))) return false;
  return seen.occurred_at - invite.at <= repeated_within;
}

// An INVITE with the CSeq and branch of a leg's: the same, seen again, or another call's that uses
// the ids of an earlier or a later one: then Kind::begins, with the latest leg that has them.
// Kind::none where no leg has them.
Placement invite_with_ids(Legs own, const Observation& seen) {
  const auto with_ids = [&](const InviteTransaction& invite) {
    return has_ids_of(invite, seen.message);
  };
  const Dialog* nearest_untold = nullptr;
  Microseconds nearest = ways_apart;
  const Dialog* covering = nullptr;
  const Dialog* latest = nullptr;
  for (const Leg& leg : own) {
    const InviteTransaction* invite = find_invite(*leg.state, with_ids);
    if (invite == nullptr) continue;
    latest = leg.state;
    const bool other_way = invite->from_call_record != from_call_record(seen);
    if (!other_way && invite->at == seen.occurred_at) return {Kind::belongs, leg.state, true};
    const bool untold = invite != &leg.state->invite || !leg.invite_told_both_ways;
    if (const auto apart = distance(invite->at, seen.occurred_at);
        other_way && untold && apart <= nearest) {
      nearest = apart;
      nearest_untold = leg.state;
    }
    if (may_be_repeated(*leg.state, *invite, seen)) covering = leg.state;
  }
  if (latest == nullptr) return {};
  if (nearest_untold != nullptr) return {Kind::belongs, nearest_untold};
  if (covering != nullptr) return {Kind::belongs, covering};
  return {Kind::begins, latest};
}

// The caller may try again what ended like this.
bool may_be_retried(const Dialog& leg, Instant now) {
  if (is_answered(leg)) return false;
  if (leg.state != State::terminated) return true;
  if (now - leg.times.end_time.value_or(Instant{}) > retry_within) return false;
  switch (leg.cause.value_or(Cause::lost)) {
    case Cause::challenged:
    case Cause::proxied:
    case Cause::lost: return true;
    case Cause::rejected:
      return leg.status != 480 && leg.status != 486 && leg.status != 600 && leg.status != 603;
    default: return false;  // cancelled, or given up by BYE, which is answered 487 too
  }
}

// Another leg has begun since with the ids of this one's INVITE: what its caller does now is about
// that.
bool is_replaced(Legs own, const Dialog& leg) {
  return std::ranges::any_of(own, [&](const Leg& other) {
    const InviteTransaction& invite = other.state->invite;
    return invite.at > leg.invite.at && invite.cseq == leg.invite.cseq &&
           invite.branch == leg.invite.branch;
  });
}

// A leg that was refused, or was not answered yet, with a lower CSeq: of several branches the one
// that was asked for credentials, before those that were refused for another reason.
const Dialog* retried(Legs own, const Observation& seen) {
  const auto rank = [&](const Dialog& leg) {
    return std::tuple{leg.state != State::terminated, leg.cause != Cause::challenged,
                      leg.invite.uri != seen.message.request_uri(), leg.number};
  };
  return least(
      own,
      [&](const Leg& leg) {
        return leg.state->invite.cseq < seen.message.cseq &&
               may_be_retried(*leg.state, seen.occurred_at) && !is_replaced(own, *leg.state);
      },
      rank);
}

// A call in whose caller's proxy has had a 408 or 5xx from us, and tries the same once more.
const Dialog* failed_over(Legs own, const Observation& seen) {
  return least(
      own,
      [&](const Leg& one) {
        const Dialog& leg = *one.state;
        const int status = leg.status.value_or(0);
        return leg.role == Role::uas && leg.cause == Cause::rejected &&
               (status == 408 || status / 100 == 5) && leg.invite.cseq == seen.message.cseq &&
               leg.invite.uri == seen.message.request_uri() &&
               seen.occurred_at >= leg.times.end_time.value_or(Instant{}) &&
               seen.occurred_at - leg.times.end_time.value_or(Instant{}) <= fail_over_within;
      },
      [](const Dialog& leg) { return leg.number; });
}

Placement initial_invite(Legs legs, const Observation& seen) {
  const std::vector<Leg> own = created_by_sender(legs, seen);
  if (const Dialog* leg = of_transaction_id(own, seen)) return {Kind::belongs, leg, true};
  Placement again = invite_with_ids(own, seen);
  if (again.kind == Kind::belongs) return again;
  if (again.kind == Kind::begins) {
    // The retry of a call that uses the ids of an earlier one, whose own retry had these.
    std::vector<Leg> younger = own;
    std::erase_if(younger, [&](const Leg& leg) { return leg.state->number <= again.leg->number; });
    const Dialog* leg = retried(younger, seen);
    if (leg != nullptr) return {Kind::reopens, leg};
    const bool replaces =
        again.leg->state != State::terminated && seen.occurred_at > again.leg->invite.at;
    Placement begins{Kind::begins};
    if (replaces) begins.replaced = again.leg;
    return begins;
  }
  if (const Dialog* leg = retried(own, seen)) return {Kind::reopens, leg};
  if (const Dialog* leg = failed_over(own, seen)) return {Kind::reopens, leg};
  return {Kind::begins};
}

// The program itself answered it, as far as is known.
bool is_answered_by_program(const Dialog& leg) {
  return is_answered(leg) && !leg.answered_by_proxy;
}

// Everything but the INVITE's own transaction goes by tags, whatever dialogId the server names.
Placement by_tags(Legs legs, const Observation& seen) {
  const sip::Message& message = seen.message;
  std::vector<const Dialog*> of_creator;
  std::vector<const Dialog*> knowing;
  std::vector<std::optional<std::string>> other_tags;  // of each of the first
  for (const Leg& leg : legs) {
    for (const bool creator_in_from : {true, false}) {
      const auto& creator = creator_in_from ? message.from.tag : message.to.tag;
      const auto& other = creator_in_from ? message.to.tag : message.from.tag;
      if (leg.state->role != role_of(seen, creator_in_from)) continue;
      if (!same_tag(creating_tag(*leg.state), creator.value_or(""))) continue;
      of_creator.push_back(leg.state);
      other_tags.push_back(other);
      if (knows_tag(*leg.state, other)) knowing.push_back(leg.state);
      break;
    }
  }
  if (knowing.size() == 1) return {Kind::belongs, knowing.front(), true};
  if (!knowing.empty()) {
    // A call that was proxied to its own server: two legs with the same tags.
    const auto rank = [](const Dialog* leg) {
      const bool over = is_over(*leg);
      return std::tuple{!is_answered_by_program(*leg), over, over ? -leg->number : leg->number};
    };
    return {Kind::belongs, *std::ranges::min_element(knowing, {}, rank), true};
  }
  const auto is_open = [](const Dialog* leg) { return !is_over(*leg); };
  if (std::ranges::count_if(of_creator, is_open) == 1) {
    const auto open = std::ranges::find_if(of_creator, is_open);
    return {Kind::belongs, *open, false,
            other_tags[static_cast<std::size_t>(open - of_creator.begin())]};
  }
  if (of_creator.empty()) return {};
  if (message.to.tag) return {Kind::stray};
  const bool all_over = std::ranges::none_of(of_creator, is_open);
  return all_over ? Placement{Kind::belongs, of_creator.back()} : Placement{};
}

// An ACK for a final answer of 300 or more has the INVITE's branch (RFC 3261 17.1.1.3).
Placement ack(Legs legs, const Observation& seen) {
  Placement tagged = by_tags(legs, seen);
  if (tagged.certain) return tagged;
  Placement placed = in_invite_transaction(legs, seen);
  return placed.kind == Kind::none ? tagged : placed;
}

}  // namespace

bool may_belong(const Observation& seen) {
  if (seen.message.to.tag) return true;
  const std::string& method = seen.message.method;
  return method == "INVITE" || method == "CANCEL" || method == "ACK" || method == "BYE" ||
         method == "PRACK" || method == "UPDATE";
}

Placement place(Legs legs, const Observation& seen) {
  if (!may_belong(seen)) return {};
  const sip::Message& message = seen.message;
  if (is_initial_invite(seen)) return initial_invite(legs, seen);
  if (message.is_request() && message.method == "ACK") return ack(legs, seen);
  const bool in_transaction =
      message.is_request()
          ? (message.method == "CANCEL" || message.method == "INVITE") && !message.to.tag
          : message.method == "INVITE";
  if (in_transaction) {
    Placement placed = in_invite_transaction(legs, seen);
    if (placed.kind != Kind::none) return placed;
    if (seen.channel == Channel::start && message.status_class() == 2) return {Kind::begins};
    if (message.is_request() || seen.of_proxied) return {};
  }
  return by_tags(legs, seen);
}

}  // namespace drachtio::dialog
