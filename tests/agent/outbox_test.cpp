// What is sent after a session's patch goes out once the patch is on disk.
#include "agent/outbox.hpp"

#include "agent/cell.hpp"
#include "catch.hpp"

using drachtio::agent::Cell;
using drachtio::agent::Outbox;
using drachtio::dialog::Dialog;

namespace {

std::shared_ptr<Cell> a_dialog() {
  return std::make_shared<Cell>(std::make_shared<const Dialog>());
}

struct Sending {
  Outbox outbox;
  std::vector<int> sent;

  void send(int frame) {
    outbox.put([this, frame] { sent.push_back(frame); });
  }
};

}  // namespace

TEST_CASE_METHOD(Sending, "With nothing on its way to the log a frame goes out at once") {
  send(1);
  CHECK(sent == std::vector{1});
  outbox.settled(outbox.noted({a_dialog()}));
  send(2);
  CHECK(sent == std::vector{1, 2});
}

TEST_CASE_METHOD(Sending, "A frame waits for what was noted before it, of any dialog") {
  const auto first = outbox.noted({a_dialog()});
  send(1);
  const auto second = outbox.noted({a_dialog()});
  send(2);
  outbox.settled(first);
  outbox.flush();
  CHECK(sent == std::vector{1});
  outbox.settled(second);
  outbox.flush();
  CHECK(sent == std::vector{1, 2});
}

TEST_CASE_METHOD(Sending, "What is settled out of turn lets nothing go that waits for more") {
  const auto first = outbox.noted({a_dialog()});
  const auto second = outbox.noted({a_dialog()});
  send(1);
  outbox.settled(second);
  outbox.flush();
  CHECK(sent.empty());
  outbox.settled(first);
  outbox.flush();
  CHECK(sent == std::vector{1});
}

TEST_CASE_METHOD(Sending, "No frame overtakes one that waits") {
  const auto ticket = outbox.noted({a_dialog()});
  send(1);
  outbox.settled(ticket);
  send(2);
  CHECK(sent.empty());
  outbox.flush();
  CHECK(sent == std::vector{1, 2});
}

TEST_CASE("A dialog knows how many of its patches are on their way") {
  Outbox outbox;
  const auto one = a_dialog();
  const auto other = a_dialog();
  const auto both = outbox.noted({one, other});
  const auto second = outbox.noted({one});
  CHECK(one->uncommitted == 2);
  CHECK(other->uncommitted == 1);
  outbox.settled(both);
  outbox.settled(both);  // told twice, counted once
  CHECK(one->uncommitted == 1);
  CHECK(other->uncommitted == 0);
  outbox.settled(second);
  CHECK(one->uncommitted == 0);
}
