#include "sip/sdp.hpp"

#include "sip/header_value.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace drachtio::sip {

namespace {

// Takes a line off the front of `text`, without its CRLF or LF.
std::string_view take_sdp_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  return word;
}

enum class Flow { sendrecv, sendonly, recvonly, inactive };

std::optional<Flow> flow(std::string_view attribute) {
  if (attribute == "sendrecv") return Flow::sendrecv;
  if (attribute == "sendonly") return Flow::sendonly;
  if (attribute == "recvonly") return Flow::recvonly;
  if (attribute == "inactive") return Flow::inactive;
  return std::nullopt;
}

// "IN IP4 0.0.0.0" or "IN IP6 ::"
bool is_unspecified(std::string_view connection) {
  take_word(connection);
  take_word(connection);
  std::string_view address = take_word(connection);
  address = address.substr(0, address.find('/'));
  return address == "0.0.0.0" || address == "::";
}

struct Scope {
  std::optional<Flow> flow;
  std::optional<bool> unspecified;
  bool in_use = false;
};

bool held(const Scope& media, const Scope& session) {
  const Flow direction = media.flow.value_or(session.flow.value_or(Flow::sendrecv));
  return direction == Flow::sendonly || direction == Flow::inactive ||
         media.unspecified.value_or(session.unspecified.value_or(false));
}

bool port_in_use(std::string_view media_line) {
  take_word(media_line);
  std::string_view port = take_word(media_line);
  port = port.substr(0, port.find('/'));
  return port.find_first_not_of('0') != std::string_view::npos;
}

struct Origin {
  std::string_view session_id;
  std::string_view version;
};

std::optional<Origin> origin(std::string_view sdp) {
  while (!sdp.empty()) {
    std::string_view line = take_sdp_line(sdp);
    if (!line.starts_with("o=")) continue;
    line.remove_prefix(2);
    take_word(line);
    Origin found;
    found.session_id = take_word(line);
    found.version = take_word(line);
    if (found.version.empty()) return std::nullopt;
    return found;
  }
  return std::nullopt;
}

// "o=app 1 2 IN IP4 192.0.2.1" as "o=app 1 3 IN IP4 192.0.2.1"; as it is where it has no number.
std::string next_version(std::string_view line) {
  std::string_view rest = line;
  take_word(rest);
  take_word(rest);
  const std::string_view version = take_word(rest);
  const auto number = number_of<std::uint64_t>(version);
  if (!number) return std::string{line};
  std::string next{line.substr(0, static_cast<std::size_t>(version.data() - line.data()))};
  return next.append(std::to_string(*number + 1)).append(rest);
}

// What follows the next semicolon outside quotes; empty where there is none.
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

// The part's own headers say application/sdp; `part` is left at its body.
bool take_sdp_headers(std::string_view& part) {
  bool is_sdp = false;
  while (!part.empty()) {
    const std::string_view line = take_sdp_line(part);
    if (line.empty()) return is_sdp;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, colon));
    if (!same_ignoring_case(name, "content-type") && !same_ignoring_case(name, "c")) continue;
    std::string_view value = trimmed(line.substr(colon + 1));
    if (value.empty() && (part.starts_with(' ') || part.starts_with('\t'))) {  // folded
      value = trimmed(take_sdp_line(part));
    }
    is_sdp = same_ignoring_case(trimmed(value.substr(0, value.find(';'))), "application/sdp");
  }
  return false;
}

}  // namespace

bool is_hold(std::string_view sdp) {
  Scope session;
  Scope media;
  bool in_media = false;
  bool any_in_use = false;
  bool all_held = true;
  const auto close_media = [&] {
    if (!in_media || !media.in_use) return;
    any_in_use = true;
    all_held = all_held && held(media, session);
  };
  while (!sdp.empty()) {
    std::string_view line = take_sdp_line(sdp);
    if (line.size() < 2 || line[1] != '=') continue;
    const char type = line[0];
    line.remove_prefix(2);
    Scope& scope = in_media ? media : session;
    if (type == 'm') {
      close_media();
      media = Scope{};
      media.in_use = port_in_use(line);
      in_media = true;
    } else if (type == 'a') {
      if (const auto direction = flow(trimmed(line))) scope.flow = direction;
    } else if (type == 'c') {
      scope.unspecified = is_unspecified(line);
    }
  }
  close_media();
  return any_in_use && all_held;
}

bool same_version(std::string_view sdp, std::string_view other) {
  const auto a = origin(sdp);
  const auto b = origin(other);
  return a && b && a->session_id == b->session_id && a->version == b->version;
}

std::string with_direction(std::string_view sdp, std::string_view direction) {
  std::string result;
  bool in_media = false;
  const auto close_media = [&] {
    if (in_media) result.append("a=").append(direction).append("\r\n");
  };
  while (!sdp.empty()) {
    const std::string_view line = take_sdp_line(sdp);
    if (line.empty()) continue;
    if (line.starts_with("a=") && flow(trimmed(line.substr(2)))) continue;
    if (line.starts_with("o=")) {
      result.append(next_version(line)).append("\r\n");
      continue;
    }
    if (line.starts_with("m=")) {
      close_media();
      in_media = true;
    }
    result.append(line).append("\r\n");
  }
  close_media();
  return result;
}

std::string_view sdp_part(std::string_view body, std::string_view content_type) {
  const std::string_view boundary = boundary_of(content_type);
  if (boundary.empty()) return {};
  const std::string delimiter = "--" + std::string{boundary};
  std::string_view rest = body;
  std::string_view part;  // begins after a delimiter line; empty before the first
  bool in_part = false;
  while (!rest.empty()) {
    const std::string_view line_begin = rest;
    const std::string_view line = take_sdp_line(rest);
    if (!line.starts_with(delimiter)) continue;
    // The line break before a delimiter belongs to the delimiter.
    std::string_view content = part.substr(0, part.size() - line_begin.size());
    if (content.ends_with('\n')) content.remove_suffix(1);
    if (content.ends_with('\r')) content.remove_suffix(1);
    if (in_part && take_sdp_headers(content)) return content;
    if (line.substr(delimiter.size()).starts_with("--")) return {};
    part = rest;
    in_part = true;
  }
  return in_part && take_sdp_headers(part) ? part : std::string_view{};
}

}  // namespace drachtio::sip
