#include "workbench/shell_words.h"

#include <algorithm>

namespace culprit {

std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool begun = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (quote == 0 && space) {
      if (begun) words.push_back(std::move(word));
      word.clear();
      begun = false;
      continue;
    }
    begun = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
    } else {
      word += c;
    }
  }
  if (begun) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> shell_text_words(const std::vector<std::string>& command) {
  constexpr std::string_view marks = ";()&|";
  if (command.size() < 3 || command[1] != "-c") return {};
  const std::string shell = command[0].substr(command[0].rfind('/') + 1);
  if (shell != "sh" && shell != "bash" && shell != "dash" && shell != "zsh") return {};
  std::vector<std::string> words = shell_words(command[2]);
  for (std::string& word : words) {
    word.erase(0, std::min(word.find_first_not_of(marks), word.size()));
    word.erase(word.find_last_not_of(marks) + 1);
  }
  return words;
}

}  // namespace culprit
