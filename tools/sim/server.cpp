#include "sim/server.hpp"

#include "sim/clock.hpp"
#include "sim/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <fmt/core.h>

#include <stdexcept>
#include <vector>

namespace drachtio::sim {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::vector<std::string_view> split(std::string_view line, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = line.find(at);
    parts.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return parts;
    line.remove_prefix(end + 1);
  }
}

constexpr std::string_view contacts = "tcp/127.0.0.1:5060,udp/127.0.0.1:5060";

}  // namespace

Server::Server(asio::io_context& io, const ServerOptions& options)
    : io_(io), options_(options), acceptor_(io) {
  try {
    const tcp::endpoint endpoint{asio::ip::address_v4::loopback(), options.port};
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.bind(endpoint);
    acceptor_.listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error{
        fmt::format("cannot listen on port {}: {}", options.port, error.code().message())};
  }
  accept();
}

void Server::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error) return;
    socket.set_option(tcp::no_delay{true});
    const auto link = std::make_shared<Link>(
        std::move(socket),
        Link::Handlers{[this](Link& from, std::string_view payload) { frame(from, payload); },
                       [this](Link& from) { closed(from); }},
        options_.piece);
    links_.push_back(link);
    link->start();
    accept();
  });
}

void Server::closed(Link& link) {
  links_.remove_if([&](const auto& one) { return one.get() == &link; });
}

// <id>|<verb>|..., and for `sip` and `proxy` a message after the first line.
void Server::frame(Link& link, std::string_view payload) {
  const std::size_t end = payload.find("\r\n");
  const std::string_view message =
      end == std::string_view::npos ? std::string_view{} : payload.substr(end + 2);
  const auto tokens = split(payload.substr(0, end), '|');
  const std::string_view id = tokens[0];
  const std::string_view verb = tokens.size() > 1 ? tokens[1] : "";
  if (verb == "authenticate") {
    if (tokens.size() < 3 || tokens[2] != options_.secret) {
      reply(link, id, "NO|incorrect secret");
      return link.close_soon();
    }
    link.logged_in = true;
    return reply(link, id, fmt::format("OK|{}|v0.9.4-sim|{}", contacts, contacts));
  }
  if (verb == "route" && tokens.size() > 2) {
    link.routes.emplace(tokens[2]);
    return reply(link, id, "OK");
  }
  if (verb == "remove_route") {  // all of them, whichever is named
    link.routes.clear();
    return reply(link, id, "OK");
  }
  if (verb == "ping") return reply(link, id, "OK|pong");
  if (verb == "sip") {
    return sip(link, id, tokens.size() > 2 ? tokens[2] : "", tokens.size() > 3 ? tokens[3] : "",
               message);
  }
  if (verb == "proxy") {
    return proxy(link, id, {tokens.begin() + 2, tokens.end()}, parse_sip_message(message).headers);
  }
  reply(link, id, "NO|unsupported message type");
  link.close_soon();
}

void Server::reply(Link& link, std::string_view to, std::string_view what) {
  link.send(fmt::format("{}|response|{}|{}", make_uuid(), to, what));
}

// One client among those that asked, in turn.
Link* Server::program_for(const std::string& verb) {
  std::vector<Link*> asked;
  for (const auto& link : links_) {
    if (link->routes.contains(verb)) asked.push_back(link.get());
  }
  return asked.empty() ? nullptr : asked[turns_[verb]++ % asked.size()];
}

Link* Server::link_of(const Dialog& dialog) {
  const auto link = dialog.link.lock();
  if (!link) return nullptr;
  for (const auto& one : links_) {
    if (one == link) return link.get();
  }
  return nullptr;
}

// A message to or from the network, as a program gets to see it.
void Server::show(Link& link, std::string_view source, std::string_view transaction,
                  std::string_view dialog_id, const std::string& text, bool initial,
                  std::string_view protocol) {
  link.send(fmt::format("{}|sip|{}|{}|{}|127.0.0.1|5070|{}|{}|{}|{}\r\n{}", make_uuid(), source,
                        text.size(), protocol, time_of_day(), transaction, dialog_id,
                        initial ? "127.0.0.1|5060|" : "", text));
}

void Server::record(const std::string& verb, std::string_view source, std::string_view token,
                    const std::string& text) {
  Link* link = program_for(verb);
  if (link == nullptr) return;
  link->send(fmt::format("{}|{}|{}|{}{}{}\r\n{}", make_uuid(), verb, source, time_of_day(),
                         token.empty() ? "" : "|", token, text));
}

void Server::later(std::chrono::milliseconds delay, std::function<void()> action) {
  auto timer = std::make_shared<asio::steady_timer>(io_, delay);
  timer->async_wait(
      [this, timer, generation = generation_, action = std::move(action)](const error_code& error) {
        if (!error && generation == generation_) action();
      });
}

void Server::drop_links() {
  for (const auto& link : links_) link->close();
  links_.clear();
}

void Server::forget() {
  ++generation_;
  drop_links();
  dialogs_.clear();
  calls_out_.clear();
  asked_.clear();
  forgetting_ = false;
}

void Server::hang_up_all() {
  std::vector<DialogPtr> all;
  for (const auto& [id, dialog] : dialogs_) all.push_back(dialog);
  for (const DialogPtr& dialog : all) bye(dialog);
}

}  // namespace drachtio::sim
