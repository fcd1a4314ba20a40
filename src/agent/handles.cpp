// The public handles: each member hands over to the core, on the agent's thread.
#include "agent/core.hpp"

namespace drachtio {

using agent::Cell;
using agent::Core;

namespace {

std::shared_ptr<const DialogState> empty_state() {
  static const auto state = std::make_shared<const DialogState>();
  return state;
}

void fail(const ResponseHandler& handler, Errc error, const char* why) {
  if (handler) handler(error, agent::with_reason(why));
}

// Runs `action(core)` on the agent's thread; where there is no agent, the handler is told at once.
template <typename Action>
void with_core(const std::shared_ptr<Cell>& cell, const ResponseHandler& handler, Action action) {
  const auto core = cell ? cell->core.lock() : nullptr;
  if (!core) return fail(handler, Errc::no_dialog, "this handle controls no dialog");
  core->dispatch([core = core.get(), action = std::move(action)] { action(*core); });
}

}  // namespace

// --- SipDialog ----------------------------------------------------------------------------------

std::shared_ptr<const DialogState> SipDialog::snapshot() const {
  if (!cell_) return empty_state();
  return cell_->snapshot();
}

bool SipDialog::can_receive() const { return cell_ && cell_->can_receive; }

void SipDialog::authenticate(Credentials credentials) const {
  with_core(cell_, {}, [cell = cell_, credentials = std::move(credentials)](Core&) {
    cell->auth = credentials;
  });
}

void SipDialog::request(const std::string& method, Content content,
                        const ResponseHandler& handler) const {
  with_core(cell_, handler,
            [cell = cell_, method, content = std::move(content), handler](Core& core) {
              core.ask_far_end(cell, method, content, handler);
            });
}

void SipDialog::terminate(Content content, int status, const ResponseHandler& handler) const {
  with_core(cell_, handler,
            [cell = cell_, content = std::move(content), status, handler](Core& core) {
              core.terminate(cell, content, status, handler);
            });
}

void SipDialog::modify(Content offer, const ResponseHandler& handler) const {
  with_core(cell_, handler, [cell = cell_, offer = std::move(offer), handler](Core& core) {
    core.modify(cell, offer, handler);
  });
}

void SipDialog::hold(const ResponseHandler& handler) const {
  with_core(cell_, handler,
            [cell = cell_, handler](Core& core) { core.hold(cell, true, handler); });
}

void SipDialog::unhold(const ResponseHandler& handler) const {
  with_core(cell_, handler,
            [cell = cell_, handler](Core& core) { core.hold(cell, false, handler); });
}

namespace {

// What an empty handle's signals are: nobody's.
Cell& cell_or_nobodys(const std::shared_ptr<Cell>& cell) {
  static Cell nobodys{std::make_shared<const dialog::Dialog>()};
  return cell ? *cell : nobodys;
}

}  // namespace

SipDialog::EndSignal& SipDialog::on_terminate() const {
  return cell_or_nobodys(cell_).signals().on_terminate;
}
SipDialog::Signal& SipDialog::on_hold() const { return cell_or_nobodys(cell_).signals().on_hold; }
SipDialog::Signal& SipDialog::on_unhold() const {
  return cell_or_nobodys(cell_).signals().on_unhold;
}
SipDialog::Signal& SipDialog::on_refresh() const {
  return cell_or_nobodys(cell_).signals().on_refresh;
}

namespace {

// An empty handle is asked nothing.
void set(const std::shared_ptr<Cell>& cell, agent::RequestSlot agent::CellSignals::*slot,
         RequestHandler handler) {
  if (cell) (cell->signals().*slot).set(std::move(handler));
}

}  // namespace

void SipDialog::on_modify(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_modify, std::move(handler));
}
void SipDialog::on_info(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_info, std::move(handler));
}
void SipDialog::on_message(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_message, std::move(handler));
}
void SipDialog::on_notify(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_notify, std::move(handler));
}
void SipDialog::on_options(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_options, std::move(handler));
}
void SipDialog::on_refer(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_refer, std::move(handler));
}
void SipDialog::on_update(RequestHandler handler) const {
  set(cell_, &agent::CellSignals::on_update, std::move(handler));
}

// --- Request and Response -----------------------------------------------------------------------

const SipMessage& Request::message() const { return incoming_->message; }
const Source& Request::source() const { return incoming_->source; }
SipDialog Request::dialog() const { return SipDialog{incoming_->cell}; }
Request::CancelSignal& Request::on_cancel() const { return incoming_->on_cancel; }

void Request::proxy(std::vector<std::string> destinations, ProxyOptions options,
                    ProxyHandler handler) const {
  const auto core = incoming_->core.lock();
  if (!core) {
    if (handler) handler(Errc::no_link, {agent::with_reason("the Agent is gone")});
    return;
  }
  core->dispatch([core = core.get(), incoming = incoming_, destinations = std::move(destinations),
                  options = std::move(options), handler = std::move(handler)] {
    core->proxy(incoming, destinations, options, handler);
  });
}

void Response::answer(int status, std::string reason, Content content,
                      ResponseHandler handler) const {
  const auto core = duty_->incoming->core.lock();
  if (!core) return fail(handler, Errc::no_link, "the Agent is gone");
  core->dispatch([core = core.get(), incoming = duty_->incoming, status, reason = std::move(reason),
                  content = std::move(content), handler = std::move(handler)] {
    core->answer(incoming, {status, reason, content.headers, content.body}, handler);
  });
}

void Response::send_reliably(int status, Content content, ResponseHandler on_prack) const {
  const auto core = duty_->incoming->core.lock();
  if (!core) return fail(on_prack, Errc::no_link, "the Agent is gone");
  core->dispatch([core = core.get(), incoming = duty_->incoming, status,
                  content = std::move(content), on_prack = std::move(on_prack)] {
    core->answer_reliably(incoming, {status, {}, content.headers, content.body}, on_prack);
  });
}

bool Response::answered() const { return duty_->incoming->answered; }

// --- SipCall ------------------------------------------------------------------------------------

void SipCall::cancel(const Headers& headers, const ResponseHandler& handler) const {
  const auto core = call_ ? call_->core.lock() : nullptr;
  if (!core) return fail(handler, Errc::no_dialog, "this handle controls no call");
  core->dispatch([core = core.get(), call = call_, headers, handler] {
    core->cancel(call, headers, handler);
  });
}

void SipCall::ack(std::string sdp, const ResponseHandler& handler) const {
  const auto core = call_ ? call_->core.lock() : nullptr;
  if (!core) return fail(handler, Errc::no_dialog, "this handle controls no call");
  core->dispatch([core = core.get(), call = call_, sdp = std::move(sdp), handler] {
    core->acknowledge_late(call, sdp, handler);
  });
}

void SipCall::prack(std::string sdp, const ResponseHandler& handler) const {
  const auto core = call_ ? call_->core.lock() : nullptr;
  if (!core) return fail(handler, Errc::no_dialog, "this handle controls no call");
  core->dispatch([core = core.get(), call = call_, sdp = std::move(sdp), handler] {
    core->prack_late(call, sdp, handler);
  });
}

SipDialog SipCall::dialog() const {
  if (!call_) return {};
  const std::lock_guard lock{call_->mutex};
  return call_->cell ? SipDialog{call_->cell} : SipDialog{};
}

}  // namespace drachtio
