// The names of things, as they stand in JSON, SQL and on the command line. Once stored they are
// for ever: a name may be added here, never changed.
#include "dialog/names.hpp"

#include <array>
#include <ostream>
#include <utility>

namespace drachtio {

namespace {

template <typename Enum, std::size_t size>
using Names = std::array<std::pair<Enum, std::string_view>, size>;

constexpr Names<Role, 2> roles{{{Role::uac, "uac"}, {Role::uas, "uas"}}};

constexpr Names<State, 4> states{{{State::pending, "pending"},
                                  {State::early, "early"},
                                  {State::stable, "stable"},
                                  {State::terminated, "terminated"}}};

constexpr Names<Hold, 4> holds{
    {{Hold::none, "none"}, {Hold::local, "local"}, {Hold::remote, "remote"}, {Hold::both, "both"}}};

constexpr Names<Cause, 10> causes{{{Cause::far_end_release, "far-end-release"},
                                   {Cause::near_end_release, "near-end-release"},
                                   {Cause::ack_timeout, "ack-timeout"},
                                   {Cause::session_expired, "session-expired"},
                                   {Cause::server_release, "server-release"},
                                   {Cause::rejected, "rejected"},
                                   {Cause::cancelled, "cancelled"},
                                   {Cause::challenged, "challenged"},
                                   {Cause::proxied, "proxied"},
                                   {Cause::lost, "lost"}}};

constexpr Names<EventType, 27> event_types{{{EventType::genesis, "genesis"},
                                            {EventType::invited, "invited"},
                                            {EventType::progressed, "progressed"},
                                            {EventType::early, "early"},
                                            {EventType::challenged, "challenged"},
                                            {EventType::answered, "answered"},
                                            {EventType::confirmed, "confirmed"},
                                            {EventType::rejected, "rejected"},
                                            {EventType::cancelled, "cancelled"},
                                            {EventType::proxied, "proxied"},
                                            {EventType::offered, "offered"},
                                            {EventType::modified, "modified"},
                                            {EventType::acknowledged, "acknowledged"},
                                            {EventType::requested, "requested"},
                                            {EventType::responded, "responded"},
                                            {EventType::terminated, "terminated"},
                                            {EventType::session_set, "session-set"},
                                            {EventType::session_joined, "session-joined"},
                                            {EventType::resumed, "resumed"},
                                            {EventType::lost, "lost"},
                                            {EventType::link_up, "link-up"},
                                            {EventType::link_down, "link-down"},
                                            {EventType::link_refused, "link-refused"},
                                            {EventType::gap, "gap"},
                                            {EventType::unreadable, "unreadable"},
                                            {EventType::evidence_dropped, "evidence-dropped"},
                                            {EventType::alive, "alive"}}};

constexpr Names<Direction, 3> directions{
    {{Direction::none, "none"}, {Direction::in, "in"}, {Direction::out, "out"}}};

constexpr Names<Modification, 4> modifications{{{Modification::modify, "modify"},
                                                {Modification::hold, "hold"},
                                                {Modification::unhold, "unhold"},
                                                {Modification::refresh, "refresh"}}};

template <typename Enum, std::size_t size>
std::string_view name_of(const Names<Enum, size>& names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "unknown";
}

template <typename Enum, std::size_t size>
std::optional<Enum> value_of(const Names<Enum, size>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Role role) { return name_of(roles, role); }
std::string_view to_string(State state) { return name_of(states, state); }
std::string_view to_string(Hold hold) { return name_of(holds, hold); }
std::string_view to_string(Cause cause) { return name_of(causes, cause); }
std::string_view to_string(EventType type) { return name_of(event_types, type); }
std::string_view to_string(Direction direction) { return name_of(directions, direction); }
std::string_view to_string(Modification modification) {
  return name_of(modifications, modification);
}

std::ostream& operator<<(std::ostream& out, Role role) { return out << to_string(role); }
std::ostream& operator<<(std::ostream& out, State state) { return out << to_string(state); }
std::ostream& operator<<(std::ostream& out, Hold hold) { return out << to_string(hold); }
std::ostream& operator<<(std::ostream& out, Cause cause) { return out << to_string(cause); }

namespace dialog {

std::optional<Role> parse_role(std::string_view text) { return value_of(roles, text); }
std::optional<State> parse_state(std::string_view text) { return value_of(states, text); }
std::optional<Hold> parse_hold(std::string_view text) { return value_of(holds, text); }
std::optional<Cause> parse_cause(std::string_view text) { return value_of(causes, text); }
std::optional<EventType> parse_event_type(std::string_view text) {
  return value_of(event_types, text);
}
std::optional<Direction> parse_direction(std::string_view text) {
  return value_of(directions, text);
}
std::optional<Modification> parse_modification(std::string_view text) {
  return value_of(modifications, text);
}

}  // namespace dialog

}  // namespace drachtio
