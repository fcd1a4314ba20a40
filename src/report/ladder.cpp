#include "report/ladder.hpp"

#include "dialog/apply.hpp"
#include "report/media.hpp"
#include "report/next_hop.hpp"
#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace drachtio::report {

namespace {

constexpr int default_port = 5060;  // RFC 3261 19.1.2

// A `proxy` goes to the server, and a call record of an end may show the INVITE once more: neither
// is a message of its own.
bool is_message(const Event& event) {
  const bool shows_invite_again = event.from_call_record && event.method == "INVITE" &&
                                  event.status == 0 && event.type != EventType::invited;
  return event.direction != Direction::none && event.type != EventType::proxied &&
         !shows_invite_again;
}

bool was_told_by_server(const Event& event) { return event.from_call_record || event.unsolicited; }

// Methods of which a leg has several requests, so that only the CSeq tells them apart.
std::set<std::string> repeated_methods(const Leg& leg) {
  std::map<std::string, std::uint32_t> first;
  std::set<std::string> repeated;
  for (const Leg::Entry& entry : leg.entries) {
    const Event& event = entry.event;
    if (!is_message(event) || event.method.empty()) continue;
    const auto [known, is_new] = first.emplace(event.method, event.cseq);
    if (!is_new && known->second != event.cseq) repeated.insert(event.method);
  }
  return repeated;
}

std::string label_of(const Event& event, const std::set<std::string>& repeated) {
  const bool needs_cseq = repeated.contains(event.method);
  const std::string cseq = std::to_string(event.cseq);
  if (event.status == 0) return event.method + (needs_cseq ? " (" + cseq + ')' : "");
  std::string label = std::to_string(event.status);
  if (!event.phrase.empty()) label += ' ' + event.phrase;
  if (needs_cseq) return label + " (" + cseq + ' ' + event.method + ')';
  return event.method.empty() || event.method == "INVITE" ? label
                                                          : label + " (" + event.method + ')';
}

// Says what an event that is no message was.
std::string note_of(const Event& event) {
  switch (event.type) {
    case EventType::proxied: return "handed on: proxy";
    case EventType::session_set: return "session set: " + event.patch;
    case EventType::session_joined: return "sessions joined";
    case EventType::resumed: return "resumed after a restart of the program";
    case EventType::lost: return "lost" + (event.reason ? ": " + *event.reason : "");
    default: break;
  }
  std::string words{to_string(event.type)};
  if (event.from_call_record) words = "call record: " + words;
  return event.detail.empty() ? words : words + ": " + event.detail;
}

// Returns whether the reason for an end says more than the event's label and the cause do.
bool says_more(const std::string& reason, const DialogState& after, const Event& event) {
  if (event.type == EventType::lost) return false;
  if (reason == event.phrase || reason == std::to_string(event.status) + ' ' + event.phrase) {
    return false;
  }
  const bool is_release =
      after.cause == Cause::far_end_release || after.cause == Cause::near_end_release;
  return !is_release || !reason.starts_with("normal ");  // "normal far end release"
}

std::vector<std::string> changes_between(const DialogState& before, const DialogState& after,
                                         const Event& event) {
  std::vector<std::string> changes;
  if (!before.times.connect_time && after.times.connect_time && after.state != State::terminated) {
    changes.emplace_back("answered");
  }
  const bool says_so_itself = event.type == EventType::lost || event.type == EventType::proxied;
  if (before.version > 0 && before.state != after.state && !says_so_itself) {
    std::string words{to_string(after.state)};
    if (after.state == State::terminated && after.cause) {
      words += ": " + std::string{to_string(*after.cause)};
    }
    changes.push_back(std::move(words));
  }
  if (before.hold() != after.hold()) {
    changes.push_back(after.hold() == Hold::none ? "no hold"
                                                 : "hold " + std::string{to_string(after.hold())});
  }
  if (after.reason && before.reason != after.reason && says_more(*after.reason, after, event)) {
    changes.push_back('"' + *after.reason + '"');
  }
  if (event.unsolicited) changes.emplace_back("by the server itself");
  return changes;
}

// Returns the RTP statistics that a phone tells when a call ends, as it has written them. No
// standard has these headers; phones of several makers send one or the other.
std::vector<std::string> rtp_statistics(const Leg::Entry& entry) {
  std::vector<std::string> statistics;
  if (!entry.evidence || entry.event.method != "BYE") return statistics;
  sip::HeaderLines lines{entry.evidence->bytes};
  while (const auto line = lines.next()) {
    for (const std::string_view name : {"X-RTP-Stat", "P-RTP-Stat"}) {
      if (!sip::same_ignoring_case(line->name, name)) continue;
      statistics.push_back(std::string{name} + ": " + sip::unfolded(line->value));
    }
  }
  return statistics;
}

// An address as evidence has it, "udp/10.0.0.1:5060", in its two parts.
std::pair<std::string, std::string> parts_of(std::string_view peer) {
  const std::size_t slash = peer.find('/');
  if (slash == std::string_view::npos) return {"", std::string{peer}};
  return {std::string{peer.substr(0, slash)}, std::string{peer.substr(slash + 1)}};
}

// The address in the evidence of a message that came, or of an answer that went. Of a request that
// went, the server tells its own address there. Empty where it is not known.
std::string told_address(const Leg::Entry& entry) {
  const Event& event = entry.event;
  if (!entry.evidence || !is_message(event)) return {};
  if (event.direction == Direction::out && event.status == 0) return {};
  return parts_of(entry.evidence->peer).second;
}

// Returns where the far end of a leg is by what its messages say, where the server tells nothing
// (it does not in call records): the Contact of a message that came, else where a request went.
std::string said_address(const Leg& leg) {
  for (const Leg::Entry& entry : leg.entries) {
    const std::optional<HostPort>& contact = entry.event.contact;
    if (entry.event.direction != Direction::in || !contact) continue;
    const bool is_ipv6 = contact->host.find(':') != std::string::npos;
    const std::string host = is_ipv6 ? '[' + contact->host + ']' : contact->host;
    return host + ':' + std::to_string(contact->port == 0 ? default_port : contact->port);
  }
  for (const Leg::Entry& entry : leg.entries) {
    const Event& event = entry.event;
    if (!is_message(event) || event.direction != Direction::out || event.status != 0) continue;
    return entry.evidence ? next_hop(entry.evidence->bytes) : std::string{};
  }
  return {};
}

// Returns where each message of the leg came from, or went. A request went to where its answer
// comes from, or to where the leg's messages came from before, or else come from later.
std::vector<std::string> far_ends(const Leg& leg) {
  std::vector<std::string> told;
  for (const Leg::Entry& entry : leg.entries) told.push_back(told_address(entry));
  const auto is_from_far_end = [&](std::size_t i) {
    return leg.entries[i].event.direction == Direction::in && !told[i].empty();
  };
  const auto address_of = [&](std::size_t index) {
    if (!told[index].empty()) return told[index];
    std::string before;
    std::string after;
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (!is_from_far_end(i)) continue;
      const Event& event = leg.entries[index].event;
      const Event& other = leg.entries[i].event;
      const bool answers_it = i > index && other.status != 0 && event.status == 0 &&
                              other.cseq == event.cseq && other.method == event.method;
      if (answers_it) return told[i];
      if (i < index) before = told[i];
      if (i > index && after.empty()) after = told[i];
    }
    if (!before.empty()) return before;
    return after.empty() ? said_address(leg) : after;
  };
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i < told.size(); ++i) addresses.push_back(address_of(i));
  return addresses;
}

