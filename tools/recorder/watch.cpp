#include "recorder/watch.hpp"

#include "net/client.hpp"
#include "net/secret.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <set>

namespace drachtio::tools {

namespace {

// One server watched: what its link says goes to the log.
class Watched {
 public:
  Watched(Service& service, const NamedServer& server, net::Client::Options options,
          std::uint64_t& last_connection)
      : writer_(service.writer()),
        name_(server.name),
        last_connection_(last_connection),
        connection_(++last_connection),
        client_(service.io(), std::move(options),
                {[this](const std::string& detail) { up(detail); },
                 [this](const std::string& why) { down(why); },
                 [this](const std::string& why) { refused(why); },
                 [this](std::string_view payload, Instant read_at) {
                   writer_.frame(
                       {name_, connection_, wire::Sender::server, std::string{payload}, read_at});
                 }}) {
    client_.start();
  }

  void stop() {
    client_.stop();
    writer_.closed(connection_);
    if (up_) writer_.link_down(name_, "the recorder was stopped");
  }

 private:
  void up(const std::string& detail) {
    up_ = true;
    refused_.clear();
    spdlog::info("{}: {}", name_, detail);
    writer_.link_up(name_, detail);
  }

  void down(const std::string& why) {
    up_ = false;
    spdlog::warn("{}: link down: {}", name_, why);
    writer_.closed(connection_);
    writer_.link_down(name_, why, client_.silent_since());
    connection_ = ++last_connection_;
  }

  // An event for each other reason, not for each attempt: a server may be away for days.
  void refused(const std::string& why) {
    writer_.closed(connection_);
    connection_ = ++last_connection_;
    const bool news = refused_ != why;
    spdlog::log(news ? spdlog::level::warn : spdlog::level::debug, "{}: no link: {}", name_, why);
    if (news) writer_.link_refused(name_, why);
    refused_ = why;
  }

  record::Writer& writer_;
  std::string name_;
  std::uint64_t& last_connection_;
  std::uint64_t connection_;
  bool up_ = false;
  std::string refused_;  // why, at the latest attempt
  net::Client client_;
};

}  // namespace

int run_watch(const WatchOptions& options) {
  net::Client::Options link;
  std::set<std::string> names;
  try {
    link.secret = net::load_secret(options.secret_file);
    if (options.tls) link.tls = net::TlsContext::client(options.ca, options.verify);
  } catch (const std::runtime_error& error) {
    throw UsageError{error.what()};
  }
  if (options.tags.find_first_of("|\r\n") != std::string::npos) {
    throw UsageError{"--tags: a tag has no '|' and no line end"};
  }
  for (const NamedServer& server : options.servers) {
    if (!names.insert(server.name).second) {
      throw UsageError{"--server: " + server.name + " is named twice"};
    }
  }
  link.tags = options.tags;
  link.routes = {"cdr:attempt", "cdr:start", "cdr:stop"};

  Service service{options.service};
  std::uint64_t last_connection = 0;
  std::vector<std::unique_ptr<Watched>> watched;
  for (const NamedServer& server : options.servers) {
    link.server = server.address;
    watched.push_back(std::make_unique<Watched>(service, server, link, last_connection));
  }
  return service.run([&] {
    for (const auto& server : watched) server->stop();
  });
}

}  // namespace drachtio::tools
