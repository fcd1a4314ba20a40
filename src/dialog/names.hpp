// From a name in the log or on the command line back to its value; nothing for an unknown one.
#pragma once

#include <drachtio/event.hpp>

#include <optional>
#include <string_view>

namespace drachtio::dialog {

std::optional<Role> parse_role(std::string_view text);
std::optional<State> parse_state(std::string_view text);
std::optional<Hold> parse_hold(std::string_view text);
std::optional<Cause> parse_cause(std::string_view text);
std::optional<EventType> parse_event_type(std::string_view text);
std::optional<Direction> parse_direction(std::string_view text);
std::optional<Modification> parse_modification(std::string_view text);

}  // namespace drachtio::dialog
