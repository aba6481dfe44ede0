#include "experiment/stand_in.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "experiment/scratch_test.h"
#include "experiment/trial.h"

namespace culprit {
namespace {

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder, a copy of it that differs, and something beside both.
struct Scene {
  TestFolder scratch;
  std::string folder = made("folder");
  std::string copy = made("copy");
  std::string shared = made("shared");

  std::string made(const char* name) const {
    ::mkdir(scratch.file(name).c_str(), 0755);
    write(scratch.file(name) + "/name", name);
    return scratch.file(name);
  }
  TrialSetup setup(const std::string& script) const {
    TrialSetup made_setup;
    made_setup.command = {"/bin/sh", "-c", script};
    made_setup.directory = copy;
    made_setup.stand_in = StandIn{folder, copy, {}};
    return made_setup;
  }
};

}  // namespace

TEST_CASE("a command sees the copy under the folder's path, and nobody else does") {
  if (!can_stand_in()) return;  // this system has no namespaces for users
  const Scene scene;
  const auto trial = run_trial(
      scene.setup("pwd; cat " + scene.folder + "/name; echo new > " + scene.folder + "/name"));
  REQUIRE(trial.has_value());
  CHECK(trial->exit_code == 0);
  CHECK(trial->out.text == scene.folder + "\ncopy");
  CHECK(read(scene.folder + "/name") == "folder");
  CHECK(read(scene.copy + "/name") == "new\n");
}

TEST_CASE("what is shared is the original, also below the folder that is hidden") {
  if (!can_stand_in()) return;
  const Scene scene;
  ::mkdir((scene.folder + "/large").c_str(), 0755);
  write(scene.folder + "/large/data", "kept");
  ::mkdir((scene.copy + "/large").c_str(), 0755);
  TrialSetup setup = scene.setup("cat large/data " + scene.shared + "/data");
  setup.stand_in->shared = {{scene.folder + "/large", scene.folder + "/large"},
                            {scene.folder + "/large", scene.shared}};
  const auto trial = run_trial(setup);
  REQUIRE(trial.has_value());
  CHECK(trial->out.text == "keptkept");
}

TEST_CASE("what is shared to be read only survives a command that deletes all it finds") {
  if (!can_stand_in()) return;
  const Scene scene;
  ::mkdir((scene.folder + "/objects").c_str(), 0755);
  write(scene.folder + "/objects/data", "kept");
  TrialSetup setup = scene.setup("rm -rf " + scene.shared + "/*; cat " + scene.shared + "/data");
  setup.stand_in->shared = {
      {scene.folder + "/objects", scene.shared, StandIn::Shared::Access::read_only}};
  const auto trial = run_trial(setup);
  REQUIRE(trial.has_value());
  CHECK(trial->out.text == "kept");
  CHECK(read(scene.folder + "/objects/data") == "kept");
}

TEST_CASE("a copy that cannot stand in is an error, not a failure of the command") {
  if (!can_stand_in()) return;
  const Scene scene;
  TrialSetup setup = scene.setup("true");
  setup.stand_in->folder = scene.folder + "/nowhere";
  const auto trial = run_trial(setup);
  REQUIRE(!trial.has_value());
  CHECK(trial.error().fault == Fault::denied);
}

TEST_CASE("the command is who it was") {
  if (!can_stand_in()) return;
  const Scene scene;
  const auto inside = run_trial(scene.setup("id -u; id -g"));
  TrialSetup plain = scene.setup("id -u; id -g");
  plain.stand_in.reset();
  const auto outside = run_trial(plain);
  REQUIRE(inside.has_value());
  REQUIRE(outside.has_value());
  CHECK(inside->out.text == outside->out.text);
}

}  // namespace culprit
