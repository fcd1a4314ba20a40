#include "sip/compose.hpp"

#include "sip/header_value.hpp"
#include "text/escape.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace drachtio::sip {

namespace {

constexpr std::string_view breaks{"\r\n\0", 3};

bool is_token(std::string_view name) {
  static constexpr std::string_view marks = "-.!%*_+`'~";
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

void require_one_line(std::string_view what, std::string_view text) {
  if (text.find_first_of(breaks) == std::string_view::npos) return;
  throw std::invalid_argument{std::string{what} + " has a line break in it: \"" +
                              text::escaped(text, 100) + '"'};
}

struct Phrase {
  int status;
  std::string_view text;
};

constexpr std::array<Phrase, 56> phrases{{
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Notification"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {428, "Use Identity Header"},
    {433, "Anonymity Disallowed"},
    {469, "Bad Info Package"},
    {470, "Consent Needed"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {606, "Not Acceptable"},
}};

}  // namespace

std::string compose(std::string_view start_line, const Headers& headers, std::string_view body) {
  require_one_line("the start line", start_line);
  if (!body.empty() && !body.starts_with("v=0") && !headers.has("Content-Type")) {
    throw std::invalid_argument{"a body that is no SDP needs a Content-Type header"};
  }
  std::string text{start_line};
  text += "\r\n";
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) {
      throw std::invalid_argument{"\"" + text::escaped(name, 100) + "\" is no name of a header"};
    }
    require_one_line("the header " + name, value);
    if (Headers{{name, ""}}.has("Content-Length")) continue;  // ours is right
    text.append(name).append(": ").append(value).append("\r\n");
  }
  text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  text += body;
  return text;
}

std::string method_name(std::string_view method) {
  if (!is_token(method)) {
    throw std::invalid_argument{"\"" + text::escaped(method, 100) + "\" is no method"};
  }
  std::string name{method};
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

bool is_sip_uri(const std::string& uri) {
  const std::string_view scheme = std::string_view{uri}.substr(0, uri.find(':'));
  const bool is_sip = uri.find(':') + 1 < uri.size() && uri.find(':') != std::string::npos &&
                      (same_ignoring_case(scheme, "sip") || same_ignoring_case(scheme, "sips"));
  const bool is_clean = std::ranges::all_of(
      uri, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '|' && c != '\x7f'; });
  return is_sip && is_clean;
}

void require_uri(const std::string& uri) {
  if (!is_sip_uri(uri)) {
    throw std::invalid_argument{"no sip: or sips: URI: \"" + text::escaped(uri, 100) + '"'};
  }
}

std::string_view phrase_of(int status) {
  const auto* found = std::ranges::find(phrases, status, &Phrase::status);
  return found == phrases.end() ? std::string_view{} : found->text;
}

}  // namespace drachtio::sip
