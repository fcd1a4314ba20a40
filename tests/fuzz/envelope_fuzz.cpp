// Any payload, from either side: an envelope whose parts lie within it, or a ProtocolError that
// names an offset within it. The first byte says whose it is.
#include "text/utf8.hpp"
#include "wire/envelope.hpp"
#include "wire/protocol_error.hpp"

#include <cstdlib>

namespace {

using drachtio::wire::Envelope;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view payload{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto sender =
      (data[0] & 1U) == 0 ? drachtio::wire::Sender::server : drachtio::wire::Sender::client;
  const auto within = [&](std::string_view part) {
    require(part.empty() || (part.data() >= payload.data() &&
                             part.data() + part.size() <= payload.data() + payload.size()));
  };
  try {
    const Envelope envelope = drachtio::wire::parse_envelope(sender, payload);
    for (const std::string_view part :
         {envelope.id, envelope.in_reply_to, envelope.reply_text, envelope.message,
          envelope.call_record_token, envelope.proxied_transaction_id, envelope.transport.protocol,
          envelope.transport.address, envelope.transport.port, envelope.transport.transaction_id,
          envelope.transport.dialog_id, envelope.transport.received_on_address,
          envelope.transport.received_on_port}) {
      within(part);
    }
    if (const auto time = envelope.transport.time_of_day) {
      require(time->count() >= 0 && *time <= std::chrono::hours{24} + std::chrono::seconds{1});
    }
  } catch (const drachtio::wire::ProtocolError& error) {
    require(error.offset() <= payload.size());
    require(drachtio::text::is_utf8(error.what()));
  }
  return 0;
}
