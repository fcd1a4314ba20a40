// Tells of each call in a log as it begins and ends: those recorded so far, then the live ones, for
// as long as it runs.
#include <drachtio/subscription.hpp>

#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  drachtio::DialogSignals signals;
  signals.on_create().connect([](const drachtio::DialogEvent& e) {
    std::cout << e.position << ": created, " << e.dialog.role() << ", caller "
              << e.dialog.calling_party().user.value_or("?") << std::endl;
  });
  signals.on_terminate().connect([](const drachtio::DialogEvent& e) {
    std::cout << e.position << ": ended, " << e.reason << std::endl;
  });
  drachtio::Subscription calls{argv[1], signals};  // from the beginning on, then live
  while (true) calls.wait(std::chrono::seconds{1});
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
