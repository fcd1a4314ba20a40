// With the arena in place libosip2 reads messages as it did without, from several threads too.
#include "sip/parser_arena.hpp"

#include "catch.hpp"
#include "sip/message.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace drachtio;

namespace {

std::string message(int number, std::size_t padding) {
  return "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" +
         std::to_string(number) +
         "\r\nFrom: \"Ann\" <sip:ann@example.com>;tag=" + std::string(padding, 'a') +
         "\r\nTo: <sip:bob@example.com>\r\nCall-ID: c" + std::to_string(number) +
         "\r\nCSeq: 1 INVITE\r\nContact: <sip:ann@192.0.2.1:5070>\r\nContent-Length: 0\r\n\r\n";
}

bool reads(int number, std::size_t padding) {
  std::string why;
  const auto parsed = sip::parse_message(message(number, padding), why);
  return parsed && parsed->call_id == "c" + std::to_string(number) &&
         parsed->from.tag == std::string(padding, 'a') && parsed->contact &&
         parsed->contact->port == 5070;
}

}  // namespace

TEST_CASE("the parser's arena changes nothing that is read, of small messages and of large") {
  sip::install_parser_arena();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&wrong, thread] {
      for (int i = 0; i < 500; ++i) {
        const std::size_t padding = i % 50 == 0 ? 100000 : 10;  // some do not fit the arena
        if (!reads(thread * 1000 + i, padding)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
