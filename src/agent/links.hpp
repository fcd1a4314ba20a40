// The agent's links to its servers, those that it dials and those that are dialled by a server, and
// which connection is, or was, whose. The agent's thread only.
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

// A connection to a server, and those that followed it to the same server.
struct Link {
  std::uint64_t id = 0;          // never changes
  std::uint64_t connection = 0;  // a new one each time it comes up
  std::string server;            // name in the log
  bool up = false;
  bool outbound = false;    // the server dialled: used for what came over it only
  bool leaving = false;     // ... and looked at now and then, to be closed once that is over
  std::string refused;      // why, at the latest attempt
  ResponseHandler awaited;  // who is told that it is up, once
  std::unique_ptr<net::Client> client;
  // What came over it, if it is outbound: with the end of all of it the link has served.
  std::vector<std::weak_ptr<Cell>> cells;
  std::vector<std::weak_ptr<Incoming>> asked;
};

class Links {
 public:
  // Adds a link, with its first connection. The reference is good until remove().
  Link& add(const std::string& server);
  // Begins the link's next connection; what came over the one before may still be on its way.
  void reconnect(Link& link);
  void remove(std::uint64_t id) { links_.erase(id); }
  // Forgets a connection: all that came over it has been told.
  void forget_connection(std::uint64_t connection) { connections_.erase(connection); }

  [[nodiscard]] auto& all() { return links_; }
  // Throws std::out_of_range where there is no such link.
  Link& at(std::uint64_t id) { return links_.at(id); }
  // These return null where there is no such link (any more).
  Link* find(std::uint64_t id);
  // Returns the link whose connection it is, or was: until forget_connection().
  Link* of_connection(std::uint64_t connection);
  // Returns a link that the agent dialled and that is up; an empty name stands for any server.
  Link* to(const std::string& server);

  // Returns the link over which the dialog is controlled: the one it came on, else one to its
  // server.
  Link* of(const Cell& cell);
  // Returns the id of the link over which the request is answered: the one it came on, or where the
  // server had dialled that and it is gone, one to the server; 0 where there is none.
  std::uint64_t for_answer_to(const Incoming& incoming);

  [[nodiscard]] bool is_dialled(const std::string& server) const;
  // Returns whether nothing of an earlier connection of the link is on its way any more.
  [[nodiscard]] bool is_told(const Link& link) const;

 private:
  std::map<std::uint64_t, Link> links_;
  std::unordered_map<std::uint64_t, std::uint64_t> connections_;  // the id of each one's link
  std::uint64_t last_link_ = 0;
  std::uint64_t last_connection_ = 0;
};

}  // namespace drachtio::agent
