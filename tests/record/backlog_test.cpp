// A Backlog hands out what it was given in order, within its bounds, and counts what it gives up.
#include "record/backlog.hpp"

#include "catch.hpp"

using namespace drachtio;
using record::Backlog;
using record::Closed;
using record::Frame;
using record::Item;
using record::Room;

namespace {

constexpr std::size_t payload = 1000;
constexpr std::size_t of_a_frame = payload + sizeof(Frame);

Frame frame(const std::string& server, std::uint64_t connection) {
  return {server, connection, wire::Sender::server, std::string(payload, 'x'),
          Instant{std::chrono::seconds{connection}}};
}

std::uint64_t number(const Item& item) {
  const auto* frame = std::get_if<Frame>(&item);
  return frame != nullptr ? frame->connection : std::get<Closed>(item).connection;
}

}  // namespace

TEST_CASE("Backlog: items come out in order, as many as are asked for") {
  Backlog backlog{1'000'000};
  for (std::uint64_t i = 1; i <= 5; ++i) backlog.add(frame("pbx", i));
  std::deque<Item> batch;
  Room room{.items = 4, .bytes = 1'000'000};
  CHECK(backlog.take(batch, room, 2) == 2 * of_a_frame);
  CHECK(backlog.take(batch, room, 9) == 2 * of_a_frame);  // there is no room for more
  REQUIRE(batch.size() == 4);
  for (std::uint64_t i = 1; i <= 4; ++i) CHECK(number(batch[i - 1]) == i);
  CHECK_FALSE(room.is_left());
  CHECK(backlog.size() == 1);
  CHECK(backlog.bytes() == of_a_frame);
}

TEST_CASE("Backlog: an item larger than the room is taken alone") {
  Backlog backlog{1'000'000};
  backlog.add(frame("pbx", 1));
  backlog.add(frame("pbx", 2));
  std::deque<Item> batch;
  Room room{.items = 9, .bytes = 10};
  CHECK(backlog.take(batch, room, 9) == of_a_frame);
  CHECK(batch.size() == 1);
}

TEST_CASE("Backlog: beyond its bound the oldest frames are given up, and counted by server") {
  Backlog backlog{3 * of_a_frame};
  backlog.add(Closed{7});  // no frame: it stays
  backlog.add(frame("east", 1));
  backlog.add(frame("west", 2));
  for (std::uint64_t i = 3; i <= 5; ++i) backlog.add(frame("east", i));
  CHECK(backlog.given_up() == 3);
  CHECK(backlog.has_overflow());
  const auto overflow = backlog.take_overflow();
  CHECK(overflow.at("east").frames == 2);
  CHECK(overflow.at("east").since == Instant{std::chrono::seconds{1}});
  CHECK(overflow.at("west").frames == 1);
  CHECK_FALSE(backlog.has_overflow());
  CHECK(backlog.given_up() == 3);
  std::deque<Item> batch;
  Room room{.items = 9, .bytes = 1'000'000};
  backlog.take(batch, room, 9);
  REQUIRE(batch.size() == 3);
  CHECK(number(batch[0]) == 7);
  CHECK(number(batch[1]) == 4);
}

TEST_CASE("Backlog: what was taken counts until it is written") {
  Backlog backlog{2 * of_a_frame};
  backlog.add(frame("pbx", 1));
  std::deque<Item> batch;
  Room room{.items = 9, .bytes = 1'000'000};
  const std::size_t taken = backlog.take(batch, room, 9);
  backlog.add(frame("pbx", 2));
  CHECK(backlog.given_up() == 0);
  backlog.add(frame("pbx", 3));
  CHECK(backlog.given_up() == 1);
  backlog.written(taken);
  backlog.add(frame("pbx", 4));
  CHECK(backlog.given_up() == 1);
  backlog.clear();
  CHECK(backlog.size() == 0);
  CHECK(backlog.bytes() == 0);
}
