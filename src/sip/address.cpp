#include "sip/address.hpp"

#include "sip/header_value.hpp"
#include "text/utf8.hpp"

#include <drachtio/sip_message.hpp>

#include <algorithm>
#include <memory>

namespace drachtio::sip {

namespace {

struct FreeAddress {
  void operator()(osip_from_t* address) const { osip_from_free(address); }
};
using OsipAddress = std::unique_ptr<osip_from_t, FreeAddress>;

std::optional<std::string> optional_text(const char* text) {
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text::to_utf8(text);
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

// libosip2 keeps lists of parameters and values that it walks from the start to add to their end:
// more than this many and it would take a second for each message.
constexpr std::size_t most_separators = 1000;

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

// Only URIs with these schemes identify somebody (RFC 3325 9.1).
bool is_scheme_of_party(std::string_view scheme) {
  return same_ignoring_case(scheme, "sip") || same_ignoring_case(scheme, "sips") ||
         same_ignoring_case(scheme, "tel");
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
  if (!is_scheme_of_party(text_of(raw->url->scheme))) return std::nullopt;
  Identity identity;
  identity.address = address_of(raw);
  keep_user_as_written(identity.address, address);
  if (bracketed) identity.address.display = unquoted(value.substr(0, name));
  identity.party = parameter(raw->gen_params, "party");
  identity.privacy = parameter(raw->gen_params, "privacy");
  return identity;
}

}  // namespace

std::string text_of(const char* text) {
  return text == nullptr ? std::string{} : text::to_utf8(text);
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
    address.telephone = uri->scheme != nullptr && same_ignoring_case(uri->scheme, "tel");
    // tel:+15551212;phone-context=... : what libosip2 leaves whole is the number.
    if (!address.user && uri->string != nullptr && address.telephone) {
      const std::string_view rest = uri->string;
      const std::string_view number = rest.substr(0, rest.find(';'));
      if (!number.empty()) address.user = text::to_utf8(number);
    }
  }
  address.tag = parameter(from->gen_params, "tag");
  if (address.tag && address.tag->empty()) address.tag.reset();
  return address;
}

void keep_user_as_written(Address& address, std::string_view value) {
  if (value.find('%') == std::string_view::npos) return;
  const SipAddress written = parse_address(unfolded(value));
  const std::string_view scheme = std::string_view{written.uri}.substr(0, written.uri.find(':'));
  if (is_scheme_of_party(scheme) && !written.user.empty()) {
    address.user = text::to_utf8(written.user);
  }
}

std::string_view first_value(std::string_view values) {
  if (values.find(',') == std::string_view::npos) return values;
  std::size_t name = 0;
  return trimmed(take_value(values, name));
}

bool has_too_many_parts(std::string_view text) {
  return std::ranges::count_if(text, [](char c) {
           return c == ',' || c == ';' || c == '&' || c == '?';
         }) > static_cast<std::ptrdiff_t>(most_separators);
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

}  // namespace drachtio::sip
