// An event's `data` as it is stored: a JSON object with a member for each fact the event carries.
//
// This is format 2 of the log (docs/log-format.md). What is written here is hashed and kept for
// ever: members may be added, none may change its meaning.
#pragma once

#include <drachtio/event.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace drachtio::dialog {

// The format that is written, and the oldest that can be read.
inline constexpr int event_format = 2;
inline constexpr int oldest_event_format = 1;

// Everything but type, occurred_at and where the event stands: those are columns of their own.
// Valid UTF-8, whatever the event holds.
std::string to_json(const Event& event);

// Thrown for data that to_json cannot have written.
class EventFormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Fills `event` from `data`: from_json(to_json(e)) restores e. Unknown members are passed over.
void from_json(std::string_view data, Event& event);

}  // namespace drachtio::dialog
