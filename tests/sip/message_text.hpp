// A SIP message to vary: every test changes the part it is about.
#pragma once

#include "catch.hpp"
#include "sip/message.hpp"

#include <string>
#include <string_view>

namespace drachtio::test {

inline const std::string invite_text =
    "INVITE sip:bob@callee.example SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport\r\n"
    "From: \"Ann\" <sip:ann@caller.example>;tag=f1\r\n"
    "To: <sip:bob@callee.example>\r\n"
    "Call-ID: c1@caller.example\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:ann@192.0.2.1:5062>\r\n"
    "Max-Forwards: 70\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 10\r\n"
    "\r\n"
    "v=0\r\ns=-\r\n";

// invite_text with the first `old` replaced.
inline std::string with(std::string_view old, std::string_view replacement,
                        std::string text = invite_text) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), replacement);
}

// invite_text with a header line more.
inline std::string plus(const std::string& header) {
  return with("Max-Forwards: 70\r\n", header + "\r\n");
}

inline std::string with_body(std::string_view type, std::string_view body) {
  std::string text = with("Content-Type: application/sdp", type);
  text = with("Content-Length: 10", "Content-Length: " + std::to_string(body.size()), text);
  return with("v=0\r\ns=-\r\n", body, text);
}

// The text must outlive the message, whose body points into it.
inline sip::Message parsed(const std::string& text) {
  std::string why;
  auto message = sip::parse_message(text, why);
  INFO(why << " in:\n" << text);
  REQUIRE(message);
  return std::move(*message);
}
inline sip::Message parsed(std::string&&) = delete;

// Why it is refused; empty where it is not.
inline std::string refusal(const std::string& text) {
  std::string why;
  return sip::parse_message(text, why) ? std::string{} : why;
}

}  // namespace drachtio::test
