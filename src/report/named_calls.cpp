#include "report/named_calls.hpp"

#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"

#include <charconv>
#include <cstdint>

namespace drachtio::report {

namespace {

// Decodes "%40" and its like (RFC 3261 25.1); what is no escape stays as it is.
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    std::uint8_t value = 0;
    const char* digits = text.data() + 1;
    const bool is_escape = text.front() == '%' && text.size() > 2 &&
                           std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    plain += is_escape ? static_cast<char>(value) : text.front();
    text.remove_prefix(is_escape ? 3 : 1);
  }
  return plain;
}

// "call@host;to-tag=a;from-tag=b"
std::string call_id_of_replaces(std::string_view value) {
  return std::string{sip::trimmed(value.substr(0, value.find(';')))};
}

// <sip:bob@host?Replaces=call%40host%3Bto-tag%3Da>: of a URI's headers, the one that is asked for.
std::string replaces_in(std::string_view refer_to) {
  constexpr std::string_view name = "replaces=";
  refer_to = refer_to.substr(0, refer_to.find('>'));
  std::size_t at = refer_to.find('?');
  while (at != std::string_view::npos) {
    const std::string_view header = refer_to.substr(at + 1);
    if (sip::same_ignoring_case(header.substr(0, name.size()), name)) {
      const std::string_view value = header.substr(name.size());
      return call_id_of_replaces(unescaped(value.substr(0, value.find('&'))));
    }
    at = refer_to.find('&', at + 1);
  }
  return {};
}

}  // namespace

std::vector<NamedCall> calls_named_by(std::string_view message) {
  std::vector<NamedCall> calls;
  const auto add = [&](std::string call_id, const char* header) {
    if (!call_id.empty()) calls.push_back({std::move(call_id), header});
  };
  sip::HeaderLines lines{message};
  while (const auto line = lines.next()) {
    if (sip::is_header(line->name, "x-call-id")) add(std::string{line->value}, "X-Call-ID");
    if (sip::is_header(line->name, "x-cid")) add(std::string{line->value}, "X-CID");
    if (sip::is_header(line->name, "replaces")) {
      add(call_id_of_replaces(line->value), "Replaces");
    }
    if (sip::is_header(line->name, "refer-to", 'r')) add(replaces_in(line->value), "Refer-To");
  }
  return calls;
}

}  // namespace drachtio::report
