// A Ladder is a call to look at: who took part in it, and what they sent one another, in order.
//
// It is made from the events of one leg, or of several that belong together, and from the evidence
// of their messages. Everything that shows a call is a pure function of it. Texts in it that come
// from the network are as they came: who shows them escapes them for the medium.
#pragma once

#include "log/row.hpp"

#include <drachtio/event.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::report {

// A Participant is a column: whoever sends and receives the messages of a call.
struct Participant {
  enum class Kind : std::uint8_t {
    far_end,  // an address on the network
    server,   // the drachtio-server, for what it did by itself, or told of in call records
    program,  // the program that controls the call over the server's socket
  };
  Kind kind = Kind::far_end;
  std::string name;  // of the server; of a far end, its address, if known: "10.0.0.1:5060"

  std::vector<std::string>
      roles;  // of a far end: "caller alice", of each leg that it takes part in
  bool operator==(const Participant&) const = default;
};

// A RungProof has the hashes by which a rung is proved (docs/log-format.md).
struct RungProof {
  log::Hash event{};
  std::optional<log::Hash> message;  // also of one that was dropped since
};

// A Rung is one thing that happened, from top to bottom.
struct Rung {
  enum class Kind : std::uint8_t {
    message,  // sent from one participant to another
    note,     // what is no message: the session was set, the call was given up for lost
    blind,    // the recorder may have missed something here
  };
  Kind kind = Kind::message;
  std::int64_t position = 0;        // in the log
  std::optional<std::size_t> leg;   // in Ladder::legs; none for what belongs to no leg
  Instant at;                       // the server's time
  std::optional<Microseconds> gap;  // since the rung before; none for the first
  std::size_t from = 0;             // of a message: participants, by their index
  std::size_t to = 0;
  int status = 0;     // of a response; 0 else
  std::string label;  // "INVITE", "200 OK (BYE)"; of what is no message, what it is
  std::vector<std::string>
      changes;            // what it changed, in a few words each: "stable", "hold remote"; and
                          // the RTP statistics that a BYE or its answer carries
  std::string transport;  // of a message: "udp"; empty where it is not known
  std::string media;      // its session description in short (media.hpp); empty: none
  std::optional<log::Evidence> evidence;  // absent where it was dropped, or there was none
  std::optional<RungProof> proof;  // absent where it could tell what is masked in the evidence
};

struct Ladder {
  std::vector<DialogState> legs;          // as they stand after their last rung, in the order given
  std::vector<std::string> relations;     // Leg::relation of each
  std::vector<Participant> participants;  // in the order they appear
  std::vector<Rung> rungs;
};

// A Leg is what a ladder is made from.
struct Leg {
  struct Entry {
    Event event;
    std::optional<log::Evidence> evidence;
    std::optional<RungProof> proof;
  };
  std::vector<Entry> entries;  // all of its events, in order
  std::string relation;        // in plain words, why it belongs to the others; may be empty
};

// A Blindness is a time in which the recorder may have missed what a server sent.
struct BlindTime {
  std::string server;
  std::int64_t position = 0;  // of the event that noted it; what was missed came before
  std::string words;
};

// Makes a ladder of legs, none of which is empty. Events of several legs stand in order of their
// times, those of one leg in the order of the log. A time of blindness stands where it was noted,
// if a leg of that server was up then.
Ladder make_ladder(std::vector<Leg> legs, const std::vector<BlindTime>& blind = {});

// Returns the rungs from one position in the log to another, and the participants that they need.
Ladder part_of(Ladder ladder, std::optional<std::int64_t> from, std::optional<std::int64_t> to);

}  // namespace drachtio::report
