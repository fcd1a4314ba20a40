// The only file that knows libosip2.
#include "sip/message.hpp"

#include "sip/header_lines.hpp"
#include "sip/sdp.hpp"
#include "text/utf8.hpp"

#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdarg>
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

// libosip2 would tell standard output of every malformed message; what it refuses is told by us.
void say_nothing(const char*, int, osip_trace_level_t, const char*, va_list) {}

// libosip2's parser keeps a table of its own, filled once per process.
void initialise_parser() {
  static std::once_flag once;
  std::call_once(once, [] {
    osip_trace_initialize_func(TRACE_LEVEL0, say_nothing);
    parser_init();
  });
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

// A header's value on one line: each line break with the blanks after it is one space
// (RFC 3261 7.3.1).
std::string unfolded(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    line.append(trimmed(text.substr(0, end))).append(" ");
    text.remove_prefix(end + 1);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  }
  return line.append(text);
}

// A display name without its quotes and escapes (RFC 3261 25.1: quoted-string); nothing where it
// is empty.
std::optional<std::string> unquoted(std::string_view text) {
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
  if (from->displayname != nullptr) address.display = unquoted(from->displayname);
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

// libosip2 keeps lists of parameters and values that it walks from the start to add to their end:
// more than this many and it would take a second for each message.
constexpr std::size_t most_separators = 1000;

bool has_too_many_parts(std::string_view text) {
  return std::ranges::count_if(text, [](char c) {
           return c == ',' || c == ';' || c == '&' || c == '?';
         }) > static_cast<std::ptrdiff_t>(most_separators);
}

// Takes the first of several values off the front; commas inside quotes and angle brackets do not
// count. `name` is left with the length of the display name: what stands before the bracket.
std::string_view take_value(std::string_view& values, std::size_t& name) {
  bool quoted = false;
  bool bracketed = false;
  name = std::string_view::npos;
  std::size_t i = 0;
  for (; i < values.size(); ++i) {
    const char c = values[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '<') {
      if (name == std::string_view::npos) name = i;
      bracketed = true;
    } else if (c == '>') {
      bracketed = false;
    } else if (c == ',' && !bracketed) {
      break;
    }
  }
  const std::string_view value = values.substr(0, i);
  values.remove_prefix(std::min(i + 1, values.size()));
  return value;
}

// The display name is read here: libosip2 refuses one without quotes that is not ASCII, and the
// servers between pass these headers on as they are.
std::optional<Identity> identity_of(std::string_view value, std::size_t name) {
  osip_from_t* raw = nullptr;
  if (osip_from_init(&raw) != 0) return std::nullopt;
  const OsipAddress parsed{raw};
  const bool bracketed = name != std::string_view::npos;
  const std::string address{trimmed(bracketed ? value.substr(name) : value)};
  if (osip_from_parse(raw, address.c_str()) != 0 || raw->url == nullptr) return std::nullopt;
  Identity identity;
  identity.address = address_of(raw);
  if (bracketed) identity.address.display = unquoted(value.substr(0, name));
  identity.party = parameter(raw->gen_params, "party");
  identity.privacy = parameter(raw->gen_params, "privacy");
  return identity;
}

void read_identities(std::string_view values, std::vector<Identity>& identities) {
  if (has_too_many_parts(values)) return;
  const std::string line = unfolded(values);
  std::string_view rest = line;
  while (!rest.empty()) {
    std::size_t name = 0;
    const std::string_view value = take_value(rest, name);
    if (auto identity = identity_of(value, name)) identities.push_back(std::move(*identity));
  }
}

// text="..." of a Reason header (RFC 3326): of the first of its values that has one.
std::optional<std::string> reason_text(std::string_view reason) {
  for (std::size_t i = 0; i < reason.size(); ++i) {
    if (reason[i] == '"') {  // skip a quoted value of another parameter
      for (++i; i < reason.size() && reason[i] != '"'; ++i) {
        if (reason[i] == '\\') ++i;
      }
      continue;
    }
    if (reason[i] != ';') continue;
    const std::string_view rest = reason.substr(i + 1);
    const std::size_t equals = rest.find_first_of("=;,\"");
    if (equals == std::string_view::npos || rest[equals] != '=' ||
        !same_ignoring_case(trimmed(rest.substr(0, equals)), "text")) {
      continue;
    }
    const std::string_view value = trimmed(rest.substr(equals + 1));
    std::string plain;
    if (value.starts_with('"')) {
      for (std::size_t j = 1; j < value.size() && value[j] != '"'; ++j) {
        if (value[j] == '\\' && j + 1 < value.size()) ++j;
        plain += value[j];
      }
    } else {
      plain = trimmed(value.substr(0, value.find_first_of(";,")));
    }
    if (!plain.empty()) return text::to_utf8(plain);
  }
  return std::nullopt;
}

// What a message says, before libosip2 looks at it: the few headers a dialog stands on, for
// libosip2 to parse, and the values of those that are looked at here. The others (and there are
// many: most of libosip2's time went into them) are left to the evidence.
struct Headers {
  std::string essential;  // start line, top Via, From, To, Call-ID, CSeq, first Contact
  std::string_view content_type;
  std::string_view content_length;
  std::string_view rseq;
  std::vector<Identity> asserted_identities;
  std::vector<Identity> remote_parties;
  std::string_view privacy;
  std::optional<std::string> reason_text;
  std::string_view body;
  std::string_view start_line;
};

// One for each side, and some to spare.
constexpr std::size_t most_remote_parties = 8;

void keep_first(std::string_view& kept, std::string_view value) {
  if (kept.empty()) kept = value;
}

Headers read_headers(std::string_view bytes) {
  Headers headers;
  headers.essential.reserve(1024);
  HeaderLines lines{bytes};
  headers.start_line = lines.start_line();
  headers.essential.append(headers.start_line);
  // Without a phrase there is a space all the same (RFC 3261 7.2), or libosip2 takes the next line.
  if (std::ranges::count(headers.start_line, ' ') < 2) headers.essential += ' ';
  headers.essential.append("\r\n");
  const auto keep = [&](const HeaderLine& line) {
    const std::string_view whole = trimmed(line.whole);
    const bool folded = whole.find('\n') != std::string_view::npos;
    (folded ? headers.essential.append(unfolded(whole)) : headers.essential.append(whole))
        .append("\r\n");
  };
  bool has_via = false;
  bool has_contact = false;
  while (const auto line = lines.next()) {
    const std::string_view name = line->name;
    if (is_header(name, "via", 'v')) {
      if (!has_via) keep(*line);
      has_via = true;
    } else if (is_header(name, "contact", 'm')) {
      if (!has_contact) keep(*line);
      has_contact = true;
    } else if (is_header(name, "from", 'f') || is_header(name, "to", 't') ||
               is_header(name, "call-id", 'i') || is_header(name, "cseq")) {
      keep(*line);
    } else if (is_header(name, "content-type", 'c')) {
      keep_first(headers.content_type, line->value);
    } else if (is_header(name, "content-length", 'l')) {
      keep_first(headers.content_length, line->value);
    } else if (is_header(name, "rseq")) {
      keep_first(headers.rseq, line->value);
    } else if (is_header(name, "p-asserted-identity")) {
      if (headers.asserted_identities.empty()) {
        read_identities(line->value, headers.asserted_identities);
      }
    } else if (is_header(name, "remote-party-id")) {
      if (headers.remote_parties.size() < most_remote_parties) {
        read_identities(line->value, headers.remote_parties);
      }
    } else if (is_header(name, "privacy")) {
      keep_first(headers.privacy, line->value);
    } else if (is_header(name, "reason")) {
      if (!headers.reason_text) headers.reason_text = reason_text(unfolded(line->value));
    }
  }
  headers.essential.append("\r\n");
  headers.body = lines.rest();
  if (const auto length = number_of<std::size_t>(headers.content_length)) {
    headers.body = headers.body.substr(0, *length);
  }
  return headers;
}

std::optional<Sdp> sdp_of(const Headers& headers) {
  const std::string_view body = headers.body;
  if (body.empty()) return std::nullopt;
  if (headers.content_type.empty()) {
    if (!body.starts_with("v=0")) return std::nullopt;
    return Sdp{text::to_utf8(body), std::nullopt};
  }
  const std::string_view type =
      trimmed(headers.content_type.substr(0, headers.content_type.find(';')));
  if (same_ignoring_case(type, "application/sdp")) {
    return Sdp{text::to_utf8(body), text::to_utf8(type)};
  }
  if (type.size() > 10 && same_ignoring_case(type.substr(0, 10), "multipart/")) {
    const std::string_view part = sdp_part(body, headers.content_type);
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
  Headers headers = read_headers(bytes);
  if (has_too_many_parts(headers.essential)) {
    why = "more parameters than any message needs";
    return std::nullopt;
  }
  if (const int error = osip_message_parse(raw, headers.essential.data(), headers.essential.size());
      error != 0) {
    why = std::string{"libosip2 refuses it: "} + osip_strerror(error);
    return std::nullopt;
  }
  if (const char* missing = missing_header(raw)) {
    why = missing;
    return std::nullopt;
  }

  Message message;
  message.start_line = text::to_utf8(headers.start_line);
  message.method = MSG_IS_REQUEST(raw) ? text_of(raw->sip_method) : text_of(raw->cseq->method);
  if (MSG_IS_RESPONSE(raw)) {
    message.status = raw->status_code;
    message.phrase = text_of(raw->reason_phrase);
  }
  const auto cseq = number_of<std::uint32_t>(raw->cseq->number);
  if (!cseq || message.method.empty() ||
      (MSG_IS_RESPONSE(raw) && (message.status < 100 || message.status > 699))) {
    why = "malformed CSeq or start line";
    return std::nullopt;
  }
  message.cseq = *cseq;
  message.call_id = call_id_of(raw);
  message.branch = branch_of(raw);
  message.from = address_of(raw->from);
  message.to = address_of(raw->to);
  message.contact = contact_of(raw);
  message.rseq = number_of<std::uint32_t>(headers.rseq);
  if (!headers.asserted_identities.empty()) {
    message.asserted_identity = std::move(headers.asserted_identities.front());
  }
  message.remote_parties = std::move(headers.remote_parties);
  if (!headers.privacy.empty()) message.privacy = text::to_utf8(unfolded(headers.privacy));
  message.reason_text = std::move(headers.reason_text);
  message.body = headers.body;
  message.sdp = sdp_of(headers);
  return message;
}

}  // namespace drachtio::sip
