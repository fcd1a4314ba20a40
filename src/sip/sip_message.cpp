#include "sip/header_value.hpp"

#include <drachtio/sip_message.hpp>

#include <algorithm>
#include <charconv>

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

// Returns the end of the first of several values: a comma that is not within quotes.
std::size_t end_of_value(std::string_view values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == ',') return i;
    if (values[i] == '"') i += end_of_quotes(values.substr(i));
  }
  return values.size();
}

// Returns the end of a parameter at the front: a semicolon that is not within quotes.
std::size_t end_of_parameter(std::string_view parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i] == ';') return i;
    if (parameters[i] == '"') i += end_of_quotes(parameters.substr(i));
  }
  return parameters.size();
}

// Returns the value of the parameter as written; empty where it has none.
std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
  while (!parameters.empty()) {
    const std::size_t end = end_of_parameter(parameters);
    const std::string_view one = parameters.substr(0, end);
    const std::size_t equals = one.find('=');
    if (sip::same_ignoring_case(sip::trimmed(one.substr(0, equals)), name)) {
      return equals == std::string_view::npos ? "" : sip::trimmed(one.substr(equals + 1));
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return std::nullopt;
}

void read_parameters(std::string_view parameters, SipAddress& address) {
  parameters = sip::trimmed(parameters);
  if (parameters.starts_with(';')) parameters.remove_prefix(1);
  address.parameters = parameters;
  address.tag = find_parameter(parameters, "tag").value_or("");
}

std::optional<unsigned char> hexadecimal(std::string_view digits) {
  unsigned char value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || result.ptr != digits.data() + 2) return std::nullopt;
  return value;
}

// Replaces what is escaped (RFC 3261 25.1). A per cent sign that escapes nothing stays.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escaped = text[i] == '%' ? hexadecimal(text.substr(i + 1, 2)) : std::nullopt;
    plain += escaped ? static_cast<char>(*escaped) : text[i];
    if (escaped) i += 2;
  }
  return plain;
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
    read_parameters(rest.substr(0, end_of_value(rest)), address);
    return address;
  }
  // Without brackets, parameters are the header's, not the URI's (RFC 3261 20).
  rest = rest.substr(0, end_of_value(rest));
  const std::size_t semicolon = rest.find(';');
  read_uri(sip::trimmed(rest.substr(0, semicolon)), address);
  if (semicolon != std::string_view::npos) read_parameters(rest.substr(semicolon), address);
  return address;
}

std::optional<std::string> SipAddress::parameter(std::string_view name) const {
  const auto value = find_parameter(parameters, name);
  if (!value) return std::nullopt;
  const bool is_quoted = value->starts_with('"');
  return is_quoted ? unquoted(value->substr(1, end_of_quotes(*value) - 1)) : std::string{*value};
}

std::optional<std::string> SipAddress::uri_parameter(std::string_view name) const {
  // The user part may hold semicolons, too (RFC 3261 19.1.2).
  const std::size_t at = uri.find('@');
  std::string_view rest = uri;
  rest.remove_prefix(at == std::string::npos ? 0 : at);
  rest = rest.substr(0, rest.find('?'));
  const std::size_t semicolon = rest.find(';');
  if (semicolon == std::string_view::npos) return std::nullopt;
  const auto value = find_parameter(rest.substr(semicolon + 1), name);
  return value ? std::optional{unescaped(*value)} : std::nullopt;
}

std::uint32_t SipMessage::cseq() const {
  return sip::number_of<std::uint32_t>(headers["CSeq"]).value_or(0);
}

}  // namespace drachtio
