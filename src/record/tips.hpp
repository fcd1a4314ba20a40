// The dialogs a writer has in memory: the open ones, and for a while those that have just ended.
#pragma once

#include "dialog/identity.hpp"

#include <drachtio/event.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace drachtio::record {

// A dialog as the next message finds it: its state with every decided event applied, committed or
// not, and the keys of the messages already seen.
struct Tip {
  DialogState state;
  std::vector<MessageKey> keys;  // sorted
  bool keys_loaded = true;       // false: those of its stored events have not been read yet
  bool dirty = false;            // changed since the last commit
  bool handing_on = false;       // a `proxy` of it is not acknowledged: it may ring elsewhere
  Instant heard_at;              // by our clock, which the server's need not agree with
  // Told of the INVITE by a second sighting (dialog::tells_transaction); for the next event.
  std::string transaction_id;
  std::optional<HostPort> received_on;
};

// Owned by one writer; not thread-safe. References stay good until forget_ended().
class Tips {
 public:
  Tip& insert(DialogState&& state);

  // The latest of that identity: ids may be used again once a call has ended.
  [[nodiscard]] Tip* find(std::string_view server, const dialog::Identity& identity);
  // The one of the same identity before `tip`.
  [[nodiscard]] Tip* find_before(const Tip& tip);
  [[nodiscard]] Tip* find(std::int64_t number);
  // The unanswered dialog of this drachtio transactionId.
  [[nodiscard]] Tip* find_pending(std::string_view server, const std::string& transaction_id);
  // The one dialog of this id; null where there are none or several.
  [[nodiscard]] Tip* find_sole(std::string_view server, std::string_view dialog_id);

  // To be called after each change of `tip`: keeps the indexes.
  void changed(Tip& tip);

  // Drops the dialogs that ended longest ago, but for the last thousands, and only those of which
  // everything through `committed` is on disk: there they are found again.
  void forget_ended(std::int64_t committed);

  void each(const std::function<void(Tip&)>& visit);
  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] std::size_t size() const { return tips_.size(); }

 private:
  struct Entry {
    Tip tip;
    bool counted_open = false;
    bool indexed_pending = false;
  };

  Tip* latest(std::string_view server, std::string_view dialog_id, Role role, std::int64_t before);

  std::unordered_map<std::int64_t, Entry> tips_;                     // by dialog number
  std::unordered_multimap<std::uint64_t, std::int64_t> identities_;  // by hash of the identity
  std::unordered_map<std::string, std::int64_t> pending_;            // by transactionId
  std::deque<std::int64_t> ended_;
  std::size_t open_ = 0;
};

}  // namespace drachtio::record
