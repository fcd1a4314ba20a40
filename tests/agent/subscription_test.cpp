// What subscribers are told: every event once, in order, from any position, with the dialog as of
// that event; and nobody disturbs anybody.
#include "capture_file.hpp"
#include "catch.hpp"
#include "log/reader.hpp"
#include "projection/fold.hpp"
#include "record/writer.hpp"
#include "scratch_folder.hpp"
#include "wire/frame_reader.hpp"

#include <drachtio/subscription.hpp>

#include <map>
#include <thread>

using namespace drachtio;
using namespace std::chrono_literals;
using test::ScratchFolder;

namespace {

std::vector<record::Frame> frames(const std::string& name, const std::string& server = "pbx") {
  std::map<std::pair<std::uint64_t, wire::Sender>, wire::FrameReader> readers;
  std::vector<record::Frame> result;
  for (const auto& chunk : test::read_capture(test::capture_path(name)).chunks) {
    wire::FrameReader& reader = readers[{chunk.connection, chunk.from}];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next()) {
      result.push_back(
          {server, chunk.connection, chunk.from, std::string{*payload}, chunk.read_at});
    }
  }
  return result;
}

void record_capture(const std::filesystem::path& db, const std::string& name) {
  record::Ledger ledger{log::EventLog{db}, [] { return drachtio::now(); }};
  for (const record::Frame& frame : frames(name)) ledger.frame(frame);
  ledger.commit();
}

std::vector<std::string> told(const std::string& name) {
  const ScratchFolder folder;
  record_capture(folder / "calls.db", name);
  std::vector<std::string> words;
  DialogSignals signals;
  const auto tell = [&](const char* what) {
    return [&words, what](const DialogEvent& event) {
      words.push_back(what + (event.reason.empty() ? "" : ": " + std::string{event.reason}));
    };
  };
  signals.on_create().connect(tell("create"));
  signals.on_create_early().connect(tell("create-early"));
  signals.on_terminate().connect(tell("terminate"));
  signals.on_failed().connect(tell("failed"));
  Subscription{folder / "calls.db", signals}.deliver();
  return words;
}

}  // namespace

TEST_CASE("create, create-early, terminate and failed come when drachtio-dialog announced them") {
  using Words = std::vector<std::string>;
  CHECK(told("uac-normal.app") == Words{"create", "terminate: normal near end release"});
  CHECK(told("uas-prack.app") ==
        Words{"create-early", "create", "terminate: normal far end release"});
  CHECK(told("uas-app-bye.cdr") == Words{"create", "terminate: normal near end release"});
  CHECK(told("uas-cancel.app") == Words{"failed: Call completed elsewhere"});
  CHECK(told("uac-reject.app") == Words{"failed: 404 Not Found"});
  CHECK(told("uas-challenge.app") == Words{"failed: 407 Proxy Authentication Required", "create",
                                           "terminate: normal far end release"});
  CHECK(told("uas-noack.app") == Words{"terminate: ACK timeout"});
}

TEST_CASE("an event is told with the dialog as of that event, its session and its position") {
  const ScratchFolder folder;
  record_capture(folder / "calls.db", "uas-midcall.app");
  log::Reader reader{folder / "calls.db"};
  DialogSignals signals;
  std::int64_t next = 0;
  signals.on_event().connect([&](const DialogEvent& told) {
    CHECK(told.position == next++);
    if (told.state == nullptr) return;
    CHECK(*told.state ==
          projection::fold(reader.of_dialog(told.state->number, told.event.version)));
    CHECK(told.session.json() == "{}");
  });
  Subscription subscription{folder / "calls.db", signals};
  CHECK(subscription.deliver() == 14);
  CHECK(subscription.deliver() == 0);
  CHECK(subscription.position() == 13);
}

TEST_CASE("a subscription from any past position knows the dialogs that began before it") {
  const ScratchFolder folder;
  record_capture(folder / "calls.db", "uas-peer-hold.app");
  log::Reader reader{folder / "calls.db"};
  const std::int64_t end = Subscription::end_of(folder / "calls.db");
  for (std::int64_t after = -1; after <= end; ++after) {
    DialogSignals signals;
    std::vector<std::int64_t> positions;
    signals.on_event().connect([&](const DialogEvent& told) {
      positions.push_back(told.position);
      if (told.state != nullptr) {
        CHECK(*told.state ==
              projection::fold(reader.of_dialog(told.state->number, told.event.version)));
      }
    });
    Subscription subscription{folder / "calls.db", signals, after};
    subscription.deliver();
    CHECK(positions.size() == static_cast<std::size_t>(end - after));
    if (!positions.empty()) CHECK(positions.front() == after + 1);
  }
}

TEST_CASE("a subscriber that throws or disconnects in its slot disturbs nobody") {
  const ScratchFolder folder;
  record_capture(folder / "calls.db", "uas-normal.app");
  int errors = 0;
  DialogSignals signals{[&](const std::exception_ptr&) { ++errors; }};
  int before = 0;
  int after = 0;
  int once = 0;
  signals.on_event().connect([&](const DialogEvent&) { ++before; });
  signals.on_event().connect([](const DialogEvent&) { throw std::runtime_error("broken"); });
  signals.on_event().connect_extended(
      [&](const boost::signals2::connection& self, const DialogEvent&) {
        ++once;
        self.disconnect();
      });
  signals.on_event().connect([&](const DialogEvent&) { ++after; });
  Subscription subscription{folder / "calls.db", signals};
  CHECK(subscription.deliver() == 16);
  CHECK(before == 16);
  CHECK(after == 16);
  CHECK(once == 1);
  CHECK(errors == 16);
}

TEST_CASE("history runs into live events with none missed and none twice") {
  const ScratchFolder folder;
  record::Writer writer{folder / "calls.db", {}};
  const auto calls = frames("uas-normal.app");
  constexpr int rounds = 300;
  std::thread recorder{[&] {
    for (int round = 0; round < rounds; ++round) {
      for (record::Frame frame : calls) {
        frame.server = "pbx-" + std::to_string(round);
        frame.read_at = drachtio::now();  // the capture's time would be a call silent for months
        writer.frame(std::move(frame));
      }
    }
  }};
  DialogSignals signals;
  std::int64_t next = 0;
  bool in_order = true;
  signals.on_event().connect([&](const DialogEvent& told) { in_order &= told.position == next++; });
  Subscription subscription{folder / "calls.db", signals};
  while (next < rounds * 15 + 1 && subscription.wait(10s) > 0) {
  }
  recorder.join();
  CHECK(in_order);
  CHECK(next == rounds * 15 + 1);
  CHECK(writer.stop());
  CHECK(subscription.deliver() == 0);
}

TEST_CASE("a log that is not there is said to be so") {
  const ScratchFolder folder;
  const DialogSignals signals;
  CHECK_THROWS_AS((Subscription{folder / "none.db", signals}), std::runtime_error);
}
