#include "program.hpp"

#include "scratch_folder.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace drachtio::test {

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

int spawn(const std::string& program, const std::vector<std::string>& arguments,
          const std::filesystem::path& out, const std::filesystem::path& err) {
  const std::string path = std::string{DRACHTIO_BIN_DIR} + "/" + program;
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int out_file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int err_file = ::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out_file, STDOUT_FILENO);
  ::dup2(err_file, STDERR_FILENO);
  ::execv(path.c_str(), argv.data());
  ::_exit(127);
}

}  // namespace

Ran run(const std::string& program, const std::vector<std::string>& arguments) {
  const ScratchFolder folder;
  Ran ran;
  ran.status = wait_for(spawn(program, arguments, folder / "out", folder / "err"));
  ran.out = contents(folder / "out");
  ran.err = contents(folder / "err");
  return ran;
}

int start(const std::string& program, const std::vector<std::string>& arguments,
          const std::filesystem::path& log) {
  return spawn(program, arguments, log, log);
}

int wait_for(int pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace drachtio::test
