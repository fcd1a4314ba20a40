// An event in words and as JSON, for people and programs that read a history.
#pragma once

#include "text/json_writer.hpp"

#include <drachtio/event.hpp>

#include <optional>
#include <string>

namespace drachtio::replay {

// What it was: "INVITE", "200 OK to INVITE", "link lost", "not heard of for 24 h". Not escaped.
std::string what_it_was(const Event& event);

// "in  <-", "out ->", or nothing for what is no message.
std::string arrow(const Event& event);

// Whose event it is.
struct Owner {
  std::string server;
  std::string dialog_id;
  std::string call_id;
  std::string role;
};

// Opens the JSON of an event with the members that all such lines have.
void write_event(text::JsonObject& object, const Event& event, const std::optional<Owner>& owner,
                 const std::string& data);

}  // namespace drachtio::replay
