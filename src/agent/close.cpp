// Ending a call, whatever state it is in.
#include "agent/core.hpp"
#include "dialog/rules.hpp"

namespace drachtio::agent {

void Core::terminate(const std::shared_ptr<Cell>& cell, const Content& content, int status,
                     ResponseHandler handler) {
  const auto state = SipDialog{cell}.snapshot();
  if (state->state == State::terminated) {
    SipMessage over;
    over.reason = "the dialog had ended";
    if (handler) post([handler, over] { handler({}, over); });
    return;
  }
  if (dialog::is_answered(*state)) return request(cell, "BYE", content, std::move(handler));
  Link* link = link_of(*cell);
  if (state->role == Role::uas) {
    const auto found = incoming_.find(state->invite.transaction_id);
    if (auto incoming = found == incoming_.end() ? nullptr : found->second.lock()) {
      return answer(incoming, status, {}, content, std::move(handler));
    }
    // Of a call in that came before a restart, or whose handles are gone.
    const auto resumed = std::make_shared<Incoming>();
    resumed->core = weak_from_this();
    resumed->link = link == nullptr ? 0 : link->id;
    resumed->transaction_id = state->invite.transaction_id;
    resumed->message.headers = {{"CSeq", std::to_string(state->invite.cseq) + " INVITE"}};
    resumed->cell = cell;
    return answer(resumed, status, {}, content, std::move(handler));
  }
  send(link == nullptr ? 0 : link->id, cell,
       "sip|" + state->invite.transaction_id +
           "|\r\nCANCEL sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n",
       [handler = std::move(handler)](const Reply& reply) {
         if (handler) handler(reply.error, reply.message);
       });
}

}  // namespace drachtio::agent
