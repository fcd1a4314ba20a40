// This file makes the agent's links to its servers, follows what happens to them, and ends them.
#include "agent/acceptor.hpp"
#include "agent/core.hpp"
#include "text/escape.hpp"

#include <array>
#include <set>

namespace drachtio::agent {

namespace {

// An outbound connection stays open so long for the answer to a BYE, and for its reply.
constexpr std::chrono::seconds last_words{2};

// The methods of IANA's registry that can come out of dialog; all others belong to a call, or to
// another request. A drachtio-server compares a route with the method, and knows no wildcard.
constexpr std::array<const char*, 9> methods_out_of_dialog{
    "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE"};

}  // namespace

std::vector<std::string> Core::routes() const {
  std::set<std::string> methods;
  for (const auto& [method, handler] : handlers) methods.insert(method);
  if (any_handler) methods.insert(methods_out_of_dialog.begin(), methods_out_of_dialog.end());
  std::vector<std::string> verbs;
  for (const std::string& method : methods) {
    std::string verb = method;
    std::ranges::transform(verb, verb.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    verbs.push_back(std::move(verb));
  }
  if (options_.cdr || call_records)
    verbs.insert(verbs.end(), {"cdr:attempt", "cdr:start", "cdr:stop"});
  return verbs;
}

net::Client::Handlers Core::link_handlers(std::uint64_t id) {
  // A slot may destroy the Agent: the core lives until it has returned.
  const auto telling = [this, id](void (Core::*member)(Link&, const std::string&)) {
    return [this, id, member](const std::string& what) {
      const auto self = shared_from_this();
      (this->*member)(links_.at(id), what);
    };
  };
  return {telling(&Core::link_up), telling(&Core::link_down), telling(&Core::link_refused),
          [this, id](record::Payload payload, Instant read_at) {
            const Link& link = links_.at(id);
            writer_->frame(
                {link.server, link.connection, wire::Sender::server, std::move(payload), read_at});
          }};
}

void Core::connect(const ConnectOptions& options, const ResponseHandler& handler) {
  net::Client::Options client;
  client.server = {options.host, options.port};
  client.secret = options.secret;
  client.tags = options.tags;
  client.routes = routes();
  try {
    if (options.tls) client.tls = net::TlsContext::client(options.ca, options.verify);
  } catch (const std::runtime_error& error) {
    if (!handler) throw;
    return tell(handler, Errc::no_certificates, error.what());
  }
  const std::string name = options.name.empty() ? net::to_string(client.server) : options.name;
  dispatch([this, name, client = std::move(client), handler] {
    if (stopped_) return tell(handler, Errc::no_link, "the Agent was stopped");
    Link& link = links_.add(name);
    link.awaited = handler;
    link.client = std::make_unique<net::Client>(io_, client, link_handlers(link.id));
    link.client->start();
  });
}

std::uint16_t Core::listen(const ListenOptions& options) {
  const auto take = [this, options](std::unique_ptr<net::Stream> stream) {
    net::Client::Options client;
    client.server = stream->peer();
    client.secret = options.secret;
    client.tags = options.tags;
    Link& link = links_.add(stream->peer().host);
    link.outbound = true;
    link.client = std::make_unique<net::Client>(io_, std::move(client), link_handlers(link.id),
                                                std::move(stream));
    link.client->start();
  };
  const auto acceptor = std::make_shared<Acceptor>(io_, options, take);
  const std::uint16_t port = acceptor->port();
  dispatch([this, acceptor] {
    if (stopped_) return acceptor->stop();
    acceptors_.push_back(acceptor);
    acceptor->accept();
    post([this] { lose_unreachable(); });  // in its turn: once it is known who is dialled
  });
  return port;
}

void Core::link_up(Link& link, const std::string& detail) {
  link.up = true;
  link.refused.clear();
  if (!link.outbound) writer_->link_up(link.server, detail);
  tell(std::exchange(link.awaited, {}), {}, {});
  on_connect(link.server);
  if (!link.outbound) take_up(link);
}

// Takes up what the former connections have left, once all that came over them has been told.
void Core::take_up(const Link& link) {
  if (!link.up || !links_.is_told(link)) return;
  refuse_dropped(link);
  resume(link);
  answer_again(link);
}

void Core::link_down(Link& link, const std::string& why) {
  link.up = false;
  if (!link.outbound) writer_->link_down(link.server, why, link.client->silent_since());
  // A new connection does not hear what the far ends send in the calls of this one.
  for (const auto& [number, cell] : dialogs_.all()) {
    if (cell->connection == link.connection) on(cell, call::Recovery::Unheard{});
  }
  // told() is told, after all that came over it.
  writer_->closed(link.connection);
  links_.reconnect(link);
  const std::string server = link.server;  // a slot may bring the link to its end
  disconnected(server, why);
}

void Core::disconnected(const std::string& server, const std::string& why) {
  if (on_disconnect.empty()) {
    std::fprintf(stderr, "drachtio-dialog: %s: %s\n", text::escaped(server, 100).c_str(),
                 text::escaped(why, 500).c_str());
  }
  on_disconnect(server, why);
}

// Logs a refusal once for each reason, and not for each attempt: a server may be away for days.
void Core::link_refused(Link& link, const std::string& why) {
  const bool news = link.refused != why;
  link.refused = why;
  if (news) writer_->link_refused(link.server, why);
  writer_->closed(link.connection);
  links_.reconnect(link);
  const std::string server = link.server;
  if (news) disconnected(server, why);
}

// Something that came over the link is over. If it was dialled by the server, for one request, it
// is closed once all of it is, and our last words have had the time to get there.
void Core::has_served(std::uint64_t id) {
  Link* link = links_.find(id);
  if (link == nullptr || !link->outbound || std::exchange(link->leaving, true)) return;
  after(last_words, [this, id] { close_if_it_has_served(id); });
}

void Core::close_if_it_has_served(std::uint64_t id) {
  Link* link = links_.find(id);
  if (link == nullptr) return;
  const bool in_a_call = std::ranges::any_of(link->cells, [&](const auto& weak) {
    const auto cell = weak.lock();
    return cell && cell->link == id && SipDialog{cell}.state() != State::terminated;
  });
  const bool asked = std::ranges::any_of(link->asked, [](const auto& weak) {
    const auto incoming = weak.lock();
    return incoming && incoming->machine.is_open();
  });
  if (in_a_call || asked || requests_.wait_for(link->connection)) {
    return after(last_words, [this, id] { close_if_it_has_served(id); });
  }
  link->client->stop();
  writer_->closed(link->connection);
  const std::string server = link->server;
  links_.remove(id);
  on_disconnect(server, "its request has been served");
}

void Core::stop() {
  if (stopped_) return;
  stopped_ = true;
  let_timers_go();
  for (const auto& acceptor : acceptors_) acceptor->stop();
  // From here on only what waits in the io_context owns sockets and timers: whoever frees the core
  // last, on whatever thread, has nothing of it left to free.
  acceptors_.clear();
  for (auto& [id, link] : links_.all()) {
    link.client.reset();
    writer_->closed(link.connection);
    if (link.up && !link.outbound) writer_->link_down(link.server, "the program has stopped");
    link.up = false;
    tell(std::exchange(link.awaited, {}), Errc::no_link, "the Agent was stopped");
  }
  std::vector<std::shared_ptr<Cell>> cells;
  for (const auto& [number, cell] : dialogs_.all()) cells.push_back(cell);
  for (const auto& cell : cells) {
    end_if_waiting(cell);
    on(cell, call::Offers::Stopped{});
  }
  writer_->stop();
}

}  // namespace drachtio::agent
