#include "dialog/parties.hpp"

#include <algorithm>
#include <cctype>

namespace drachtio::dialog {

namespace {

bool says(const std::optional<std::string>& party, std::string_view word) {
  return party && std::ranges::equal(*party, word, [](unsigned char a, unsigned char b) {
           return std::tolower(a) == std::tolower(b);
         });
}

Party party_of(const sip::Address& address) {
  return {address.user, address.display, std::nullopt};
}

std::optional<std::string> privacy_of(const sip::Message& message,
                                      const std::optional<sip::Identity>& remote_party) {
  if (message.privacy) return message.privacy;
  return remote_party ? remote_party->privacy : std::nullopt;
}

}  // namespace

Party calling_party(const sip::Message& invite) {
  std::optional<sip::Identity> remote_party = invite.remote_party;
  if (remote_party && remote_party->party && !says(remote_party->party, "calling")) {
    remote_party.reset();
  }
  Party party = party_of(invite.asserted_identity ? invite.asserted_identity->address
                         : remote_party           ? remote_party->address
                                                  : invite.from);
  party.privacy = privacy_of(invite, remote_party);
  return party;
}

std::optional<Party> asserted_called_party(const sip::Message& answer) {
  std::optional<sip::Identity> remote_party = answer.remote_party;
  if (remote_party && !says(remote_party->party, "called")) remote_party.reset();
  if (!answer.asserted_identity && !remote_party) {
    if (!answer.privacy) return std::nullopt;
    Party party = addressed_party(answer);
    party.privacy = answer.privacy;
    return party;
  }
  Party party = party_of(answer.asserted_identity ? answer.asserted_identity->address
                                                  : remote_party->address);
  party.privacy = privacy_of(answer, remote_party);
  return party;
}

Party addressed_party(const sip::Message& message) { return party_of(message.to); }

}  // namespace drachtio::dialog
