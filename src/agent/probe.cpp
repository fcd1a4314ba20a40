// Questions to the server: whether it knows a dialog, whether a caller still waits, whether it has
// forgotten a request; and what the answers mean.
#include "agent/core.hpp"
#include "call/answer.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

namespace {

constexpr std::chrono::milliseconds look_interval{1000};  // for what the server has forgotten

bool is_gone(const SipMessage& answer) { return answer.status == 481 || answer.status == 408; }

}  // namespace

void Core::probe_next() {
  while (probing_ < std::max(1, options_.probes_at_once) && !to_probe_.empty()) {
    const auto cell = to_probe_.front().lock();
    to_probe_.pop_front();
    if (!cell) continue;
    cell->probing = SipDialog{cell}.state() != State::terminated;
    if (!cell->probing) continue;
    ++probing_;
    probe(cell, [this, cell](bool) {
      cell->probing = false;
      --probing_;
      probe_next();
    });
  }
}

void Core::probe(const std::shared_ptr<Cell>& cell, std::function<void(bool)> done) {
  request(cell, "OPTIONS", {},
          [this, cell, asked = cell->invitation.transaction_id, done = std::move(done)](
              error_code error, const SipMessage& answer) {
            if (asked !=
                cell->invitation
                    .transaction_id) {  // a retry has come: the question was about another INVITE
              if (done) done(true);
              return;
            }
            if (!error && is_gone(answer) && cell->can_receive) {
              hang_up_if_gone(cell, "OPTIONS", answer);
            } else if (!error && is_gone(answer)) {
              lost(cell, std::to_string(answer.status) + " " + answer.reason + " to a probe");
            } else if (!error) {
              resumed(cell, answer);
            } else if (error == Errc::unknown_dialog) {
              lost(cell, "the server does not know it");
            }
            // Without a link there will be another probe.
            if (done) done(error != Errc::no_link);
          });
}

void Core::resumed(const std::shared_ptr<Cell>& cell, const SipMessage& answer) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated || cell->resumed) return;
  cell->resumed = true;
  Event event;
  event.type = EventType::resumed;
  event.occurred_at = drachtio::now();
  event.inferred = !dialog::is_answered(*state);
  event.detail = event.inferred ? "the server knows it: it was answered"
                                : "the server knows it: " + std::to_string(answer.status) + " " +
                                      answer.reason + " to a probe";
  note(cell, std::move(event));
}

// A call in that has rung: its CANCEL may have gone to a link that was lost. The server refuses any
// answer to what it no longer has; a 183 says nothing else (RFC 3261 13.3.1.1). But where the
// caller wants its answers acknowledged (RFC 3262 3), the PRACK would not be heard either.
void Core::ask_whether_it_waits(const std::shared_ptr<Incoming>& incoming) {
  const auto required = incoming->message.headers.all("Require");
  if (std::ranges::any_of(required, call::requires_100rel)) return;
  if (!incoming->machine.is_open()) return;
  if (std::exchange(incoming->cell->invitation.asking, true)) return;
  auto question = call::answer_frame(incoming->machine.transaction_id(), incoming->message, {183});
  send(links_.for_answer_to(*incoming), std::move(question), [this, incoming](const Reply& reply) {
    const std::shared_ptr<Cell>& cell = incoming->cell;
    if (!call::outcome_of_answer(183, {reply.error, reply.message}).error) {
      return after(options_.forgotten_after, [this, incoming] {
        incoming->cell->invitation.asking = false;
        const bool unheard = incoming->machine.makes_call() && !incoming->cell->can_receive;
        if (unheard && SipDialog{incoming->cell}.state() != State::terminated) {
          ask_whether_it_waits(incoming);
        }
      });
    }
    cell->invitation.asking = false;
    const bool is_open = incoming->machine.is_open() && incoming->machine.makes_call();
    if (is_open && reply.refusal == wire::Refusal::unknown_transaction) ask_in_doubt(cell);
  });
}

// The server has no use for our final answer: the call has been given up, or an answer of ours had
// gone out before, on a link that was lost. Then the server knows a dialog.
void Core::ask_in_doubt(const std::shared_ptr<Cell>& cell) {
  cell->resumed = false;
  // The event that tells what it is settles it: `resumed`, or `lost`.
  probe(cell, [this, cell](bool known) {
    if (!known) watch_for_forgotten(*cell);
  });
}

// A server forgets a request that nothing is answered to for 64 s, without a word.
void Core::watch_for_forgotten(const Cell& cell) {
  asked_.push_back({std::chrono::steady_clock::now() + options_.forgotten_after, cell.number,
                    cell.invitation.transaction_id});
  if (std::exchange(looking_, true)) return;
  after(std::min(look_interval, options_.forgotten_after), [this] { look_for_forgotten(); });
}

// It was answered, or ended, or tried again, and that stays so: calls that were answered at once
// are not kept until the server would have forgotten them.
bool Core::is_settled(const Asked& asked) {
  const auto cell = dialogs_.find(asked.dialog);
  if (!cell || cell->invitation.transaction_id != asked.transaction_id) return true;
  const auto state = SipDialog{cell}.snapshot();
  return state->state == State::terminated || dialog::is_answered(*state);
}

// What nothing was answered to: but an answer may have gone out on a link that was lost, or before
// a crash. So the server is asked whether it knows a dialog.
void Core::look_for_forgotten() {
  looking_ = false;
  std::erase_if(incoming_, [](const auto& one) { return one.second.expired(); });
  std::erase_if(asked_, [this](const Asked& asked) { return is_settled(asked); });
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Cell>> later;
  while (!asked_.empty() && asked_.front().due <= now) {
    const Asked asked = std::move(asked_.front());
    asked_.pop_front();
    const auto cell = dialogs_.find(asked.dialog);
    const auto state = SipDialog{cell}.snapshot();
    const Incoming* invite = cell->invitation.open.get();
    const bool in_doubt = invite != nullptr && invite->machine.may_be_answered();
    if (!(in_doubt || dialog::is_untouched(*state))) continue;
    const bool can_ask = links_.of(*cell) != nullptr;
    const bool link_may_return = !can_ask && links_.find(cell->link) != nullptr;
    // At others it may ring for as long as they like.
    const bool is_handed_on = invite != nullptr && invite->machine.is_handing_on();
    if (is_handed_on || link_may_return) {
      later.push_back(cell);
    } else if (can_ask) {
      ask_in_doubt(cell);
    } else {
      lost(cell, "the connection it came on is gone");
    }
  }
  for (const auto& cell : later) watch_for_forgotten(*cell);
  if (asked_.empty()) return;
  looking_ = true;
  after(std::min(look_interval, options_.forgotten_after), [this] { look_for_forgotten(); });
}

}  // namespace drachtio::agent
