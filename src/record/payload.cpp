#include "record/payload.hpp"

#include <optional>
#include <utility>

namespace drachtio::record {

struct Payload::Parts {
  explicit Parts(std::string text) : bytes(std::move(text)) {}

  const std::string bytes;
  std::optional<wire::Envelope> envelope;
  std::optional<sip::Scan> message;
};

Payload::Payload(std::string bytes) : parts_(std::make_unique<Parts>(std::move(bytes))) {}

Payload::~Payload() = default;
Payload::Payload(Payload&&) noexcept = default;
Payload& Payload::operator=(Payload&&) noexcept = default;

Payload::Payload(const Payload& other) : Payload(other.bytes()) {}

Payload& Payload::operator=(const Payload& other) {
  if (this != &other) *this = Payload{other};
  return *this;
}

const std::string& Payload::bytes() const { return parts_->bytes; }

const wire::Envelope& Payload::envelope(wire::Sender sender) const {
  if (!parts_->envelope) parts_->envelope = wire::parse_envelope(sender, parts_->bytes);
  return *parts_->envelope;
}

const sip::Scan& Payload::message(wire::Sender sender) const {
  if (!parts_->message) parts_->message = sip::scan(envelope(sender).message);
  return *parts_->message;
}

}  // namespace drachtio::record
