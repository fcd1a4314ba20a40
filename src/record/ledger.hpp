// The road from frames to durable events: read the frame, find the dialog, decide the event, apply
// it to the tip, stage the row; then commit what is staged. Nothing else decides or writes events.
//
// It has two halves, so that one batch can be committed while the next is walked: the ledger
// itself, which hands batches over, and its store(), which writes them. A caller that is content
// with one thread uses commit().
#pragma once

#include "record/conversation.hpp"
#include "record/expiry.hpp"
#include "record/handed_on_legs.hpp"
#include "record/kept.hpp"
#include "record/known_legs.hpp"
#include "record/orphans.hpp"
#include "record/staging.hpp"
#include "record/unacknowledged.hpp"
#include "record/walked.hpp"
#include "record/warnings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace drachtio::record {

// One thread at a time, but that store() may be at work on another.
class Ledger {
 public:
  using Clock = std::function<Instant()>;

  // Takes over an open log and reads its open dialogs. `clock` is what recorded_at is read from.
  // Throws log::Error.
  explicit Ledger(log::EventLog log, Clock clock);
  // Keeps nothing: walks and tells, and has no log. For benches, and programs that want none.
  explicit Ledger(Clock clock) : clock_(std::move(clock)), staging_(log::Head{0, {}, 0}) {}
  [[nodiscard]] bool keeps() const { return kept_ != nullptr; }

  // Walks a frame. Stages no event, or one; and each `gap` it gives rise to. Returns what it told
  // of its dialog, be it new or seen before.
  Heard frame(const Frame& frame);
  // Reads a frame that is in the log already, for what later ones need of it: stages nothing.
  void catch_up(const Frame& frame);
  // The connection is gone: what it said is forgotten, and a `gap` still to be told of it is
  // staged.
  void closed(std::uint64_t connection);
  // All of them are.
  void all_closed();
  // So many frames of a server, the first of which was read at `since`, never came here: stages the
  // `gap` that says so.
  void given_up(const std::string& server, std::int64_t frames, Instant since);

  // Stages an event that is no message: link-up, gap, session-set, resumed... Position, version and
  // recorded_at are set here. False, and nothing staged: its dialog is neither open nor just ended.
  bool note(Note note);
  // Stages a link-down for each server whose link the log leaves up: whoever wrote it was killed.
  // It happened, as far as anyone knows, at the log's last event.
  void note_killed();
  // The log cannot be read any more: dialogs that are not in memory are unknown from now on.
  void read_no_more() { legs_.read_no_more(); }
  // Takes frames for live traffic: an INVITE whose ids were last used longer ago than this begins a
  // leg of its own.
  void look_back(Microseconds reach) { legs_.look_back(reach); }
  // Copies each event staged from now on, with its dialog, to `told`, which must live on.
  void tell(std::vector<Told>* told) { told_ = told; }

  using Patience = record::Patience;
  // Stages `lost` for each dialog that is overdue; and each `gap` that was held back, for there was
  // one just before it.
  void expire(Instant now, const Patience& patience);

  // Stages `alive` where nothing was staged for a minute: a kill's gap begins a minute before it at
  // most.
  void note_alive(Instant now);

  // Returns, in plain words, what an operator should know of that was staged since the last call:
  // each gap, and each message that could not be read.
  [[nodiscard]] std::vector<std::string> take_warnings() { return warnings_.take(); }

  // Takes what is staged, for store() to commit: in this order, before any later batch.
  [[nodiscard]] Batch hand_over();

  // Puts what is staged on disk: rows, evidence, the dialogs they changed, and `alongside`, in one
  // transaction. Throws log::Error; then nothing has happened and all is still staged.
  void commit(const log::EventLog::Alongside& alongside = {});

  // Drops the evidence through `position`, with the event that says so and `why`; commits.
  // Throws log::Error.
  void drop_evidence(std::int64_t through, const std::string& why);

  [[nodiscard]] std::size_t staged() const { return staging_.size(); }
  [[nodiscard]] std::size_t open_dialogs() const { return legs_.tips().open(); }
  // Every dialog in memory, open or just ended, as its tip stands.
  [[nodiscard]] Tips& tips() { return legs_.tips(); }
  // Not of a ledger that keeps nothing, like head().
  [[nodiscard]] Store& store() { return kept_->store; }
  // The last row on disk.
  [[nodiscard]] const log::Head& head() const { return kept_->store.log().head(); }
  // The server's name as a connection's frames have told it so far.
  [[nodiscard]] std::string server_of(std::uint64_t connection) const;

 private:
  std::int64_t walk(const Frame& frame);
  std::int64_t handed_on(const std::string& server, const std::string& transaction_id, Instant at);
  void seen_again(Tip& tip, const Sighting& sighting);
  void learn(Tip& tip, const dialog::Observation& seen);
  void complete_by_other_way(const Tip& tip, const dialog::Observation& seen);
  void up_by_call_record(const Tip& tip);
  void end_handed_on(Instant server_time, Instant now);
  void end_handed_on_before(const dialog::Observation& seen);
  std::int64_t unreadable(const Conversation& conversation, const Sighting& sighting);
  Tip* append(Tip* tip, Event& event, const Sighting* evidence);
  void append_all(std::vector<Event> events);
  void take_back(Batch batch);

  std::unique_ptr<Kept> kept_;  // null: nothing is
  Clock clock_;
  KnownLegs legs_{nullptr};
  std::unordered_map<std::uint64_t, Conversation> conversations_;
  Orphans orphans_;
  Blindness blindness_;
  HandedOnLegs handed_on_legs_;
  Unacknowledged unacknowledged_;

  Staging staging_;
  std::vector<std::int64_t> dirty_;
  std::vector<Told>* told_ = nullptr;
  Heard heard_;      // of the frame that is being walked
  Instant latest_;   // the latest time that a server has told
  Instant read_at_;  // when the latest frame was read, by our clock
  Warnings warnings_;
};

}  // namespace drachtio::record
