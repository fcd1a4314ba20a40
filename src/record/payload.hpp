// A frame's payload as it travels from the socket to the writer, and to the program: its first line
// and its SIP message are each taken apart once, by whoever asks first.
#pragma once

#include "sip/scan.hpp"
#include "wire/envelope.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace drachtio::record {

// Not thread-safe: a payload is handed from thread to thread, and never shared. What it returns
// stays where it is when the payload is moved. A payload that was moved from may only be assigned
// to or destroyed.
class Payload {
 public:
  Payload() : Payload(std::string{}) {}
  // NOLINTBEGIN(google-explicit-constructor,hicpp-explicit-conversions): a payload is its bytes
  Payload(std::string bytes);
  Payload(const char* bytes) : Payload(std::string{bytes}) {}
  // NOLINTEND(google-explicit-constructor,hicpp-explicit-conversions)
  ~Payload();
  Payload(const Payload& other);  // is taken apart anew
  Payload& operator=(const Payload& other);
  Payload(Payload&&) noexcept;
  Payload& operator=(Payload&&) noexcept;

  [[nodiscard]] const std::string& bytes() const;

  // Throws wire::ProtocolError where the bytes are not the admin protocol. The sender is the same
  // at each call.
  [[nodiscard]] const wire::Envelope& envelope(wire::Sender sender) const;
  // The message that the envelope holds. Throws as envelope() does.
  [[nodiscard]] const sip::Scan& message(wire::Sender sender) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace drachtio::record
