#include "sip/scan.hpp"

#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"

namespace drachtio {

namespace sip {

namespace {

constexpr std::size_t usual_headers = 24;

void read_start_line(std::string_view line, SipMessage& message) {
  const std::string_view first = take_word(line);
  if (first.starts_with("SIP/")) {
    message.status = number_of<int>(take_word(line)).value_or(0);
    message.reason = trimmed(line);
    return;
  }
  message.method = first;
  message.uri = take_word(line);
}

}  // namespace

Scan scan(std::string_view bytes) {
  Scan message;
  HeaderLines lines{bytes};
  message.start_line = lines.start_line();
  message.headers.reserve(usual_headers);
  std::string_view length;
  while (const auto line = lines.next()) {
    message.headers.push_back({line->name, line->value});
    if (length.empty() && is_header(line->name, "content-length", 'l')) length = line->value;
  }
  message.body = lines.rest();
  if (const auto bytes_of_body = number_of<std::size_t>(length)) {
    message.body = message.body.substr(0, *bytes_of_body);
  }
  return message;
}

SipMessage value_of(const Scan& scanned) {
  SipMessage message;
  read_start_line(scanned.start_line, message);
  for (const HeaderField& field : scanned.headers) {
    message.headers.add(std::string{field.name}, unfolded(field.value));
  }
  message.body = scanned.body;
  if (message.status != 0) {
    std::string_view cseq = message.headers["CSeq"];
    take_word(cseq);
    message.method = trimmed(cseq);
  }
  return message;
}

}  // namespace sip

SipMessage parse_sip_message(std::string_view bytes) { return sip::value_of(sip::scan(bytes)); }

}  // namespace drachtio
