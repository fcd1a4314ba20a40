// What is held comes out as it went in.
#include "net/held_bytes.hpp"

#include "catch.hpp"

#include <random>

TEST_CASE("Held bytes come out in order, whatever the pieces", "[net]") {
  std::mt19937 random{7};
  drachtio::net::HeldBytes held;
  std::string in;
  std::string out;
  for (int i = 0; i < 2000; ++i) {
    std::string piece(1 + random() % 5000, '\0');
    for (char& c : piece) c = static_cast<char>(random());
    if (random() % 20 == 0) piece.resize(200'000, 'x');
    held.push(piece);
    in += piece;
    while (!held.empty() && random() % 3 != 0) {
      const std::size_t count = 1 + random() % held.front().size();
      out += held.front().substr(0, count);
      held.pop(count);
    }
    REQUIRE(held.size() == in.size() - out.size());
  }
  while (!held.empty()) {
    out += held.front();
    held.pop(held.front().size());
  }
  CHECK(in == out);
  CHECK(held.front().empty());
}
