#include "agent/core.hpp"
#include "sip/compose.hpp"

#include <drachtio/agent.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/io_context.hpp>

#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace drachtio {

namespace {

std::shared_ptr<agent::Core> make_core(boost::asio::io_context* io,
                                       const std::filesystem::path& database,
                                       const AgentOptions& options) {
  auto core = std::make_shared<agent::Core>(io, database, options);
  core->adopt();
  return core;
}

}  // namespace

ConnectOptions from_environment() {
  ConnectOptions options;
  if (const char* host = std::getenv("DRACHTIO_HOST")) options.host = host;
  if (const char* secret = std::getenv("DRACHTIO_SECRET")) options.secret = secret;
  if (const char* port = std::getenv("DRACHTIO_PORT")) {
    const std::string_view text = port;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), options.port);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || options.port == 0) {
      throw std::invalid_argument{"DRACHTIO_PORT is no port: \"" + std::string{text} + '"'};
    }
  }
  return options;
}

Agent::Agent(std::shared_ptr<agent::Core> core) : core_(std::move(core)) {}

Agent::Agent(const std::filesystem::path& database, AgentOptions options)
    : Agent(make_core(nullptr, database, options)) {}

Agent::Agent(boost::asio::io_context& io, const std::filesystem::path& database,
             AgentOptions options)
    : Agent(make_core(&io, database, options)) {}

Agent::~Agent() {
  core_->let_go();
  core_->stop();
  core_->close();
}

void Agent::on(const std::string& method, RequestHandler handler) {
  if (boost::algorithm::istarts_with(method, "cdr:")) {
    throw std::invalid_argument{method + " is no method: call records go to Agent::cdr"};
  }
  core_->handlers[sip::method_name(method)] = std::move(handler);
}

void Agent::on_any(RequestHandler handler) { core_->any_handler = std::move(handler); }

void Agent::on_resumed_invite(RequestHandler handler) {
  core_->on_resumed_invite.set(std::move(handler));
}

void Agent::cdr(CallRecordHandler handler) { core_->call_records = std::move(handler); }

void Agent::connect(const ConnectOptions& options, const ResponseHandler& handler) {
  core_->connect(options, handler);
}

std::uint16_t Agent::listen(const ListenOptions& options) { return core_->listen(options); }

SipCall Agent::siprequest(const std::string& uri, RequestOptions options, CallHandler handler) {
  const auto call = std::make_shared<agent::Call>(
      call::ClientRequest{{.asked = {.method = std::move(options.method),
                                     .uri = uri,
                                     .headers = std::move(options.headers),
                                     .credentials = options.auth,
                                     .follow_redirects = options.follow_redirects},
                           .body = std::move(options.body),
                           .route = std::move(options.route),
                           .late_offer = options.late_offer}});
  call->core = core_;
  if (const auto tell = std::exchange(options.on_call, {})) tell(SipCall{call});
  // Until it is placed, the call has no handler: they may hold its handle, and would keep it alive.
  core_->dispatch([core = core_.get(), call, options = std::move(options),
                   handler = std::move(handler)]() mutable {
    core->place(call, std::move(options), std::move(handler));
  });
  return SipCall{call};
}

void Agent::run() { core_->run(); }

void Agent::stop() {
  core_->dispatch([core = core_.get()] { core->stop(); });
}

void Agent::after(std::chrono::milliseconds delay, std::function<void()> action) {
  core_->dispatch([core = core_.get(), delay, action = std::move(action)]() mutable {
    core->after(delay, std::move(action));
  });
}

std::vector<SipDialog> Agent::dialogs() const { return core_->dialogs(); }

SipDialog Agent::find(std::string_view dialog_id) const { return core_->find(dialog_id); }

std::int64_t Agent::position() const { return core_->position(); }

Agent::Signal<void(const std::string&)>& Agent::on_connect() { return core_->on_connect; }
Agent::Signal<void(const std::string&, const std::string&)>& Agent::on_disconnect() {
  return core_->on_disconnect;
}
Agent::Signal<void(const std::string&)>& Agent::on_log_failed() { return core_->on_log_failed; }
Agent::Signal<void(const std::string&)>& Agent::on_warning() { return core_->on_warning; }
Agent::Signal<void(const SipDialog&)>& Agent::on_resumed() { return core_->on_resumed; }
DialogSignal& Agent::on_event() { return core_->signals.on_event(); }
DialogSignal& Agent::on_create() { return core_->signals.on_create(); }
DialogSignal& Agent::on_create_early() { return core_->signals.on_create_early(); }
DialogSignal& Agent::on_terminate() { return core_->signals.on_terminate(); }
DialogSignal& Agent::on_failed() { return core_->signals.on_failed(); }

}  // namespace drachtio
