#include "recorder/service.hpp"

#include "console/output.hpp"
#include "digest/sha256.hpp"
#include "recorder/readiness.hpp"
#include "text/escape.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>

namespace drachtio::tools {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// For what stops only slowly: a host name being looked up cannot be hurried.
constexpr std::chrono::seconds patience{1};

}  // namespace

NamedServer parse_named_server(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    const net::Address address = net::parse_remote_address(text);
    return {net::to_string(address), address};
  }
  if (equals == 0) throw std::invalid_argument{"\"" + text + "\" has no name before the '='"};
  return {text.substr(0, equals), net::parse_remote_address(text.substr(equals + 1))};
}

class Service::Loop {
 public:
  explicit Loop(const ServiceOptions& options)
      : statistics_every_(options.statistics_every),
        end_(io_, SIGTERM, SIGINT),
        ask_(io_, SIGUSR1),
        minute_(io_),
        writer_(options.db, writer_options(options)) {}

  int run(const std::function<void()>& stop) {
    stop_ = stop;
    end_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      spdlog::info("{}: ending", signal == SIGINT ? "SIGINT" : "SIGTERM");
      end();
    });
    wait_to_be_asked();
    wait_a_minute();
    tell_systemd("READY=1");
    while (!ending_) io_.run_one();
    io_.run_for(patience);
    const bool committed = writer_.stop();
    if (!committed && !failed_) {
      spdlog::critical("the log could not be written in time: what was read last is lost");
    }
    print_statistics();
    return committed && !failed_ ? done : log_unusable;
  }

  asio::io_context io_;

 private:
  record::Writer::Options writer_options(const ServiceOptions& options) {
    record::Writer::Options result;
    result.queue_bytes = options.queue_bytes;
    result.patience = {options.pending_after, options.lost_after, false};
    result.on_failed = [this](const log::Error& error) {  // on the writer's thread
      spdlog::critical("the log cannot go on: {}", error.what());
      asio::post(io_, [this] {
        failed_ = true;
        end();
      });
    };
    result.on_warning = [](const std::string& what) {
      spdlog::warn("{}", text::escaped(what, 500));
    };
    return result;
  }

  void end() {
    if (ending_) return;
    ending_ = true;
    tell_systemd("STOPPING=1");
    end_.clear();  // a second signal kills
    error_code ignored;
    ask_.cancel(ignored);
    minute_.cancel();
    if (stop_) stop_();
  }

  void wait_to_be_asked() {
    ask_.async_wait([this](const error_code& error, int) {
      if (error) return;
      print_statistics();
      wait_to_be_asked();
    });
  }

  void wait_a_minute() {
    minute_.expires_after(statistics_every_);
    minute_.async_wait([this](const error_code& error) {
      if (error) return;
      print_statistics();
      wait_a_minute();
    });
  }

  // On standard output, apart from the messages on standard error: the heads are to be kept.
  void print_statistics() const {
    const record::Statistics statistics = writer_.statistics();
    put(fmt::format(
        "frames={} events={} commits={} open_dialogs={} queued_bytes={} given_up={} head={}:{}\n",
        statistics.frames, statistics.events, statistics.commits, statistics.open_dialogs,
        statistics.queued_bytes, statistics.given_up, statistics.head.position,
        digest::to_hex(statistics.head.hash)));
    std::fflush(stdout);
  }

  std::chrono::milliseconds statistics_every_;
  std::function<void()> stop_;
  bool ending_ = false;
  bool failed_ = false;
  asio::signal_set end_;
  asio::signal_set ask_;
  asio::steady_timer minute_;

 public:
  record::Writer writer_;  // last: its thread posts to the rest
};

Service::Service(const ServiceOptions& options) : loop_(std::make_unique<Loop>(options)) {}

Service::~Service() = default;

asio::io_context& Service::io() { return loop_->io_; }

record::Writer& Service::writer() { return loop_->writer_; }

int Service::run(const std::function<void()>& stop) { return loop_->run(stop); }

}  // namespace drachtio::tools
