// The only file that knows libosip2.
#include "sip/message.hpp"

#include "sip/sdp.hpp"
#include "text/utf8.hpp"

#include <osipparser2/osip_parser.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>
#include <mutex>

namespace drachtio::sip {

namespace {

struct FreeMessage {
  void operator()(osip_message_t* message) const { osip_message_free(message); }
};
struct FreeAddress {
  void operator()(osip_from_t* address) const { osip_from_free(address); }
};
using OsipMessage = std::unique_ptr<osip_message_t, FreeMessage>;
using OsipAddress = std::unique_ptr<osip_from_t, FreeAddress>;

// libosip2's parser keeps a table of its own, filled once per process.
void initialise_parser() {
  static std::once_flag once;
  std::call_once(once, [] { parser_init(); });
}

std::string text_of(const char* text) {
  return text == nullptr ? std::string{} : text::to_utf8(text);
}

std::optional<std::string> optional_text(const char* text) {
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text::to_utf8(text);
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr == text.data()) return std::nullopt;
  return value;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// A display name without its quotes and escapes (RFC 3261 25.1: quoted-string); nothing where it
// is empty.
std::optional<std::string> unquoted(const char* text) {
  if (text == nullptr) return std::nullopt;
  std::string_view quoted = trimmed(text);
  if (quoted.size() >= 2 && quoted.front() == '"' && quoted.back() == '"') {
    quoted = quoted.substr(1, quoted.size() - 2);
    std::string plain;
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
      plain += quoted[i];
    }
    if (plain.empty()) return std::nullopt;
    return text::to_utf8(plain);
  }
  if (quoted.empty()) return std::nullopt;
  return text::to_utf8(quoted);
}

std::optional<std::string> parameter(const osip_list_t& parameters, std::string_view name) {
  for (int i = 0; i < osip_list_size(&parameters); ++i) {
    const auto* found = static_cast<const osip_generic_param_t*>(osip_list_get(&parameters, i));
    if (found->gname != nullptr && same_ignoring_case(found->gname, name)) {
      return text_of(found->gvalue);
    }
  }
  return std::nullopt;
}

Address address_of(const osip_from_t* from) {
  Address address;
  if (from == nullptr) return address;
  address.display = unquoted(from->displayname);
  if (const osip_uri_t* uri = from->url; uri != nullptr) {
    address.user = optional_text(uri->username);
    address.host = optional_text(uri->host);
    if (uri->port != nullptr) address.port = number_of<std::uint16_t>(uri->port);
    address.secure = uri->scheme != nullptr && same_ignoring_case(uri->scheme, "sips");
    // tel:+15551212;phone-context=... : what libosip2 leaves whole is the number.
    if (!address.user && uri->string != nullptr) {
      const std::string_view rest = uri->string;
      const std::string_view number = rest.substr(0, rest.find(';'));
      if (!number.empty()) address.user = text::to_utf8(number);
    }
  }
  address.tag = parameter(from->gen_params, "tag");
  if (address.tag && address.tag->empty()) address.tag.reset();
  return address;
}

std::optional<HostPort> contact_of(const osip_message_t* message) {
  osip_contact_t* contact = nullptr;
  if (osip_message_get_contact(message, 0, &contact) != 0 || contact == nullptr)
    return std::nullopt;
  const Address address = address_of(contact);
  if (!address.host) return std::nullopt;
  const std::uint16_t standard = address.secure ? 5061 : 5060;
  return HostPort{*address.host, address.port.value_or(standard)};
}

std::optional<std::string_view> header(const osip_message_t* message, const char* name) {
  osip_header_t* found = nullptr;
  if (osip_message_header_get_byname(message, name, 0, &found) < 0 || found == nullptr ||
      found->hvalue == nullptr) {
    return std::nullopt;
  }
  return trimmed(found->hvalue);
}

// The first of several values; commas inside quotes and angle brackets do not count.
std::string_view first_value(std::string_view values) {
  bool quoted = false;
  bool bracketed = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const char c = values[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '<') {
      bracketed = true;
    } else if (c == '>') {
      bracketed = false;
    } else if (c == ',' && !bracketed) {
      return trimmed(values.substr(0, i));
    }
  }
  return values;
}

std::optional<Identity> identity_of(const osip_message_t* message, const char* name) {
  const auto values = header(message, name);
  if (!values) return std::nullopt;
  osip_from_t* raw = nullptr;
  if (osip_from_init(&raw) != 0) return std::nullopt;
  const OsipAddress parsed{raw};
  if (osip_from_parse(raw, std::string{first_value(*values)}.c_str()) != 0) return std::nullopt;
  Identity identity;
  identity.address = address_of(raw);
  identity.party = parameter(raw->gen_params, "party");
  identity.privacy = parameter(raw->gen_params, "privacy");
  return identity;
}

// text="..." of a Reason header (RFC 3326).
std::optional<std::string> reason_text(std::string_view reason) {
  for (std::size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] == '"') {  // skip a quoted value of another parameter
      for (++i; i < reason.size() && reason[i] != '"'; ++i) {
        if (reason[i] == '\\') ++i;
      }
      continue;
    }
    if (reason[i] != ';') continue;
    const std::string_view rest = trimmed(reason.substr(i + 1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos ||
        !same_ignoring_case(trimmed(rest.substr(0, equals)), "text")) {
      continue;
    }
    const std::string_view value = trimmed(rest.substr(equals + 1));
    if (!value.starts_with('"')) {
      return text::to_utf8(trimmed(value.substr(0, value.find_first_of(";,"))));
    }
    std::string plain;
    for (std::size_t j = 1; j < value.size() && value[j] != '"'; ++j) {
      if (value[j] == '\\' && j + 1 < value.size()) ++j;
      plain += value[j];
    }
    return text::to_utf8(plain);
  }
  return std::nullopt;
}