class Builder {
 public:
  Ladder build(std::vector<Leg> legs, const std::vector<BlindTime>& blind) {
    for (Leg& leg : legs) walks_.emplace_back(std::move(leg));
    while (Walk* next = earliest()) add_entry(*next);
    for (Walk& walk : walks_) {
      ladder_.legs.push_back(std::move(walk.state));
      ladder_.relations.push_back(std::move(walk.leg.relation));
    }
    for (const BlindTime& time : blind) add_blind_time(time);
    add_gaps();
    return std::move(ladder_);
  }

 private:
  // A leg on its way from its first event to its last.
  struct Walk {
    explicit Walk(Leg&& from)
        : leg(std::move(from)), repeated(repeated_methods(leg)), addresses(far_ends(leg)) {
      has_program = std::ranges::any_of(leg.entries, [](const Leg::Entry& entry) {
        return is_message(entry.event) && !was_told_by_server(entry.event);
      });
    }

    Leg leg;
    std::size_t next = 0;
    dialog::Dialog state;
    std::set<std::string> repeated;
    std::vector<std::string> addresses;  // far_ends()
    bool has_program = false;
  };

  // Returns the leg whose next event comes first; null once all have been taken.
  Walk* earliest() {
    Walk* first = nullptr;
    const auto key = [](const Walk& walk) {
      const Event& event = walk.leg.entries[walk.next].event;
      return std::pair{event.occurred_at, event.position};
    };
    for (Walk& walk : walks_) {
      if (walk.next == walk.leg.entries.size()) continue;
      if (first == nullptr || key(walk) < key(*first)) first = &walk;
    }
    return first;
  }

