// Asio's cancellation slots give up a call that rings, and a wait.
#include "agent/agent_program.hpp"

#include <drachtio/asio.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <optional>
#include <variant>

using namespace drachtio;
using namespace drachtio::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

// Calls, and waits for an answer no longer than that. Notes what came first: 0 for the answer, 1
// for the end of the wait.
asio::awaitable<void> call_within(Agent& agent, std::string uri, std::chrono::milliseconds patience,
                                  std::optional<std::size_t>& first) {
  using namespace asio::experimental::awaitable_operators;
  const RequestOptions offer{.body = our_sdp};
  const auto result = co_await (async_call(agent, uri, offer, asio::use_awaitable) ||
                                async_after(agent, patience, asio::use_awaitable));
  first = result.index();
}

}  // namespace

TEST_CASE("A cancellation slot gives up a call that rings", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  asio::cancellation_signal signal;
  Outcome outcome;
  bool rings = false;
  RequestOptions offer{.body = our_sdp};
  offer.on_provisional = [&](const SipCall&, const SipMessage&) { rings = true; };
  async_call(*program.agent, "sip:ring@127.0.0.1:5070", offer,
             asio::bind_cancellation_slot(signal.slot(), outcome.call_handler()));
  REQUIRE(program.until([&] { return rings; }));
  SECTION("by none, which is no cancellation") {
    signal.emit(asio::cancellation_type::none);
    CHECK_FALSE(program.until([&] { return outcome.told; }, 1s));
  }
  signal.emit(asio::cancellation_type::terminal);
  REQUIRE(program.until([&] { return outcome.told; }));
  CHECK(outcome.error == Errc::cancelled);
  CHECK(outcome.message.status == 487);
  CHECK(outcome.dialog.cause() == Cause::cancelled);
}

TEST_CASE("A cancellation slot gives up a wait", "[agent]") {
  Sim sim;
  Program program{sim};
  asio::cancellation_signal signal;
  std::optional<boost::system::error_code> told;
  async_after(*program.agent, 1h,
              asio::bind_cancellation_slot(signal.slot(),
                                           [&](boost::system::error_code error) { told = error; }));
  signal.emit(asio::cancellation_type::terminal);
  CHECK_FALSE(told.has_value());
  REQUIRE(program.until([&] { return told.has_value(); }));
  CHECK(*told == asio::error::operation_aborted);
}

TEST_CASE("A coroutine waits for an answer no longer than it likes", "[agent]") {
  Sim sim;
  Program program{sim};
  program.connect();
  std::optional<std::size_t> first;
  SECTION("nobody answers: the call is given up") {
    asio::co_spawn(program.io, call_within(*program.agent, "sip:ring@127.0.0.1:5070", 200ms, first),
                   asio::detached);
    REQUIRE(program.until([&] { return first.has_value(); }));
    CHECK(*first == 1);
    CHECK(program.story() == "invited progressed requested:CANCEL rejected");
  }
  SECTION("somebody does: the wait is given up") {
    asio::co_spawn(program.io, call_within(*program.agent, "sip:answer@127.0.0.1:5070", 1h, first),
                   asio::detached);
    REQUIRE(program.until([&] { return first.has_value(); }));
    CHECK(*first == 0);
    CHECK(program.until([&] { return program.created.size() == 1; }));
  }
}