// After the first empty line, Content-Length bytes of it, or what there is.
std::string_view body_of(std::string_view bytes, const osip_message_t* message) {
  const std::size_t crlf = bytes.find("\r\n\r\n");
  const std::size_t lf = bytes.find("\n\n");
  std::size_t begin = bytes.size();
  if (crlf != std::string_view::npos && crlf < lf) {
    begin = crlf + 4;
  } else if (lf != std::string_view::npos) {
    begin = lf + 2;
  }
  std::string_view body = bytes.substr(begin);
  if (message->content_length != nullptr && message->content_length->value != nullptr) {
    if (const auto length = number_of<std::size_t>(message->content_length->value)) {
      body = body.substr(0, *length);
    }
  }
  return body;
}

// The value of the Content-Type header as it stands in the bytes: libosip2 rewrites it.
std::optional<std::string_view> content_type_line(std::string_view bytes) {
  std::size_t at = bytes.find('\n');
  while (at != std::string_view::npos) {
    const std::size_t end = bytes.find('\n', at + 1);
    const std::string_view line = trimmed(bytes.substr(at + 1, end - at - 1));
    if (line.empty()) return std::nullopt;
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      const std::string_view name = trimmed(line.substr(0, colon));
      if (same_ignoring_case(name, "content-type") || same_ignoring_case(name, "c")) {
        return trimmed(line.substr(colon + 1));
      }
    }
    at = end;
  }
  return std::nullopt;
}

std::optional<Sdp> sdp_of(std::string_view bytes, std::string_view body) {
  if (body.empty()) return std::nullopt;
  const auto content_type = content_type_line(bytes);
  if (!content_type) {
    if (!body.starts_with("v=0")) return std::nullopt;
    return Sdp{text::to_utf8(body), std::nullopt};
  }
  const std::string_view type = trimmed(content_type->substr(0, content_type->find(';')));
  if (same_ignoring_case(type, "application/sdp")) {
    return Sdp{text::to_utf8(body), text::to_utf8(type)};
  }
  if (type.size() > 10 && same_ignoring_case(type.substr(0, 10), "multipart/")) {
    const std::string_view part = sdp_part(body, *content_type);
    if (!part.empty()) return Sdp{text::to_utf8(part), "application/sdp"};
  }
  return std::nullopt;
}

std::string branch_of(const osip_message_t* message) {
  const auto* via = static_cast<osip_via_t*>(osip_list_get(&message->vias, 0));
  if (via == nullptr) return {};
  return parameter(via->via_params, "branch").value_or("");
}

// What every message must have to be placed in a dialog (RFC 3261 8.1.1).
const char* missing_header(const osip_message_t* message) {
  if (message->call_id == nullptr || message->call_id->number == nullptr) return "no Call-ID";
  if (message->cseq == nullptr || message->cseq->number == nullptr ||
      message->cseq->method == nullptr) {
    return "no CSeq";
  }
  if (message->from == nullptr) return "no From";
  if (message->to == nullptr) return "no To";
  return nullptr;
}

std::string call_id_of(const osip_message_t* message) {
  std::string call_id = text_of(message->call_id->number);
  if (message->call_id->host != nullptr) call_id += "@" + text_of(message->call_id->host);
  return call_id;
}

}  // namespace

std::optional<Message> parse_message(std::string_view bytes, std::string& why) {
  initialise_parser();
  osip_message_t* raw = nullptr;
  if (osip_message_init(&raw) != 0) {
    why = "libosip2 is out of memory";
    return std::nullopt;
  }
  const OsipMessage parsed{raw};
  if (const int error = osip_message_parse(raw, bytes.data(), bytes.size()); error != 0) {
    why = std::string{"libosip2 refuses it: "} + osip_strerror(error);
    return std::nullopt;
  }
  if (const char* missing = missing_header(raw)) {
    why = missing;
    return std::nullopt;
  }

  Message message;
  message.start_line = text::to_utf8(trimmed(bytes.substr(0, bytes.find('\n'))));
  message.method = MSG_IS_REQUEST(raw) ? text_of(raw->sip_method) : text_of(raw->cseq->method);
  if (MSG_IS_RESPONSE(raw)) {
    message.status = raw->status_code;
    message.phrase = text_of(raw->reason_phrase);
  }
  const auto cseq = number_of<std::uint32_t>(raw->cseq->number);
  if (!cseq || message.method.empty() || (MSG_IS_RESPONSE(raw) && message.status < 100)) {
    why = "malformed CSeq or start line";
    return std::nullopt;
  }
  message.cseq = *cseq;
  message.call_id = call_id_of(raw);
  message.branch = branch_of(raw);
  message.from = address_of(raw->from);
  message.to = address_of(raw->to);
  message.contact = contact_of(raw);
  if (const auto rseq = header(raw, "rseq")) message.rseq = number_of<std::uint32_t>(*rseq);
  message.asserted_identity = identity_of(raw, "p-asserted-identity");
  message.remote_party = identity_of(raw, "remote-party-id");
  if (const auto privacy = header(raw, "privacy")) message.privacy = text::to_utf8(*privacy);
  if (const auto reason = header(raw, "reason")) message.reason_text = reason_text(*reason);
  message.body = body_of(bytes, raw);
  message.sdp = sdp_of(bytes, message.body);
  return message;
}

}  // namespace drachtio::sip
