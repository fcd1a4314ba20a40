// A program with an Agent, as a test runs it: against drachtio-sim, until something has happened.
#pragma once

#include "agent/cell.hpp"
#include "agent/sim.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "scratch_folder.hpp"

#include <drachtio/agent.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace drachtio::test {

inline const std::string our_sdp =
    "v=0\r\no=app 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 15000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

// All that is known of the dialog, with what programs do not see.
inline std::shared_ptr<const dialog::Dialog> known_of(const SipDialog& dialog) {
  return agent::Cell::of(dialog)->snapshot();
}

// The outcome of whatever has a handler.
struct Outcome {
  bool told = false;
  boost::system::error_code error;
  SipMessage message;
  SipDialog dialog = {};  // of a call out

  ResponseHandler handler() {
    return [this](boost::system::error_code e, const SipMessage& m) { *this = {true, e, m}; };
  }
  // Of a CallHandler, or of async_call.
  auto call_handler() {
    return [this](boost::system::error_code e, SipDialog d, const SipMessage& m) {
      *this = {true, e, m, std::move(d)};
    };
  }
};

class Program {
 public:
  explicit Program(const Sim& sim, AgentOptions options = {}) : Program(sim.port(), options) {}
  explicit Program(std::uint16_t port, AgentOptions options = {}) : port_(port) {
    agent = std::make_unique<Agent>(io, folder_ / "calls.db", options);
    watch();
  }
  // As another program in its place: after a crash, say.
  Program(const Sim& sim, std::filesystem::path db, AgentOptions options = {})
      : Program(sim.port(), std::move(db), options) {}
  Program(std::uint16_t port, std::filesystem::path db, AgentOptions options = {})
      : db_(std::move(db)), port_(port) {
    agent = std::make_unique<Agent>(io, db_, options);
    watch();
  }

  void connect() {
    bool up = false;
    const boost::signals2::scoped_connection slot =
        agent->on_connect().connect([&](const std::string&) { up = true; });
    connect_soon();
    REQUIRE(until([&] { return up; }));
  }

  // Without waiting for it.
  void connect_soon() { agent->connect({.port = port_, .secret = "cymru", .name = "sim"}); }

  template <typename Condition>
  bool until(const Condition& condition, std::chrono::seconds patience = std::chrono::seconds{20}) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io.restart();
      io.run_one_for(std::chrono::milliseconds{50});
    }
    return true;
  }

  // Until that many dialogs have ended.
  bool ended(std::size_t count) {
    return until([&] { return ends.size() >= count; });
  }

  // Types of the events of dialogs, in order.
  std::string story() {
    std::string words;
    for (const Event& event : events) {
      if (event.dialog == 0) continue;
      words += (words.empty() ? "" : " ") + std::string{to_string(event.type)};
      if (event.type == EventType::requested || event.type == EventType::responded) {
        words += ':' + event.method;
        if (event.status != 0) words += '/' + std::to_string(event.status);
      }
    }
    return words;
  }

  boost::asio::io_context io{1};
  std::unique_ptr<Agent> agent;
  std::vector<Event> events;
  std::vector<std::string> ends;  // why each dialog ended
  std::vector<SipDialog> created;

 private:
  void watch() {
    agent->on_event().connect([this](const DialogEvent& told) {
      events.push_back(told.event);
      if (told.state && told.state->closed_at == told.position) {
        ends.emplace_back(told.reason);
      }
    });
    agent->on_create().connect([this](const DialogEvent& told) { created.push_back(told.dialog); });
  }

  ScratchFolder folder_;
  std::filesystem::path db_ = folder_ / "calls.db";
  std::uint16_t port_;

 public:
  [[nodiscard]] const std::filesystem::path& db() const { return db_; }
};

}  // namespace drachtio::test
