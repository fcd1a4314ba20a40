// Removes the secret from one side of a connection, so that the rest may stand in a capture.
//
// A login is `<id>|authenticate|<secret>|<tags>`. Its secret is replaced by asterisks, one for each
// byte, so that the length in front of the frame stays true.
#pragma once

#include "wire/envelope.hpp"
#include "wire/frame_reader.hpp"

#include <string>
#include <string_view>

namespace drachtio::wire {

// `payload`, its secret replaced if it is a login, whoever sent it.
std::string without_login(std::string_view payload);

// One side of one connection. Not thread-safe.
class Redaction {
 public:
  explicit Redaction(Sender from) : from_(from) {}

  // Takes bytes in the order they were read; returns what is to be written for them, which may be
  // nothing yet, and more than these bytes later.
  //
  // A client is written frame by frame, as its secret may be split over reads; what is no frame is
  // left out, with all that follows it. A server is written as it was read once its first frame has
  // shown it to be one. Until then it may be a client, if the two sides are mistaken for each
  // other: if its first frame is not a server's, all of this side is left out.
  std::string pass(std::string_view bytes);

 private:
  std::string pass_client(std::string_view bytes);
  std::string pass_server(std::string_view bytes);

  Sender from_;
  FrameReader frames_;
  bool known_server_ = false;
  bool left_out_ = false;
  std::string held_;  // of a server that has not sent a whole frame
};

}  // namespace drachtio::wire
