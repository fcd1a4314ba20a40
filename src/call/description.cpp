#include "call/description.hpp"

#include "dialog/hold.hpp"
#include "sip/body.hpp"
#include "sip/sdp.hpp"

#include <algorithm>
#include <vector>

namespace drachtio::call {

std::string default_answer(const dialog::Dialog& dialog, const SipMessage& request) {
  if (!dialog.local.sdp) return {};
  const std::string& ours = *dialog.local.sdp;
  const auto offer = sip::session_description(request.body, sip::body_headers(request.headers));
  const std::vector<sip::Flow> wanted = dialog::wanted_flows(dialog.wanted_streams, ours);
  return offer ? sip::answer_with(ours, offer->text, wanted, dialog.former_streams)
               : sip::with_flows(ours, wanted, dialog.former_streams);
}

std::string offer_of_hold(const dialog::Dialog& dialog, bool held) {
  const std::string ours = dialog.local.sdp.value_or("");
  std::vector<sip::Flow> flows = dialog::wanted_flows(dialog.wanted_streams, ours);
  if (held) std::ranges::transform(flows, flows.begin(), sip::held);
  return sip::with_flows(ours, flows, dialog.former_streams);
}

}  // namespace drachtio::call
