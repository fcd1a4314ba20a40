// The writer: a bounded queue in front of a Ledger.
//
// Any thread may post; nobody who posts ever waits for the disk. A batch is whatever is queued
// when the writer is free, so a busy socket makes big batches and an idle one commits at once.
//
// Two threads take turns. Each takes a batch off the queue, walks it, and commits it itself; it
// lets the other begin to walk the next batch when its own turn to commit has come. Until then it
// walks what comes meanwhile, so that no frame waits for more than the rest of one commit and its
// own. So batches are committed in the order they were walked, walking overlaps committing when
// there is much to do, and nothing is handed from thread to thread when there is little.
#pragma once

#include "dialog/dialog.hpp"
#include "record/backlog.hpp"
#include "record/ledger.hpp"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <variant>

namespace drachtio::record {

struct Statistics {
  std::uint64_t frames = 0;  // read off the queue
  std::uint64_t events = 0;  // committed
  std::uint64_t commits = 0;
  std::uint64_t given_up = 0;  // frames dropped because the queue was full
  std::uint64_t queued_bytes = 0;
  std::uint64_t open_dialogs = 0;
  log::Head head;
};

class Writer {
 public:
  struct Options {
    // Payload bytes waiting to be on disk; beyond, the oldest unread go.
    std::size_t queue_bytes = 256UL * 1024 * 1024;
    Ledger::Patience patience;
    // Both are called on one of the writer's threads, never on two at once, and must not block or
    // throw.
    std::function<void(const log::Head&)> on_commit;  // after each commit, in order
    std::function<void(const log::Error&)>
        on_failed;  // once: the log cannot go on; nothing more is written
    // Everything walked, in order, after its commit, under the same rules.
    std::function<void(std::vector<Walked>)> on_walked;
    // After on_failed, go on without the log: walk, and tell on_walked what is no longer kept.
    bool go_on = false;
    // Is told what an operator should know, in plain words: the log cannot be written at the
    // moment, and can again; a gap; a message that could not be read.
    std::function<void(const std::string&)> on_warning;
    // Else start() must be called, once.
    bool start_at_once = true;
    // Each dialog that was open when the log was opened; called by the constructor.
    std::function<void(const dialog::Dialog&)> on_open;
  };

  // Opens (or creates) the log; throws log::Error. The threads start at once, unless the
  // options say otherwise. An empty path:
  // nothing is kept, only on_walked tells.
  Writer(const std::filesystem::path& database, Options options);
  // Begins to write what is queued; on_failed and all else may be called from now on.
  void start();
  // As stop().
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  Writer(Writer&&) = delete;
  Writer& operator=(Writer&&) = delete;

  // Thread-safe; never block, never throw but for lack of memory.
  void frame(Frame frame);
  // Takes them all, in order, and moves from them.
  void frames(std::span<Frame> frames);
  void closed(std::uint64_t connection);
  void link_up(const std::string& server, const std::string& detail);
  // `since`: the server was silent since then, where that is longer.
  void link_down(const std::string& server, const std::string& why,
                 std::optional<Instant> since = {});
  void link_refused(const std::string& server, const std::string& why);
  // Events that are no messages, in one transaction. on_walked tells of them with `ticket`; those
  // whose dialog is unknown are left out. False: it has been stopped, nothing is taken any more.
  bool append(std::vector<Note> notes, std::uint64_t ticket);
  // Something was, or may have been, missed since `since`.
  void gap(const std::string& server, const std::string& why, Instant since);

  // Commits what is queued, then ends the threads. Gives up after `patience` where the log cannot
  // be written; returns false then. Idempotent.
  bool stop(std::chrono::seconds patience = std::chrono::seconds{10});

  [[nodiscard]] Statistics statistics() const;

 private:
  bool post(Item item);
  void note(EventType type, const std::string& server, const std::string& detail,
            std::optional<Instant> since = {});
  void run();
  bool write_a_batch();
  void fail(const log::Error& error);
  [[nodiscard]] std::string unexpected(const std::string& what) const;
  class Turn;
  bool wait_for_items();
  [[nodiscard]] bool is_worth_waking() const;  // mutex_ must be locked
  bool walk_until(Turn& turn, std::vector<Walked>& walked);
  bool walk(std::vector<Walked>& walked);
  void walk(Item& item, std::vector<Walked>& walked);
  bool commit(const Batch& batch);
  struct Retry {
    std::chrono::milliseconds pause;
    std::optional<std::chrono::steady_clock::time_point> warned;
  };
  bool wait_to_retry(const log::Error& error, Retry& retry);
  [[nodiscard]] bool goes_on_unrecorded() const;
  void warn_of_work(const Retry& retry) const;
  void warn_of_file() const;
  void report_overflow();

  Options options_;

  std::mutex walking_;
  Ledger ledger_;                // guarded by walking_, but for its store
  std::deque<Item> items_;       // taken off the queue, not walked yet; guarded by walking_
  Room room_;                    // of the batch that is being walked; guarded by walking_
  std::size_t batch_bytes_ = 0;  // likewise
  std::uint64_t walked_ = 0;     // frames, guarded by walking_
  std::chrono::steady_clock::time_point next_expiry_;  // guarded by walking_

  std::mutex committing_;  // locked before walking_ is let go
  Store* store_;           // guarded by committing_; null: nothing is kept

  mutable std::mutex mutex_;      // guards all below
  std::condition_variable wake_;  // there is something to walk
  std::condition_variable turn_;  // likewise, or the other thread has committed
  std::condition_variable stopping_;
  Backlog backlog_;
  Statistics statistics_;
  std::optional<std::chrono::steady_clock::time_point> stop_by_;
  bool failed_ = false;
  bool unrecorded_ = false;  // the log has failed, and we go on

  std::array<std::thread, 2> threads_;
};

}  // namespace drachtio::record
