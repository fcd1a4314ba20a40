// Who holds a call, worked out from the offers and answers of its two talkers alone, as RFC 3264
// and RFC 6337 5.3 tell it: the part of the plain reading that reads session descriptions, by
// itself.
//
// Where the RFCs do not say who holds, it says so, and guesses nothing.
#pragma once

#include "sip/message.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::test {

// Who is who in a call, whatever side of it we are.
enum class Talker : std::uint8_t { calling, called };
Talker other(Talker talker);

// Whether a talker holds a stream. Not clear: it does not receive, but has not been seen to stop,
// so it may as well have no use for it (RFC 6337 5.3).
enum class Holds : std::uint8_t { no, yes, not_clear };

// What two talkers have agreed on, in a dialog or an early one (RFC 3264).
struct Agreed {
  bool once = false;                          // their first offer has been answered
  std::array<std::string, 2> description;     // each talker's, the last that was agreed on
  std::vector<std::array<Holds, 2>> streams;  // likewise, for each m= line
  std::vector<bool> in_use;                   // each m= line

  void agree(Talker offerer, const std::string& offer, const std::string& answer);
  [[nodiscard]] Holds held_by(Talker talker) const;
};

// A request that carries an offer, or to which the answer may be one.
struct Negotiation {
  std::string method;
  std::uint32_t cseq = 0;
  Talker requester = Talker::calling;
  std::optional<std::string> offer;
  Talker offerer = Talker::calling;
  std::string preview;  // in a 1xx that nobody acknowledges: the answer to come
  bool agreed = false;
  Agreed before;  // what was agreed on before this one was
};

// Which offers are made and answered in a dialog, early or not: between the caller and one callee
// (RFC 3261 12.1 and 14, RFC 3262 5, RFC 3311 5).
struct Conversed {
  Agreed agreed;
  std::deque<Negotiation> open;
  std::array<std::uint32_t, 2> latest_cseq{};

  void request(Talker requester, const sip::Message& sip);
  void response(Talker requester, const sip::Message& sip);
  // A re-INVITE is answered in a 1xx. RFC 3262 5 has that in force, RFC 3261 14.1 undoes it where
  // the re-INVITE is refused, and RFC 6141 3 tells when not to: until then nothing is clear.
  [[nodiscard]] bool may_be_undone() const;

 private:
  void settle(Negotiation& negotiation, const std::string& answer);
};

}  // namespace drachtio::test
