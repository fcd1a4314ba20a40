#include "record/writer.hpp"

#include <algorithm>

namespace drachtio::record {

namespace {

using SteadyClock = std::chrono::steady_clock;

// A batch is bounded so that one commit, and the memory staged for it, stays small: a frame's bytes
// are there several times over then, as evidence, as JSON and in its dialog's state.
constexpr Room whole_batch{.items = 2000, .bytes = 4UL * 1024 * 1024};
// To be woken costs as much as to walk several frames.
constexpr std::size_t frames_worth_waking = 20;
constexpr std::chrono::seconds expiry_interval{1};
// Of an INVITE that has ended, its retransmissions and retries come within seconds (RFC 3261 17).
constexpr std::chrono::minutes ids_remembered{5};
constexpr std::chrono::milliseconds first_retry{50};
constexpr std::chrono::milliseconds last_retry{2000};
constexpr std::chrono::seconds warning_interval{30};

}  // namespace

Writer::Writer(const std::filesystem::path& database, Options options)
    : options_(std::move(options)),
      ledger_(database.empty() ? Ledger{[] { return now(); }}
                               : Ledger{log::EventLog{database}, [] { return now(); }}),
      next_expiry_(SteadyClock::now() + expiry_interval),
      store_(ledger_.keeps() ? &ledger_.store() : nullptr),
      backlog_(options_.queue_bytes) {
  if (store_ != nullptr) statistics_.head = ledger_.head();
  statistics_.open_dialogs = ledger_.open_dialogs();
  ledger_.look_back(ids_remembered);
  ledger_.note_killed();
  if (options_.on_open) ledger_.tips().each([&](Tip& tip) { options_.on_open(tip.state); });
  if (options_.start_at_once) start();
}

Writer::~Writer() { stop(); }

void Writer::start() {
  for (std::thread& thread : threads_) thread = std::thread{[this] { run(); }};
}

void Writer::frame(Frame frame) { post(std::move(frame)); }

void Writer::frames(std::span<Frame> frames) {
  bool is_worth_waking = false;
  {
    const std::lock_guard lock{mutex_};
    if (stop_by_ || failed_) return;
    for (Frame& frame : frames) backlog_.add(std::move(frame));
    is_worth_waking = this->is_worth_waking();
  }
  wake_.notify_one();
  if (is_worth_waking) turn_.notify_one();
}

void Writer::closed(std::uint64_t connection) { post(Closed{connection}); }

bool Writer::append(std::vector<Note> notes, std::uint64_t ticket) {
  return post(Notes{std::move(notes), ticket});
}

void Writer::link_up(const std::string& server, const std::string& detail) {
  note(EventType::link_up, server, detail);
}

void Writer::link_down(const std::string& server, const std::string& why,
                       std::optional<Instant> since) {
  note(EventType::link_down, server, why, since);
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
  Notes notes;
  notes.notes.push_back({0, std::move(event)});
  post(std::move(notes));
}

bool Writer::post(Item item) {
  bool is_worth_waking = false;
  {
    const std::lock_guard lock{mutex_};
    if (stop_by_) return false;
    if (failed_) return true;
    backlog_.add(std::move(item));
    is_worth_waking = this->is_worth_waking();
  }
  wake_.notify_one();
  if (is_worth_waking) turn_.notify_one();
  return true;
}

bool Writer::is_worth_waking() const { return backlog_.size() >= frames_worth_waking; }

// The right to commit. Whoever gives it up wakes the other thread, which may be waiting for it.
class Writer::Turn {
 public:
  explicit Turn(Writer& writer) : writer_(writer), lock_(writer.committing_, std::defer_lock) {}
  ~Turn() {
    if (!lock_.owns_lock()) return;
    lock_.unlock();
    { const std::lock_guard before_it_waits{writer_.mutex_}; }
    writer_.turn_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Turn(Turn&&) = delete;
  Turn& operator=(Turn&&) = delete;

  // Returns whether it has come.
  bool take() { return lock_.owns_lock() || lock_.try_lock(); }

 private:
  Writer& writer_;
  std::unique_lock<std::mutex> lock_;
};

// Waits for something to do, and begins a batch. False: nothing will come any more.
bool Writer::wait_for_items() {
  std::unique_lock lock{mutex_};
  wake_.wait_for(lock, expiry_interval, [&] {
    return backlog_.size() > 0 || backlog_.has_overflow() || stop_by_ || failed_;
  });
  room_ = whole_batch;
  batch_bytes_ = backlog_.take(items_, room_, room_.items);
  return !failed_ && !(stop_by_ && items_.empty() && !backlog_.has_overflow());
}

// Walks what comes until it is this thread's turn to commit, and the few frames that have come by
// then. False: the log cannot be read any more.
bool Writer::walk_until(Turn& turn, std::vector<Walked>& walked) {
  bool has_come = false;
  while (!has_come) {
    {
      std::unique_lock lock{mutex_};
      turn_.wait(lock, [&] {
        has_come = turn.take();
        return has_come || (is_worth_waking() && room_.is_left());
      });
      const std::size_t most = has_come ? frames_worth_waking : room_.items;
      batch_bytes_ += backlog_.take(items_, room_, most);
    }
    if (!items_.empty() && !walk(walked)) return false;
  }
  return true;
}

// Walks what was taken. False: the log cannot be read any more.
bool Writer::walk(std::vector<Walked>& walked) {
  std::vector<Told> others;  // events that nothing in the queue has made
  Retry retry{first_retry, {}};
  while (true) {
    try {
      ledger_.tell(options_.on_walked ? &others : nullptr);
      report_overflow();
      if (!others.empty()) walked.emplace_back().events = std::exchange(others, {});
      while (!items_.empty()) {
        walk(items_.front(), walked);
        items_.pop_front();  // only now: a frame that could not be walked is walked again
      }
      if (SteadyClock::now() < next_expiry_) return true;
      ledger_.tell(options_.on_walked ? &others : nullptr);
      ledger_.expire(now(), options_.patience);
      ledger_.note_alive(now());
      next_expiry_ = SteadyClock::now() + expiry_interval;
      if (!others.empty()) walked.emplace_back().events = std::move(others);
      return true;
    } catch (const log::Error& error) {
      if (wait_to_retry(error, retry)) continue;
      if (!goes_on_unrecorded()) return false;
      ledger_.read_no_more();
    }
  }
}

bool Writer::goes_on_unrecorded() const {
  const std::lock_guard lock{mutex_};
  return unrecorded_;
}

void Writer::walk(Item& item, std::vector<Walked>& walked) {
  Walked told;
  if (options_.on_walked) ledger_.tell(&told.events);
  if (auto* frame = std::get_if<Frame>(&item)) {
    told.heard = ledger_.frame(*frame);
    ++walked_;
    if (options_.on_walked) told.frame = std::move(*frame);
  } else if (const auto* closed = std::get_if<Closed>(&item)) {
    ledger_.closed(closed->connection);
    told.closed = closed->connection;
  } else {
    auto& notes = std::get<Notes>(item);
    for (Note& note : notes.notes) ledger_.note(std::move(note));
    told.ticket = notes.ticket;
  }
  if (options_.on_walked) walked.push_back(std::move(told));
}

// Where there is nothing to commit, at least sees that the log is still there. False: it cannot be
// written any more.
bool Writer::commit(const Batch& batch) {
  if (store_ == nullptr) return true;
  if (goes_on_unrecorded()) return false;
  Retry retry{first_retry, {}};
  while (true) {
    try {
      batch.empty() ? store_->log().require_in_place() : store_->commit(batch);
      warn_of_work(retry);
      return true;
    } catch (const log::Error& error) {
      if (!wait_to_retry(error, retry)) return false;
    }
  }
}

// A failure that may pass is waited out; true then. One that will not, or that outlasts a stop's
// patience, is the end.
bool Writer::wait_to_retry(const log::Error& error, Retry& retry) {
  const auto time = SteadyClock::now();
  if (error.retryable() && options_.on_warning &&
      (!retry.warned || time - *retry.warned >= warning_interval)) {
    options_.on_warning(std::string{error.what()} +
                        ": trying again; frames wait in memory meanwhile");
    retry.warned = time;
  }
  std::unique_lock lock{mutex_};
  if (failed_ || unrecorded_) return false;
  const bool out_of_patience = stop_by_ && time + retry.pause > *stop_by_;
  if (!error.retryable() || out_of_patience) {
    unrecorded_ = options_.go_on && !out_of_patience;
    failed_ = !unrecorded_;
    if (failed_) backlog_.clear();
    lock.unlock();
    wake_.notify_all();
    stopping_.notify_all();
    if (options_.on_failed) options_.on_failed(error);
    return false;
  }
  stopping_.wait_for(lock, retry.pause,
                     [&] { return failed_ || (stop_by_ && SteadyClock::now() >= *stop_by_); });
  retry.pause = std::min(retry.pause * 2, last_retry);
  return true;
}

void Writer::warn_of_work(const Retry& retry) const {
  if (retry.warned) options_.on_warning("the log can be written again");
}

void Writer::warn_of_file() const {
  if (store_ == nullptr || !options_.on_warning) return;
  if (const auto warning = store_->log().take_warning()) options_.on_warning(*warning);
}

// Nothing that is thrown here may end the program, nor go unheard.
void Writer::run() {
  try {
    while (write_a_batch()) {
    }
  } catch (const log::Error& error) {
    fail(error);
  } catch (const std::exception& error) {
    fail(log::Error{log::Failure::other, unexpected(error.what())});
  } catch (...) {
    fail(log::Error{log::Failure::other, unexpected("something that is no std::exception")});
  }
}

std::string Writer::unexpected(const std::string& what) const {
  const std::lock_guard lock{mutex_};
  const std::string after =
      store_ == nullptr ? "" : " after position " + std::to_string(statistics_.head.position);
  return "writing stopped" + after + ": " + what;
}

// The end, whatever was asked to be gone on with: what threw would throw again.
void Writer::fail(const log::Error& error) {
  {
    const std::lock_guard lock{mutex_};
    if (failed_) return;
    failed_ = true;
    backlog_.clear();
  }
  wake_.notify_all();
  stopping_.notify_all();
  if (options_.on_failed) options_.on_failed(error);
}

// Walks what is queued and commits it. False: there is nothing more to do.
bool Writer::write_a_batch() {
  std::unique_lock walking{walking_};
  std::vector<Walked> walked;
  if (!wait_for_items() || !walk(walked)) return false;
  Turn turn{*this};
  if (!walk_until(turn, walked)) return false;
  const Batch batch = ledger_.hand_over();
  const std::size_t bytes = batch_bytes_;
  const std::vector<std::string> warnings = ledger_.take_warnings();
  const std::size_t open_dialogs = ledger_.open_dialogs();
  const std::uint64_t frames = walked_;
  walking.unlock();
  if (!commit(batch) && !goes_on_unrecorded()) return false;
  {
    const std::lock_guard lock{mutex_};
    if (failed_) return false;
    backlog_.written(bytes);
    statistics_.frames = frames;
    statistics_.open_dialogs = open_dialogs;
    if (store_ != nullptr) statistics_.head = store_->log().head();
    statistics_.events += batch.entries.size();
    statistics_.commits += batch.empty() ? 0 : 1;
  }
  if (!batch.empty() && options_.on_commit) options_.on_commit(store_->log().head());
  if (options_.on_warning) std::ranges::for_each(warnings, options_.on_warning);
  warn_of_file();
  if (!walked.empty() && options_.on_walked) options_.on_walked(std::move(walked));
  return true;
}

void Writer::report_overflow() {
  std::map<std::string, Backlog::Overflow> overflows;
  {
    const std::lock_guard lock{mutex_};
    overflows = backlog_.take_overflow();
  }
  for (const auto& [server, overflow] : overflows) {
    ledger_.given_up(server, static_cast<std::int64_t>(overflow.frames), overflow.since);
  }
}

bool Writer::stop(std::chrono::seconds patience) {
  {
    const std::lock_guard lock{mutex_};
    if (!stop_by_) stop_by_ = SteadyClock::now() + patience;
  }
  wake_.notify_all();
  stopping_.notify_all();
  bool last_look = false;
  for (std::thread& thread : threads_) {
    if (!thread.joinable()) continue;
    thread.join();
    last_look = true;
  }
  // A log moved since it was last written is as good as lost to who does not hear of it.
  if (last_look) commit({});
  const std::lock_guard lock{mutex_};
  return !failed_ && !unrecorded_;
}

Statistics Writer::statistics() const {
  const std::lock_guard lock{mutex_};
  Statistics statistics = statistics_;
  statistics.queued_bytes = backlog_.bytes();
  statistics.given_up = backlog_.given_up();
  return statistics;
}

}  // namespace drachtio::record
