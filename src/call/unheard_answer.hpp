// This file is the state machine of a re-INVITE of ours whose answer went to a link that was lost:
// its 2xx reached nobody, and must have its ACK all the same (RFC 3261 14.1, 13.2.2.4). It is sent
// as soon as there is a link, and again as long as the far end may send its 2xx again: one that had
// not answered by then may do so yet. Inputs go in, actions come out. It is a value, with neither
// I/O nor a clock.
#pragma once

#include "dialog/dialog.hpp"

#include <drachtio/event.hpp>

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace drachtio::call {

class UnheardAnswer {
 public:
  static constexpr int most_acks = 8;  // within 64 T1

  // --- Inputs
  // The link is lost on which the answer would have come. The CSeq is 0 where the server has not
  // told the number of the re-INVITE.
  struct Lost {
    std::uint32_t cseq = 0;
  };
  // There is a link to send anything over.
  struct LinkUp {};
  // The ACK was sent, or is lost with its link. `has_link` says whether there is a link now.
  struct Sent {
    std::uint32_t round = 0;
    boost::system::error_code error;
    bool has_link = false;
  };
  // The time for another ACK has come.
  struct SendAgain {
    std::uint32_t round = 0;
  };

  // --- Actions
  struct SendAck {
    std::uint32_t cseq = 0;  // 0: that of the latest request in the dialog
    std::uint32_t round = 0;
    bool operator==(const SendAck&) const = default;
  };
  // Asks for SendAgain after an eighth of 64 T1.
  struct WaitToSend {
    std::uint32_t round = 0;
    bool operator==(const WaitToSend&) const = default;
  };

  using Input = std::variant<Lost, LinkUp, Sent, SendAgain>;
  using Action = std::variant<SendAck, WaitToSend>;
  using Actions = std::vector<Action>;

  // Takes an input, and returns what is to be done, in this order.
  Actions on(const Input& input, const dialog::Dialog& dialog);

  // Returns whether LinkUp may change anything.
  [[nodiscard]] bool awaits_link() const { return phase_ == Phase::lost; }

  bool operator==(const UnheardAnswer&) const = default;

 private:
  enum class Phase : std::uint8_t { idle, lost, acknowledging };

  void take(const Lost& lost, const dialog::Dialog& dialog, Actions& actions);
  void take(const LinkUp&, const dialog::Dialog& dialog, Actions& actions);
  void take(const Sent& sent, const dialog::Dialog& dialog, Actions& actions);
  void take(const SendAgain& again, const dialog::Dialog& dialog, Actions& actions);

  void send(Actions& actions);

  Phase phase_ = Phase::idle;
  std::uint8_t acks_ = 0;  // so far, in this round
  std::uint32_t cseq_ = 0;
  std::uint32_t round_ = 0;  // each lost answer, and each link, begins one
};

// Returns the CSeq of a re-INVITE of ours whose 2xx may have no ACK, as the program died meanwhile;
// nothing where there is none. `latest` is the latest event of the dialog: where that is the 2xx,
// nobody knows whether its ACK went out, and an ACK that was sent before does no harm.
std::optional<std::uint32_t> unacknowledged(const dialog::Dialog& dialog, const Event& latest);

}  // namespace drachtio::call
