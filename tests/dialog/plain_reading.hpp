// A second reading of SIP traffic: what became of each call, worked out from its messages alone as
// RFC 3261, 3262, 3264 and 3311 tell it.
//
// It shares nothing with src/dialog, whose rules it is there to judge: it knows no events, keeps no
// dialog::Dialog, and does not ask what a drachtio-server or a recorder makes of a message. Each
// INVITE that creates a dialog is a call of its own here, so a retry and a branch are too. Where
// the RFCs do not say who holds a call, it says so, and guesses nothing.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/plain_agreement.hpp"
#include "sip/message.hpp"

#include <drachtio/instant.hpp>

#include <cstdint>
#include <deque>
#include <iosfwd>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace drachtio::test {

// A SIP message between our side and the far end, and how it came to be known: on a program's
// connection, or by a call record that says that an INVITE came, was answered, or that it is over.
struct Overheard {
  enum class By : std::uint8_t { connection, attempt, start, stop };
  By by = By::connection;
  bool sent_by_us = false;
  Instant at;
  sip::Message sip;
};

// The message in what a server says on an admin connection. Nothing where there is none, or where
// nobody can read it.
std::optional<Overheard> overhear(std::string_view payload, Instant read_at);

// Answered: a 2xx has come to its INVITE. Status: of the INVITE's final answer, 0 while there is
// none or none was seen.
struct Outcome {
  enum class End : std::uint8_t { none, hung_up_by_far_end, hung_up_by_us, refused, cancelled };
  enum class Held : std::uint8_t { no, by_us, by_far_end, by_both, not_clear };
  bool answered = false;
  End end = End::none;
  int status = 0;
  Held held = Held::no;
  bool operator==(const Outcome&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

// An INVITE outside a dialog and what grows out of it.
struct PlainCall {
  bool we_called = false;
  std::string call_id;
  std::string caller_tag;
  std::uint32_t cseq = 0;
  std::string branch;
  Instant began;
  sip::Message invite;

  bool answered = false;
  std::string callee_tag;  // of the 2xx
  Outcome::End end = Outcome::End::none;
  int status = 0;
  std::map<std::string, Conversed> dialogs;  // by the callee's tag
  std::set<std::string> hung_up_early;       // those that the caller's BYE has ended, not the call

  [[nodiscard]] bool has_ids_of(const sip::Message& message) const;
  [[nodiscard]] Outcome outcome() const;
  void finish(Outcome::End how, int with_status);
};

// Hears messages in the order in which they were read.
class PlainReading {
 public:
  void hear(const Overheard& message);
  [[nodiscard]] const std::deque<PlainCall>& calls() const { return calls_; }
  // The call whose INVITE this is: of several with the same ids, the one that began nearest to it.
  [[nodiscard]] const PlainCall* find(bool we_called, const std::string& call_id,
                                      std::uint32_t cseq, const std::string& branch,
                                      Instant began) const;

 private:
  PlainCall* of_invite(const Overheard& message);
  PlainCall* of_dialog(const Overheard& message, std::string& callee_tag, Talker& requester);
  bool was_told_otherwise(const Overheard& message);
  void invite(const Overheard& message);
  static void answer_to_invite(PlainCall& call, const Overheard& message);
  static void in_dialog(PlainCall& call, const std::string& callee_tag, Talker requester,
                        const Overheard& message);

  std::deque<PlainCall> calls_;
  std::deque<Overheard> lately_;  // heard one way, not yet the other
};

}  // namespace drachtio::test
