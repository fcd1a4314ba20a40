#include "recorder/watched_server.hpp"

#include "net/secret.hpp"
#include "recorder/capture_file.hpp"
#include "recorder/service.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace drachtio::tools {

net::Client::Options client_options(const CallRecordLogin& login) {
  if (login.tags.find_first_of("|\r\n") != std::string::npos) {
    throw UsageError{"--tags: a tag has no '|' and no line end"};
  }
  net::Client::Options options;
  try {
    options.secret = net::load_secret(login.secret_file);
    if (login.tls) options.tls = net::TlsContext::client(login.ca, login.verify);
  } catch (const std::runtime_error& error) {
    throw UsageError{error.what()};
  }
  options.tags = login.tags;
  options.routes = {"cdr:attempt", "cdr:start", "cdr:stop"};
  return options;
}

WatchedServer::WatchedServer(boost::asio::io_context& io, record::Writer& writer, Names names,
                             net::Client::Options options, std::uint64_t& last_connection,
                             CaptureFile* capture)
    : writer_(writer),
      names_(std::move(names)),
      last_connection_(last_connection),
      connection_(++last_connection),
      capture_(capture),
      client_(io, std::move(options),
              {[this](const std::string& detail) { up(detail); },
               [this](const std::string& why) { down(why); },
               [this](const std::string& why) { refused(why); },
               [this](record::Payload payload, Instant read_at) {
                 frame(std::move(payload), read_at);
               }}) {
  client_.start();
}

void WatchedServer::stop() {
  client_.stop();
  closed();
  if (up_) writer_.link_down(names_.link, "the recorder was stopped");
}

void WatchedServer::frame(record::Payload payload, Instant read_at) {
  if (capture_ != nullptr) {
    if (!std::exchange(captured_, true)) capture_->opened(connection_, names_.server);
    capture_->frame(connection_, payload.bytes(), read_at);
  }
  writer_.frame({names_.server, connection_, wire::Sender::server, std::move(payload), read_at});
}

void WatchedServer::closed() {
  writer_.closed(connection_);
  // Of a connection without a call there is nothing to tell in the capture.
  if (std::exchange(captured_, false)) capture_->ended(connection_, wire::Sender::server);
}

void WatchedServer::up(const std::string& detail) {
  up_ = true;
  refused_.clear();
  spdlog::info("{}: {}", names_.link, detail);
  writer_.link_up(names_.link, detail);
}

void WatchedServer::down(const std::string& why) {
  up_ = false;
  spdlog::warn("{}: link down: {}", names_.link, why);
  closed();
  writer_.link_down(names_.link, why, client_.silent_since());
  connection_ = ++last_connection_;
}

// An event for each other reason, not for each attempt: a server may be away for days.
void WatchedServer::refused(const std::string& why) {
  closed();
  connection_ = ++last_connection_;
  const bool news = refused_ != why;
  spdlog::log(news ? spdlog::level::warn : spdlog::level::debug, "{}: no link: {}", names_.link,
              why);
  if (news) writer_.link_refused(names_.link, why);
  refused_ = why;
}

}  // namespace drachtio::tools
