// The legs a writer has in memory: the open ones, and for a while those that have just ended.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/event.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace drachtio::record {

// A message that a leg has had: one event, however often it is seen again.
struct SeenMessage {
  MessageKey key;
  Direction direction = Direction::none;
  bool operator==(const SeenMessage&) const = default;
};

// A leg as the next message finds it: its state with every decided event applied, committed or
// not, and the messages already seen.
struct Tip {
  dialog::Dialog state;
  std::vector<SeenMessage> seen;  // sorted
  bool seen_loaded = true;        // false: those of its stored events have not been read yet
  bool dirty = false;             // changed since the last commit
  // projection::digest_of_row at the last commit; absent: not known.
  std::optional<std::uint64_t> written_row;
  bool row_may_differ = true;  // false where nothing since then can have changed the row
  bool handing_on = false;     // a `proxy` of it is not acknowledged: it may ring elsewhere
  Instant gone_at;             // by our clock: when state.gone was told
  Instant heard_at;            // by our clock, which the server's need not agree with
  std::optional<std::uint64_t> connection;  // that last carried it, since the log was opened
  // Its INVITE, and the final answer to it, were seen both on the connection and by call records.
  bool invite_told_both_ways = false;
  bool final_told_both_ways = false;
  bool stray_told = false;  // a gap has said that a message of the call fits none of its legs
  // Told of the INVITE by a second sighting (dialog::tells_transaction), and in the log with the
  // leg's next event. `state` has the transactionId already.
  std::string transaction_id;
  std::optional<HostPort> received_on;

  // The state as the events in the log give it.
  [[nodiscard]] dialog::Dialog as_logged() const {
    dialog::Dialog logged = state;
    if (!transaction_id.empty()) logged.invite.transaction_id.clear();
    return logged;
  }
};

// Owned by one writer; not thread-safe. References stay good until forget_ended().
class Tips {
 public:
  Tip& insert(dialog::Dialog&& state);

  [[nodiscard]] Tip* find(std::int64_t number);
  // Adds the legs of a call that were created with `tag`, in the order they began, to `found`.
  void find_legs(std::string_view server, std::string_view call_id, std::string_view tag,
                 std::vector<Tip*>& found);
  // The unanswered leg of this drachtio transactionId; the latest, if several claim it.
  [[nodiscard]] Tip* find_pending(std::string_view server, std::string_view transaction_id);
  // The one leg of this dialog id; null where there are none or several.
  [[nodiscard]] Tip* find_sole(std::string_view server, std::string_view dialog_id);

  // True where all legs of a call with `tag` are in memory, stored ones too: once told so by
  // all_are_here(), until one of them is forgotten.
  [[nodiscard]] bool has_all(std::string_view server, std::string_view call_id,
                             std::string_view tag) const;
  // Does nothing where there is no such leg.
  void all_are_here(std::string_view server, std::string_view call_id, std::string_view tag);

  // To be called after each change of `tip`: keeps the indexes.
  void changed(Tip& tip);

  // Keeps no more than `most` ended legs of one call from now on. Where a peer uses its ids again
  // for thousands of calls, its messages can only mean the latest.
  void keep_of_a_call(std::size_t most) { most_of_a_call_ = most; }

  // Drops the legs that ended longest ago, but for the last thousands, and only those of which
  // everything through `committed` is on disk: there they are found again. Returns the keys of
  // their calls.
  std::vector<std::uint64_t> forget_ended(std::int64_t committed);

  // Returns a hash, which several calls may share.
  [[nodiscard]] static std::uint64_t key_of_call(std::string_view server, std::string_view call_id,
                                                 std::string_view tag);

  void each(const std::function<void(Tip&)>& visit);
  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] std::size_t size() const { return tips_.size(); }

 private:
  struct Entry {
    Tip tip;
    bool counted_open = false;
    std::uint64_t call = 0;                // its key in calls_
    std::optional<std::uint64_t> pending;  // its key in pending_, if it stands there
  };
  struct Call {
    std::vector<std::int64_t> legs;  // ascending
    bool has_all = false;
  };

  void index_pending(Entry& entry, std::optional<std::uint64_t> key);
  void thin_out(std::int64_t committed);
  void drop(std::unordered_map<std::int64_t, Entry>::iterator leg);

  std::unordered_map<std::int64_t, Entry> tips_;  // by the leg's number
  // By key_of_call of server, Call-ID and creating tag.
  std::unordered_map<std::uint64_t, Call> calls_;
  // By hash of server and transactionId, likewise.
  std::unordered_multimap<std::uint64_t, std::int64_t> pending_;
  std::deque<std::int64_t> ended_;
  std::size_t most_of_a_call_ = std::numeric_limits<std::size_t>::max();
  std::unordered_set<std::uint64_t> crowded_;  // calls that have more legs than that
  std::size_t open_ = 0;
};

}  // namespace drachtio::record
