#include "calendar.h"

#include <array>
#include <chrono>

namespace shop {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Date {
  int year;
  int month;
  int day;
};

Date date_of(Instant at) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{at}};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

int within_day(Instant at) { return static_cast<int>(((at % day) + day) % day); }

void add_digits(std::string& text, int value, int digits) {
  char buffer[8];
  for (int i = digits - 1; i >= 0; --i, value /= 10)
    buffer[i] = static_cast<char>('0' + value % 10);
  text.append(buffer, static_cast<size_t>(digits));
}

void add_date(std::string& text, Instant at) {
  const Date date = date_of(at);
  add_digits(text, date.year, 4);
  text += '-';
  add_digits(text, date.month, 2);
  text += '-';
  add_digits(text, date.day, 2);
}

void add_clock(std::string& text, Instant at) {
  const int seconds = within_day(at) / 1000;
  add_digits(text, seconds / 3600, 2);
  text += ':';
  add_digits(text, seconds / 60 % 60, 2);
  text += ':';
  add_digits(text, seconds % 60, 2);
}

std::optional<int> number(std::string_view text, size_t from, size_t count) {
  int value = 0;
  for (size_t i = from; i < from + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

void add_rfc3339(std::string& text, Instant at) {
  add_date(text, at);
  text += 'T';
  add_clock(text, at);
  text += '.';
  add_digits(text, within_day(at) % 1000, 3);
  text += 'Z';
}

void add_log4j(std::string& text, Instant at) {
  add_date(text, at);
  text += ' ';
  add_clock(text, at);
  text += ',';
  add_digits(text, within_day(at) % 1000, 3);
}

void add_access(std::string& text, Instant at) {
  const Date date = date_of(at);
  add_digits(text, date.day, 2);
  text += '/';
  text += months[static_cast<size_t>(date.month - 1)];
  text += '/';
  add_digits(text, date.year, 4);
  text += ':';
  add_clock(text, at);
  text += " +0000";
}

std::string rfc3339(Instant at) {
  std::string text;
  add_rfc3339(text, at);
  return text;
}

std::optional<Instant> read_rfc3339(std::string_view text) {
  constexpr std::string_view pattern = "0000-00-00T00:00:00";
  const std::string_view rest = text.size() > pattern.size() ? text.substr(pattern.size()) : "";
  const bool whole = rest == "Z";
  if (!whole && !(rest.size() == 5 && rest[0] == '.' && rest[4] == 'Z')) return std::nullopt;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '0' && text[i] != pattern[i]) return std::nullopt;
  }
  const auto year = number(text, 0, 4), month = number(text, 5, 2), date = number(text, 8, 2);
  const auto hours = number(text, 11, 2), minutes = number(text, 14, 2),
             seconds = number(text, 17, 2);
  const auto millis = whole ? std::optional<int>(0) : number(text, 20, 3);
  if (!year || !month || !date || !hours || !minutes || !seconds || !millis) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*date)}};
  if (!ymd.ok() || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  const auto days = std::chrono::sys_days{ymd}.time_since_epoch().count();
  return days * day + *hours * hour + *minutes * minute + *seconds * second + *millis;
}

}  // namespace shop
