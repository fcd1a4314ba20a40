#include "agent/core.hpp"

#include "text/escape.hpp"

#include <boost/asio/post.hpp>

#include <cstdio>

namespace drachtio::agent {

namespace asio = boost::asio;

namespace {

// Other programs' calls, known from call records: an attempt that comes to nothing before the first
// answer has no stop, and the last word of any may be missed.
constexpr std::chrono::minutes unanswered_others{5};
constexpr std::chrono::hours unheard_others{24};

}  // namespace

Core::Core(asio::io_context* io, const std::filesystem::path& database, AgentOptions options)
    : own_io_(io == nullptr ? std::make_unique<asio::io_context>(1) : nullptr),
      io_(io == nullptr ? *own_io_ : *io),
      database_(database),
      options_(options) {
  std::vector<dialog::Dialog> open;
  record::Writer::Options writer;
  writer.on_open = [&](const dialog::Dialog& state) { open.push_back(state); };
  // The writer ends before the core does, so `this` is good whenever it calls.
  writer.on_walked = [this](std::vector<record::Walked> walked) {
    asio::post(io_, [weak = weak_from_this(), walked = std::move(walked)]() mutable {
      if (const auto self = weak.lock()) self->told(std::move(walked));
    });
  };
  writer.go_on = true;
  writer.start_at_once = false;  // only once there is a core to be told: adopt()
  writer.patience = {unanswered_others, unheard_others, true};
  writer.on_warning = [this](const std::string& what) { post([this, what] { warn(what); }); };
  writer.on_failed = [this](const log::Error& error) {
    asio::post(io_, [weak = weak_from_this(), why = std::string{error.what()}] {
      const auto self = weak.lock();
      if (!self) return;
      self->log_failed_ = true;
      self->on_log_failed(why);
    });
  };
  writer_ = std::make_unique<record::Writer>(database, std::move(writer));
  std::ranges::sort(open, {}, &dialog::Dialog::number);
  for (const dialog::Dialog& state : open) {
    const auto cell = std::make_shared<Cell>(std::make_shared<const dialog::Dialog>(state));
    cell->recovery = call::Recovery::of_former_program();
    cell->can_receive = false;
    dialogs_.add(cell);
  }
  for (const auto& [number, cell] : dialogs_.all()) {
    const auto other = dialogs_.find(cell->state->joined);
    if (other && other->state->joined == number) cell->joined = other;
  }
}

void Core::let_go() {
  for (const auto& [number, cell] : dialogs_.all()) cell->let_go();
  for (const auto& call : calls_) call->let_go();
  waiting_.let_go();
}

// What slots hold may hold what they are connected to.
Core::~Core() {
  let_go();
  for (const auto& [number, cell] : dialogs_.all()) {
    if (CellSignals* own = cell->signals_if_any()) own->disconnect_all();
  }
  for (const auto& [transaction, weak] : incoming_) {
    if (const auto incoming = weak.lock()) incoming->on_cancel.disconnect_all_slots();
  }
}

void Core::warn(const std::string& what) {
  if (on_warning.empty()) {
    std::fprintf(stderr, "drachtio-dialog: %s\n", text::escaped(what, 500).c_str());
  }
  on_warning(what);
}

void Core::tell(const ResponseHandler& handler, error_code error, const std::string& why) {
  if (handler) post([handler, error, why] { handler(error, with_reason(why)); });
}

void Core::tell(call::Tell action) {
  if (std::exchange(action.in_own_turn, false)) {
    return post([this, action = std::move(action)] { tell(action); });
  }
  if (const ResponseHandler handler = waiting_.take(action.handler)) {
    guard([&] { handler(action.outcome.error, action.outcome.message); });
  }
}

void Core::post(std::function<void()> action) {
  const std::lock_guard lock{gate_};
  if (closed_) return;
  asio::post(io_, [weak = weak_from_this(), action = std::move(action)] {
    if (const auto self = weak.lock()) guard(action);
  });
}

void Core::dispatch(std::function<void()> action) {
  bool here = false;
  {
    const std::lock_guard lock{gate_};
    here = !closed_ && io_.get_executor().running_in_this_thread();
  }
  here ? guard(action) : post(std::move(action));
}

void Core::close() {
  const std::lock_guard lock{gate_};
  closed_ = true;
}

void Core::after(std::chrono::milliseconds delay, std::function<void()> action) {
  if (stopped_) return;
  auto timer = std::make_shared<asio::steady_timer>(io_, delay);
  const auto place = timers_.insert(timers_.end(), timer);
  timer->async_wait(
      [timer, place, weak = weak_from_this(), action = std::move(action)](error_code error) {
        const auto self = weak.lock();
        if (!self || self->stopped_) return;
        self->timers_.erase(place);
        if (!error) guard(action);
      });
}

void Core::let_timers_go() {
  for (const auto& one : std::exchange(timers_, {})) {
    if (const auto timer = one.lock()) timer->cancel();
  }
}

void Core::run() {
  const auto work = asio::make_work_guard(io_);
  while (!stopped_) io_.run_one();
  // What was posted before the end, and what the links' closing has left to do.
  io_.restart();
  io_.poll();
}

}  // namespace drachtio::agent
