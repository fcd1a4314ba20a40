// This file knows which of our reliable answers to an INVITE have had no PRACK yet, and to which of
// them a PRACK belongs (RFC 3262 3, 7.2). It is a value.
#pragma once

#include "call/outcome.hpp"

#include <drachtio/sip_message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace drachtio::call {

// A PrackId numbers an answer that demands a PRACK; 0 stands for any other answer.
using PrackId = std::uint64_t;

class AwaitedPracks {
 public:
  // A reliable answer goes out; the handler is to be told of its PRACK.
  void add(PrackId id, HandlerId handler) { awaited_.push_back({id, handler}); }
  // The server has sent the answer, as this message.
  void sent(PrackId id, const SipMessage& message);
  // The server has not sent it: no PRACK will come. Returns whether one was awaited.
  bool not_sent(PrackId id);
  // Returns the handler that is to be told of the PRACK; nothing where none is awaited with this
  // RAck.
  std::optional<HandlerId> came(const SipMessage& prack);
  // Returns the handlers that are to be told that no PRACK will come, in the order in which the
  // answers were given.
  std::vector<HandlerId> give_up();

  [[nodiscard]] bool empty() const { return awaited_.empty(); }
  [[nodiscard]] bool contains(PrackId id) const;
  // Returns whether the server keeps this answer until the PRACK to an earlier one has come.
  [[nodiscard]] bool is_behind_another(PrackId id) const;

  bool operator==(const AwaitedPracks&) const = default;

 private:
  struct Awaited {
    PrackId id = 0;
    HandlerId handler = 0;
    std::optional<std::uint32_t> rseq = {};  // as the server gave it, where that is known
    bool operator==(const Awaited&) const = default;
  };

  std::vector<Awaited> awaited_;     // in the order in which they were given
  std::uint32_t last_rseq_ = 0;      // the latest that the server gave
  std::uint32_t given_up_rseq_ = 0;  // the latest whose PRACK is not awaited any more
};

}  // namespace drachtio::call
