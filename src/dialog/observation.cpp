#include "dialog/observation.hpp"

#include "digest/sha256.hpp"

namespace drachtio::dialog {

MessageKey message_key(Channel channel, const sip::Message& message) {
  thread_local digest::Sha256 hasher;
  const bool cancelled_invite =
      channel == Channel::stop && message.is_request() && message.method == "INVITE";
  hasher.field(cancelled_invite ? "cancelled" : "message")
      .field(message.start_line)
      .field(message.call_id)
      .field(std::to_string(message.cseq))
      .field(message.method)
      .field(message.branch)
      .field(message.from.tag.value_or(""))
      .field(message.to.tag.value_or(""))
      .field(message.rseq ? std::to_string(*message.rseq) : "")
      .field(message.body);
  const digest::Hash hash = hasher.finish();
  MessageKey key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.high = key.high << 8U | hash[i];
    key.low = key.low << 8U | hash[8 + i];
  }
  return key;
}

}  // namespace drachtio::dialog
