#include "round.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <thread>
#include <vector>

#include "client.h"

namespace bank {
namespace {

using culprit::Fault;
using culprit::Result;

// Far longer than any delay that is put between the service and its database.
constexpr std::chrono::seconds patience(10);

Result<std::int64_t> balance_in(std::string_view body) {
  constexpr std::string_view name = "\"balance\": ";
  const std::size_t at = body.find(name);
  std::int64_t balance = 0;
  if (at != std::string_view::npos) {
    const auto [end, wrong] =
        std::from_chars(body.data() + at + name.size(), body.data() + body.size(), balance);
    if (wrong == std::errc{}) return balance;
  }
  return culprit::error(Fault::malformed, "no balance in {}", body);
}

// One connection a deposit, made before: only the deposits themselves race.
Result<std::vector<Client>> connected(const Round& round) {
  std::vector<Client> clients;
  for (std::uint32_t i = 0; i < round.deposits; ++i) {
    clients.push_back(TRY(Client::connect(round.port, patience)));
  }
  return clients;
}

// When each of them is sent. Only how far they lie apart matters, so the first waits for nothing.
std::vector<std::chrono::microseconds> drawn_waits(const Round& round, culprit::Dice& dice) {
  std::vector<std::chrono::microseconds> waits(round.deposits);
  for (auto& wait : waits) {
    wait = std::chrono::duration_cast<std::chrono::microseconds>(dice.uniform() * round.jitter);
  }
  const auto first = *std::min_element(waits.begin(), waits.end());
  for (auto& wait : waits) wait -= first;
  return waits;
}

std::vector<Result<std::string>> deposited(std::vector<Client>& clients, const Round& round,
                                           culprit::Dice& dice) {
  const std::string body = fmt::format(R"({{"account": "{}", "amount": 1}})", round.account);
  const auto waits = drawn_waits(round, dice);
  std::vector<Result<std::string>> answers(clients.size(), std::string());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&, i] {
      std::this_thread::sleep_for(waits[i]);
      answers[i] = clients[i].post("/deposit", fmt::format("{}-{}", round.name, i), body);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

}  // namespace

Result<std::int64_t> played(const Round& round, culprit::Dice& dice) {
  std::vector<Client> clients = TRY(connected(round));
  Client& first = clients.front();
  TRY(first.post("/reset", round.name + "-reset",
                 fmt::format(R"({{"account": "{}"}})", round.account)));
  for (const Result<std::string>& answer : deposited(clients, round, dice)) {
    if (!answer) return answer.error();
  }
  const std::string body =
      TRY(first.read("/balance?account=" + round.account, round.name + "-balance"));
  return balance_in(body);
}

}  // namespace bank
