#include "record/writer.hpp"

#include <algorithm>

namespace drachtio::record {

namespace {

using SteadyClock = std::chrono::steady_clock;

// A batch is bounded so that one commit, and the memory staged for it, stays small.
constexpr std::size_t most_frames_a_batch = 2000;
constexpr std::chrono::seconds expiry_interval{1};
constexpr std::chrono::milliseconds first_retry{50};
constexpr std::chrono::milliseconds last_retry{2000};

}  // namespace

Instant now() {
  return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
}

Writer::Writer(const std::filesystem::path& database, Options options)
    : options_(std::move(options)), ledger_(log::EventLog{database}, [] { return now(); }) {
  statistics_.head = ledger_.head();
  statistics_.open_dialogs = ledger_.open_dialogs();
  thread_ = std::thread{[this] { run(); }};
}

Writer::~Writer() { stop(); }

void Writer::frame(Frame frame) {
  const std::size_t bytes = frame.payload.size() + sizeof(Frame);
  post(std::move(frame), bytes);
}

void Writer::closed(std::uint64_t connection) { post(Closed{connection}, sizeof(Closed)); }

void Writer::link_up(const std::string& server, const std::string& detail) {
  note(EventType::link_up, server, detail);
}

void Writer::link_down(const std::string& server, const std::string& why) {
  note(EventType::link_down, server, why);
}

void Writer::link_refused(const std::string& server, const std::string& why) {
  note(EventType::link_refused, server, why);
}

void Writer::gap(const std::string& server, const std::string& why, Instant since) {
  note(EventType::gap, server, why, since);
}

void Writer::note(EventType type, const std::string& server, const std::string& detail,
                  std::optional<Instant> since) {
  Event event;
  event.type = type;
  event.occurred_at = now();
  event.server = server;
  event.detail = detail;
  event.since = since;
  post(std::move(event), sizeof(Event));
}

// On overflow the oldest frames go: what is newest tells most about the calls still up.
void Writer::post(Item item, std::size_t bytes) {
  {
    const std::lock_guard lock{mutex_};
    if (failed_) return;
    queue_.push_back(std::move(item));
    queued_bytes_ += bytes;
    while (queued_bytes_ > options_.queue_bytes) {
      const auto oldest = std::ranges::find_if(
          queue_, [](const Item& queued) { return std::holds_alternative<Frame>(queued); });
      if (oldest == queue_.end()) break;
      const Frame& frame = std::get<Frame>(*oldest);
      if (overflow_.frames++ == 0) {
        overflow_.server = frame.server;
        overflow_.since = frame.read_at;
      }
      ++statistics_.given_up;
      queued_bytes_ -= frame.payload.size() + sizeof(Frame);
      queue_.erase(oldest);
    }
  }
  wake_.notify_one();
}

bool Writer::take_batch(std::deque<Item>& batch) {
  std::unique_lock lock{mutex_};
  wake_.wait_for(lock, expiry_interval,
                 [&] { return !queue_.empty() || overflow_.frames > 0 || stop_by_; });
  while (!queue_.empty() && batch.size() < most_frames_a_batch) {
    Item& item = queue_.front();
    if (const auto* frame = std::get_if<Frame>(&item)) {
      queued_bytes_ -= frame->payload.size() + sizeof(Frame);
    } else {
      queued_bytes_ -= std::holds_alternative<Event>(item) ? sizeof(Event) : sizeof(Closed);
    }
    batch.push_back(std::move(item));
    queue_.pop_front();
  }
  return !(stop_by_ && queue_.empty() && batch.empty() && overflow_.frames == 0);
}

void Writer::walk(std::deque<Item>& batch) {
  report_overflow();
  std::uint64_t frames = 0;
  while (!batch.empty()) {
    Item& item = batch.front();
    if (const auto* frame = std::get_if<Frame>(&item)) {
      ledger_.frame(*frame);
      ++frames;
    } else if (const auto* closed = std::get_if<Closed>(&item)) {
      ledger_.closed(closed->connection);
    } else {
      ledger_.note(std::move(std::get<Event>(item)));
    }
    batch.pop_front();  // only now: a frame that could not be walked is walked again
  }
  const std::lock_guard lock{mutex_};
  statistics_.frames += frames;
}

void Writer::report_overflow() {
  Overflow overflow;
  {
    const std::lock_guard lock{mutex_};
    std::swap(overflow, overflow_);
  }
  if (overflow.frames == 0) return;
  Event event;
  event.type = EventType::gap;
  event.occurred_at = now();
  event.server = overflow.server;
  event.since = overflow.since;
  event.count = static_cast<std::int64_t>(overflow.frames);
  event.detail =
      "the queue was full while the log could not be written: " + std::to_string(overflow.frames) +
      " frames were given up";
  ledger_.note(std::move(event));
}

// One batch after another until stopped. A failure that may pass is waited out with the batch as
// it stands; one that will not ends the thread.
void Writer::run() {
  std::deque<Item> batch;
  auto retry = first_retry;
  auto next_expiry = SteadyClock::now() + expiry_interval;
  while (true) {
    try {
      if (batch.empty() && ledger_.staged() == 0 && !take_batch(batch)) return;
      walk(batch);
      if (SteadyClock::now() >= next_expiry) {
        ledger_.expire(now(), options_.pending_after, options_.lost_after);
        next_expiry = SteadyClock::now() + expiry_interval;
      }
      if (!commit()) continue;
      retry = first_retry;
    } catch (const log::Error& error) {
      std::unique_lock lock{mutex_};
      const bool out_of_patience = stop_by_ && SteadyClock::now() + retry > *stop_by_;
      if (!error.retryable() || out_of_patience) {
        failed_ = true;
        stopped_clean_ = false;
        queue_.clear();
        lock.unlock();
        if (options_.on_failed) options_.on_failed(error);
        return;
      }
      wake_.wait_for(lock, retry, [&] { return stop_by_ && SteadyClock::now() >= *stop_by_; });
      retry = std::min(retry * 2, last_retry);
    }
  }
}

bool Writer::commit() {
  const std::size_t events = ledger_.staged();
  if (events == 0) return false;
  ledger_.commit();
  {
    const std::lock_guard lock{mutex_};
    statistics_.events += events;
    ++statistics_.commits;
    statistics_.head = ledger_.head();
    statistics_.open_dialogs = ledger_.open_dialogs();
  }
  if (options_.on_commit) options_.on_commit(ledger_.head());
  return true;
}

bool Writer::stop(std::chrono::seconds patience) {
  {
    const std::lock_guard lock{mutex_};
    if (!stop_by_) stop_by_ = SteadyClock::now() + patience;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  return stopped_clean_;
}

Statistics Writer::statistics() const {
  const std::lock_guard lock{mutex_};
  Statistics statistics = statistics_;
  statistics.queued_bytes = queued_bytes_;
  return statistics;
}

}  // namespace drachtio::record
