// RapidCheck's generator of a server's frames: SIP of few calls that meet, fork, race and go wrong.
#pragma once

#include "properties/arbitrary_event.hpp"

#include <string>

namespace drachtio::test {

// A SIP message of one of two calls, from either side, that may make sense or not.
inline rc::Gen<std::string> any_sip() {
  return rc::gen::exec([] {
    const auto tag = rc::gen::element<std::string>("a", "b", "c");
    const std::string method = *rc::gen::weightedElement<std::string>({{8, "INVITE"},
                                                                       {3, "ACK"},
                                                                       {2, "PRACK"},
                                                                       {2, "UPDATE"},
                                                                       {2, "CANCEL"},
                                                                       {2, "BYE"},
                                                                       {1, "INFO"},
                                                                       {1, "SUBSCRIBE"}});
    const int status = *rc::gen::weightedElement<int>({{8, 0},
                                                       {1, 100},
                                                       {2, 180},
                                                       {1, 183},
                                                       {4, 200},
                                                       {1, 407},
                                                       {1, 422},
                                                       {1, 486},
                                                       {1, 487},
                                                       {1, 491}});
    std::string text = status == 0 ? method + " sip:x@h SIP/2.0\r\n"
                                   : "SIP/2.0 " + std::to_string(status) + " Phrase\r\n";
    text += "Via: SIP/2.0/UDP h;branch=" + *rc::gen::element<std::string>("1", "2") + "\r\n";
    text += "From: \"N\" <sip:n@h>;tag=" + *tag + "\r\n";
    text += "To: <sip:m@h>" + (*rc::gen::arbitrary<bool>() ? ";tag=" + *tag : "") + "\r\n";
    text += "Call-ID: " + *rc::gen::element<std::string>("x@h", "y@h") + "\r\n";
    text += "CSeq: " + *rc::gen::element<std::string>("1", "2", "3") + " " + method + "\r\n";
    if (*rc::gen::arbitrary<bool>()) text += "Contact: <sip:k@[::1]:5070>\r\n";
    if (*rc::gen::inRange(0, 4) == 0) {
      text += *rc::gen::element<std::string>(
          "Reason: SIP;text=\"ACK timeout\"\r\n", "RSeq: 1\r\n", "Privacy: id\r\n",
          "P-Asserted-Identity: \xFF <sip:p@h>\r\n", "Remote-Party-ID: <sip:r@h>;party=called\r\n");
    }
    const std::string body = *rc::gen::arbitrary<bool>() ? *any_sdp() : "";
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  });
}

// The payload of a frame from a server.
inline rc::Gen<std::string> any_payload() {
  return rc::gen::exec([] {
    const std::string source = *rc::gen::element<std::string>("network", "application");
    const std::string time = *rc::gen::element<std::string>("23:59:59.9", "00:00:00.1", "12:00:00");
    const std::string transaction =
        *rc::gen::element<std::string>("tx1", "tx2", "tx3", "unsolicited");
    const std::string dialog_id =
        *rc::gen::element<std::string>("", "", "x@h;from-tag=a", "y@h;from-tag=b", "z");
    const std::string facts = source + "|9|udp|192.0.2.1|5060|" + time + "|" + transaction + "|";
    switch (*rc::gen::inRange(0, 12)) {
      case 0: return "i|cdr:attempt|" + source + "|" + time + "\r\n" + *any_sip();
      case 1:
        return "i|cdr:start|" + source + "|" + time + "|" +
               *rc::gen::element<std::string>("uac", "uas", "proxy-uac", "proxy-uas") + "\r\n" +
               *any_sip();
      case 2:
        return "i|cdr:stop|" + source + "|" + time + "|" +
               *rc::gen::element<std::string>("normal-release", "call-canceled", "session-expired",
                                              "system-initiated-termination") +
               "\r\n" + *any_sip();
      case 3: return std::string{"i|response|p|OK|done"};
      case 4: return "i|sip|" + facts + dialog_id + "|\r\n" + *any_text();
      case 5: return *any_text();
      case 6:
      case 7: return "i|response|q|OK|" + facts + dialog_id + "||Msg sent:|\r\n" + *any_sip();
      default: return "i|sip|" + facts + dialog_id + "|192.0.2.9|5060|\r\n" + *any_sip();
    }
  });
}

}  // namespace drachtio::test
