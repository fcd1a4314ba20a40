// A payload travels from the socket to the writer, and on to the program: its first line and its
// SIP message are each taken apart once, by whoever asks first.
#pragma once

#include "sip/scan.hpp"
#include "wire/envelope.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace drachtio::record {

// Not thread-safe: a payload is handed from thread to thread, and never shared. What it returns
// stays where it is when the payload is moved; a payload that was moved from is empty.
class Payload {
 public:
  Payload();
  // NOLINTBEGIN(google-explicit-constructor,hicpp-explicit-conversions): a payload is its bytes
  Payload(std::string bytes);
  Payload(const char* bytes) : Payload(std::string{bytes}) {}
  // NOLINTEND(google-explicit-constructor,hicpp-explicit-conversions)
  ~Payload();
  Payload(const Payload& other);  // the copy is taken apart anew
  Payload& operator=(const Payload& other);
  Payload(Payload&&) noexcept;
  Payload& operator=(Payload&&) noexcept;

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  // Returns the first line, taken apart. Throws wire::ProtocolError where the bytes are not the
  // admin protocol. The sender is the same at each call.
  [[nodiscard]] const wire::Envelope& envelope(wire::Sender sender) const;
  // Returns the message that the envelope holds. Throws as envelope() does.
  [[nodiscard]] const sip::Scan& message(wire::Sender sender) const;

 private:
  struct Parts;
  Parts& parts(wire::Sender sender) const;

  std::string bytes_;
  // They are made by the thread that needs them, which mostly frees them, too: an allocator is slow
  // at what another thread has allocated.
  mutable std::unique_ptr<Parts> parts_;
};

}  // namespace drachtio::record
