#include "recorder/watch.hpp"

#include "recorder/capture_file.hpp"

#include <memory>
#include <optional>
#include <set>

namespace drachtio::tools {

int run_watch(const WatchOptions& options) {
  net::Client::Options link = client_options(options.login);
  std::set<std::string> names;
  for (const NamedServer& server : options.servers) {
    if (!names.insert(server.name).second) {
      throw UsageError{"--server: " + server.name + " is named twice"};
    }
  }
  if (options.service.capture) require_no_capture(*options.service.capture);
  Service service{options.service};
  std::optional<CaptureFile> capture;
  if (options.service.capture) capture.emplace(*options.service.capture);
  std::uint64_t last_connection = 0;
  std::vector<std::unique_ptr<WatchedServer>> watched;
  for (const NamedServer& server : options.servers) {
    link.server = server.address;
    watched.push_back(std::make_unique<WatchedServer>(
        service.io(), service.writer(), WatchedServer::Names{server.name, server.name}, link,
        last_connection, capture ? &*capture : nullptr));
  }
  return service.run([&] {
    for (const auto& server : watched) server->stop();
  });
}

}  // namespace drachtio::tools
