#include "dialog/identity.hpp"

#include "sip/header_value.hpp"

#include <algorithm>

namespace drachtio::dialog {

namespace {

constexpr std::string_view from_tag = ";from-tag=";

// The request was sent by the program (or the server in its name); of a response: its request was.
// A cdr:start says so itself.
bool request_from_program(const Observation& seen) {
  if (seen.channel == Channel::start) return seen.call_record_token.ends_with("uac");
  return seen.message.is_request() == (seen.direction == Direction::out);
}

}  // namespace

std::string dialog_id(std::string_view call_id, std::string_view creating_tag) {
  std::string id;
  id.reserve(call_id.size() + from_tag.size() + creating_tag.size());
  return id.append(call_id).append(from_tag).append(creating_tag);
}

std::string_view creating_tag(const Dialog& dialog) {
  const std::size_t begin = dialog.call_id.size() + from_tag.size();
  const std::string_view id = dialog.dialog_id;
  return id.substr(std::min(begin, id.size()));
}

bool same_tag(std::string_view a, std::string_view b) { return sip::same_ignoring_case(a, b); }

bool TagOrder::operator()(std::string_view a, std::string_view b) const {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::lexicographical_compare(a, b, {}, small, small);
}

Role role_of(const Observation& seen, bool creator_in_from) {
  return creator_in_from == request_from_program(seen) ? Role::uac : Role::uas;
}

}  // namespace drachtio::dialog
