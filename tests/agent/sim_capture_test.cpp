// The stand-in is held to the real thing: a program that says what one said to a drachtio-server
// hears from drachtio-sim what that one heard, but for ids, times, tags and what the peer wrote.
#include "agent/sim.hpp"
#include "capture_file.hpp"
#include "catch.hpp"
#include "net/peer.hpp"
#include "wire/frame_reader.hpp"

#include <drachtio/sip_message.hpp>

#include <map>

using namespace drachtio;
using namespace drachtio::test;

namespace {

struct Spoken {
  wire::Sender from;
  std::string payload;
};

// The frames of a capture's only connection, each where its first byte came.
std::vector<Spoken> frames_of(const std::string& name) {
  std::map<wire::Sender, wire::FrameReader> readers;
  std::vector<Spoken> frames;
  for (const auto& chunk : read_capture(capture_path(name)).chunks) {
    wire::FrameReader& reader = readers[chunk.from];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next())
      frames.push_back({chunk.from, std::string{*payload}});
  }
  return frames;
}

std::vector<std::string> tokens_of(const std::string& payload) {
  std::string line = payload.substr(0, payload.find("\r\n"));
  std::vector<std::string> tokens;
  while (true) {
    const std::size_t bar = line.find('|');
    tokens.push_back(line.substr(0, bar));
    if (bar == std::string::npos) return tokens;
    line.erase(0, bar + 1);
  }
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// What one token is, rather than what it says: ids, times, addresses and numbers differ.
std::string kind_of(const std::string& token) {
  if (token.size() == 36 && token[8] == '-' && token[13] == '-') return "<uuid>";
  if (token.size() == 15 && token[2] == ':' && token[8] == '.') return "<time>";
  if (token.find(";from-tag=") != std::string::npos) return "<dialog>";
  if (token.starts_with("tcp/") || token.starts_with("udp/")) return "<contacts>";
  if (token.starts_with("v0.")) return "<version>";
  if (token == "127.0.0.1") return "<address>";
  return is_number(token) ? "<number>" : token;
}

// A header's value without what differs from call to call: tags, branches, ids, numbers, and what
// the far end calls itself and us.
std::string form_of(std::string_view name, std::string value) {
  if (name == "Call-ID") return "<id>";
  if (const std::size_t host = value.find('@'); host != std::string::npos) {
    const bool in_brackets = value.find('<') < host;
    value = (in_brackets ? "<sip:who" : "sip:who") + value.substr(host);
  }
  for (const char* parameter : {";tag=", ";branch="}) {
    const std::size_t at = value.find(parameter);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + std::string_view{parameter}.size();
    value.replace(begin, value.find_first_of(";,", begin) - begin, "<id>");
  }
  std::string form;
  for (const char c : value) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit || !form.ends_with('#')) form += digit ? '#' : c;
  }
  return form;
}

// The first line, and the message: of one the server wrote itself its headers, else its start line.
std::string shape_of(const std::string& payload) {
  std::string shape;
  for (const std::string& token : tokens_of(payload)) shape += kind_of(token) + '|';
  const std::size_t end = payload.find("\r\n");
  if (end == std::string::npos) return shape;
  const SipMessage message = parse_sip_message(payload.substr(end + 2));
  shape += message.is_request() ? ' ' + message.method
                                : ' ' + std::to_string(message.status) + ' ' + message.reason +
                                      " to " + message.method;
  const bool passed_on = shape.find("|proxy-uas|") != std::string::npos ||
                         message.headers["Via"].find(',') != std::string_view::npos ||
                         message.headers.all("Via").size() > 1;
  if (shape.find("|application|") == std::string::npos || passed_on) return shape;
  for (const auto& [name, value] : message.headers) {
    shape += "\n" + name + ": " + form_of(name, value);
  }
  return shape + '\n' + message.body;
}

