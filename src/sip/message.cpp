// With address.cpp, the only file that knows libosip2.
#include "sip/message.hpp"

#include "sip/address.hpp"
#include "sip/body.hpp"
#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"
#include "text/utf8.hpp"

#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include <algorithm>
#include <cstdarg>
#include <memory>
#include <mutex>

namespace drachtio::sip {

namespace {

struct FreeMessage {
  void operator()(osip_message_t* message) const { osip_message_free(message); }
};
using OsipMessage = std::unique_ptr<osip_message_t, FreeMessage>;

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

// RFC 3261 19.1.2; of WebSockets, that of their URI scheme (RFC 6455 3, RFC 7118 5.2). sips: over
// ws is wss.
std::uint16_t default_port(const osip_uri_t* uri) {
  const auto transport = parameter(uri->url_params, "transport").value_or("");
  const bool secure = uri->scheme != nullptr && same_ignoring_case(uri->scheme, "sips");
  if (same_ignoring_case(transport, "ws")) return secure ? 443 : 80;
  if (same_ignoring_case(transport, "wss")) return 443;
  return secure || same_ignoring_case(transport, "tls") ? 5061 : 5060;
}

std::optional<HostPort> contact_of(const osip_message_t* message) {
  osip_contact_t* contact = nullptr;
  if (osip_message_get_contact(message, 0, &contact) != 0 || contact == nullptr)
    return std::nullopt;
  const Address address = address_of(contact);
  if (!address.host) return std::nullopt;
  return HostPort{*address.host, address.port.value_or(default_port(contact->url))};
}

// Headers holds the values of the few headers that libosip2 is to parse, because a dialog stands on
// them, and of those that are read here. The evidence keeps the others, of which there are many:
// libosip2 spent most of its time on them.
struct Headers {
  std::string_view start_line;
  // These are the first of each: views into the message, folds and all.
  std::string_view via;
  std::string_view from;
  std::string_view to;
  std::string_view call_id;
  std::string_view cseq;
  std::string_view contact;
  BodyHeaders of_body;
  std::string_view rseq;
  std::vector<Identity> asserted_identities;
  std::vector<Identity> remote_parties;
  std::string_view privacy;
  Reason reason;
  const char* repeated = nullptr;  // a header that may stand there once, and stands there twice
};

// The most identities of one kind that are read: one for each side or URI scheme, and some to
// spare.
constexpr std::size_t most_identities = 8;

void keep_first(std::string_view& kept, std::string_view value) {
  if (kept.empty()) kept = value;
}

Headers read_headers(const Scan& scanned) {
  Headers headers;
  headers.start_line = scanned.start_line;
  const auto keep_only = [&](const char* name, std::string_view& kept, std::string_view value) {
    if (!kept.empty() && !value.empty()) headers.repeated = name;
    keep_first(kept, value);
  };
  for (const auto& [name, value] : scanned.headers) {
    if (is_header(name, "via", 'v')) {
      keep_first(headers.via, value);
    } else if (is_header(name, "contact", 'm')) {
      keep_first(headers.contact, value);
    } else if (is_header(name, "from", 'f')) {
      keep_only("From", headers.from, value);
    } else if (is_header(name, "to", 't')) {
      keep_only("To", headers.to, value);
    } else if (is_header(name, "call-id", 'i')) {
      keep_only("Call-ID", headers.call_id, value);
    } else if (is_header(name, "cseq")) {
      keep_only("CSeq", headers.cseq, value);
    } else if (headers.of_body.read(name, value)) {
      continue;
    } else if (is_header(name, "rseq")) {
      keep_first(headers.rseq, value);
    } else if (is_header(name, "p-asserted-identity")) {
      if (headers.asserted_identities.size() < most_identities) {
        read_identities(value, headers.asserted_identities);
      }
    } else if (is_header(name, "remote-party-id")) {
      if (headers.remote_parties.size() < most_identities) {
        read_identities(value, headers.remote_parties);
      }
    } else if (is_header(name, "privacy")) {
      keep_first(headers.privacy, value);
    } else if (is_header(name, "reason")) {
      read_reason(unfolded(value), headers.reason);
    }
  }
  return headers;
}

// Hands libosip2 the start line and each value. Returns its error, 0 where it takes them.
int parse_headers(osip_message_t* message, const Headers& headers) {
  std::string text;
  text.reserve(256);
  text = headers.start_line;
  // Without a phrase there is a space all the same (RFC 3261 7.2), or libosip2 takes the next line.
  if (std::ranges::count(headers.start_line, ' ') < 2) text += ' ';
  text += "\r\n\r\n";
  if (const int error = osip_message_parse(message, text.data(), text.size())) return error;
  const auto set = [&](int (*parse)(osip_message_t*, const char*), std::string_view value) {
    if (value.empty()) return 0;
    const bool folded = value.find('\n') != std::string_view::npos;
    folded ? text = unfolded(value) : text = value;
    return parse(message, text.c_str());
  };
  for (const int error :
       {set(osip_message_set_via, first_value(headers.via)),
        set(osip_message_set_from, headers.from), set(osip_message_set_to, headers.to),
        set(osip_message_set_call_id, headers.call_id), set(osip_message_set_cseq, headers.cseq),
        set(osip_message_set_contact, first_value(headers.contact))}) {
    if (error != 0) return error;
  }
  return 0;
}

// Returns why libosip2 must not be handed these headers, or null where it may.
const char* unfit(const Headers& headers) {
  for (const std::string_view value : {headers.start_line, headers.via, headers.from, headers.to,
                                       headers.call_id, headers.cseq, headers.contact}) {
    if (value.find('\0') != std::string_view::npos) return "a NUL byte in a header";
    if (has_too_many_parts(value)) return "more parameters than any message needs";
  }
  return nullptr;
}

// RFC 3325 9.1: a sip: or sips: URI and a tel: URI may both be asserted. The first gives user and
// display name; the second gives what the first lacks.
std::optional<Identity> asserted_identity(std::vector<Identity>& identities) {
  if (identities.empty()) return std::nullopt;
  const auto is_tel = [](const Identity& identity) { return identity.address.telephone; };
  const auto sip = std::ranges::find_if_not(identities, is_tel);
  if (sip == identities.end()) return std::move(identities.front());
  if (const auto tel = std::ranges::find_if(identities, is_tel); tel != identities.end()) {
    if (!sip->address.user) sip->address.user = tel->address.user;
    if (!sip->address.display) sip->address.display = tel->address.display;
  }
  return std::move(*sip);
}

std::string branch_of(const osip_message_t* message) {
  const auto* via = static_cast<osip_via_t*>(osip_list_get(&message->vias, 0));
  if (via == nullptr) return {};
  return parameter(via->via_params, "branch").value_or("");
}

// Returns what the message lacks of the headers that place it in a dialog (RFC 3261 8.1.1), or
// null.
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

std::string_view Message::request_uri() const {
  std::string_view rest = start_line;
  rest.remove_prefix(std::min(rest.find(' '), rest.size()));
  rest = trimmed(rest);
  return rest.substr(0, rest.find(' '));
}

std::optional<Message> parse_message(const Scan& scanned, std::string& why) {
  initialise_parser();
  osip_message_t* raw = nullptr;
  if (osip_message_init(&raw) != 0) {
    why = "libosip2 is out of memory";
    return std::nullopt;
  }
  const OsipMessage parsed{raw};
  Headers headers = read_headers(scanned);
  if (const char* what = unfit(headers)) {
    why = what;
    return std::nullopt;
  }
  if (headers.repeated != nullptr) {
    why = std::string{"two "} + headers.repeated + " headers";
    return std::nullopt;
  }
  if (const int error = parse_headers(raw, headers); error != 0) {
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
  keep_user_as_written(message.from, headers.from);
  keep_user_as_written(message.to, headers.to);
  message.contact = contact_of(raw);
  message.rseq = number_of<std::uint32_t>(headers.rseq);
  message.asserted_identity = asserted_identity(headers.asserted_identities);
  message.remote_parties = std::move(headers.remote_parties);
  if (!headers.privacy.empty()) message.privacy = text::to_utf8(unfolded(headers.privacy));
  message.reason = std::move(headers.reason);
  message.body = scanned.body;
  message.sdp = session_description(scanned.body, headers.of_body);
  return message;
}

std::optional<Message> parse_message(std::string_view bytes, std::string& why) {
  return parse_message(scan(bytes), why);
}

}  // namespace drachtio::sip
