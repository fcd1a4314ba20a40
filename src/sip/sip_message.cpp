#include "sip/header_value.hpp"

#include <drachtio/sip_message.hpp>

namespace drachtio {

namespace {

// The end of a quoted string that begins at `text[0]`; its own length where it never ends.
std::size_t end_of_quotes(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return text.size();
}

std::string unquoted(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

// sip:user:password@host:port;parameters?headers
void read_uri(std::string_view uri, SipAddress& address) {
  address.uri = uri;
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view rest = uri.substr(colon + 1);
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    address.user = user.substr(0, user.find(':'));
    rest.remove_prefix(at + 1);
  } else if (sip::same_ignoring_case(uri.substr(0, colon), "tel")) {
    address.user = rest.substr(0, rest.find(';'));
    return;
  }
  rest = rest.substr(0, rest.find_first_of(";?"));
  std::size_t end = rest.find(':');
  if (rest.starts_with('[')) {
    const std::size_t bracket = rest.find(']');
    address.host = rest.substr(1, bracket == std::string_view::npos ? bracket : bracket - 1);
    end = bracket == std::string_view::npos ? bracket : rest.find(':', bracket);
  } else {
    address.host = rest.substr(0, end);
  }
  if (end != std::string_view::npos) {
    address.port = sip::number_of<std::uint16_t>(rest.substr(end + 1));
  }
}

void read_tag(std::string_view parameters, SipAddress& address) {
  while (!parameters.empty()) {
    const std::size_t end = parameters.find(';');
    const std::string_view one = sip::trimmed(parameters.substr(0, end));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos &&
        sip::same_ignoring_case(sip::trimmed(one.substr(0, equals)), "tag")) {
      address.tag = sip::trimmed(one.substr(equals + 1));
    }
    parameters.remove_prefix(end == std::string_view::npos ? parameters.size() : end + 1);
  }
}

}  // namespace

SipAddress parse_address(std::string_view value) {
  SipAddress address;
  std::string_view rest = sip::trimmed(value);
  if (rest.starts_with('"')) {
    const std::size_t end = end_of_quotes(rest);
    address.display = unquoted(rest.substr(1, end - 1));
    rest = sip::trimmed(rest.substr(std::min(end + 1, rest.size())));
  }
  if (const std::size_t open = rest.find('<'); open != std::string_view::npos) {
    if (address.display.empty()) address.display = sip::trimmed(rest.substr(0, open));
    rest.remove_prefix(open + 1);
    const std::size_t close = rest.find('>');
    read_uri(rest.substr(0, close), address);
    rest.remove_prefix(close == std::string_view::npos ? rest.size() : close + 1);
    read_tag(rest.substr(0, rest.find(',')), address);
    return address;
  }
  // Without brackets, parameters are the header's, not the URI's (RFC 3261 20).
  rest = rest.substr(0, rest.find(','));
  const std::size_t semicolon = rest.find(';');
  read_uri(sip::trimmed(rest.substr(0, semicolon)), address);
  if (semicolon != std::string_view::npos) read_tag(rest.substr(semicolon + 1), address);
  return address;
}

std::uint32_t SipMessage::cseq() const {
  return sip::number_of<std::uint32_t>(headers["CSeq"]).value_or(0);
}

}  // namespace drachtio
