#include "record/payload.hpp"

#include <optional>
#include <utility>

namespace drachtio::record {

struct Payload::Parts {
  explicit Parts(const wire::Envelope& first_line) : envelope(first_line) {}

  wire::Envelope envelope;
  std::optional<sip::Scan> message;
};

namespace {

// Returns the string with its bytes on the heap, where they stay when it is moved: a short string
// has them within itself, but not as many as the string object has.
std::string on_the_heap(std::string bytes) {
  bytes.reserve(sizeof(std::string));
  return bytes;
}

}  // namespace

Payload::Payload() = default;
Payload::Payload(std::string bytes) : bytes_(on_the_heap(std::move(bytes))) {}

Payload::~Payload() = default;
Payload::Payload(Payload&&) noexcept = default;
Payload& Payload::operator=(Payload&&) noexcept = default;

Payload::Payload(const Payload& other) : Payload(other.bytes_) {}

Payload& Payload::operator=(const Payload& other) {
  if (this != &other) *this = Payload{other};
  return *this;
}

Payload::Parts& Payload::parts(wire::Sender sender) const {
  if (!parts_) parts_ = std::make_unique<Parts>(wire::parse_envelope(sender, bytes_));
  return *parts_;
}

const wire::Envelope& Payload::envelope(wire::Sender sender) const {
  return parts(sender).envelope;
}

const sip::Scan& Payload::message(wire::Sender sender) const {
  Parts& all = parts(sender);
  if (!all.message) all.message = sip::scan(all.envelope.message);
  return *all.message;
}

}  // namespace drachtio::record
