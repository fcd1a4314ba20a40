#include "wire/redaction.hpp"

#include "wire/protocol_error.hpp"

#include <algorithm>
#include <utility>

namespace drachtio::wire {

std::string without_login(std::string_view payload) {
  std::string result{payload};
  constexpr std::string_view verb = "authenticate";
  const std::size_t bar = payload.find('|');
  if (bar == std::string_view::npos || !payload.substr(bar + 1).starts_with(verb)) return result;
  std::size_t begin = bar + 1 + verb.size();
  if (begin < payload.size() && payload[begin] == '|') ++begin;
  // Up to the last '|', should a secret have one in it.
  const std::size_t last = payload.rfind('|');
  const std::size_t end = last < begin ? payload.size() : last;
  std::fill(result.begin() + static_cast<std::ptrdiff_t>(begin),
            result.begin() + static_cast<std::ptrdiff_t>(end), '*');
  return result;
}

std::string Redaction::pass(std::string_view bytes) {
  if (left_out_) return {};
  try {
    return from_ == Sender::client ? pass_client(bytes) : pass_server(bytes);
  } catch (const ProtocolError&) {
    left_out_ = true;
    held_.clear();
    return {};
  }
}

std::string Redaction::pass_client(std::string_view bytes) {
  std::string result;
  frames_.push(bytes);
  try {
    while (const auto payload = frames_.next()) result += frame(without_login(*payload));
  } catch (const ProtocolError&) {
    left_out_ = true;  // the frames before it are written
  }
  return result;
}

std::string Redaction::pass_server(std::string_view bytes) {
  if (known_server_) return std::string{bytes};
  held_ += bytes;
  frames_.push(bytes);
  const auto payload = frames_.next();
  if (!payload) return {};
  parse_envelope(Sender::server, *payload);
  known_server_ = true;
  frames_ = FrameReader{};
  return std::exchange(held_, {});
}

}  // namespace drachtio::wire
