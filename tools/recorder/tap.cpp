#include "recorder/tap.hpp"

#include "console/output.hpp"
#include "net/relay.hpp"
#include "net/self_dial.hpp"
#include "net/wiretap.hpp"
#include "recorder/capture_file.hpp"
#include "text/escape.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <map>
#include <set>

namespace drachtio::tools {

namespace {

// What the relay tells, written down.
class Tap {
 public:
  Tap(record::Writer& writer, const TapOptions& options)
      : writer_(writer), outbound_(options.outbound), name_(options.name) {}

  net::RelayListener listener() {
    using net::Side;
    return {.opened = [this](auto connection, const auto& server) { opened(connection, server); },
            .bytes =
                [this](auto connection, Side from, auto bytes, Instant read_at) {
                  if (capture_) capture_->bytes(connection, sender(from), bytes, read_at);
                  connections_.at(connection).wiretap.bytes(sender(from), bytes, read_at);
                },
            .ended =
                [this](auto connection, Side from) {
                  if (capture_) capture_->ended(connection, sender(from));
                  connections_.at(connection).wiretap.ended(sender(from));
                },
            .given_up = [this](auto connection, std::size_t held,
                               Instant since) { given_up(connection, held, since); },
            .closed = [this](auto connection) { closed(connection); },
            .refused = [this](bool dialled, const std::string& why) { refused(dialled, why); }};
  }

  // Throws UsageError if the file cannot be created.
  void capture_to(const std::filesystem::path& path) { capture_.emplace(path); }
  // Null: none is written.
  CaptureFile* capture() { return capture_ ? &*capture_ : nullptr; }

  // Servers that dial and are not named are known once they have called.
  void listening(const net::Address& at) {
    if (!name_.empty()) up(name_, "tap listening on " + to_string(at));
  }

  void stopped() {
    for (const std::string& name : up_) writer_.link_down(name, "the recorder was stopped");
  }

 private:
  struct Connection {
    std::string server;
    net::Wiretap wiretap;
  };

  static wire::Sender sender(net::Side side) {
    return side == net::Side::server ? wire::Sender::server : wire::Sender::client;
  }

  void up(const std::string& name, const std::string& detail) {
    if (up_.insert(name).second) writer_.link_up(name, detail);
  }

  void opened(std::uint64_t connection, const net::Address& server) {
    // A server that dials does so from any port: its host is all that tells it from others.
    const std::string name = name_.empty() ? server.host : name_;
    spdlog::info("connection {}: open, server {}", connection, name);
    if (capture_) capture_->opened(connection, name);
    up(name, "the server has called the tap");
    if (!refused_.empty()) {
      refused_.clear();
      writer_.link_up(name, "the server takes connections again");
    }
    net::Wiretap::Listener listener{
        [this](std::span<record::Frame> frames) { writer_.frames(frames); },
        [this, connection, name](const std::string& why, Instant since) {
          spdlog::warn("connection {}: not recorded in full: {}", connection, why);
          writer_.gap(name, why, since);
        }};
    connections_.try_emplace(connection,
                             Connection{name, net::Wiretap{name, connection, listener}});
  }

  void closed(std::uint64_t connection) {
    if (capture_) capture_->closed(connection);
    const auto found = connections_.find(connection);
    found->second.wiretap.ended(wire::Sender::client);
    found->second.wiretap.ended(wire::Sender::server);
    connections_.erase(found);
    writer_.closed(connection);
    spdlog::info("connection {}: closed", connection);
  }

  void given_up(std::uint64_t connection, std::size_t held, Instant since) {
    const std::string why = "the program took nothing of " + std::to_string(held) +
                            " bytes held for it: its connection was closed";
    spdlog::error("connection {}: {}", connection, why);
    writer_.gap(connections_.at(connection).server, why, since);
  }

  // An event for each other reason, not for each attempt: programs try again all the time.
  void refused(bool dialled, const std::string& why) {
    if (!dialled || outbound_) {
      spdlog::warn("{}", text::escaped(why, 500));
      return;
    }
    const bool news = refused_ != why;
    spdlog::log(news ? spdlog::level::warn : spdlog::level::debug, "{}", why);
    if (news) writer_.link_refused(name_, why);
    refused_ = why;
  }

  record::Writer& writer_;
  bool outbound_;
  std::string name_;          // empty: that of each connection's server, which dialled us
  std::set<std::string> up_;  // servers whose link the log has as up
  std::string refused_;       // why, at the latest attempt
  std::map<std::uint64_t, Connection> connections_;
  std::optional<CaptureFile> capture_;
};

net::RelayOptions relay_options(const TapOptions& options) {
  net::RelayOptions relay;
  relay.listen = options.listen;
  relay.dial = options.dial;
  relay.server_dials = options.outbound;
  relay.hold = options.hold_bytes;
  try {
    if (options.certificate) {
      relay.accept_tls =
          net::TlsContext::server(*options.certificate, options.key.value_or(*options.certificate));
    }
    if (options.tls) relay.dial_tls = net::TlsContext::client(options.ca, options.verify);
  } catch (const std::runtime_error& error) {
    throw UsageError{error.what()};
  }
  return relay;
}

// A tap that dials itself would open connections to itself until it has no socket left.
void require_another(const TapOptions& options, const net::Address& listening) {
  if (!net::dials_itself(options.dial, listening)) return;
  const std::string whom = options.outbound ? "program" : "drachtio-server";
  throw UsageError{fmt::format(
      "--{} {}: this is where the tap itself listens (--listen {}); give the address of the {}",
      options.outbound ? "program" : "server", to_string(options.dial), to_string(options.listen),
      whom)};
}

}  // namespace

namespace {

// Beside the relay's connections, which are numbered from 1; captures take numbers up to 10^11.
constexpr std::uint64_t first_call_record_connection = 50'000'000'000;

}  // namespace

int run_tap(const TapOptions& options) {
  require_another(options, options.listen);
  if (options.service.capture) require_no_capture(*options.service.capture);
  const net::RelayOptions relay_as = relay_options(options);
  std::optional<net::Client::Options> login;
  if (options.call_records) {
    login = client_options(options.login);
    login->server = options.call_records_from;
  }
  Service service{options.service};
  Tap tap{service.writer(), options};
  net::Relay relay{service.io(), relay_as, tap.listener()};
  require_another(options, relay.listening());  // which port 0 came to is known only now
  if (options.service.capture) tap.capture_to(*options.service.capture);
  tap.listening(relay.listening());
  spdlog::info("relaying between {} and {}", to_string(relay.listening()), to_string(options.dial));
  put(fmt::format("listening on {}\n", to_string(relay.listening())));
  std::fflush(stdout);
  std::uint64_t last_connection = first_call_record_connection;
  std::optional<WatchedServer> watched;
  if (login) {
    watched.emplace(service.io(), service.writer(),
                    WatchedServer::Names{options.name, options.name + " (call records)"}, *login,
                    last_connection, tap.capture());
  }
  return service.run([&] {
    if (watched) watched->stop();
    relay.stop();
    tap.stopped();
  });
}

}  // namespace drachtio::tools
