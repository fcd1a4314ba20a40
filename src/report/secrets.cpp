#include "report/secrets.hpp"

#include "sip/header_lines.hpp"
#include "sip/header_value.hpp"
#include "sip/sdp_lines.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace drachtio::report {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

bool is_credential(std::string_view name) {
  return std::ranges::any_of(
      std::array{"authorization", "proxy-authorization", "authentication-info",
                 "proxy-authentication-info"},
      [&](std::string_view known) { return sip::same_ignoring_case(name, known); });
}

bool is_harmless_parameter(std::string_view name) {
  return std::ranges::any_of(
      std::array{"username", "username*", "userhash", "realm", "nonce", "nextnonce", "uri",
                 "algorithm", "opaque", "qop", "nc", "cnonce", "stale"},
      [&](std::string_view known) { return sip::same_ignoring_case(name, known); });
}

// Returns whether it is a token, or one quoted string: others may hide something.
bool is_clean_value(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  if (is_quoted) value = value.substr(1, value.size() - 2);
  return value.find('"') == std::string_view::npos &&
         (is_quoted || value.find_first_of(blanks) == std::string_view::npos);
}

// Takes a line off the front of `text`, without its line end: CRLF, LF, or a CR alone.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  if (text.starts_with("\r\n")) text.remove_prefix(1);
  if (!text.empty()) text.remove_prefix(1);
  return line;
}

// Returns the boundary of a multipart body (RFC 2046 5.1.1); empty where the type tells none.
std::string_view boundary_of(std::string_view content_type) {
  constexpr std::string_view name = "boundary=";
  const std::size_t found = lower(content_type).find(name);
  if (found == std::string::npos) return {};
  std::string_view boundary = content_type.substr(found + name.size());
  if (boundary.starts_with('"')) return boundary.substr(1, boundary.find('"', 1) - 1);
  return boundary.substr(0, boundary.find_first_of("; \t\r\n"));
}

class Masking {
 public:
  explicit Masking(std::string_view message) : message_(message), masked_(message) {}

  std::string mask() {
    sip::HeaderLines lines{message_};
    std::string_view content_type;
    std::string_view cseq;
    bool is_encoded = false;
    bool is_dtmf_package = false;
    while (const auto line = lines.next()) {
      mask_in_uri(line->value);
      if (sip::is_header(line->name, "info-package")) {  // RFC 6086
        is_dtmf_package = lower(line->value).find("dtmf") != std::string::npos;
      }
      if (is_credential(line->name)) mask_credentials(line->value);
      if (sip::is_header(line->name, "content-type", 'c')) content_type = line->value;
      if (sip::is_header(line->name, "cseq")) cseq = line->value;
      if (sip::is_header(line->name, "content-encoding", 'e')) {
        is_encoded = !sip::same_ignoring_case(line->value, "identity");
      }
    }
    const std::string method = method_of(lines.start_line(), cseq);
    const std::string type = lower(content_type);
    if (is_encoded) {
      mask_all(lines.rest());
    } else if (method == "message" || is_dtmf_package || is_dtmf(method, type, lines.rest())) {
      mask_texts(lines.rest(), boundary_of(content_type));
    } else {
      mask_keys(lines.rest());
    }
    return std::move(masked_);
  }

 private:
  static std::string method_of(std::string_view start_line, std::string_view cseq) {
    if (!start_line.starts_with("SIP/")) return lower(start_line.substr(0, start_line.find(' ')));
    const std::size_t last_blank = cseq.find_last_of(blanks);
    return last_blank == std::string_view::npos ? "" : lower(cseq.substr(last_blank + 1));
  }

  // DTMF in an INFO has no one type (draft-kaplan-dispatch-info-dtmf-package lists some).
  static bool is_dtmf(std::string_view method, std::string_view type, std::string_view body) {
    const auto says = [&](std::string_view word) {
      return type.find(word) != std::string_view::npos;
    };
    if (says("dtmf") || says("kpml-response") || says("telephone-event")) return true;
    if (method != "info") return false;
    const std::string text = lower(body);
    const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    constexpr std::string_view digits_alone = "0123456789*#abcd,; \t\r\n";
    return says("digit") || has("signal") || has("digit") || has("dtmf") ||
           text.find_first_not_of(digits_alone) == std::string::npos;
  }

  // Masks a part of the message, but for what keeps its lines apart.
  void mask_all(std::string_view part) {
    const auto begin = static_cast<std::size_t>(part.data() - message_.data());
    for (std::size_t i = begin; i < begin + part.size(); ++i) {
      if (masked_[i] != '\r' && masked_[i] != '\n') masked_[i] = '*';
    }
  }

  void mask_credentials(std::string_view value) {
    const std::size_t scheme_end = std::min(value.find_first_of(blanks), value.size());
    const std::string_view scheme = value.substr(0, scheme_end);
    std::string_view rest = value;
    if (scheme.find('=') == std::string_view::npos) {  // an Authentication-Info has no scheme
      rest.remove_prefix(scheme_end);
      if (!sip::same_ignoring_case(scheme, "Digest")) return mask_all(rest);
    }
    while (!rest.empty()) {
      const std::string_view parameter = take_parameter(rest);
      const std::size_t equals = parameter.find('=');
      if (equals == std::string_view::npos) {
        mask_all(parameter);
        continue;
      }
      const std::string_view text = sip::trimmed(parameter.substr(equals + 1));
      const bool is_harmless = is_harmless_parameter(sip::trimmed(parameter.substr(0, equals)));
      if (!is_harmless || !is_clean_value(text)) mask_all(text);
    }
  }

