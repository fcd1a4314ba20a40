// Calls somebody, holds and unholds the call, and hangs up: simple_uac sip:bob@example.com
#include <drachtio/agent.hpp>

#include <iostream>

using namespace std::chrono_literals;
using boost::system::error_code;
using drachtio::SipDialog;
using drachtio::SipMessage;

const char* const sdp =
    "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 20002 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: simple_uac sip:bob@example.com" << std::endl;
    return 2;
  }
  drachtio::Agent app{"calls.db"};

  const auto hang_up = [&](const SipDialog& dialog) {
    dialog.terminate([&](error_code, const SipMessage& answer) {
      std::cout << "hung up: " << answer.status << std::endl;
      app.stop();
    });
  };
  const auto take_off_hold = [&](const SipDialog& dialog) {
    dialog.unhold([&, dialog](error_code, const SipMessage& answer) {
      std::cout << "off hold: " << answer.status << std::endl;
      app.after(200ms, [&, dialog] { hang_up(dialog); });
    });
  };
  const auto place_call = [&](error_code no_link, const SipMessage&) {
    if (no_link) return;  // stopped before
    app.siprequest(argv[1], {.headers = {{"Subject", "a call"}}, .body = sdp},
                   [&](error_code error, const SipDialog& dialog, const SipMessage& answer) {
                     std::cout << "answer: " << answer.status << ' ' << answer.reason << std::endl;
                     if (error) return app.stop();
                     dialog.hold([&, dialog](error_code, const SipMessage& held) {
                       std::cout << "on hold: " << held.status << std::endl;
                       app.after(200ms, [&, dialog] { take_off_hold(dialog); });
                     });
                   });
  };

  app.connect(drachtio::from_environment(), place_call);
  app.run();
} catch (const std::exception& error) {
  std::cerr << "simple_uac: " << error.what() << std::endl;
  return 1;
}
