// A server that is asked for its call records over a connection of our own: what `watch` does, and
// `tap --cdrs` beside its relay.
#pragma once

#include "net/client.hpp"
#include "record/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace drachtio::tools {

class CaptureFile;

// How to log in to servers for their call records. Throws UsageError where the secret or the
// certificates cannot be read.
struct CallRecordLogin {
  std::optional<std::filesystem::path> secret_file;  // else DRACHTIO_SECRET in the environment
  std::string tags;
  bool tls = false;
  bool verify = true;
  std::optional<std::filesystem::path> ca;
};
net::Client::Options client_options(const CallRecordLogin& login);

// Writes down what the server tells, and when its link is up and down. Belongs to the loop's
// thread.
class WatchedServer {
 public:
  struct Names {
    std::string server;  // that its calls are recorded under
    std::string link;    // that its link goes up and down under
  };

  // `last_connection` numbers the connections of all links of the recorder. What the server tells
  // is written to `capture` too, which may be null.
  WatchedServer(boost::asio::io_context& io, record::Writer& writer, Names names,
                net::Client::Options options, std::uint64_t& last_connection, CaptureFile* capture);

  void stop();

 private:
  void frame(record::Payload payload, Instant read_at);
  void closed();
  void up(const std::string& detail);
  void down(const std::string& why);
  void refused(const std::string& why);

  record::Writer& writer_;
  Names names_;
  std::uint64_t& last_connection_;
  std::uint64_t connection_;
  CaptureFile* capture_;   // null: none is written
  bool captured_ = false;  // the capture has a frame of this connection
  bool up_ = false;
  std::string refused_;  // why, at the latest attempt
  net::Client client_;
};

}  // namespace drachtio::tools
