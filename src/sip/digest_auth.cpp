#include "sip/digest_auth.hpp"

#include "sip/header_value.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace drachtio::sip {

namespace {

// "MD5-sess" without the "-sess", which says how HA1 is made.
std::string_view base_of(std::string_view algorithm) {
  static constexpr std::string_view session = "-sess";
  if (algorithm.size() > session.size() &&
      same_ignoring_case(algorithm.substr(algorithm.size() - session.size()), session)) {
    algorithm.remove_suffix(session.size());
  }
  return algorithm;
}

const EVP_MD* digest_of(std::string_view algorithm) {
  const std::string_view base = base_of(algorithm);
  if (same_ignoring_case(base, "MD5")) return EVP_md5();
  if (same_ignoring_case(base, "SHA-256")) return EVP_sha256();
  if (same_ignoring_case(base, "SHA-512-256")) return EVP_sha512_256();
  return nullptr;
}

std::string hash(const EVP_MD* digest, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, digest, nullptr) != 1) {
    throw std::runtime_error{"OpenSSL cannot hash for digest authentication"};
  }
  static constexpr char hex[] = "0123456789abcdef";
  std::string result;
  for (unsigned i = 0; i < length; ++i) {
    result += hex[bytes[i] >> 4U];
    result += hex[bytes[i] & 0xFU];
  }
  return result;
}

// name=value and name="value", comma separated; quotes are taken off.
std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) break;
    std::string name{trimmed(text.substr(0, equals))};
    text = trimmed(text.substr(equals + 1));
    std::string value;
    if (text.starts_with('"')) {
      std::size_t at = 1;
      for (; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
      }
      text.remove_prefix(std::min(at + 1, text.size()));
    } else {
      value = trimmed(text.substr(0, text.find(',')));
    }
    parameters.emplace_back(std::move(name), std::move(value));
    const std::size_t comma = text.find(',');
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parameters;
}

bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (same_ignoring_case(trimmed(list.substr(0, comma)), word)) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

std::string quoted_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

std::optional<Challenge> parse_challenge(std::string_view value) {
  value = trimmed(value);
  const std::size_t blank = value.find_first_of(" \t");
  if (blank == std::string_view::npos || !same_ignoring_case(value.substr(0, blank), "Digest")) {
    return std::nullopt;
  }
  Challenge challenge;
  std::optional<std::string> qop;
  for (auto& [name, text] : parameters_of(value.substr(blank + 1))) {
    if (same_ignoring_case(name, "realm"))
      challenge.realm = std::move(text);
    else if (same_ignoring_case(name, "nonce"))
      challenge.nonce = std::move(text);
    else if (same_ignoring_case(name, "opaque"))
      challenge.opaque = std::move(text);
    else if (same_ignoring_case(name, "algorithm"))
      challenge.algorithm = std::move(text);
    else if (same_ignoring_case(name, "stale"))
      challenge.stale = same_ignoring_case(text, "true");
    else if (same_ignoring_case(name, "qop"))
      qop = std::move(text);
  }
  if (qop) {
    challenge.qop_auth = lists(*qop, "auth");
    if (!challenge.qop_auth) return std::nullopt;
  }
  if (digest_of(challenge.algorithm) == nullptr || challenge.nonce.empty()) return std::nullopt;
  return challenge;
}

std::string authorization(const Challenge& challenge, const DigestRequest& request) {
  const EVP_MD* digest = digest_of(challenge.algorithm);
  const std::string cnonce{request.cnonce};
  std::string ha1 = hash(digest, std::string{request.username} + ':' + challenge.realm + ':' +
                                     std::string{request.password});
  if (base_of(challenge.algorithm).size() != challenge.algorithm.size()) {
    ha1 = hash(digest, ha1 + ':' + challenge.nonce + ':' + cnonce);
  }
  const std::string ha2 =
      hash(digest, std::string{request.method} + ':' + std::string{request.uri});
  std::array<char, 9> count{};
  std::snprintf(count.data(), count.size(), "%08x", request.count);
  const std::string response = challenge.qop_auth
                                   ? hash(digest, ha1 + ':' + challenge.nonce + ':' + count.data() +
                                                      ':' + cnonce + ":auth:" + ha2)
                                   : hash(digest, ha1 + ':' + challenge.nonce + ':' + ha2);
  std::string value = "Digest username=" + quoted_string(request.username) +
                      ", realm=" + quoted_string(challenge.realm) +
                      ", nonce=" + quoted_string(challenge.nonce) +
                      ", uri=" + quoted_string(request.uri) + ", response=\"" + response +
                      "\", algorithm=" + challenge.algorithm;
  if (challenge.qop_auth) {
    value += ", qop=auth, nc=" + std::string{count.data()} + ", cnonce=" + quoted_string(cnonce);
  }
  if (challenge.opaque) value += ", opaque=" + quoted_string(*challenge.opaque);
  return value;
}

}  // namespace drachtio::sip
