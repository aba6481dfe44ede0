// Runs a fuzz target over its corpus and over mutants of it, the same ones every time. This is the
// smoke test inside ctest; `./dev fuzz` searches with coverage feedback instead.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Half a second to ten seconds for each of our targets, with sanitizers (2 cores, clang 14).
constexpr int mutants_max = 3000;
constexpr std::size_t mutant_bytes_max = 1 << 16;

using Random = std::mt19937_64;

void run(const std::string& input) {
  // A copy of exactly that size on the heap, so that reading one byte too many is seen.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<std::string> corpus(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(directory)) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs = {""};
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void mutate(std::string& input, const std::string& other, Random& random) {
  const std::size_t at = input.empty() ? 0 : random() % input.size();
  const std::size_t length = input.empty() ? 0 : random() % (input.size() - at);
  switch (random() % 5) {
    case 0: input.insert(at, 1, static_cast<char>(random() % 256)); break;
    case 1: input.erase(at, length); break;
    case 2: input.insert(at, input.substr(at, length)); break;
    case 3: input.insert(at, other.substr(other.empty() ? 0 : random() % other.size())); break;
    default:
      if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << (random() % 8)));
  }
  if (input.size() > mutant_bytes_max) input.resize(mutant_bytes_max);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", arguments[0]);
    return EXIT_FAILURE;
  }
  const std::vector<std::string> inputs = corpus(arguments[1]);
  for (const std::string& input : inputs) run(input);
  Random random(1);
  for (int mutant = 0; mutant < mutants_max; ++mutant) {
    std::string input = inputs[random() % inputs.size()];
    for (std::uint64_t step = 1 + random() % 4; step > 0; --step) {
      mutate(input, inputs[random() % inputs.size()], random);
    }
    run(input);
  }
  std::printf("%zu inputs and %d mutants\n", inputs.size(), mutants_max);
}
