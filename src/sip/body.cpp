#include "sip/body.hpp"

#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"
#include "text/utf8.hpp"

#include <algorithm>
#include <string>

namespace drachtio::sip {

namespace {

constexpr int deepest_multipart = 8;

// Returns the text after the next semicolon outside quotes; empty where there is none.
std::string_view after_semicolon(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    if (!quoted && text[i] == ';') return text.substr(i + 1);
  }
  return {};
}

std::string_view boundary_of(std::string_view content_type) {
  for (std::string_view rest = after_semicolon(content_type); !rest.empty();
       rest = after_semicolon(rest)) {
    const std::size_t equals = rest.find_first_of("=;");
    if (equals == std::string_view::npos || rest[equals] != '=' ||
        !same_ignoring_case(trimmed(rest.substr(0, equals)), "boundary")) {
      continue;
    }
    std::string_view value = trimmed(rest.substr(equals + 1));
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      return value.substr(0, value.find('"'));
    }
    return trimmed(value.substr(0, value.find(';')));
  }
  return {};
}

std::string_view media_type(std::string_view content_type) {
  return trimmed(content_type.substr(0, content_type.find(';')));
}

// A list of encodings, in the order they were applied (RFC 3261 20.12). The identity is none.
bool names_encoding(std::string_view list) {
  while (!list.empty()) {
    const std::string_view name = trimmed(list.substr(0, list.find(',')));
    if (!name.empty() && !same_ignoring_case(name, "identity")) return true;
    list.remove_prefix(std::min(list.size(), list.find(',')));
    if (!list.empty()) list.remove_prefix(1);
  }
  return false;
}

// "binary" and the like say only how the bytes travelled.
bool changes_bytes(std::string_view transfer_encoding) {
  return same_ignoring_case(transfer_encoding, "base64") ||
         same_ignoring_case(transfer_encoding, "quoted-printable");
}

std::optional<std::string_view> sdp_in_parts(std::string_view body, std::string_view content_type,
                                             int depth);

// The description in one part of a multipart body, which begins with headers of its own.
std::optional<std::string_view> sdp_in_part(std::string_view part, int depth) {
  HeaderLines lines = HeaderLines::of_part(part);
  BodyHeaders headers;
  while (const auto line = lines.next()) {
    headers.read(line->name, line->value);
    if (is_header(line->name, "content-transfer-encoding") && changes_bytes(line->value)) {
      headers.is_encoded = true;
    }
  }
  const std::string_view body = lines.rest();
  if (body.empty() || headers.is_encoded || !headers.describes_the_session) return std::nullopt;
  if (same_ignoring_case(media_type(headers.type), "application/sdp")) return body;
  return sdp_in_parts(body, headers.type, depth + 1);
}

// A delimiter stands at the beginning of a line, and nothing but blanks after it (RFC 2046 5.1.1).
enum class Delimiter { none, between, closing };
Delimiter delimiter(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Delimiter::none;
  const std::string_view rest = trimmed(line.substr(2 + boundary.size()));
  if (rest.empty()) return Delimiter::between;
  return rest == "--" ? Delimiter::closing : Delimiter::none;
}

std::optional<std::string_view> sdp_in_parts(std::string_view body, std::string_view content_type,
                                             int depth) {
  const std::string_view type = media_type(content_type);
  if (type.size() <= 10 || !same_ignoring_case(type.substr(0, 10), "multipart/")) {
    return std::nullopt;
  }
  const std::string_view boundary = boundary_of(content_type);
  if (boundary.empty() || depth > deepest_multipart) return std::nullopt;
  std::string_view rest = body;
  std::optional<std::string_view> part;  // from after its delimiter to the end of the body
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    const Delimiter found = delimiter(line, boundary);
    if (found != Delimiter::none && part) {
      std::string_view content = part->substr(0, part->size() - rest.size());
      // The line break before a delimiter belongs to the delimiter.
      if (content.ends_with('\n')) content.remove_suffix(1);
      if (content.ends_with('\r')) content.remove_suffix(1);
      if (const auto sdp = sdp_in_part(content, depth)) return sdp;
    }
    if (found == Delimiter::closing) return std::nullopt;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (found == Delimiter::between) part = rest;
  }
  if (!part) return std::nullopt;
  return sdp_in_part(*part, depth);  // cut short
}

}  // namespace

bool BodyHeaders::read(std::string_view name, std::string_view value) {
  if (is_header(name, "content-type", 'c')) {
    if (type.empty()) type = value;
  } else if (is_header(name, "content-encoding", 'e')) {
    is_encoded = is_encoded || names_encoding(value);
  } else if (is_header(name, "content-disposition")) {
    const std::string_view disposition = media_type(value);
    describes_the_session = disposition.empty() || same_ignoring_case(disposition, "session");
  } else {
    return false;
  }
  return true;
}

BodyHeaders body_headers(const Headers& headers) {
  BodyHeaders found;
  for (const auto& [name, value] : headers) found.read(name, value);
  return found;
}

std::optional<Sdp> session_description(std::string_view body, const BodyHeaders& headers) {
  if (body.empty() || headers.is_encoded || !headers.describes_the_session) return std::nullopt;
  if (headers.type.empty()) {
    if (!body.starts_with("v=0")) return std::nullopt;
    return Sdp{text::to_utf8(body), std::nullopt};
  }
  if (same_ignoring_case(media_type(headers.type), "application/sdp")) {
    return Sdp{text::to_utf8(body), text::to_utf8(unfolded(headers.type))};
  }
  const auto part = sdp_in_parts(body, headers.type, 0);
  if (!part) return std::nullopt;
  return Sdp{text::to_utf8(*part), "application/sdp"};
}

}  // namespace drachtio::sip
