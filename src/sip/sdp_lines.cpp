#include "sip/sdp_lines.hpp"

#include "sip/header_value.hpp"

#include <algorithm>
#include <array>

namespace drachtio::sip {

namespace {

constexpr std::array<std::string_view, 4> flow_names{"sendrecv", "sendonly", "recvonly",
                                                     "inactive"};

}  // namespace

std::string_view take_sdp_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view name_of(Flow flow) { return flow_names.at(static_cast<std::size_t>(flow)); }

std::optional<Flow> flow_named(std::string_view attribute) {
  const auto* found = std::ranges::find(flow_names, trimmed(attribute));
  if (found == flow_names.end()) return std::nullopt;
  return static_cast<Flow>(found - flow_names.begin());
}

MediaLine::MediaLine(std::string_view line)
    : media(take_word(line)),
      port(take_word(line)),
      protocol(take_word(line)),
      formats(trimmed(line)) {}

bool MediaLine::has_port() const {
  return port.substr(0, port.find('/')).find_first_not_of('0') != std::string_view::npos;
}

}  // namespace drachtio::sip
