#include "net/outbox.hpp"

#include "net/client.hpp"
#include "wire/frame_reader.hpp"

#include <boost/asio/co_spawn.hpp>

namespace drachtio::net {

namespace {

// Waiting to be sent: a server that takes none of it is dead.
constexpr std::size_t most_unsent = 64UL * 1024 * 1024;

}  // namespace

void Outbox::push(const std::string& id, std::string_view rest) {
  std::string payload = id;
  payload.append("|").append(rest);
  waiting_.push_back({id, wire::frame(payload), payload.size()});
  waiting_bytes_ += waiting_.back().frame.size();
  pump();
}

void Outbox::replied(std::string_view id) {
  if (awaited_.empty() || id != awaited_) return;
  awaited_.clear();
  pump();
}

// Sends as much as the socket and the pacing allow; more is sent when they allow more.
void Outbox::pump() {
  while (stream_ && !writing_) {
    error_code error;
    while (!unsent_.empty() && !stream_->unsent()) {
      const std::size_t written = stream_->try_write(unsent_.front(), error);
      if (error) return;  // the reader meets it too, and says so
      if (written == 0) break;
      unsent_.pop(written);
    }
    if (!unsent_.empty() || stream_->unsent()) {
      if (unsent_.size() + waiting_bytes_ > most_unsent) return handlers_.stuck();
      writing_ = true;
      boost::asio::co_spawn(io_, pump_when_writable(),
                            [self = shared_from_this()](const std::exception_ptr&) {});
      return;
    }
    if (waiting_.empty() || !awaited_.empty()) return;
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= next.frame.size();
    unsent_.push(next.frame);
    if (next.payload > paced_payload) {
      awaited_ = next.id;
      handlers_.awaits_reply();
    }
  }
}

awaitable<void> Outbox::pump_when_writable() {
  const std::shared_ptr<Stream> stream = stream_;
  error_code error;
  co_await stream->writable(error);
  writing_ = false;
  if (!error) pump();
}

}  // namespace drachtio::net
