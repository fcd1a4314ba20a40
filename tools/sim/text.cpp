#include "sim/text.hpp"

#include "net/message_id.hpp"
#include "sip/sdp.hpp"

#include <fmt/core.h>

#include <random>

namespace drachtio::sim {

namespace {

std::string letters(std::size_t count) {
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::uniform_int_distribution<std::size_t> pick{0, alphabet.size() - 1};
  std::string text;
  while (text.size() < count) text += alphabet[pick(random)];
  return text;
}

}  // namespace

std::string make_tag() { return letters(13); }
std::string make_branch() { return "z9hG4bK" + letters(13); }
std::string make_uuid() { return net::message_id(); }

std::string message_text(std::string_view start_line, const Headers& headers,
                         std::string_view body) {
  std::string text{start_line};
  text += "\r\n";
  for (const auto& [name, value] : headers) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty() && !headers.has("Content-Type")) text += "Content-Type: application/sdp\r\n";
  text += fmt::format("Content-Length: {}\r\n\r\n", body.size());
  return text.append(body);
}

std::string far_sdp(int version, std::string_view direction) {
  return fmt::format(
      "v=0\r\no=far 10 {} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
      "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na={}\r\n",
      version, direction);
}

std::string answering_direction(std::string_view sdp) {
  if (sdp.find("a=inactive") != std::string_view::npos) return "inactive";
  if (sdp.find("a=sendonly") != std::string_view::npos) return "recvonly";
  if (sdp.find("a=recvonly") != std::string_view::npos) return "sendonly";
  return "sendrecv";
}

}  // namespace drachtio::sim
