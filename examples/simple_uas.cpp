// Answers every call, hangs up after two seconds, and remembers who the user was.
#include <drachtio/agent.hpp>

#include <iostream>

using namespace std::chrono_literals;

const char* const sdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

int main() {
  drachtio::Agent app{"calls.db"};

  app.invite([](drachtio::Request& req, drachtio::Response& res) {
    req.session()["user"] = "jack jones";
    res.send(200, {.body = sdp});
  });
  app.on_create().connect([&](const drachtio::DialogEvent& e) {
    std::cout << "dialog created with role " << e.dialog.role() << std::endl;
    app.after(2s, [d = e.dialog]() mutable { d.terminate(); });
  });
  app.on_terminate().connect([](const drachtio::DialogEvent& e) {
    std::cout << "terminated: " << e.reason << ", user is " << e.session["user"] << std::endl;
  });

  app.connect(drachtio::from_environment());
  app.run();
}
