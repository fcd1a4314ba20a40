// Answers every call and remembers a number for each. Kill it in the middle of its calls (kill -9)
// and start it again: it still owns them, says so, and hangs them up.
#include <drachtio/agent.hpp>

#include <iostream>

using namespace std::chrono_literals;

const char* const sdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

int main() try {
  drachtio::Agent app{"calls.db"};
  int calls = 0;

  app.invite([&](drachtio::Request& req, drachtio::Response& res) {
    req.session()["number"] = ++calls;
    res.send(200, {.body = sdp});
  });
  app.on_create().connect([](const drachtio::DialogEvent& e) {
    std::cout << "call " << e.session["number"] << " is up" << std::endl;
  });
  app.on_resumed().connect([](const drachtio::SipDialog& dialog) {
    std::cout << "call " << dialog.session()["number"] << " is still mine" << std::endl;
    dialog.terminate();
  });
  app.on_terminate().connect([](const drachtio::DialogEvent& e) {
    std::cout << "call " << e.session["number"] << " has ended: " << e.reason << std::endl;
  });

  app.connect(drachtio::from_environment());
  app.run();
} catch (const std::exception& error) {
  std::cerr << "survivor: " << error.what() << std::endl;
  return 1;
}
