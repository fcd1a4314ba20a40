// A BYE in one of several early dialogs, recorded, with a restart before or after each message (RFC
// 3261 15).
#include "catch.hpp"
#include "dialog/said.hpp"
#include "projection/dialog_table.hpp"
#include "projection/fold.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

// What the program sees that placed the call.
record::Frame frame_of(const Said& said) {
  const std::string source = said.side == caller ? "application" : "network";
  return from_server("m|sip|" + source + "|1|udp|192.0.2.1|5060|12:00:00.000000|tx-" +
                     said.top_branch + "||192.0.2.9|5060|\r\n" + said.text());
}

}  // namespace

TEST_CASE("after a restart a BYE ends one early dialog still, and what one has ended stays over") {
  const Said holds = request(caller, "UPDATE", 2, sdp(2, "sendonly")).tag("b");
  const std::vector<Said> call{invite(sdp()),
                               ringing(sdp(1, "sendrecv", "a")).tag("a"),
                               ringing(sdp(1, "sendrecv", "b")).tag("b"),
                               holds,
                               answer(holds, 200, "OK", sdp(2, "recvonly", "b")),
                               bye(caller, 3).tag("b"),
                               ringing().tag("b"),
                               answer(bye(caller, 3).tag("b"), 200),
                               ok().tag("a"),
                               ack().tag("a")};
  for (std::size_t split = 1; split < call.size(); ++split) {
    INFO(split);
    const ScratchFolder folder;
    const auto path = folder / "calls.db";
    {
      auto ledger = open_ledger(path);
      for (std::size_t i = 0; i < split; ++i) ledger.frame(frame_of(call[i]));
      ledger.commit();
    }
    auto ledger = open_ledger(path);
    for (std::size_t i = split; i < call.size(); ++i) ledger.frame(frame_of(call[i]));
    ledger.commit();
    CHECK(types(path) == std::vector<std::string>{"invited", "progressed", "progressed", "offered",
                                                  "modified", "requested", "responded", "responded",
                                                  "answered", "confirmed"});
    log::Reader reader{path};
    const dialog::Dialog leg = projection::fold(reader.of_dialog(1));
    CHECK(projection::DialogTable{reader.database()}.find(1) == leg);
    CHECK(leg.state == State::stable);
    CHECK(leg.hold() == Hold::none);
    CHECK(leg.local.sdp == sdp());
    CHECK(leg.remote.sdp == sdp(1, "sendrecv", "a"));
  }
}
