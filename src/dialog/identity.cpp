#include "dialog/identity.hpp"

namespace drachtio::dialog {

namespace {

// The request was sent by the program (or the server in its name); of a response: its request was.
// A cdr:start says so itself.
bool request_from_program(const Observation& observation) {
  if (observation.channel == Channel::start) return observation.call_record_token.ends_with("uac");
  return observation.message.is_request() == (observation.direction == Direction::out);
}

// Creating tag in From and the request from the program: uac; from the network: uas. Creating tag
// in To: the reverse.
Role role(bool creator_in_from, bool from_program) {
  return creator_in_from == from_program ? Role::uac : Role::uas;
}

}  // namespace

std::string dialog_id(std::string_view call_id, std::string_view creating_tag) {
  std::string id;
  id.reserve(call_id.size() + creating_tag.size() + 10);
  id += call_id;
  id += ";from-tag=";
  id += creating_tag;
  return id;
}

Identity opened_identity(const Observation& observation) {
  const sip::Message& message = observation.message;
  return {dialog_id(message.call_id, message.from.tag.value_or("")),
          role(true, request_from_program(observation))};
}

Candidates candidates(const Observation& observation) {
  const sip::Message& message = observation.message;
  const bool from_program = request_from_program(observation);
  Candidates result;
  const auto add = [&](std::string id, bool creator_in_from) {
    result.identity[result.count++] = {std::move(id), role(creator_in_from, from_program)};
  };
  std::string by_from = dialog_id(message.call_id, message.from.tag.value_or(""));
  std::string by_to;
  if (message.to.tag) by_to = dialog_id(message.call_id, *message.to.tag);
  if (!observation.dialog_id.empty()) {
    const bool in_from = observation.dialog_id == by_from;
    const bool in_to = message.to.tag && observation.dialog_id == by_to;
    if (in_from || !in_to) add(observation.dialog_id, true);
    if (in_to || !in_from) add(observation.dialog_id, false);
    if (in_from || in_to) return result;
  }
  add(std::move(by_from), true);
  if (message.to.tag) add(std::move(by_to), false);
  return result;
}

}  // namespace drachtio::dialog