// From what the capture's program heard to what we hear: ids in what it says are put right.
class Ids {
 public:
  void learn(const std::string& theirs, const std::string& ours) {
    const auto their_tokens = tokens_of(theirs);
    const auto our_tokens = tokens_of(ours);
    for (std::size_t i = 0; i < std::min(their_tokens.size(), our_tokens.size()); ++i) {
      const std::string kind = kind_of(their_tokens[i]);
      if (kind == "<uuid>" || kind == "<dialog>") ids_[their_tokens[i]] = our_tokens[i];
    }
    const SipMessage their_message = parse_sip_message(message_of(theirs));
    const SipMessage our_message = parse_sip_message(message_of(ours));
    for (const char* name : {"CSeq", "RSeq", "Call-ID", "From", "To"}) {
      if (their_message.headers.has(name) && our_message.headers.has(name)) {
        ids_[std::string{their_message.headers[name]}] = our_message.headers[name];
      }
    }
    const std::string their_cseq = std::to_string(their_message.cseq());
    if (their_cseq != "0") ids_["1 " + their_cseq] = "1 " + std::to_string(our_message.cseq());
  }
  [[nodiscard]] std::string translate(std::string text) const {
    for (const auto& [theirs, ours] : ids_) {
      for (std::size_t at = 0; (at = text.find(theirs, at)) != std::string::npos;
           at += ours.size()) {
        text.replace(at, theirs.size(), ours);
      }
    }
    return text;
  }

 private:
  static std::string message_of(const std::string& payload) {
    const std::size_t end = payload.find("\r\n");
    return end == std::string::npos ? "" : payload.substr(end + 2);
  }
  // Longer ones first: a Call-ID is part of its dialog's id.
  std::map<std::string, std::string, std::greater<>> ids_;
};

struct Scenario {
  const char* capture;
  const char* caller = nullptr;  // the far end that calls
  const char* callee = nullptr;  // who is called, in place of bob
  const char* ack_timeout = "1000";
};

}  // namespace

TEST_CASE("drachtio-sim says what a drachtio-server said to the same program", "[agent]") {
  const Scenario scenario =
      GENERATE(Scenario{"uas-normal", "wait"}, Scenario{"uas-peer-hold", "refreshes"},
               Scenario{"uas-app-bye", "wait"}, Scenario{"uas-reject", "wait"},
               Scenario{"uas-cancel", "cancel"}, Scenario{"uas-prack", "prack"},
               Scenario{"uas-midcall", "wait"}, Scenario{"uas-challenge", "auth"},
               Scenario{"uas-noack", "noack", nullptr, "50"},
               Scenario{"uac-normal", nullptr, "bob"}, Scenario{"uac-reject", nullptr, "notfound"},
               Scenario{"uac-prack", nullptr, "prack"}, Scenario{"uac-cancel", nullptr, "ring"},
               Scenario{"uac-cancel-glare", nullptr, "crossing"}, Scenario{"proxy", "wait"});
  INFO(scenario.capture);
  Sim sim{{"--ack-timeout", scenario.ack_timeout}};
  Peer records{sim.port()};
  std::vector<std::string> recorded;  // by the real one
  for (const Spoken& spoken : frames_of(std::string{scenario.capture} + ".cdr")) {
    if (spoken.from == wire::Sender::client) {
      records.send_frame(spoken.payload);
    } else if (spoken.payload.find("|cdr:") == std::string::npos) {
      CHECK(shape_of(records.read_frame()) == shape_of(spoken.payload));
    } else {
      recorded.push_back(spoken.payload);
    }
  }
  Peer program{sim.port()};
  Ids ids;
  bool asked = false;
  for (const Spoken& spoken : frames_of(std::string{scenario.capture} + ".app")) {
    const auto tokens = tokens_of(spoken.payload);
    if (spoken.from == wire::Sender::client) {
      std::string said = ids.translate(spoken.payload);
      if (scenario.callee != nullptr) {
        for (std::size_t at = 0; (at = said.find("sip:bob@", at)) != std::string::npos;) {
          said.replace(at, 8, std::string{"sip:"} + scenario.callee + '@');
          at += 4;
        }
      }
      program.send_frame(said);
      continue;
    }
    // The capture's far end calls again once a call is over.
    const bool new_call = tokens[1] == "sip" && tokens.size() > 10 && tokens[9].empty();
    const bool again = spoken.payload.find("Authorization:") != std::string::npos;
    if (new_call && !again && scenario.caller != nullptr) {
      sim.command(std::string{"call 1 0 "} + scenario.caller);
      asked = true;
    }
    if (spoken.payload.find("|network|") != std::string::npos &&
        spoken.payload.find("\r\nBYE ") != std::string::npos) {
      sim.command("hangup");
    }
    const std::string heard = program.read_frame();
    CHECK(shape_of(heard) == shape_of(spoken.payload));
    ids.learn(spoken.payload, heard);
  }
  CHECK(asked == (scenario.caller != nullptr));
  for (const std::string& payload : recorded) {
    CHECK(shape_of(records.read_frame()) == shape_of(payload));
  }
}