  // Takes what stands before the next comma that is not quoted.
  static std::string_view take_parameter(std::string_view& rest) {
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (is_quoted || rest[end] != ','); ++end) {
      if (rest[end] == '"') is_quoted = !is_quoted;
      if (rest[end] == '\\' && is_quoted) ++end;
    }
    end = std::min(end, rest.size());
    const std::string_view parameter = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return parameter;
  }

  // Masks a body that people wrote to one another. What frames the parts of a multipart stays.
  void mask_texts(std::string_view body, std::string_view boundary) {
    bool in_headers = false;
    while (!body.empty()) {
      const std::string_view line = take_line(body);
      std::string_view rest = line;
      const bool has_boundary = !boundary.empty() && line.starts_with("--") &&
                                line.substr(2, boundary.size()) == boundary;
      if (has_boundary) rest.remove_prefix(2 + boundary.size());
      if (rest.starts_with("--")) rest.remove_prefix(2);
      const bool is_frame = has_boundary && sip::trimmed(rest).empty();
      if (is_frame) {
        in_headers = true;
        continue;
      }
      if (line.empty()) in_headers = false;
      if (!in_headers || !lower(line.substr(0, 8)).starts_with("content-")) mask_all(line);
    }
  }

  // Masks keys and credentials in a body of any kind: a description may be a part of it.
  void mask_keys(std::string_view body) {
    const std::string_view whole = body;
    while (!body.empty()) {
      const std::string_view line = take_line(body);
      const std::size_t colon = std::min(line.find(':'), line.size());
      const std::string_view name = sip::trimmed(line.substr(0, colon));
      const std::string_view value = line.substr(std::min(colon + 1, line.size()));
      if (is_credential(name)) {
        mask_credentials(sip::trimmed(with_folds(value, body)));
      } else if (sip::same_ignoring_case(name, "a=crypto")) {
        mask_crypto(value);
      } else if (sip::same_ignoring_case(name, "a=key-mgmt") ||
                 sip::same_ignoring_case(name, "a=ice-pwd")) {
        mask_all(value);
      } else if (line.starts_with("k=") && line != "k=prompt") {
        mask_all(line.substr(2));
      } else if (sip::same_ignoring_case(name, "Content-Transfer-Encoding")) {
        const std::string encoding = lower(sip::trimmed(value));
        if (encoding == "base64" || encoding == "quoted-printable") return mask_all(whole);
      } else {
        mask_inline_keys(line);  // of a description within another text, as JSON has it
      }
    }
  }

  // Takes the lines that continue this one (RFC 3261 7.3.1), too.
  static std::string_view with_folds(std::string_view line, std::string_view& rest) {
    const char* end = line.data() + line.size();
    while (rest.starts_with(' ') || rest.starts_with('\t')) {
      const std::string_view more = take_line(rest);
      end = more.data() + more.size();
    }
    return {line.data(), static_cast<std::size_t>(end - line.data())};
  }

  // ":1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4 KDR=1": the tag, the suite, the keys, and
  // parameters.
  void mask_crypto(std::string_view value) {
    std::size_t words = 0;
    for (std::string_view word = sip::take_word(value); !word.empty();
         word = sip::take_word(value)) {
      const bool has_key = mask_inline_keys(word);
      if (++words == 3 && !has_key) mask_all(word);
    }
  }

  // Masks each key after "inline:" (RFC 4568 6.1), so that it is still one of base64; its lifetime
  // and its MKI stay. Returns whether there is any.
  bool mask_inline_keys(std::string_view text) {
    constexpr std::string_view method = "inline:";
    const std::string lower_text = lower(text);
    bool has_any = false;
    for (std::size_t at = lower_text.find(method); at != std::string::npos;
         at = lower_text.find(method, at)) {
      has_any = true;
      at += method.size();
      const auto offset = static_cast<std::size_t>(text.data() - message_.data());
      for (; at < text.size() && is_of_key(text[at]); ++at) {
        if (text[at] != '=') masked_[offset + at] = 'A';
      }
    }
    return has_any;
  }

  static bool is_of_key(char c) {
    constexpr std::string_view others = "+/=-_.~%";
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           others.find(c) != std::string_view::npos;
  }

  // Masks credentials that a URI carries to be put into a request (RFC 3261 19.1.1).
  void mask_in_uri(std::string_view value) {
    constexpr std::string_view name = "authorization=";
    const std::string lower_value = lower(value);
    for (std::size_t at = lower_value.find(name); at != std::string::npos;
         at = lower_value.find(name, at)) {
      at += name.size();
      const std::size_t end = std::min(value.find_first_of("&>;,\" \t\r\n", at), value.size());
      mask_all(value.substr(at, end - at));
    }
  }

  std::string_view message_;
  std::string masked_;
};

}  // namespace

std::string without_secrets(std::string_view message) { return Masking{message}.mask(); }

}  // namespace drachtio::report
