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

// The first Remote-Party-ID that speaks of the `word` party.
const sip::Identity* remote_party(const sip::Message& message, std::string_view word,
                                  bool or_of_none) {
  for (const sip::Identity& identity : message.remote_parties) {
    if (identity.party ? says(identity.party, word) : or_of_none) return &identity;
  }
  return nullptr;
}

std::optional<std::string> privacy_of(const sip::Message& message, const sip::Identity* remote) {
  if (message.privacy) return message.privacy;
  return remote != nullptr ? remote->privacy : std::nullopt;
}

}  // namespace

Party calling_party(const sip::Message& invite) {
  const sip::Identity* remote = remote_party(invite, "calling", true);
  Party party = party_of(invite.asserted_identity ? invite.asserted_identity->address
                         : remote != nullptr      ? remote->address
                                                  : invite.from);
  party.privacy = privacy_of(invite, remote);
  return party;
}

std::optional<Party> asserted_called_party(const sip::Message& answer) {
  const sip::Identity* remote = remote_party(answer, "called", false);
  if (!answer.asserted_identity && remote == nullptr && !answer.privacy) return std::nullopt;
  Party party = party_of(answer.asserted_identity ? answer.asserted_identity->address
                         : remote != nullptr      ? remote->address
                                                  : answer.to);
  party.privacy = privacy_of(answer, remote);
  return party;
}

Party addressed_party(const sip::Message& message) { return party_of(message.to); }

}  // namespace drachtio::dialog
