// What `watch` and `tap` have in common: the log's writer, the loop that moves the bytes, the
// signals that end it, and the statistics.
#pragma once

#include "net/address.hpp"
#include "record/writer.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace boost::asio {
class io_context;
}

namespace drachtio::tools {

// Exit statuses.
inline constexpr int done = 0;
inline constexpr int bad_usage = 2;
inline constexpr int log_unusable = 3;

// The command line asks for something that cannot be: a message for the user, exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A server, and the name its calls are recorded under: NAME=HOST:PORT, or HOST:PORT for both.
struct NamedServer {
  std::string name;
  net::Address address;
};
// Throws std::invalid_argument that says what is wrong with `text`.
NamedServer parse_named_server(const std::string& text);

struct ServiceOptions {
  std::filesystem::path db;
  std::optional<std::filesystem::path> capture;  // a file to write the traffic to as well
  std::size_t queue_bytes = 256UL * 1024 * 1024;
  std::optional<Microseconds> pending_after;
  std::optional<Microseconds> lost_after;
  std::chrono::milliseconds statistics_every{60'000};
};

// Belongs to the main thread, one a process.
class Service {
 public:
  // Opens the log and starts its writer. Throws log::Error.
  explicit Service(const ServiceOptions& options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;

  boost::asio::io_context& io();
  record::Writer& writer();

  // Runs until SIGTERM, SIGINT or the failure of the log; calls `stop` then, which must end all
  // that keeps the loop busy; commits what was read. Returns the exit status.
  int run(const std::function<void()>& stop);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace drachtio::tools
