// This file keeps the agent's links to its servers, both those that the agent dials and those that
// a server dials, and knows to which link each connection belongs. All of it belongs to the agent's
// thread.
#pragma once

#include "agent/cell.hpp"
#include "agent/incoming.hpp"
#include "net/client.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace drachtio::agent {

// A Link is a connection to a server, together with those that followed it to the same server.
struct Link {
  std::uint64_t id = 0;          // never changes
  std::uint64_t connection = 0;  // a new one each time it comes up
  std::string server;            // name in the log
  bool up = false;
  bool outbound = false;    // the server dialled it: it serves what came over it, and nothing else
  bool leaving = false;     // what came over it is looked at now and then, to close it afterwards
  std::string refused;      // why the server refused the latest attempt
  ResponseHandler awaited;  // is told once that the link is up
  std::unique_ptr<net::Client> client;
  // These came over an outbound link, which has served once all of them are over.
  std::vector<std::weak_ptr<Cell>> cells;
  std::vector<std::weak_ptr<Incoming>> asked;
};

class Links {
 public:
  // Adds a link with its first connection. The reference is valid until remove().
  Link& add(const std::string& server);
  // Begins the link's next connection. What came over the former one may still be on its way.
  void reconnect(Link& link);
  void remove(std::uint64_t id) { links_.erase(id); }
  // Forgets a connection. It must be called once all that came over the connection has been told.
  void forget_connection(std::uint64_t connection) { connections_.erase(connection); }

  [[nodiscard]] auto& all() { return links_; }
  // Throws std::out_of_range where there is no such link.
  Link& at(std::uint64_t id) { return links_.at(id); }
  // These return null where there is no such link (any more).
  Link* find(std::uint64_t id);
  // Returns the link that has or had this connection, until forget_connection().
  Link* of_connection(std::uint64_t connection);
  // Returns a link that the agent dialled and that is up; an empty name stands for any server.
  Link* to(const std::string& server);

  // Returns the link over which the dialog is controlled: the link that it came on, or else one to
  // its server.
  Link* of(const Cell& cell);
  // Returns the id of the link over which the request is answered. That is the link that it came
  // on, or a link to the server where that one is gone (the server had dialled it), or else 0.
  std::uint64_t for_answer_to(const Incoming& incoming);

  [[nodiscard]] bool is_dialled(const std::string& server) const;
  // Returns whether there is, or may be again, a link over which the dialog is controlled.
  bool may_lead_to(const Cell& cell);
  // Returns whether all that came over the link's former connections has been told.
  [[nodiscard]] bool is_told(const Link& link) const;

 private:
  std::map<std::uint64_t, Link> links_;
  std::unordered_map<std::uint64_t, std::uint64_t> connections_;  // the id of each one's link
  std::uint64_t last_link_ = 0;
  std::uint64_t last_connection_ = 0;
};

}  // namespace drachtio::agent
