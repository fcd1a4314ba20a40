#include "report/next_hop.hpp"

#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"

#include <algorithm>

namespace drachtio::report {

namespace {

// sip:bob@10.0.0.1:5070;transport=tcp
std::string host_and_port(std::string_view uri) {
  const std::size_t scheme_end = uri.find(':');
  if (scheme_end == std::string_view::npos) return {};
  const std::string_view scheme = uri.substr(0, scheme_end);
  const bool is_secure = sip::same_ignoring_case(scheme, "sips");
  if (!is_secure && !sip::same_ignoring_case(scheme, "sip")) return {};
  uri.remove_prefix(scheme_end + 1);
  // A user part may hold ";" and "?" (RFC 3261 25.1), a host may not hold "@".
  if (const std::size_t at = uri.rfind('@'); at != std::string_view::npos)
    uri.remove_prefix(at + 1);
  const std::string_view host = uri.substr(0, uri.find_first_of(";?> "));
  if (host.empty()) return {};
  const std::size_t bracket = host.rfind(']');  // of an IPv6 address
  const std::size_t from = bracket == std::string_view::npos ? 0 : bracket;
  const bool has_port = host.find(':', from) != std::string_view::npos;
  return std::string{host} + (has_port ? "" : is_secure ? ":5061" : ":5060");
}

}  // namespace

std::string next_hop(std::string_view request) {
  sip::HeaderLines lines{request};
  while (const auto line = lines.next()) {
    if (!sip::is_header(line->name, "route")) continue;
    const std::size_t bracket = line->value.find('<');
    if (bracket == std::string_view::npos) break;
    const std::string_view uri = line->value.substr(bracket + 1);
    return host_and_port(uri.substr(0, uri.find('>')));
  }
  std::string_view uri = lines.start_line();
  uri = uri.substr(std::min(uri.find(' '), uri.size()));
  uri = sip::trimmed(uri);
  return host_and_port(uri.substr(0, uri.find(' ')));
}

}  // namespace drachtio::report
