// The legs that are known, in memory and on disk: which one a message belongs to, and whether it
// has had that message before.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/legs.hpp"
#include "record/forgotten_calls.hpp"
#include "record/recall.hpp"
#include "record/tips.hpp"

#include <string_view>

namespace drachtio::record {

// Owned by one writer; not thread-safe. What reads the log throws log::Error.
class KnownLegs {
 public:
  // `recall` reads the log; it is null where there is no log. `opened` is when the log was opened;
  // it is absent where the log has no legs yet.
  explicit KnownLegs(Recall* recall, std::optional<Instant> opened = {});

  [[nodiscard]] Tips& tips() { return tips_; }
  [[nodiscard]] const Tips& tips() const { return tips_; }

  // Finds where a message belongs, and brings its leg into memory.
  [[nodiscard]] dialog::Placement place(const dialog::Observation& seen, Instant now);
  // The legs that have a tag of the message's.
  [[nodiscard]] std::vector<Tip*> of_call(const dialog::Observation& seen);
  // Returns whether the INVITE has come by another way, too, and is not over (RFC 3261 8.2.2.2).
  [[nodiscard]] bool has_open_branch(const dialog::Observation& invite);
  // The leg that has had this message: `tip`, or another with the same tags, whose ids were used
  // again since. Null where it is a new one.
  [[nodiscard]] Tip* seen_by(Tip& tip, const dialog::Observation& seen);
  static void remember(Tip& tip, const SeenMessage& message);

  // Brings the stored legs of a call that were created with `tag` into memory: all of them, or the
  // latest of those that were recorded since `since`. Returns whether there was any that was not
  // there.
  bool load(std::string_view server, std::string_view call_id, std::string_view tag,
            std::optional<Instant> since = {});
  // Looks for ended legs no further back than this before `now` when an INVITE comes: those whose
  // ids were last used longer ago are other calls. Unless this is called, the whole log is looked
  // through.
  void look_back(Microseconds reach);
  // Drops ended legs from memory, as Tips::forget_ended does, and remembers of which calls.
  void forget_ended(std::int64_t committed, Instant now);
  // The log cannot be read any more: legs that are not in memory are unknown from now on.
  void read_no_more() { recall_ = nullptr; }

 private:
  [[nodiscard]] dialog::Placement place_among_known(const dialog::Observation& seen);
  [[nodiscard]] bool may_be_stored(const dialog::Observation& invite, Instant since) const;
  [[nodiscard]] bool has_seen(Tip& tip, const SeenMessage& message);
  void insert_stored(dialog::Dialog&& state);

  Recall* recall_;
  std::optional<Instant> opened_;
  Tips tips_;
  std::optional<ForgottenCalls> forgotten_;  // absent: the whole log is looked through
};

}  // namespace drachtio::record
