// Calls that use the ids of earlier ones within seconds, through the ledger: each message is placed
// by its time and its transactionId.
#include "catch.hpp"
#include "record/frames.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

// A server's frames about one caller, whose ids are the same each time.
class Caller {
 public:
  // At so many milliseconds after noon.
  void says(int at, const std::string& transaction, const std::string& start, int cseq = 1,
            const std::string& method = "INVITE", const std::string& to_tag = {},
            const std::string& way = "sip") {
    const std::string source = start.starts_with("SIP/") ? "application" : "network";
    const std::string facts =
        way == "sip"
            ? "|sip|" + source + "|1|udp|192.0.2.1|5060|" + time(at) + "|" + transaction +
                  "||192.0.2.9|5060|"
            : "|" + way.substr(0, way.find('/')) + "|" + source + "|" + time(at) +
                  (way.find('/') == std::string::npos ? "" : "|" + way.substr(way.find('/') + 1));
    ledger.frame(
        from_server("m" + facts + "\r\n" + start + "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9" +
                        std::to_string(cseq) + (method == "CANCEL" ? "INVITE" : method) +
                        "\r\nFrom: <sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>" +
                        (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: again\r\nCSeq: " +
                        std::to_string(cseq) + ' ' + method + "\r\nContent-Length: 0\r\n\r\n",
                    drachtio::now()));
  }
  void invites(int at, const std::string& transaction, int cseq = 1) {
    says(at, transaction, "INVITE sip:bob@example.com SIP/2.0", cseq);
  }
  void cancels(int at, const std::string& transaction) {
    says(at, transaction, "CANCEL sip:bob@example.com SIP/2.0", 1, "CANCEL");
  }
  void is_answered(int at, const std::string& transaction, const std::string& status, int cseq,
                   const std::string& to_tag) {
    says(at, transaction, "SIP/2.0 " + status, cseq, "INVITE", to_tag);
  }
  // "cancelled, pending": each leg's cause, or its state where it is open.
  [[nodiscard]] std::string legs() {
    std::map<std::int64_t, std::string> found;
    ledger.tips().each([&](const record::Tip& tip) {
      found[tip.state.number] = tip.state.cause ? std::string{to_string(*tip.state.cause)}
                                                : std::string{to_string(tip.state.state)};
    });
    std::string all;
    for (const auto& [number, what] : found) all += (all.empty() ? "" : ", ") + what;
    return all;
  }

 private:
  static std::string time(int at) {
    const std::string thousandths = std::to_string(1000 + at % 1000).substr(1);
    return "12:00:" + std::to_string(100 + at / 1000).substr(1) + "." + thousandths;
  }

  ScratchFolder folder_;

 public:
  record::Ledger ledger = open_ledger(folder_ / "calls.db");
};

}  // namespace

TEST_CASE("A caller that gives up, and calls and gives up again at once, has two calls") {
  Caller caller;
  caller.invites(0, "tx1");
  caller.cancels(1000, "tx1");
  caller.invites(1300, "tx2");
  CHECK(caller.legs() == "cancelled, pending");
  caller.cancels(2000, "tx2");
  CHECK(caller.legs() == "cancelled, cancelled");
}

TEST_CASE("A challenged call that is made again with the same ids is two legs") {
  Caller caller;
  for (const int at : {0, 3000}) {
    const std::string run = at == 0 ? "first" : "second";
    caller.invites(at, run + "1");
    caller.is_answered(at + 100, run + "1", "407 Proxy Authentication Required", 1, run);
    caller.invites(at + 200, run + "2", 2);
    caller.is_answered(at + 300, run + "2", "486 Busy Here", 2, run);
  }
  CHECK(caller.legs() == "rejected, rejected");
}

TEST_CASE("A second sighting of an INVITE names its transaction from then on") {
  Caller caller;
  const std::string invite = "INVITE sip:bob@example.com SIP/2.0";
  caller.says(0, "", invite, 1, "INVITE", "", "cdr:attempt");
  caller.invites(5, "tx1");
  // The server delivers a CANCEL of another branch under this transactionId, and means it.
  caller.says(100, "tx1", "CANCEL sip:bob@example.com SIP/2.0", 7, "CANCEL");
  CHECK(caller.legs() == "cancelled");
}

TEST_CASE("A cdr:start leaves a dialog to its ACK while its connection is there") {
  Caller caller;
  const std::string invite = "INVITE sip:bob@example.com SIP/2.0";
  caller.says(0, "", invite, 1, "INVITE", "", "cdr:attempt");
  caller.invites(5, "tx1");
  caller.says(10, "", "SIP/2.0 200 OK", 1, "INVITE", "b", "cdr:start/uas");
  CHECK(caller.legs() == "pending");
}