  std::size_t participant(Participant::Kind kind, const std::string& name) {
    auto& all = ladder_.participants;
    const auto found = std::ranges::find_if(
        all, [&](const Participant& one) { return one.kind == kind && one.name == name; });
    if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
    all.push_back({kind, name, {}});
    return all.size() - 1;
  }

  std::size_t far_end(Walk& walk, std::size_t entry) {
    const std::size_t index = participant(Participant::Kind::far_end, walk.addresses[entry]);
    const DialogState& leg = walk.state;
    const bool is_caller = leg.role == Role::uas;
    const Party& party = is_caller ? leg.calling_party : leg.called_party;
    std::string role = is_caller ? "caller" : "callee";
    if (party.user) role += ' ' + *party.user;
    std::vector<std::string>& roles = ladder_.participants[index].roles;
    if (std::ranges::find(roles, role) == roles.end()) roles.push_back(std::move(role));
    return index;
  }

  std::size_t near_end(const Walk& walk, const Event& event) {
    return walk.has_program && !event.unsolicited
               ? participant(Participant::Kind::program, "")
               : participant(Participant::Kind::server, walk.state.server);
  }

  void add_entry(Walk& walk) {
    Leg::Entry& entry = walk.leg.entries[walk.next++];
    const Event& event = entry.event;
    const DialogState before = walk.state;
    dialog::apply(walk.state, event);
    Rung rung;
    rung.position = event.position;
    rung.leg = static_cast<std::size_t>(&walk - walks_.data());
    rung.at = event.occurred_at;
    rung.changes = changes_between(before, walk.state, event);
    for (std::string& statistics : rtp_statistics(entry)) {
      rung.changes.push_back(std::move(statistics));
    }
    if (is_message(event)) {
      rung.status = event.status;
      rung.label = label_of(event, walk.repeated);
      if (event.sdp) rung.media = media_in_short(event.sdp->text);
      const bool is_in = event.direction == Direction::in;
      if (entry.evidence) rung.transport = parts_of(entry.evidence->peer).first;
      // Whoever sends it stands to the left of whoever receives it.
      std::size_t far = is_in ? far_end(walk, walk.next - 1) : 0;
      const std::size_t near = near_end(walk, event);
      if (!is_in) far = far_end(walk, walk.next - 1);
      rung.from = is_in ? far : near;
      rung.to = is_in ? near : far;
    } else {
      rung.kind = Rung::Kind::note;
      rung.label = note_of(event);
    }
    rung.evidence = std::move(entry.evidence);
    rung.proof = entry.proof;
    ladder_.rungs.push_back(std::move(rung));
  }

  void add_blind_time(const BlindTime& time) {
    auto& rungs = ladder_.rungs;
    const bool was_up = std::ranges::any_of(ladder_.legs, [&](const DialogState& leg) {
      return leg.server == time.server && leg.number < time.position &&
             (leg.state != State::terminated || time.position < leg.last_position);
    });
    if (!was_up) return;
    const auto place = std::ranges::find_if(
        rungs, [&](const Rung& rung) { return rung.leg && rung.position > time.position; });
    Rung rung;
    rung.kind = Rung::Kind::blind;
    rung.position = time.position;
    rung.at = place == rungs.end() ? rungs.back().at : place->at;
    rung.label = time.words;
    rungs.insert(place, std::move(rung));
  }

  void add_gaps() {
    auto& rungs = ladder_.rungs;
    for (std::size_t i = 1; i < rungs.size(); ++i) rungs[i].gap = rungs[i].at - rungs[i - 1].at;
  }

  std::vector<Walk> walks_;
  Ladder ladder_;
};

}  // namespace

Ladder make_ladder(std::vector<Leg> legs, const std::vector<BlindTime>& blind) {
  return Builder{}.build(std::move(legs), blind);
}

Ladder part_of(Ladder ladder, std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  std::erase_if(ladder.rungs, [&](const Rung& rung) {
    return (from && rung.position < *from) || (to && rung.position > *to);
  });
  std::vector<Participant> needed;
  std::map<std::size_t, std::size_t> places;
  for (Rung& rung : ladder.rungs) {
    if (rung.kind != Rung::Kind::message) continue;
    for (std::size_t* end : {&rung.from, &rung.to}) {
      const auto [place, is_new] = places.emplace(*end, needed.size());
      if (is_new) needed.push_back(ladder.participants[*end]);
      *end = place->second;
    }
  }
  ladder.participants = std::move(needed);
  return ladder;
}

}  // namespace drachtio::report
