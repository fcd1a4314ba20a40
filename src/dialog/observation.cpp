#include "dialog/observation.hpp"

#include "digest/sha256.hpp"

namespace drachtio::dialog {

namespace {

// Each field after its length, in one buffer: hashing once costs less than ten times.
void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

}  // namespace

MessageKey message_key(Channel channel, const sip::Message& message) {
  thread_local digest::Sha256 hasher;
  thread_local std::string fields;
  const bool cancelled_invite =
      channel == Channel::stop && message.is_request() && message.method == "INVITE";
  fields.clear();
  append_field(fields, cancelled_invite ? "cancelled" : "message");
  append_field(fields, message.start_line);
  append_field(fields, message.call_id);
  append_field(fields, std::to_string(message.cseq));
  append_field(fields, message.method);
  append_field(fields, message.branch);
  append_field(fields, message.from.tag.value_or(""));
  append_field(fields, message.to.tag.value_or(""));
  append_field(fields, message.rseq ? std::to_string(*message.rseq) : "");
  append_field(fields, message.body);
  const digest::Hash hash = hasher.update(fields).finish();
  MessageKey key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.high = key.high << 8U | hash[i];
    key.low = key.low << 8U | hash[8 + i];
  }
  return key;
}

}  // namespace drachtio::dialog
