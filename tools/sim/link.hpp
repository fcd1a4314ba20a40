// One program's connection to the stand-in server: frames in, frames out.
#pragma once

#include "wire/frame_reader.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace drachtio::sim {

// Belongs to the thread that runs the io_context.
class Link : public std::enable_shared_from_this<Link> {
 public:
  struct Handlers {
    std::function<void(Link&, std::string_view payload)> frame;
    std::function<void(Link&)> closed;  // once; not after close()
  };

  // `piece`: bytes written at a time, to be a server whose frames come split; 0: as they are.
  Link(boost::asio::ip::tcp::socket socket, Handlers handlers, std::size_t piece)
      : socket_(std::move(socket)), handlers_(std::move(handlers)), piece_(piece) {}

  void start() { read(); }
  void send(std::string_view payload);
  // After what was sent.
  void close_soon();
  void close();

  bool logged_in = false;
  std::set<std::string, std::less<>> routes;  // verbs

 private:
  void read();
  void write();
  void over();

  boost::asio::ip::tcp::socket socket_;
  Handlers handlers_;
  std::size_t piece_;
  wire::FrameReader frames_;
  std::array<char, 65536> buffer_{};
  std::string unsent_;
  std::string writing_;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace drachtio::sim
