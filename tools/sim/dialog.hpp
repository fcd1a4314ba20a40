// A call as the stand-in server keeps it, and the far end that plays the other side of it.
#pragma once

#include "sim/link.hpp"

#include <drachtio/sip_message.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace drachtio::sim {

struct Dialog {
  bool program_calls = false;  // the program is the caller
  std::string call_id;
  std::string program_tag;
  std::string far_tag;
  std::string program_party;  // "<sip:service@127.0.0.1:5090>", without tag
  std::string far_party;
  std::string far_contact;  // its Contact's URI
  std::uint32_t program_cseq = 0;
  std::uint32_t far_cseq = 0;
  std::uint32_t invite_cseq = 0;
  std::string invite_branch;
  std::string invite_transaction;
  std::string invite_uri;
  std::string user;  // says how the far end behaves
  std::string far_sdp;
  int far_version = 1;    // of its SDP
  bool rung = false;      // by the program, that is called
  bool answered = false;  // a 2xx has been sent
  bool acknowledged = false;
  bool cancelled = false;     // a CANCEL came
  bool refused_once = false;  // a challenge, or a 491, has been answered with
  std::string nonce;
  // What the far end does once the call is up.
  using Act = std::function<void(const std::shared_ptr<Dialog>&)>;
  std::deque<Act> acts;
  std::weak_ptr<Link> link;  // the program's, that gets what the far end sends

  // drachtio's name of it: the creating tag is the caller's.
  [[nodiscard]] std::string id() const {
    return call_id + ";from-tag=" + (program_calls ? program_tag : far_tag);
  }
};

}  // namespace drachtio::sim
